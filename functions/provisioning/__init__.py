"""What the bundle does: look, decide, create, and say what came of it.

Everything here takes `send` and has no I/O of its own.
"""

from functions.provisioning.cloud import Cloud, Request, error_context
