"""What the Makefile starts: the bundle tried out on a laptop."""

ENTRIES = ("bootstrap", "create_log_stream", "create_logtank")
"""The modules in `functions` that have a handler."""
