"""Every secret through every failure: none of them comes out in any text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.desk import Asked, Desk, Dripped, Said, said
from tests.e2e.credentials.extension import SESSION, holding, in_turn, install
from tests.e2e.credentials.wholes import (
    AK,
    DOMAIN,
    GA_TOKEN,
    PASSWORD,
    SECURITY_TOKEN,
    SK,
    TOKEN,
    USER,
    at,
    fresh,
    put,
)
from tests.e2e.driving import EVENT, refused

TOKENS = "/v3/auth/tokens"


@dataclass
class Bearer:
    """Who calls: its secrets, those obtained meanwhile too, and its context.

    What is `untold` is a secret that no cloud ever gets to know.
    """

    secrets: list[str]
    context: object = None
    fails_at: str = "/v2/"
    untold: list[str] = field(default_factory=list)

    def token(self) -> bytes:
        """Return IAM's answer, with a token that nobody else has."""
        self.secrets.append(fresh("MIIObtained"))
        return said(201, {"token": {}}, {"X-Subject-Token": self.secrets[-1]})


def _tokens(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {TOKEN: fresh("MIIProject"), GA_TOKEN: fresh("MIIDomain")}
    put(environment, own)
    yield Bearer([*own.values()])


def _keys(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {AK: fresh("AK"), SK: fresh("SK"), SECURITY_TOKEN: fresh("security")}
    put(environment, own)
    yield Bearer([*own.values()])


def _user(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {DOMAIN: "account", USER: "somebody", PASSWORD: fresh("password")}
    put(environment, own)
    yield Bearer([own[PASSWORD]])


def _user_at_iam(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    for bearer in _user(environment):
        bearer.fails_at = TOKENS
        yield bearer


def _agency(_environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {name: fresh(name) for name in (ACCESS, SECRET, SECURITY)}
    yield Bearer([*own.values()], AgencyContext({**own}, seconds=8))


def _secret(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {AK: fresh("AK"), SK: fresh("SK"), SECURITY_TOKEN: fresh("security")}
    unused = fresh("unused")
    with Desk(in_turn(holding({**own, "unused": unused}))) as desk:
        told = install(environment, desk)
        yield Bearer([*own.values()], untold=[unused, told[SESSION]])


BEARERS = {
    "tokens": _tokens,
    "keys": _keys,
    "user": _user,
    "user at IAM": _user_at_iam,
    "agency": _agency,
    "AWS secret": _secret,
}
How = Callable[[Asked, str], Said]
"""Makes an answer of a request, and of all secrets in one line."""


def _status(status: int) -> How:
    body = {"error_code": "X.1", "error_msg": "no"}
    return lambda _asked, _all: said(status, body)


def _echoed(status: int) -> How:
    def echo(asked: Asked, secrets: str) -> Said:
        body: dict[str, object] = {
            "error_code": secrets,
            "error_msg": secrets,
            "request_id": secrets,
        }
        body |= {secrets: asked.raw(), "log_stream_id": [secrets]}
        return said(status, body)

    return echo


def _request_echoed(asked: Asked, _all: str) -> Said:
    return said(400, {"error_code": "X.1", "error_msg": asked.raw()[-250:]})


def _in_headers(status: int) -> How:
    names = ("X-Request-Id", "Retry-After", "Date", "Location", "Set-Cookie", "Server")
    return lambda _asked, all_: said(status, {}, dict.fromkeys(names, all_))


def _subject_echoed(_asked: Asked, secrets: str) -> Said:
    token = {"X-Subject-Token": secrets}
    return said(500, {"error_code": "X.1", "error_msg": secrets}, token)


def _raw(text: str) -> How:
    return lambda _asked, all_: text.replace("@", all_).encode()


FAILURES: dict[str, How] = {
    "a bad request": _status(400),
    "a refused credential": _status(401),
    "a lack of permission": _status(403),
    "throttling": _status(429),
    "a failure": _status(500),
    "an echoing refusal": _echoed(400),
    "an echoing 401": _echoed(401),
    "an echoing failure": _echoed(503),
    "an echoing success": _echoed(201),
    "the request as a message": _request_echoed,
    "a refusal's headers": _in_headers(403),
    "a redirection": _in_headers(302),
    "a failure's headers": _in_headers(500),
    "a status line": _raw("HTTP/1.1 500 @\r\nContent-Length: 0\r\n\r\n"),
    "a status of words": _raw("HTTP/1.1 @\r\n\r\n"),
    "no HTTP": _raw("@\r\n@\r\n\r\n"),
    "a header of no colon": _raw("HTTP/1.1 400 A\r\n@\r\nContent-Length: 0\r\n\r\n"),
    "an odd length": _raw("HTTP/1.1 400 A\r\nContent-Length: @\r\n\r\n"),
    "an odd chunk": _raw("HTTP/1.1 400 A\r\nTransfer-Encoding: chunked\r\n\r\n@\r\n"),
    "a cut body": _raw(
        'HTTP/1.1 400 A\r\nContent-Length: 9999\r\n\r\n{"error_msg": "@'
    ),
    "a text": lambda _asked, all_: said(200, all_),
    "a list": lambda _asked, all_: said(201, [all_]),
    "silence": lambda _asked, _all: None,
    "a drip": lambda _asked, all_: Dripped(said(400, {"error_msg": all_}), 0.02),
}


WORST = (
    "a refused credential",
    "an echoing refusal",
    "an echoing failure",
    "a failure's headers",
    "no HTTP",
    "an odd chunk",
    "silence",
)
"""Of the failures, those that keys from elsewhere than settings are tried with."""
PAIRS = [
    pytest.param(kind, how, id=f"{name}: {failure}")
    for name, kind in BEARERS.items()
    for failure, how in FAILURES.items()
    if kind not in (_agency, _secret) or failure in WORST
]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("kind", "how"), PAIRS)
def test_no_secret_comes_out_of_a_failure(
    monkeypatch: pytest.MonkeyPatch,
    quiet: Quiet,
    kind: Callable[[pytest.MonkeyPatch], Iterator[Bearer]],
    how: How,
) -> None:
    """Neither in the error and its causes, nor in the output, nor in any log."""
    put(monkeypatch, {"HTTP_TIMEOUT_SECONDS": "0.06", "RETRY_ATTEMPTS": "1"})
    for bearer in kind(monkeypatch):

        def answer(asked: Asked, bearer: Bearer = bearer) -> Said:
            if asked.path == TOKENS and bearer.fails_at != TOKENS:
                return bearer.token()
            return how(asked, " ".join(bearer.secrets))

        with Desk(answer) as desk:
            put(monkeypatch, at(desk.url))
            context = bearer.context or LambdaContext(8)
            error = refused("bootstrap", EVENT, context)
        assert desk.asked
        quiet(error, [*bearer.secrets, *bearer.untold])
