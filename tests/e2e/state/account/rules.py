"""What no call may do, whatever goes wrong: checked after each call.

A rule takes an invocation and its latest step, and returns what is wrong, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from functions.errors import MaybeProcessed, ProvisioningError
from functions.transport.calls import Call
from tests.e2e.state.account.events import Request
from tests.e2e.state.account.processes import Invocation, Step
from tests.e2e.state.account.snapshots import Document, Snapshot, target

Rule = Callable[[Invocation, Step], str | None]
_LOOKS = {"CreateLogtank": "ListLogtanks", "CreateLogStream": "ListLogStream"}


def violations(invocation: Invocation, step: Step) -> Iterator[str]:
    """Yield what the latest step of an invocation has broken."""
    for rule in _RULES:
        if broken := rule(invocation, step):
            yield f"{rule.__name__.lstrip('_')}: {broken}: {step.call}"


def last_look(steps: Sequence[Step], listener: str | None) -> Snapshot | None:
    """Return the account as it was when the last complete list of logtanks began.

    The list is that of all logtanks, or also that of one listener's. None if none of
    the steps has read one to its end.
    """
    began: Snapshot | None = None
    found: Snapshot | None = None
    for each in steps:
        if each.call.operation != "ListLogtanks":
            continue
        query = dict(each.call.query)
        if query.get("resource_ids") not in {None, listener}:
            continue
        if isinstance(each.outcome, ProvisioningError):
            continue
        if "marker" not in query:
            began = each.before
        if _is_last_page(each.outcome.document):
            found = began
    return found


def _is_last_page(document: object) -> bool:
    if not isinstance(document, Mapping) or "logtanks" not in document:
        return False
    page = document.get("page_info")
    return not (isinstance(page, Mapping) and page.get("next_marker"))


def _reads_only_if_asked_to(invocation: Invocation, step: Step) -> str | None:
    if invocation.event.is_read_only and step.call.is_change:
        return "a plan changes something"
    return None


def _groups_stay(_invocation: Invocation, step: Step) -> str | None:
    if step.before.groups.keys() - step.after.groups.keys():
        return "a log group was deleted"
    return None


def _streams_stay_unless_asked(invocation: Invocation, step: Step) -> str | None:
    if not (
        step.call.operation == "DeleteLogStream"
        or step.before.streams.keys() - step.after.streams.keys()
    ):
        return None
    if any(each.get("delete_log_stream") for each in invocation.event.requests):
        return None
    return "nobody asked to delete a stream"


def _used_streams_stay(invocation: Invocation, step: Step) -> str | None:
    """Keep a stream to which another logtank ships, as a list has shown."""
    if step.call.operation != "DeleteLogStream":
        return None
    stream = step.call.path.rpartition("/")[2]
    users = {each["id"] for each in step.before.shipping_to(stream)}
    seen = last_look(invocation.steps, None)
    if seen is None:
        return "nobody looked who else uses the stream"
    if users & {each["id"] for each in seen.shipping_to(stream)}:
        return "another logtank ships to the stream"
    return None


def _deleted(step: Step) -> list[Document]:
    alive = step.after.alive()
    return [each for key, each in step.before.alive().items() if key not in alive]


def _logtanks_stay_unless_asked(invocation: Invocation, step: Step) -> str | None:
    """Keep a logtank unless that was asked for, or it is orphaned or surplus."""
    for logtank in _deleted(step):
        if not any(
            _may_delete(request, logtank, step, invocation)
            for request in invocation.event.requests
        ):
            return f"logtank {logtank['id']} was in use"
    return None


def _may_delete(
    request: Request, logtank: Document, step: Step, invocation: Invocation
) -> bool:
    listener = logtank["resource_id"]
    exists = listener in step.before.listeners
    if invocation.event.entry == "delete_logtank":
        is_allowed = not (request.get("only_if_listener_is_gone") and exists)
        return listener == request["resource_id"] and is_allowed
    if invocation.event.entry == "reconcile" and request.get("prune"):
        chosen = request.get("listeners", {}).get("resource_ids")
        if (chosen is None or listener in chosen) and not exists:
            return any(each.before.listeners for each in invocation.steps)
        return _is_younger(logtank, invocation, step)
    return is_own(logtank, invocation) and _is_younger(logtank, invocation, step)


def is_own(logtank: Document, invocation: Invocation) -> bool:
    """Whether one of the invocation's calls created it."""
    return any(
        logtank["id"] in each.after.logtanks.keys() - each.before.logtanks.keys()
        for each in invocation.steps
    )


def _is_younger(logtank: Document, invocation: Invocation, step: Step) -> bool:
    """Whether there is an older logtank for the same, or was when it last looked."""
    seen = last_look(invocation.steps, logtank["resource_id"]) or step.before
    places = (each for now in (step.before, seen) for each in now.alive().values())
    age = logtank["created_at"], logtank["id"]
    return any(
        target(each) == target(logtank) and (each["created_at"], each["id"]) < age
        for each in places
    )


