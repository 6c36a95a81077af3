"""Running a command whose output may be piped to a program that exits early."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable


def run(main: Callable[[], int]) -> int:
    """Run a command and return its status, or end by SIGPIPE if its output is closed.

    SIGPIPE is ignored while the command runs, because it would also end the process
    when a peer closes a socket.
    """
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
        raise
    return status
