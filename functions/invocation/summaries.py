"""The result of a request as its last log line has it: numbers instead of lists."""

from __future__ import annotations

from typing import cast

from functions.errors import Result


def whole(result: Result) -> Result:
    """Return the result itself, which is short."""
    return result


def status(result: Result) -> Result:
    """Return the numbers of a result of `status`."""
    orphans = cast("list[object]", result.get("orphans", []))
    return {"counts": result["counts"], "orphans": len(orphans)}


def reconcile(result: Result) -> Result:
    """Return the numbers of a result of `reconcile`."""
    return result | {
        name: len(cast("list[object]", result[name])) for name in ("changes", "skipped")
    }


def is_incomplete(result: Result) -> bool:
    """Whether `reconcile` skipped something, or planned and did not apply it."""
    return bool(result["skipped"] or (result["changes"] and not result["applied"]))
