"""The compared clients: our bundle, and what else does the same work.

Each runs in a separate interpreter with the libraries of one folder. Its settings come
from the environment. `bootstrap` creates a log stream and a logtank for each listener,
and returns the logtank IDs. `status` and `plan` survey an account whose listeners all
ship their logs, and return the number of those that do.
"""
