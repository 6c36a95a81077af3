"""Emulate LTS, GA and IAM until Ctrl-C, and print one line per call."""

from __future__ import annotations

import os
import socket
import sys

from tests.commands import arguments, terminal
from tests.emulator import __main__ as emulator


def main() -> int:
    """Check the port, so that errors name the variable, and run the emulator."""
    parser = arguments.Parser("emulator", __doc__, "[PORT=8080]")
    parser.add_argument("--port", type=arguments.port, default=8080)
    port = parser.parse_args().port
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        parser.error(f"cannot listen on PORT {port}: {os.strerror(error.errno or 0)}")
    emulator.main()
    return 0


if __name__ == "__main__":
    sys.exit(terminal.run(main))
