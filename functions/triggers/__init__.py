"""The table of triggers: how each event is read, and how it is responded to.

Sources: the event samples and response formats of the two platforms' developer guides
(*AWS Lambda Developer Guide*, "Invoking Lambda with events from other services"; *API
Gateway Developer Guide*, "Lambda proxy integrations"; *FunctionGraph User Guide*,
"Event Sources").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from functions.errors import InvalidEvent, Outcome, Problem, ProvisioningError
from functions.secret import Secret
from functions.triggers import (
    audit_trail,
    envelopes,
    http_request,
    json_text,
    records,
    responses,
    webhook,
)
from functions.triggers.delivery import Delivery, Event, FailureRecord, Message

MAX_RECORDS = 3
"""How deeply failure records may be nested, since an event may fail repeatedly."""

Parsed = Any
"""The value that a trigger's `parse` returns for its event."""


def _unparsed(event: object) -> Parsed:
    return event


def _no_response(_parsed: Parsed) -> None:
    """Return None, so that the function processes the event."""


def _anyone(_parsed: Parsed, _auth: str, _secrets: Sequence[Secret]) -> None:
    """Admit every event, because sending it requires the platform's permission."""


def _synchronous(_parsed: Parsed) -> int:
    return responses.MAX_BYTES


def _asynchronous(_parsed: Parsed) -> int:
    return responses.MAX_ASYNCHRONOUS_BYTES


class Trigger(NamedTuple):
    """One row of the table.

    `parse` turns the event into a value that the other functions take.
    `respond_at_once` returns a response that needs neither settings nor work, None
    otherwise. `admit` takes the settings WEBHOOK_AUTH and WEBHOOK_SECRETS. `respond`
    takes the outcomes of all items in order, None for an item that was not processed
    because an earlier one of its group failed. `refuse` takes the error for which a
    whole event is rejected. `has_waiting_caller` is whether a gateway waits for the
    response, for up to half a minute. `webhook_id` returns the ID that the sender gave
    a webhook. `max_result_bytes` returns the platform's limit for the returned value.
    """

    name: str
    recognizes: Callable[[Event], bool]
    deliver: Callable[[Parsed], Delivery]
    parse: Callable[[Any], Parsed] = _unparsed
    respond_at_once: Callable[[Parsed], object | None] = _no_response
    admit: Callable[[Parsed, str, Sequence[Secret]], None] = _anyone
    respond: Callable[[Parsed, Delivery, Sequence[Outcome | None]], object] = (
        responses.result_or_raise
    )
    refuse: Callable[[Parsed, ProvisioningError], object] = responses.raise_error
    has_waiting_caller: bool = False
    webhook_id: Callable[[Parsed], str | None] = _no_response
    max_result_bytes: Callable[[Parsed], int] = _synchronous


def _single(event: object) -> Delivery:
    """Return an event as one message, with the payload taken out of its envelopes."""
    named = event.get("id") if isinstance(event, Mapping) else None
    return Delivery([envelopes.message(event, named=named)])


def _is_timer(event: Event) -> bool:
    return bool(event.get("trigger_type") == "TIMER")


def _timer(event: Event) -> Delivery:
    """Return the payload that a timer is configured to send, `{}` without one."""
    payload = event.get("user_event") or "{}"
    return Delivery([envelopes.message(payload, "/user_event")])


def _is_eventgrid(event: Event) -> bool:
    return "specversion" in event and bool({"data", "data_base64"} & event.keys())


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
        has_waiting_caller=True,
        webhook_id=webhook.sender_id,
        max_result_bytes=responses.max_http_bytes,
    ),
    Trigger(
        "SQS",
        records.is_sqs,
        records.sqs,
        respond=responses.partial_batch_response,
        refuse=responses.fail_entire_batch,
    ),
    Trigger("SNS", records.is_sns, records.sns),
    Trigger("SMN", records.is_smn, records.smn, max_result_bytes=_asynchronous),
    Trigger("DMS", records.is_dms, records.dms, max_result_bytes=_asynchronous),
    Trigger("TIMER", _is_timer, _timer, max_result_bytes=_asynchronous),
    Trigger("CTS", audit_trail.recognizes, _single, max_result_bytes=_asynchronous),
    Trigger("EventGrid", _is_eventgrid, _single, max_result_bytes=_asynchronous),
    Trigger("EventBridge", envelopes.EVENTBRIDGE.recognizes, _single),
)
"""The trigger of an event is the first row that recognizes it."""
DIRECT = Trigger("direct", lambda _event: True, _single)
"""The trigger for any other event, which is the payload itself."""


