"""Send one event file through one function, and print what comes back."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from functions.errors import ProvisioningError
from tests.commands import clouds

FUNCTIONS = ("bootstrap", "create_log_stream", "create_logtank")


def main() -> int:
    """Print the log lines, then the result or the error document; return 1 for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", choices=FUNCTIONS)
    parser.add_argument("event", type=Path, help="a file of JSON")
    parser.add_argument("--cloud", default=clouds.OWN, help=clouds.HELP)
    arguments = parser.parse_args()
    event = json.loads(arguments.event.read_text("utf-8"))
    entry = import_module(f"functions.{arguments.function}")
    with clouds.chosen(arguments.cloud):
        try:
            returned = entry.handler(event, None)
        except ProvisioningError as error:
            print(json.dumps(error.as_document(), indent=2))
            return 1
    print(json.dumps(returned, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
