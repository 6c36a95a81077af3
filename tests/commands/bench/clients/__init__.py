"""Who bootstraps listeners: ours, two bare posts, and the vendor's SDK.

Each runs in an interpreter of its own that finds the libraries of one folder only. Its
settings come from the environment, and `bootstrap` makes a log stream and a logtank for
each listener and returns the logtanks' ids.
"""
