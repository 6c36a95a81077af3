"""What the functions do: look, decide, create, and report the result.

Everything here takes `send` and has no I/O of its own.
"""

from functions.provisioning.cloud import Cloud, Request, error_context