def _repoints_only_if_asked(invocation: Invocation, step: Step) -> str | None:
    for key, now in step.after.alive().items():
        was = step.before.logtanks.get(key)
        if not was or target(was) == target(now):
            continue
        if not any(each.get("repoint") for each in invocation.event.requests):
            return f"nobody asked to repoint logtank {key}"
        seen = last_look(invocation.steps, now["resource_id"])
        if seen is None or len(seen.alive_of(now["resource_id"])) != 1:
            return f"logtank {key} is one of several, or nobody looked"
    return None


def _updates_only_if_asked(invocation: Invocation, step: Step) -> str | None:
    for key, now in step.after.streams.items():
        was = step.before.streams.get(key)
        if was not in (None, now) and not any(
            each.get("update_stream") for each in invocation.event.requests
        ):
            return f"nobody asked to update stream {key}"
    return None


def _looks_before_repeating(invocation: Invocation, step: Step) -> str | None:
    """Look before a create is repeated whose outcome is unknown."""
    look = _LOOKS.get(step.call.operation)
    if look is None or step.is_late or step.call.attempt == 1:
        return None
    own = [each for each in invocation.steps[:-1] if each.thread == step.thread]
    for each in reversed(own):
        failed = isinstance(each.outcome, ProvisioningError)
        if each.call.operation == look and not failed:
            return None
        if _same(each.call, step.call) and isinstance(each.outcome, MaybeProcessed):
            return "it was repeated without a look"
    return None


def _same(one: Call, other: Call) -> bool:
    return (one.operation, one.path, one.body) == (
        other.operation,
        other.path,
        other.body,
    )


def _creates_beside_nothing(invocation: Invocation, step: Step) -> str | None:
    """Create a logtank with a lease, or after a look that showed none."""
    if step.call.operation != "CreateLogtank" or step.is_late:
        return None
    body = step.call.body or {}
    wanted = body["logtank"]
    assert isinstance(wanted, Mapping)
    listener, stream = wanted["resource_id"], wanted["log_stream_id"]
    seen = last_look(_of_its_request(invocation, step), listener)
    if seen is None:
        return None if _has_lease(invocation, stream) else "nobody looked"
    known = {each["id"] for each in seen.alive_of(listener)}
    if known & {each["id"] for each in step.before.alive_of(listener)}:
        return "the listener had a logtank"
    return None


def _of_its_request(invocation: Invocation, step: Step) -> list[Step]:
    """Return the steps that the request of a step relies on.

    What `reconcile` has listed serves all of its changes; other requests look on their
    own, and those of `bootstrap` begin with a stream.
    """
    if invocation.event.entry == "reconcile":
        return invocation.steps
    own = [each for each in invocation.steps if each.thread == step.thread]
    creates = [n for n, e in enumerate(own) if e.call.operation == "CreateLogStream"]
    return own[creates[-1] :] if creates else own


def unconfirmed(invocation: Invocation) -> Iterator[str]:
    """Yield the logtanks that were created without a lease, and no look after that."""
    for place, step in enumerate(invocation.steps):
        is_answered = not isinstance(step.outcome, ProvisioningError)
        if step.call.operation != "CreateLogtank" or not is_answered:
            continue
        for key in step.after.logtanks.keys() - step.before.logtanks.keys():
            stream = step.after.logtanks[key]["log_stream_id"]
            looks = (_looks(each) for each in invocation.steps[place + 1 :])
            if not (_has_lease(invocation, stream) or any(looks)):
                yield key


def _looks(step: Step) -> bool:
    failed = isinstance(step.outcome, ProvisioningError)
    return step.call.operation == "ListLogtanks" and not failed


def _has_lease(invocation: Invocation, stream: str) -> bool:
    return any(
        each.call.operation == "CreateLogStream"
        and not isinstance(each.outcome, ProvisioningError)
        and stream in each.after.streams
        and stream not in each.before.streams
        for each in invocation.steps
    )


def _leaves_unusable_listeners(invocation: Invocation, step: Step) -> str | None:
    """`reconcile` changes only listeners that are ACTIVE and not frozen."""
    if invocation.event.entry != "reconcile":
        return None
    for key, now in step.after.alive().items():
        was = step.before.alive().get(key)
        listener = now["resource_id"]
        states = (
            seen for each in invocation.steps for seen in (each.before, each.after)
        )
        exists = listener in step.before.listeners
        is_unusable = exists and not any(seen.is_usable(listener) for seen in states)
        if is_unusable and (was is None or target(was) != target(now)):
            return f"listener {listener} was never usable"
    return None


_RULES: tuple[Rule, ...] = (
    _reads_only_if_asked_to,
    _groups_stay,
    _streams_stay_unless_asked,
    _used_streams_stay,
    _logtanks_stay_unless_asked,
    _repoints_only_if_asked,
    _updates_only_if_asked,
    _looks_before_repeating,
    _creates_beside_nothing,
    _leaves_unusable_listeners,
)
