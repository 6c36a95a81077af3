"""Every secret through every failure: none of them comes out in any text."""

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
from tests.e2e.credentials.conftest import Quiet
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

    def token(self) -> Answer:
        """Return IAM's answer, with a token that nobody else has."""
        self.secrets.append(fresh("MIIObtained"))
        return document({"token": {}}, 201, X_Subject_Token=self.secrets[-1])


def _with(environment: pytest.MonkeyPatch, *names: str) -> Bearer:
    own = {name: fresh(name) for name in names}
    put(environment, own)
    return Bearer([*own.values()])


def _tokens(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    yield _with(environment, TOKEN, GA_TOKEN)


def _keys(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    yield _with(environment, AK, SK, SECURITY_TOKEN)


def _user(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    put(environment, {DOMAIN: "account", USER: "somebody"})
    yield _with(environment, PASSWORD)


def _user_at_iam(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    for bearer in _user(environment):
        bearer.fails_at = TOKENS
        yield bearer


def _agency(_environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {name: fresh(name) for name in GETTERS}
    yield Bearer([*own.values()], AgencyContext({**own}, seconds=8))


def _secret(environment: pytest.MonkeyPatch) -> Iterator[Bearer]:
    own = {name: fresh(name) for name in (AK, SK, SECURITY_TOKEN)}
    unused = fresh("unused")
    with ByteServer(in_turn(holding({**own, "unused": unused}))) as server:
        told = install(environment, server)
        yield Bearer([*own.values()], untold=[unused, told[SESSION]])


How = Callable[[Request, str], Answer]
"""Makes an answer of a request, and of all secrets in one line."""


def _status(status: int) -> How:
    body = {"error_code": "X.1", "error_msg": "no"}
    return lambda _request, _all: document(body, status)


def _echoed(status: int) -> How:
    names = ("error_code", "error_msg", "request_id")

    def echo(request: Request, secrets: str) -> Answer:
        body: dict[str, object] = dict.fromkeys(names, secrets)
        body |= {secrets: request.text, "log_stream_id": [secrets]}
        return document(body, status, X_Subject_Token=secrets)

    return echo


def _request_echoed(request: Request, _all: str) -> Answer:
    return document({"error_code": "X.1", "error_msg": request.text[-250:]}, 400)


def _in_headers(status: int) -> How:
    names = ("X-Request-Id", "Retry-After", "Date", "Location", "Set-Cookie", "Server")
    return lambda _request, all_: document({}, status, **dict.fromkeys(names, all_))


def _raw(text: str) -> How:
    return lambda _request, all_: cut(text.replace("@", all_).encode())


FAILURES: dict[str, How] = {
    "a refused credential": _status(401),
    "an echoing refusal": _echoed(400),
    "an echoing failure": _echoed(503),
    "a failure's headers": _in_headers(500),
    "no HTTP": _raw("@\r\n@\r\n\r\n"),
    "an odd chunk": _raw("HTTP/1.1 400 A\r\nTransfer-Encoding: chunked\r\n\r\n@\r\n"),
    "silence": lambda _request, _all: SILENCE,
    "a failure": _status(500),
    "an echoing 401": _echoed(401),
    "an echoing success": _echoed(201),
    "the request as a message": _request_echoed,
    "a redirection": _in_headers(302),
    "a status line": _raw("HTTP/1.1 500 @\r\nContent-Length: 0\r\n\r\n"),
    "a status of words": _raw("HTTP/1.1 @\r\n\r\n"),
    "a header of no colon": _raw("HTTP/1.1 400 A\r\n@\r\nContent-Length: 0\r\n\r\n"),
    "an odd length": _raw("HTTP/1.1 400 A\r\nContent-Length: @\r\n\r\n"),
    "a cut body": _raw(
        'HTTP/1.1 400 A\r\nContent-Length: 9999\r\n\r\n{"error_msg": "@'
    ),
    "a text": lambda _request, all_: document(all_),
    "a list": lambda _request, all_: document([all_], 201),
    "a drip": lambda _request, all_: dripped(
        document({"error_msg": all_}, 400).pieces[0], 0.02
    ),
}
WORST = [*FAILURES][:7]
"""What every kind of credential is tried with; keys are tried with everything."""
BEARERS = {
    "keys": (_keys, [*FAILURES]),
    "tokens": (_tokens, WORST),
    "a user": (_user, WORST),
    "a user at IAM": (_user_at_iam, [*WORST, "an echoing 401", "an echoing success"]),
    "an agency": (_agency, WORST[:2]),
    "an AWS secret": (_secret, WORST[:2]),
}
PAIRS = [
    pytest.param(kind, failure, id=f"{name}: {failure}")
    for name, (kind, failures) in BEARERS.items()
    for failure in failures
]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("kind", "failure"), PAIRS)
def test_no_secret_comes_out_of_a_failure(
    monkeypatch: pytest.MonkeyPatch,
    quiet: Quiet,
    kind: Callable[[pytest.MonkeyPatch], Iterator[Bearer]],
    failure: str,
) -> None:
    """Neither in the error and its causes, nor in the output, nor in any log."""
    timeout = "0.06" if failure in ("silence", "a drip") else "5"
    put(monkeypatch, {"HTTP_TIMEOUT_SECONDS": timeout, "RETRY_ATTEMPTS": "1"})
    for bearer in kind(monkeypatch):

        def respond(request: Request, bearer: Bearer = bearer) -> Answer:
            if request.path == TOKENS and bearer.fails_at != TOKENS:
                return bearer.token()
            return FAILURES[failure](request, " ".join(bearer.secrets))

        with ByteServer(respond) as server:
            put(monkeypatch, at(server.endpoint))
            error = refused("bootstrap", EVENT, bearer.context or LambdaContext(8))
        assert server.requests
        quiet(error, [*bearer.secrets, *bearer.untold])
        assert "***" in str(error.as_document()) or "echoing" not in failure


SETTINGS = (TOKEN, GA_TOKEN, AK, SK, SECURITY_TOKEN, OTHER_AK, OTHER_SK)
FORMS = ["{}\r", "{}\r\nX-Evil: 1", " {}", "日志{}", "é{}", "a\t{}", "\x7f{}"]


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "{}\n") for name in SETTINGS), *((TOKEN, form) for form in FORMS)],
)
def test_a_setting_that_no_header_can_carry_is_named_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str, form: str
) -> None:
    """It was pasted badly; nothing is sent."""
    value = fresh()
    with ByteServer(in_turn(document({}, 500))) as server:
        put(alone, at(server.endpoint) | {name: form.format(value)})
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    assert server.requests == []
    quiet(error, [value])


