"""How an event gets in and its answer gets out, by trigger: pure, and in one table.

Sources: the event samples and reply formats of the two platforms' developer guides
(*AWS Lambda Developer Guide*, "Invoking Lambda with events from other services"; *API
Gateway Developer Guide*, "Lambda proxy integrations"; *FunctionGraph User Guide*,
"Event Sources").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from functions.errors import ProvisioningError
from functions.secret import Secret
from functions.triggers import audit_trail, envelopes, records, responses, webhook
from functions.triggers.delivery import Delivery

Event = Any
"""A mapping; for a direct call, any JSON."""


def _anyone(_event: Event, _auth: str, _secrets: Sequence[Secret]) -> None:
    """Let every event pass: only who has the platform's permission can send it."""


class Trigger(NamedTuple):
    """One row of the table: how its events are told, admitted, read and answered.

    `admit` takes WEBHOOK_AUTH and WEBHOOK_SECRETS as they are set. `answer` takes the
    outcomes of all items in order; `refuse`, what the event as a whole ended in.
    """

    name: str
    recognises: Callable[[Event], bool]
    deliver: Callable[[Event], Delivery]
    admit: Callable[[Event, str, Sequence[Secret]], None] = _anyone
    answer: Callable[[Event, Delivery, Sequence[responses.Outcome]], object] = (
        responses.result_or_raise
    )
    refuse: Callable[[Event, ProvisioningError], object] = responses.raise_it


def _single(event: Event) -> Delivery:
    """Return an event that is one message: the payload, in envelopes or not."""
    return Delivery([envelopes.message(event)])


def _is_timer(event: Event) -> bool:
    return bool(event.get("trigger_type") == "TIMER")


def _timer(event: Event) -> Delivery:
    """Return what a timer was given to send, which may be nothing."""
    payload = event.get("user_event") or "{}"
    return Delivery([envelopes.message(payload, "/user_event")])


TABLE = (
    Trigger(
        "HTTP",
        webhook.is_request,
        webhook.deliver,
        webhook.admit,
        responses.reply,
        responses.refusal,
    ),
    Trigger(
        "SQS",
        records.is_sqs,
        records.sqs,
        answer=responses.partial_batch_response,
        refuse=responses.fail_entire_batch,
    ),
    Trigger("SNS", records.is_sns, records.sns),
    Trigger("SMN", records.is_smn, records.smn),
    Trigger("DMS", records.is_dms, records.dms),
    Trigger("TIMER", _is_timer, _timer),
    Trigger("CTS", audit_trail.recognises, _single),
    Trigger("EventGrid", envelopes.EVENTGRID.recognises, _single),
    Trigger("EventBridge", envelopes.EVENTBRIDGE.recognises, _single),
)
"""The first row that recognises an event is its trigger's."""
DIRECT = Trigger("direct", lambda _event: True, _single)
"""What none of them recognises is the payload itself."""


def of(event: object) -> Trigger:
    """Return the trigger that an event is from."""
    if not isinstance(event, Mapping):
        return DIRECT
    return next((row for row in TABLE if row.recognises(event)), DIRECT)


def health_check_response(event: object) -> object | None:
    """Return the answer that needs no settings and asks for no work, if it is one."""
    if isinstance(event, Mapping) and webhook.is_health_check(event):
        return responses.health(event)
    return None


def remedy(schema: str) -> str:
    """Return what to do about an event that resembles nothing known."""
    names = ", ".join(row.name for row in TABLE)
    return (
        f"Send what schemas/{schema}.schema.json describes, or an array of it, or have "
        f"it sent by a trigger whose events are known: {names}."
    )
