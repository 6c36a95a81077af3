"""Bootstrap a listener twice, and print every call: both results are the same."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from functions import bootstrap
from functions.errors import ProvisioningError
from tests.commands import arguments, clouds, terminal

EVENT = str(Path(__file__).parent.parent / "events" / "bootstrap.json")


def main() -> int:
    """Print every call and both results; return 1 on error."""
    parser = arguments.parser("run", __doc__, "[EVENT=file.json]")
    parser.add_argument("event", type=arguments.event, nargs="?", default=EVENT)
    given = parser.parse_args()
    with clouds.chosen(given.cloud) as cloud:
        print(f"Calling {cloud}.\n\nThe event:\n{json.dumps(given.event, indent=2)}")
        for title in ("functions.bootstrap.handler calls", "The same event again"):
            print(f"\n{title}:")
            lines = io.StringIO()
            try:
                with redirect_stdout(lines):
                    result = bootstrap.handler(given.event, None)
            except ProvisioningError as error:
                _print_outcome(lines, "fails with", error.as_document())
                return 1
            _print_outcome(lines, "returns", result)
    return 0


def _print_outcome(lines: io.StringIO, verb: str, document: object) -> None:
    print("\n".join(_steps(lines)) or "  (no calls)")
    print(f"and {verb}\n{json.dumps(document, indent=2)}")


def _steps(lines: io.StringIO) -> Iterator[str]:
    """Yield a line of text for each logged call."""
    for line in map(json.loads, lines.getvalue().splitlines()):
        if line["message"] == "call":
            status = line.get("status", "no reply")
            code = f" {line['code']}" if "code" in line else ""
            yield (
                f"  {line['service']:<3} {line['operation']:<16} -> {status}{code}"
                f" in {line['milliseconds']} ms"
            )


if __name__ == "__main__":
    sys.exit(terminal.run(main))
