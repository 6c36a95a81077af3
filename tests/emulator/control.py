"""The control interface: ``/_emulator/`` over HTTP, for clients in other processes."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tests.emulator.http_messages import Document, Json, Reply, Request, json_reply

PREFIX = "/_emulator/"


class Controlled(Protocol):
    """The part of the emulator that the control interface uses."""

    @property
    def calls(self) -> list[Document]:
        """The calls, in order of arrival."""

    def state(self) -> Document:
        """Return the state."""

    def fail(self, *faults: Document) -> None:
        """Append faults."""

    def seed(self, **resources: list[Document]) -> dict[str, list[Document]]:
        """Add resources."""

    def remove(self, *ids: str) -> int:
        """Remove resources."""

    def revoke_tokens(self) -> int:
        """Invalidate all issued tokens."""

    def reset(self, **options: object) -> None:
        """Discard state, faults and calls, and apply the options."""


def _state(emulator: Controlled, _body: object) -> object:
    return emulator.state()


def _calls(emulator: Controlled, _body: object) -> object:
    return emulator.calls


def _faults(emulator: Controlled, body: Json) -> object:
    faults = body if isinstance(body, list) else [body]
    emulator.fail(*faults)
    return {"accepted": len(faults)}


def _seed(emulator: Controlled, body: Json) -> object:
    if not isinstance(body, dict):
        raise TypeError("resources must be an object of lists")
    return emulator.seed(**body)


def _remove(emulator: Controlled, body: Json) -> object:
    if not isinstance(body, list) or not all(isinstance(each, str) for each in body):
        raise TypeError("ids must be a list of strings")
    return {"removed": emulator.remove(*body)}


def _revoke(emulator: Controlled, _body: object) -> object:
    return {"revoked": emulator.revoke_tokens()}


def _reset(emulator: Controlled, body: Json) -> object:
    options = {} if body is None else body
    if not isinstance(options, dict):
        raise TypeError("options must be an object")
    emulator.reset(**options)
    return emulator.state()


ROUTES: Mapping[tuple[str, str], Callable[[Controlled, Any], object]] = {
    ("GET", "state"): _state,
    ("GET", "calls"): _calls,
    ("POST", "faults"): _faults,
    ("POST", "reset"): _reset,
    ("POST", "revoke"): _revoke,
    ("POST", "seed"): _seed,
    ("POST", "remove"): _remove,
}


def control_reply(emulator: Controlled, request: Request) -> Reply:
    """Return the reply to a control call: 200, 400 with the reason, or 404."""
    route = ROUTES.get((request.method, request.path.removeprefix(PREFIX)))
    if route is None:
        served = ", ".join(f"{method} {PREFIX}{name}" for method, name in ROUTES)
        return _error(404, "EMULATOR.0404", f"known routes: {served}")
    try:
        body = request.json() if request.body else None
        return json_reply(200, route(emulator, body))
    except (ValueError, TypeError) as error:
        return _error(400, "EMULATOR.0400", str(error))


def _error(status: int, code: str, text: str) -> Reply:
    return json_reply(status, {"error_code": code, "error_msg": text})
