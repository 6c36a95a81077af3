"""An HTTP server that plays the cloud: LTS, GA and IAM, for tests and for trying out.

It needs the standard library alone, shares no line with the code under test, and is
good enough for the vendor's own SDK.  ``with Emulator() as cloud:`` runs it in-process,
``python -m tests.emulator --port 8080`` on its own.
"""

from tests.emulator.server import Emulator

__all__ = ["Emulator"]
