"""What the bundle does: look, decide, create, and say what came of it.

The stream's name is the lock. Whoever certainly created the stream creates the logtank
at once; everybody else looks for it first, and again after having made one. Everything
here takes `send` and has no I/O of its own.
"""

from functions.provisioning.actions import bootstrap, create_log_stream, create_logtank
from functions.provisioning.cloud import Cloud, error_context

__all__ = ["Cloud", "bootstrap", "create_log_stream", "create_logtank", "error_context"]
