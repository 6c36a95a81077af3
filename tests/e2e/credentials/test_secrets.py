"""No failure reveals a secret in an error, the output or a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from functions.errors import AuthenticationFailed, Misconfigured, ProvisioningError
from tests.byte_server import (
    SILENCE,
    Answer,
    ByteServer,
    Request,
    cut,
    document,
    dripped,
    in_turn,
)
from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.agency import GETTERS, AgencyContext
from tests.e2e.credentials.conftest import LeakCheck
from tests.e2e.credentials.extension import SESSION, holding, install
from tests.e2e.credentials.wholes import (
    AK,
    DOMAIN,
    GA_TOKEN,
    OTHER_AK,
    OTHER_SK,
    PASSWORD,
    SECURITY_TOKEN,
    SK,
    TOKEN,
    USER,
    at,
    put,
    unique,
)
from tests.e2e.driving import EVENT, expect_error

TOKENS = "/v3/auth/tokens"


@dataclass
class Caller:
    """A caller: its context and its secrets, including tokens obtained later.

    `unsent` contains secrets that are never sent to a cloud.
    """

    secrets: list[str]
    context: object = None
    fails_at: str = "/v2/"
    unsent: list[str] = field(default_factory=list)

    def token(self) -> Answer:
        """Return the reply of IAM with a unique token."""
        self.secrets.append(unique("MIIObtained"))
        return document({"token": {}}, 201, X_Subject_Token=self.secrets[-1])


def _with(environment: pytest.MonkeyPatch, *names: str) -> Caller:
    own = {name: unique(name) for name in names}
    put(environment, own)
    return Caller([*own.values()])


def _tokens(environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    yield _with(environment, TOKEN, GA_TOKEN)


def _keys(environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    yield _with(environment, AK, SK, SECURITY_TOKEN)


def _user(environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    put(environment, {DOMAIN: "account", USER: "user"})
    yield _with(environment, PASSWORD)


def _user_at_iam(environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    for caller in _user(environment):
        caller.fails_at = TOKENS
        yield caller


def _agency(_environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    own = {name: unique(name) for name in GETTERS}
    yield Caller([*own.values()], AgencyContext({**own}, seconds=8))


def _secret(environment: pytest.MonkeyPatch) -> Iterator[Caller]:
    own = {name: unique(name) for name in (AK, SK, SECURITY_TOKEN)}
    unused = unique("unused")
    with ByteServer(in_turn(holding({**own, "unused": unused}))) as server:
        variables = install(environment, server)
        yield Caller([*own.values()], unsent=[unused, variables[SESSION]])


Failure = Callable[[Request, str], Answer]
"""Builds a reply from a request and all secrets joined in one line."""


def _status(status: int) -> Failure:
    body = {"error_code": "X.1", "error_msg": "no"}
    return lambda _request, _all: document(body, status)


def _echoed(status: int) -> Failure:
    names = ("error_code", "error_msg", "request_id")

    def echo(request: Request, secrets: str) -> Answer:
        body: dict[str, object] = dict.fromkeys(names, secrets)
        body |= {secrets: request.text, "log_stream_id": [secrets]}
        return document(body, status, X_Subject_Token=secrets)

    return echo


def _request_echoed(request: Request, _all: str) -> Answer:
    return document({"error_code": "X.1", "error_msg": request.text[-250:]}, 400)


def _in_headers(status: int) -> Failure:
    names = ("X-Request-Id", "Retry-After", "Date", "Location", "Set-Cookie", "Server")
    return lambda _request, all_: document({}, status, **dict.fromkeys(names, all_))


def _raw(text: str) -> Failure:
    return lambda _request, all_: cut(text.replace("@", all_).encode())


FAILURES: dict[str, Failure] = {
    "401": _status(401),
    "400 with echo": _echoed(400),
    "503 with echo": _echoed(503),
    "500 with secrets in headers": _in_headers(500),
    "not HTTP": _raw("@\r\n@\r\n\r\n"),
    "invalid chunk": _raw("HTTP/1.1 400 A\r\nTransfer-Encoding: chunked\r\n\r\n@\r\n"),
    "no reply": lambda _request, _all: SILENCE,
    "500": _status(500),
    "401 with echo": _echoed(401),
    "201 with echo": _echoed(201),
    "request as error message": _request_echoed,
    "redirect": _in_headers(302),
    "reason phrase": _raw("HTTP/1.1 500 @\r\nContent-Length: 0\r\n\r\n"),
    "invalid status": _raw("HTTP/1.1 @\r\n\r\n"),
    "header without a colon": _raw("HTTP/1.1 400 A\r\n@\r\nContent-Length: 0\r\n\r\n"),
    "invalid content length": _raw("HTTP/1.1 400 A\r\nContent-Length: @\r\n\r\n"),
    "truncated body": _raw(
        'HTTP/1.1 400 A\r\nContent-Length: 9999\r\n\r\n{"error_msg": "@'
    ),
    "string": lambda _request, all_: document(all_),
    "array": lambda _request, all_: document([all_], 201),
    "slow body": lambda _request, all_: dripped(
        document({"error_msg": all_}, 400).pieces[0], 0.02
    ),
}
WORST = [*FAILURES][:7]
"""The failures to test with every kind of credential; keys are tested with all."""
CALLERS = {
    "keys": (_keys, [*FAILURES]),
    "tokens": (_tokens, WORST),
    "user": (_user, WORST),
    "user at IAM": (_user_at_iam, [*WORST, "401 with echo", "201 with echo"]),
    "agency": (_agency, WORST[:2]),
    "AWS secret": (_secret, WORST[:2]),
}
PAIRS = [
    pytest.param(kind, failure, id=f"{name}: {failure}")
    for name, (kind, failures) in CALLERS.items()
    for failure in failures
]


@pytest.mark.usefixtures("isolated")
@pytest.mark.parametrize(("kind", "failure"), PAIRS)
def test_no_failure_reveals_a_secret(
    monkeypatch: pytest.MonkeyPatch,
    assert_no_leak: LeakCheck,
    kind: Callable[[pytest.MonkeyPatch], Iterator[Caller]],
    failure: str,
) -> None:
    """No secret occurs in the error, its causes, the output or any log."""
    timeout = "0.4" if failure in ("no reply", "slow body") else "5"
    put(monkeypatch, {"HTTP_TIMEOUT_SECONDS": timeout, "RETRY_ATTEMPTS": "1"})
    for caller in kind(monkeypatch):

        def respond(request: Request, caller: Caller = caller) -> Answer:
            if request.path == TOKENS and caller.fails_at != TOKENS:
                return caller.token()
            return FAILURES[failure](request, " ".join(caller.secrets))

        with ByteServer(respond) as server:
            put(monkeypatch, at(server.endpoint))
            error = expect_error("bootstrap", EVENT, caller.context or LambdaContext(8))
        assert server.requests
        assert_no_leak(error, [*caller.secrets, *caller.unsent])
        assert "***" in str(error.as_document()) or "echo" not in failure


SETTINGS = (TOKEN, GA_TOKEN, AK, SK, SECURITY_TOKEN, OTHER_AK, OTHER_SK)
FORMS = ["{}\rx", "{}\r\nX-Evil: 1", "日志{}", "é{}", "a\t{}", "\x7f{}"]


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "{}\nx") for name in SETTINGS), *((TOKEN, form) for form in FORMS)],
)
def test_a_setting_that_is_not_a_valid_header_value_is_named_but_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, name: str, form: str
) -> None:
    """The error names the setting, and nothing is sent."""
    value = unique()
    with ByteServer(in_turn(document({}, 500))) as server:
        put(isolated, at(server.endpoint) | {name: form.format(value)})
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    assert server.requests == []
    assert_no_leak(error, [value])


@pytest.mark.parametrize(
    ("name", "form"), [*((name, "{}\n") for name in GETTERS), (GETTERS[2], "日志{}")]
)
def test_an_invalid_key_of_an_agency_is_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, name: str, form: str
) -> None:
    """The key is rejected by the cloud or not sent at all."""
    own = {getter: unique(getter) for getter in GETTERS}
    given = {**own, name: form.format(own[name])}
    with ByteServer(in_turn(document({}, 401))) as server:
        put(isolated, at(server.endpoint))
        error = expect_error("bootstrap", EVENT, AgencyContext({**given}))
    assert type(error) in {Misconfigured, AuthenticationFailed}
    assert len(server.requests) <= 1
    assert_no_leak(error, own.values())


@pytest.mark.parametrize("form", ["{}\r\n and-more", "\xe9{}", "a\t{}", "  {}  "])
def test_an_obtained_token_with_unusual_characters_is_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, form: str
) -> None:
    """No error contains the token, even if a service echoes it."""
    token = unique("MIIToken")

    def respond(request: Request) -> Answer:
        if request.path == TOKENS:
            return document({"token": {}}, 201, X_Subject_Token=form.format(token))
        return document({"error_msg": request.headers["x-auth-token"]}, 400)

    for caller in _user(isolated):
        with ByteServer(respond) as server:
            put(isolated, at(server.endpoint))
            error = expect_error("bootstrap", EVENT)
        assert isinstance(error, ProvisioningError)
        assert_no_leak(error, [token, *caller.secrets])


@pytest.mark.parametrize("status", [201, 401])
def test_a_token_that_iam_also_echoes_in_the_body_is_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, status: int
) -> None:
    """The echo is in the same reply that contains the token in its header."""
    token = unique("MIIToken")
    body = {"error_code": token, "error_msg": f"made {token}", "request_id": token}
    echo = document(body, status, X_Subject_Token=token, X_Request_Id=token)
    for _caller in _user(isolated):
        with ByteServer(in_turn(echo)) as server:
            put(isolated, at(server.endpoint))
            error = expect_error("bootstrap", EVENT)
        assert error.service == "IAM"
        assert_no_leak(error, [token])


PASSWORDS = ["{}", 'a"{}', "a\\{}", "日志é{}", 'é"{}', "a\n{}", "a   {}", "a&b=c%/{}"]


@pytest.mark.parametrize("form", PASSWORDS)
def test_a_password_in_a_request_echoed_by_iam_is_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, form: str
) -> None:
    """IAM rejects the request body and quotes part of it."""
    password = form.format(unique("p"))

    def respond(request: Request) -> Answer:
        quoted = request.body.decode()
        start = quoted.index('"password":{')
        text = f"Request body is invalid: {quoted[start : start + 250]}"
        return document({"error_code": "IAM.0011", "error_msg": text}, 400)

    put(isolated, {DOMAIN: "account", USER: "user", PASSWORD: password})
    with ByteServer(respond) as server:
        put(isolated, at(server.endpoint))
        error = expect_error("bootstrap", EVENT)
    assert error.code == "IAM.0011"
    assert_no_leak(error, [password])
