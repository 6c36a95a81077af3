"""Bootstrap a listener twice, and show each step: what comes back is the same."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from functions import bootstrap
from functions.errors import ProvisioningError
from tests.commands import clouds

EVENT = Path(__file__).parent.parent / "events" / "bootstrap.json"


def main() -> int:
    """Print every call and both results; return 1 if one of them is an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("event", type=Path, nargs="?", default=EVENT)
    parser.add_argument("--cloud", default=clouds.OWN, help=clouds.HELP)
    arguments = parser.parse_args()
    event = json.loads(arguments.event.read_text("utf-8"))
    with clouds.chosen(arguments.cloud) as cloud:
        print(f"Calling {cloud}.\n\nThe event:\n{json.dumps(event, indent=2)}")
        for words in ("functions.bootstrap.handler calls", "The same event again"):
            print(f"\n{words}:")
            lines = io.StringIO()
            try:
                with redirect_stdout(lines):
                    result = bootstrap.handler(event, None)
            except ProvisioningError as error:
                _print_outcome(lines, "fails with", error.as_document())
                return 1
            _print_outcome(lines, "returns", result)
    return 0


def _print_outcome(lines: io.StringIO, words: str, document: object) -> None:
    print("\n".join(_steps(lines)))
    print(f"and {words}\n{json.dumps(document, indent=2)}")


def _steps(lines: io.StringIO) -> Iterator[str]:
    """Yield a line for each call that the function has logged."""
    for line in map(json.loads, lines.getvalue().splitlines()):
        if line["message"] == "call":
            answer = line.get("status", "no answer")
            code = f" {line['code']}" if "code" in line else ""
            yield (
                f"  {line['service']:<3} {line['operation']:<16} -> {answer}{code}"
                f" in {line['milliseconds']} ms"
            )


if __name__ == "__main__":
    sys.exit(main())