@pytest.mark.parametrize(
    ("name", "form"), [*((name, "{}\n") for name in GETTERS), (GETTERS[2], "日志{}")]
)
def test_an_agencys_key_of_odd_form_is_our_error_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str, form: str
) -> None:
    """Whether it is sent and refused, or not sent at all."""
    own = {getter: fresh(getter) for getter in GETTERS}
    given = {**own, name: form.format(own[name])}
    with ByteServer(in_turn(document({}, 401))) as server:
        put(alone, at(server.endpoint))
        error = refused("bootstrap", EVENT, AgencyContext({**given}))
    assert type(error) in {Misconfigured, AuthenticationFailed}
    assert len(server.requests) <= 1
    quiet(error, own.values())


@pytest.mark.parametrize("form", ["{}\r\n and-more", "\xe9{}", "a\t{}", "  {}  "])
def test_an_obtained_token_of_odd_form_is_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, form: str
) -> None:
    """IAM says odd things; the token stays inside all the same."""
    token = fresh("MIIToken")

    def respond(request: Request) -> Answer:
        if request.path == TOKENS:
            return document({"token": {}}, 201, X_Subject_Token=form.format(token))
        return document({"error_msg": request.headers["x-auth-token"]}, 400)

    for bearer in _user(alone):
        with ByteServer(respond) as server:
            put(alone, at(server.endpoint))
            error = refused("bootstrap", EVENT)
        assert isinstance(error, ProvisioningError)
        quiet(error, [token, *bearer.secrets])


@pytest.mark.parametrize("status", [201, 401])
def test_a_token_that_iam_quotes_beside_its_header_is_not_repeated(
    alone: pytest.MonkeyPatch, quiet: Quiet, status: int
) -> None:
    """In the very answer that brings it, where it is known from the header alone."""
    token = fresh("MIIToken")
    body = {"error_code": token, "error_msg": f"made {token}", "request_id": token}
    quoting = document(body, status, X_Subject_Token=token, X_Request_Id=token)
    for _bearer in _user(alone):
        with ByteServer(in_turn(quoting)) as server:
            put(alone, at(server.endpoint))
            error = refused("bootstrap", EVENT)
        assert error.service == "IAM"
        quiet(error, [token])


PASSWORDS = ["{}", 'a"{}', "a\\{}", "日志é{}", 'é"{}', "a\n{}", "a   {}", "a&b=c%/{}"]


@pytest.mark.parametrize("form", PASSWORDS)
def test_a_password_is_not_repeated_from_a_request_that_iam_quotes(
    alone: pytest.MonkeyPatch, quiet: Quiet, form: str
) -> None:
    """IAM explains that it cannot read the body, and says which body."""
    password = form.format(fresh("p"))

    def respond(request: Request) -> Answer:
        quoted = request.body.decode()
        start = quoted.index('"password":{')
        text = f"Request body is invalid: {quoted[start : start + 250]}"
        return document({"error_code": "IAM.0011", "error_msg": text}, 400)

    put(alone, {DOMAIN: "account", USER: "somebody", PASSWORD: password})
    with ByteServer(respond) as server:
        put(alone, at(server.endpoint))
        error = refused("bootstrap", EVENT)
    assert error.code == "IAM.0011"
    quiet(error, [password])