def trigger_for(event: object) -> Trigger:
    """Return the trigger that an event is from."""
    if not isinstance(event, Mapping):
        return DIRECT
    return next((row for row in TABLE if row.recognizes(event)), DIRECT)


def deliver(
    trigger: Trigger, parsed: Parsed, is_own: Callable[[str], bool]
) -> Delivery:
    """Return what an event delivers, including the requests in failure records.

    `is_own` is whether a name is that of this function. Only the function that a record
    names processes it; another one might take a failed deletion for a creation.

    Raises: the errors of the trigger's `deliver`.
    """
    delivery = trigger.deliver(parsed)
    messages = [_opened(each, is_own, MAX_RECORDS) for each in delivery.messages]
    return delivery._replace(messages=messages)


def _opened(message: Message, is_own: Callable[[str], bool], layers: int) -> Message:
    """Return a message with its failure records replaced by the items in them.

    `layers` is how deeply records may still be nested.
    """
    items: list[object] = []
    is_array = message.is_array
    for item in message.items:
        if not isinstance(item, FailureRecord):
            items.append(item)
            continue
        try:
            delivery = _redelivered(item, is_own, layers)
        except InvalidEvent as error:
            items.append(error)
            continue
        items += delivery.items()
        is_array = is_array or delivery.is_array()
    return message._replace(items=items, is_array=is_array)


def _redelivered(
    record: FailureRecord, is_own: Callable[[str], bool], layers: int
) -> Delivery:
    """Return what the event in a failure record delivers.

    Raises: InvalidEvent if it failed in another function, or was an HTTP request.
    """
    place = record.place
    if not is_own(record.function):
        raise InvalidEvent(
            Problem(place, "failed in another function"),
            remedy="Send the record to the function that it names.",
        )
    if not layers:
        problem = Problem(place, f"is inside more than {MAX_RECORDS} records")
        raise InvalidEvent(problem)
    event = record.event
    if isinstance(event, str):
        event = json_text.read(event, place)
    trigger = trigger_for(event)
    if trigger.parse is http_request.parse:
        raise InvalidEvent(
            Problem(place, "is an HTTP request, whose signature is no longer valid"),
            remedy="Send the HTTP request's body as an event of its own.",
        )
    delivery = trigger.deliver(trigger.parse(event))
    messages = [_opened(each, is_own, layers - 1) for each in delivery.messages]
    return delivery._replace(messages=[_inside(place, each) for each in messages])


def _inside(place: str, message: Message) -> Message:
    """Return a message whose errors have pointers into the surrounding event."""
    return message._replace(items=[_placed(place, item) for item in message.items])


def _placed(place: str, item: object) -> object:
    if not isinstance(item, InvalidEvent):
        return item
    problems = (Problem(place + p.pointer, p.detail) for p in item.problems)
    return InvalidEvent(*problems, remedy=item.remedy, omitted=item.omitted)


def require_size(trigger: Trigger, parsed: Parsed, result: object) -> None:
    """Raise if a result is larger than the platform accepts from this trigger.

    Raises: ResultTooLarge.
    """
    responses.require_size(result, trigger.max_result_bytes(parsed))


def remedy(schema: str) -> str:
    """Return the remedy for an event of an unknown structure."""
    names = ", ".join(row.name for row in TABLE)
    return (
        f"Send what schemas/{schema}.schema.json describes, or an array of it, or use "
        f"a trigger whose events are known: {names}."
    )
