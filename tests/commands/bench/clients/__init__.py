"""The compared clients: our bundle, two bare posts, and the vendor's SDK.

Each runs in a separate interpreter with the libraries of one folder. Its settings come
from the environment. `bootstrap` creates a log stream and a logtank for each listener,
and returns the logtank IDs.
"""
