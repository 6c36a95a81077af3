"""Whether an answer agrees with the account, as that was while it was worked out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from functions import contracts
from functions.errors import ProvisioningError
from tests.e2e.state.account import model, rules
from tests.e2e.state.account.events import Request
from tests.e2e.state.account.processes import Invocation
from tests.e2e.state.account.snapshots import Document, Snapshot

Result = Mapping[str, Any]
_KINDS = ("log_stream", "logtank")


def check(invocation: Invocation, window: list[Snapshot], quota: int) -> None:
    """Check what an invocation answered; `window` has every state meanwhile."""
    if invocation.defect:
        raise invocation.defect
    if invocation.is_killed:
        return
    event = invocation.event
    if invocation.error:
        _check_error(invocation, invocation.error, window)
        return
    assert not list(rules.unconfirmed(invocation)), "a logtank was not confirmed"
    is_array = isinstance(event.payload, list)
    answers = invocation.answer if is_array else [invocation.answer]
    for request, answer in zip(event.requests, answers, strict=True):
        contracts.check(f"{event.entry}.result", answer)
        _CHECKS[event.entry](request, answer, invocation, window)
        if invocation.is_certain and _is_undisturbed(invocation, window):
            _check_against_model(event.entry, request, answer, window, quota)


def reconciled(invocation: Invocation) -> Result:
    """Return the result of `reconcile`, whether it was returned or raised."""
    if invocation.error:
        return invocation.error.as_document()
    result: Result = invocation.answer
    return result


def require_expected(answer: Result, expected: model.Expected) -> None:
    """Check that `reconcile` has planned what the model expects."""
    found = model.actual(answer)
    assert found == expected, f"{found} is not expected: {expected}"


def _check_error(
    invocation: Invocation, error: ProvisioningError, window: list[Snapshot]
) -> None:
    """Check that an error is none of our own making, and names what exists."""
    document = json.loads(json.dumps(error.as_document()))
    contracts.check("error", document)
    names_streams = invocation.event.entry != "create_logtank"
    for each in [document, *document.get("results", [])]:
        assert each.get("title") != "Malfunction", each
        if "logtank_id" in each:
            assert any(each["logtank_id"] in seen.logtanks for seen in window)
        if "log_stream_id" in each and names_streams:
            assert any(each["log_stream_id"] in seen.streams for seen in window)
    _check_changes(document.get("changes", []), invocation, window)


def _is_undisturbed(invocation: Invocation, window: list[Snapshot]) -> bool:
    """Whether nothing but the invocation's own calls has changed the account."""
    own = [seen for step in invocation.steps for seen in (step.before, step.after)]
    chain = [window[0], *own, window[-1]]
    return all(one == other for one, other in zip(chain[::2], chain[1::2], strict=True))


def _check_against_model(
    entry: str, request: Request, answer: Result, window: list[Snapshot], quota: int
) -> None:
    if entry == "status":
        chosen = request.get("listeners", {}).get("resource_ids")
        states = {e["resource_id"]: e["state"] for e in answer["listeners"]}
        expected = model.states(window[0], chosen)
        assert states == expected, f"{states} is not expected: {expected}"
    if entry == "reconcile":
        require_expected(answer, model.expected(request, window[0], quota))


def _check_bootstrap(
    request: Request, answer: Result, invocation: Invocation, window: list[Snapshot]
) -> None:
    assert answer["resource_id"] == request["resource_id"]
    is_new = _are_new(answer, invocation)
    _check_stream(request, answer, window, is_new=is_new["log_stream"])
    logtank = {
        "id": answer["logtank_id"],
        "resource_id": request["resource_id"],
        "log_group_id": answer["log_group_id"],
        "log_stream_id": answer["log_stream_id"],
    }
    _check_logtank(logtank, window, is_new=is_new["logtank"])
    created = {"log_stream": answer["log_stream_id"], "logtank": answer["logtank_id"]}
    for kind, identifier in created.items():
        if _has_created(invocation, identifier):
            assert len(invocation.event.requests) > 1 or kind in answer["created"]


def _are_new(answer: Result, invocation: Invocation) -> dict[str, bool]:
    """Return what certainly is new: a look cannot tell who created what it finds."""
    is_certain = invocation.is_certain
    return {kind: is_certain and kind in answer["created"] for kind in _KINDS}


def _check_stream(
    request: Request, answer: Result, window: list[Snapshot], *, is_new: bool
) -> None:
    """Check that the stream existed, and not before if it is said to be new."""
    name, stream = request["log_stream_name"], answer["log_stream_id"]
    found = [each.streams[stream] for each in window if stream in each.streams]
    assert any(each["log_stream_name"] == name for each in found)
    assert all(each["log_group_id"] == answer["log_group_id"] for each in found)
    assert not (is_new and stream in window[0].streams)


