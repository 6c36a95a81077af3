"""The results of `status` and `reconcile` as tables for people.

The shapes are those of `schemas/status.result.schema.json` and
`schemas/reconcile.result.schema.json`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
COLUMNS = ("listener", "accelerator", "state", "stream")
_NOTHING = "-"
_ID = re.compile(
    r"\b([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b([0-9a-f]{8})[0-9a-f]{24}\b"
)
_TEXTS = {
    "create": ("create {}", "created {}"),
    "repoint": ("repoint to {}", "repointed to {}"),
    "update": ("update {}", "updated {}"),
    "delete": ("delete logtank {}", "deleted logtank {}"),
}
"""By action: what is planned, and what was done."""


def status_table(status: Document) -> list[str]:
    """Return the lines of a table of listeners, and a line of counts."""
    reasons = {
        each["resource_id"]: _shortened(each["reason"])
        for each in status["listeners"]
        if "reason" in each
    }
    lines = _table(status, "reason" if reasons else "", reasons)
    return [*lines, "", status_counts(status)]


def reconcile_table(status: Document, reconciled: Document) -> list[str]:
    """Return the lines of a table of listeners with their changes, and of counts.

    `status` is the state before, of the same listeners; `reconciled` is a result, or
    the document of the error that a partly failed run raises.
    """
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for change in reconciled["changes"]:
        for resource_id in change.get("resource_ids", [change.get("resource_id")]):
            texts[resource_id].append(_change(change, reconciled["applied"]))
    for each in reconciled["skipped"]:
        reason = _shortened(each["reason"])
        texts[each["resource_id"]].append(f"skipped: {reason}")
    cells = {resource_id: "; ".join(each) for resource_id, each in texts.items()}
    title = "change" if reconciled["applied"] else "planned change"
    lines = _table(status, title, cells)
    return [*lines, "", status_counts(status), reconcile_counts(reconciled)]


def status_counts(status: Document) -> str:
    """Return how many listeners there are, and how many in each state."""
    states = [f"{number} {state}" for state, number in status["counts"].items()]
    total = _counted(sum(status["counts"].values()), "listener")
    text = f"{total}: {', '.join(states)}" if states else total
    orphans = status.get("orphans", [])
    return f"{text}; {_counted(len(orphans), 'orphaned logtank')}" if orphans else text


def reconcile_counts(reconciled: Document) -> str:
    """Return how many changes there are of each kind, and what else was found."""
    changes = reconciled["changes"]
    failed = sum("error" in each for each in changes)
    actions = Counter(each["action"] for each in changes if "error" not in each)
    done = [f"{number} {action}" for action, number in actions.items()] or ["nothing"]
    parts = [
        f"{'applied' if reconciled['applied'] else 'planned'}: {', '.join(done)}",
        *([f"{failed} failed"] if failed else []),
        f"{len(reconciled['skipped'])} skipped",
        f"{reconciled['unchanged']} unchanged",
    ]
    return "; ".join(parts)


def _table(status: Document, title: str, cells: Mapping[str, str]) -> list[str]:
    """Return aligned rows under a head; the last column is left out without a title."""
    rows = [(*COLUMNS, title), *_rows(status, cells)]
    columns = len(COLUMNS) + bool(title)
    widths = [max(len(row[place]) for row in rows) for place in range(columns)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row[:columns], widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _rows(status: Document, cells: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for each in status["listeners"]:
        yield (
            _listener(each),
            _shortened(each.get("accelerator_id", _NOTHING)),
            each["state"],
            _streams(each["logtanks"]),
            cells.get(each["resource_id"], _NOTHING),
        )
    for orphan in status.get("orphans", []):
        yield (
            _listener(orphan),
            _NOTHING,
            "orphaned",
            _streams([orphan]),
            cells.get(orphan["resource_id"], _NOTHING),
        )


def _listener(document: Document) -> str:
    """Return the name of a listener with its ID, or the ID alone."""
    resource_id = _shortened(document["resource_id"])
    name = document.get("listener_name")
    return f"{_printable(name)} ({resource_id})" if name else resource_id


def _streams(logtanks: Sequence[Document]) -> str:
    names = [
        each.get("log_stream_name") or each.get("log_stream_id") or _NOTHING
        for each in logtanks
    ]
    return ", ".join(map(_shortened, names)) or _NOTHING


def _change(change: Document, is_applied: bool) -> str:  # noqa: FBT001 # private
    planned, done = _TEXTS[change["action"]]
    target = change.get("logtank_id") if change["action"] == "delete" else None
    what = _shortened(target or change.get("log_stream_name", _NOTHING))
    if "error" in change:
        code = (change["error"] or {}).get("code")
        return f"{planned.format(what)} failed" + (f": {code}" if code else "")
    return (done if is_applied else planned).format(what)


def _shortened(text: str) -> str:
    """Return a text with each UUID in it cut after eight digits."""
    return _printable(_ID.sub(lambda found: f"{found[1] or found[3]}…", text))


def _printable(text: str) -> str:
    """Return a text without what would move a terminal's cursor."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
