"""An HTTP server that emulates LTS, GA and IAM, for tests and local experiments.

It needs only the standard library, shares no code with the functions under test, and
is complete enough for the vendor's own SDK.  ``with Emulator() as cloud:`` runs it
in-process; ``python -m tests.emulator --port 8080`` runs it as a separate process.
"""

from tests.emulator.emulator import Emulator

__all__ = ["Emulator"]