def _check_logtank(logtank: Result, window: list[Snapshot], *, is_new: bool) -> None:
    """Check that the logtank existed, and not before if it is said to be new."""
    key = logtank["id"]
    found = [each.logtanks[key] for each in window if key in each.logtanks]
    assert any(logtank.items() <= each.items() for each in found)
    assert not (is_new and key in window[0].logtanks)


def _has_created(invocation: Invocation, identifier: str) -> bool:
    """Whether one of the invocation's calls created it and was answered."""
    return any(
        not isinstance(each.outcome, ProvisioningError)
        and identifier in _ids(each.after) - _ids(each.before)
        for each in invocation.steps
    )


def _ids(seen: Snapshot) -> set[str]:
    return seen.streams.keys() | seen.logtanks.keys()


def _check_create_log_stream(
    request: Request, answer: Result, invocation: Invocation, window: list[Snapshot]
) -> None:
    is_new = answer["created"] and invocation.is_certain
    _check_stream(request, answer, window, is_new=is_new)


def _check_create_logtank(
    request: Request, answer: Result, invocation: Invocation, window: list[Snapshot]
) -> None:
    asked = request["logtank"]
    shown = {"id": answer["logtank"]["id"], **asked}
    is_new = answer["created"] and invocation.is_certain
    _check_logtank(shown, window, is_new=is_new)


def _check_delete_logtank(
    request: Request, answer: Result, _invocation: Invocation, window: list[Snapshot]
) -> None:
    assert answer["resource_id"] == request["resource_id"]
    for key in answer["logtank_ids"]:
        assert any(key in each.alive() for each in window)
        assert key not in window[-1].alive()
    for key in answer["log_stream_ids"]:
        assert any(key in each.streams for each in window)
        assert key not in window[-1].streams
    for kept in answer["kept"]:
        assert any(
            kept["log_stream_id"] == each["log_stream_id"]
            for seen in window
            for each in seen.logtanks.values()
        )
    if answer.get("reason") == "the listener has no logtank":
        assert any(not s.logtanks_of(request["resource_id"]) for s in window)


def _check_status(
    request: Request, answer: Result, _invocation: Invocation, window: list[Snapshot]
) -> None:
    chosen = request.get("listeners", {}).get("resource_ids")
    possible = [model.states(each, chosen) for each in window]
    for each in answer["listeners"]:
        assert any(each["resource_id"] in states for states in possible)
        for logtank in each["logtanks"]:
            assert any(logtank["logtank_id"] in seen.logtanks for seen in window)


def _check_reconcile(
    request: Request, answer: Result, invocation: Invocation, window: list[Snapshot]
) -> None:
    assert answer["applied"] == bool(request.get("apply"))
    if answer["applied"]:
        _check_changes(answer["changes"], invocation, window)


def _check_changes(
    changes: list[Result], invocation: Invocation, window: list[Snapshot]
) -> None:
    for change in changes:
        if "error" not in change:
            _APPLIED[change["action"]](change, invocation, window)


def _check_shipping(
    change: Result, invocation: Invocation, window: list[Snapshot]
) -> None:
    is_new = _are_new(change, invocation)
    _check_stream(dict(change), change, window, is_new=is_new["log_stream"])
    logtank: Document = {
        "id": change["logtank_id"],
        "resource_id": change["resource_id"],
        "log_stream_id": change["log_stream_id"],
    }
    _check_logtank(logtank, window, is_new=is_new["logtank"])


def _check_deletion(
    change: Result, _invocation: Invocation, window: list[Snapshot]
) -> None:
    assert any(change["logtank_id"] in each.alive() for each in window)
    assert change["logtank_id"] not in window[-1].alive()


def _check_update(
    change: Result, _invocation: Invocation, window: list[Snapshot]
) -> None:
    assert any(change["log_stream_id"] in each.streams for each in window)


_APPLIED: dict[str, Callable[[Result, Invocation, list[Snapshot]], None]] = {
    "create": _check_shipping,
    "repoint": _check_shipping,
    "delete": _check_deletion,
    "update": _check_update,
}
_CHECKS: dict[str, Callable[[Request, Result, Invocation, list[Snapshot]], None]] = {
    "bootstrap": _check_bootstrap,
    "create_log_stream": _check_create_log_stream,
    "create_logtank": _check_create_logtank,
    "delete_logtank": _check_delete_logtank,
    "status": _check_status,
    "reconcile": _check_reconcile,
}
