"""Invoke a function with an event from a file, and print the result."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from functions.errors import ProvisioningError
from functions.invocation.tasks import TASKS
from tests.commands import arguments, clouds, terminal


def main() -> int:
    """Print the log lines, then the result or the error document; return 1 on error."""
    variables = "[FUNCTION=bootstrap] [EVENT=file.json]"
    parser = arguments.parser("invoke", __doc__, variables)
    parser.add_argument("function", type=arguments.one_of(TASKS))
    parser.add_argument("event", type=arguments.event, help="a JSON file")
    given = parser.parse_args()
    entry = import_module(f"functions.{given.function}")
    if not os.environ.get("WEBHOOK_SECRETS"):  # accept events without a signature
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
    sys.exit(terminal.run(main))
