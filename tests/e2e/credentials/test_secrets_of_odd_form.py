"""Secrets that no header can carry, or that come back written otherwise."""

from __future__ import annotations

import pytest

from functions.errors import AuthenticationFailed, Misconfigured, ProvisioningError
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.desk import Asked, Desk, Said, said
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

GETTERS = (ACCESS, SECRET, SECURITY)
SETTINGS = (TOKEN, GA_TOKEN, AK, SK, SECURITY_TOKEN, OTHER_AK, OTHER_SK)
ODD = {
    "a line break at its end": "{}\n",
    "a return at its end": "{}\r",
    "a header after it": "{}\r\nX-Evil: 1",
    "a space before it": " {}",
    "a letter of no header": "日志{}",
    "a letter of Latin": "é{}",
    "a tab in it": "a\t{}",
    "a delete": "\x7f{}",
}
each_form = pytest.mark.parametrize("form", ODD.values(), ids=ODD)


@each_form
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_no_header_can_carry_is_named_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str, form: str
) -> None:
    """It was pasted badly; nothing is sent."""
    value = fresh()
    with Desk(lambda _asked: said(500, {})) as desk:
        put(alone, at(desk.url) | {name: form.format(value)})
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    assert desk.asked == []
    quiet(error, [value])


@each_form
@pytest.mark.parametrize("name", GETTERS)
def test_an_agencys_key_of_odd_form_is_our_error_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str, form: str
) -> None:
    """Whether it is sent and refused, or not sent at all."""
    own = {getter: fresh(getter) for getter in GETTERS}
    given = {**own, name: form.format(own[name])}
    with Desk(lambda _asked: said(401, {})) as desk:
        put(alone, at(desk.url))
        error = refused("bootstrap", EVENT, AgencyContext({**given}))
    assert type(error) in {Misconfigured, AuthenticationFailed}
    assert len(desk.asked) <= 1
    quiet(error, own.values())


def as_user(environment: pytest.MonkeyPatch, url: str, password: str) -> None:
    """Set an IAM user, all of whose calls go to one address."""
    user = {DOMAIN: "account", USER: "somebody", PASSWORD: password}
    put(environment, at(url) | user)


ISSUED = {
    "folded": "{}\r\n and-more",
    "of Latin letters": "\xe9{}",
    "with a tab": "a\t{}",
    "with spaces around": "  {}  ",
}


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("form", ISSUED.values(), ids=ISSUED)
def test_an_obtained_token_of_odd_form_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch, quiet: Quiet, form: str
) -> None:
    """IAM says odd things; the token stays inside all the same."""
    token, password = fresh("MIIToken"), fresh("password")

    def answer(asked: Asked) -> Said:
        if asked.path == "/v3/auth/tokens":
            return said(201, {"token": {}}, {"X-Subject-Token": form.format(token)})
        return said(400, {"error_msg": asked.headers["x-auth-token"]})

    with Desk(answer) as desk:
        as_user(monkeypatch, desk.url, password)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, ProvisioningError)
    quiet(error, [token, password])


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("status", [201, 401, 500])
def test_a_token_that_iam_quotes_beside_its_header_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, quiet: Quiet, status: int
) -> None:
    """In the very answer that brings it, where it is known from the header alone."""
    token, password = fresh("MIIToken"), fresh("password")
    body = {"error_code": token, "error_msg": f"made {token}", "request_id": token}
    answer = said(status, body, {"X-Subject-Token": token, "X-Request-Id": token})
    with Desk(lambda _asked: answer) as desk:
        as_user(monkeypatch, desk.url, password)
        error = refused("bootstrap", EVENT)
    assert error.service == "IAM"
    quiet(error, [token, password])


PASSWORDS = {
    "plain": "{}",
    "a quotation mark": 'a"{}',
    "a backslash": "a\\{}",
    "letters of other alphabets": "日志é{}",
    "a quotation mark among them": 'é"{}',
    "a line break": "a\n{}",
    "several spaces": "a   {}",
    "signs of an address": "a&b=c%/{}",
}


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("form", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_is_not_repeated_from_a_request_that_iam_quotes(
    monkeypatch: pytest.MonkeyPatch, quiet: Quiet, form: str
) -> None:
    """IAM explains that it cannot read the body, and says which body."""
    password = form.format(fresh("p"))

    def answer(asked: Asked) -> Said:
        quoted = asked.body.decode()
        start = quoted.index('"password":{')
        text = f"Request body is invalid: {quoted[start : start + 250]}"
        return said(400, {"error_code": "IAM.0011", "error_msg": text})

    with Desk(answer) as desk:
        as_user(monkeypatch, desk.url, password)
        error = refused("bootstrap", EVENT)
    assert error.code == "IAM.0011"
    quiet(error, [password])
