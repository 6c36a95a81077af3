"""Send one event file through one function, and print what comes back."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from functions.errors import ProvisioningError
from tests.commands import ENTRIES, arguments, clouds


def main() -> int:
    """Print the log lines, then the result or the error document; return 1 for it."""
    parser = arguments.parser(__doc__)
    parser.add_argument("function", choices=ENTRIES)
    parser.add_argument("event", type=arguments.event, help="a file of JSON")
    given = parser.parse_args()
    entry = import_module(f"functions.{given.function}")
    if not os.environ.get("WEBHOOK_SECRETS"):  # then a file is as good as its signature
        os.environ.setdefault("WEBHOOK_AUTH", "platform")
    with clouds.chosen(given.cloud):
        try:
            returned = entry.handler(given.event, None)
        except ProvisioningError as error:
            print(json.dumps(error.as_document(), indent=2))
            return 1
    print(json.dumps(returned, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
