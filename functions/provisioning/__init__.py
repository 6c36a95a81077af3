"""The actions of the functions: list what exists, decide, change it, report.

All calls go through `Cloud`; nothing here does I/O itself.
"""

from functions.provisioning.cloud import Cloud, Request, error_context
