"""Show what all listeners of an account lack; with APPLY=1, create it."""

from __future__ import annotations

import json
import sys

from functions.errors import ProvisioningError
from tests.commands import account, account_table, arguments, terminal

YES, NO = "1", "0"


def main() -> int:
    """Print the table of changes, or the error document; return 1 on error."""
    parser = account.parser("reconcile", __doc__, "[APPLY=1]")
    parser.add_argument("--apply", type=arguments.one_of((YES, NO)))
    given = parser.parse_args()
    event = given.event
    if given.apply:
        event = {**event, "apply": given.apply == YES}
    with account.chosen(given.cloud):
        return _reconcile(event, is_table=given.output == account.TABLE)


def _reconcile(event: account.Result, *, is_table: bool) -> int:
    """Print the outcome; in a table, next to the state before."""
    failure: account.Result | None = None
    status: account.Result = {}
    try:
        if is_table:
            listeners = {key: event[key] for key in ("listeners",) if key in event}
            status = account.invoke("status", listeners)
        outcome = account.invoke("reconcile", event)
    except ProvisioningError as error:
        outcome = failure = error.as_document()
    if is_table and "changes" in outcome:
        print("\n".join(account_table.reconcile_table(status, outcome)))
        if failure:
            print(f"\n{failure['code']}: {failure['detail']}. {failure['remedy']}")
    else:
        print(json.dumps(outcome, indent=2))
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(terminal.run(main))
