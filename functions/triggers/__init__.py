"""How an event gets in and its response gets out, by trigger: pure, and in one table.

Sources: the event samples and response formats of the two platforms' developer guides
(*AWS Lambda Developer Guide*, "Invoking Lambda with events from other services"; *API
Gateway Developer Guide*, "Lambda proxy integrations"; *FunctionGraph User Guide*,
"Event Sources").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from functions.errors import Outcome, ProvisioningError
from functions.secret import Secret
from functions.triggers import (
    audit_trail,
    envelopes,
    http_request,
    records,
    responses,
    webhook,
)
from functions.triggers.delivery import Delivery, Event

Parsed = Any
"""What a trigger's `parse` makes of its event."""


def _as_it_is(event: object) -> Parsed:
    return event


def _no_response(_parsed: Parsed) -> None:
    """Let the function respond."""


def _anyone(_parsed: Parsed, _auth: str, _secrets: Sequence[Secret]) -> None:
    """Admit every event: only who has the platform's permission can send it."""


class Trigger(NamedTuple):
    """One row of the table.

    `parse` makes a value of the event, which all others share. `respond_at_once`
    returns a response that needs neither settings nor work, None otherwise. `admit`
    takes the settings WEBHOOK_AUTH and WEBHOOK_SECRETS. `respond` takes the outcomes of
    all items in order, `refuse` the error that an event as a whole ended in.
    """

    name: str
    recognizes: Callable[[Event], bool]
    deliver: Callable[[Parsed], Delivery]
    parse: Callable[[Any], Parsed] = _as_it_is
    respond_at_once: Callable[[Parsed], object | None] = _no_response
    admit: Callable[[Parsed, str, Sequence[Secret]], None] = _anyone
    respond: Callable[[Parsed, Delivery, Sequence[Outcome]], object] = (
        responses.result_or_raise
    )
    refuse: Callable[[Parsed, ProvisioningError], object] = responses.raise_error


def _single(event: Event) -> Delivery:
    """Return an event that is one message: the payload, in envelopes or not."""
    return Delivery([envelopes.message(event)])


def _is_timer(event: Event) -> bool:
    return bool(event.get("trigger_type") == "TIMER")


def _timer(event: Event) -> Delivery:
    """Return what a timer is configured to send, which may be nothing."""
    payload = event.get("user_event") or "{}"
    return Delivery([envelopes.message(payload, "/user_event")])


TABLE = (
    Trigger(
        "HTTP",
        http_request.recognizes,
        webhook.deliver,
        http_request.parse,
        responses.health_check,
        webhook.admit,
        responses.http,
        responses.http_refusal,
    ),
    Trigger(
        "SQS",
        records.is_sqs,
        records.sqs,
        respond=responses.partial_batch_response,
        refuse=responses.fail_entire_batch,
    ),
    Trigger("SNS", records.is_sns, records.sns),
    Trigger("SMN", records.is_smn, records.smn),
    Trigger("DMS", records.is_dms, records.dms),
    Trigger("TIMER", _is_timer, _timer),
    Trigger("CTS", audit_trail.recognizes, _single),
    Trigger("EventGrid", envelopes.EVENTGRID.recognizes, _single),
    Trigger("EventBridge", envelopes.EVENTBRIDGE.recognizes, _single),
)
"""The first row that recognizes an event is its trigger's."""
DIRECT = Trigger("direct", lambda _event: True, _single)
"""An event that no row recognizes is the payload itself."""


def trigger_for(event: object) -> Trigger:
    """Return the trigger that an event is from."""
    if not isinstance(event, Mapping):
        return DIRECT
    return next((row for row in TABLE if row.recognizes(event)), DIRECT)


def remedy(schema: str) -> str:
    """Return what to do about an event that resembles nothing known."""
    names = ", ".join(row.name for row in TABLE)
    return (
        f"Send what schemas/{schema}.schema.json describes, or an array of it, or use "
        f"a trigger whose events are known: {names}."
    )
