"""Show which listener of an account logs where, and a line of counts."""

from __future__ import annotations

import json
import sys

from functions.errors import ProvisioningError
from tests.commands import account, account_table, terminal


def main() -> int:
    """Print the table, or the error document; return 1 on error."""
    given = account.parser("status", __doc__, "").parse_args()
    with account.chosen(given.cloud):
        try:
            result = account.invoke("status", given.event)
        except ProvisioningError as error:
            print(json.dumps(error.as_document(), indent=2))
            return 1
    if given.output == account.JSON:
        print(json.dumps(result, indent=2))
    else:
        print("\n".join(account_table.status_table(result)))
    return 0


if __name__ == "__main__":
    sys.exit(terminal.run(main))
