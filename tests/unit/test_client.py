"""The way to the clouds is put together: authorised, sent, logged, behind a gate."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from functions.errors import AuthenticationFailed, Unreachable
from functions.huaweicloud.client import connect, find_project
from functions.settings import Settings, read
from functions.transport.calls import Call, Send
from tests.byte_server import HANG_UP, ByteServer, answer, document, serving
from tests.unit.script import Clock, retry_policy

CALL = Call("LTS", "ListLogStream", "GET", "/v2/p", attempt=2)
SERVICES = ("LTS", "GA", "IAM")


@dataclass
class Heard:
    """What the client tells of its calls."""

    lines: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    beginnings: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def log(self, level: str, message: str, **facts: object) -> None:
        """Hear a log line, whose milliseconds nobody can foretell."""
        if level == "DEBUG":
            assert "milliseconds" not in facts
            self.beginnings.append((message, facts))
            return
        assert isinstance(facts.pop("milliseconds"), float)
        self.lines.append((level, message, facts))


def set_up(server: ByteServer, **credential: str) -> Settings:
    """Return settings with all services on one server, and this credential."""
    services = {f"HUAWEICLOUD_{name}_ENDPOINT": server.endpoint for name in SERVICES}
    variables = {"HUAWEICLOUD_REGION": "cn-north-4", **services, **credential}
    return read(variables.get, frozenset(SERVICES))


def connected(server: ByteServer, heard: Heard, **credential: str) -> Send:
    """Return the way to a server, with a credential."""
    settings = set_up(server, **credential)
    return connect(settings, retry_policy(Clock()), heard.log, heard.paces.append)


def token(number: int) -> dict[str, str]:
    """Return a token that no other test has."""
    return {"HUAWEICLOUD_AUTH_TOKEN": f"client-token-{number}"}


def user(name: str) -> dict[str, str]:
    """Return an IAM user of this name."""
    return {
        "HUAWEICLOUD_IAM_DOMAIN": "account",
        "HUAWEICLOUD_IAM_USER": name,
        "HUAWEICLOUD_IAM_PASSWORD": "the-password",
    }


def test_a_call_is_authorised_and_logged() -> None:
    """The token travels in its header; the line has the facts of call and reply."""
    heard = Heard()
    with serving(document({"a": 1}, X_Request_Id="r-1")) as server:
        reply = connected(server, heard, **token(1))(CALL)

    assert reply.document == {"a": 1}
    assert "\r\nX-Auth-Token: client-token-1\r\n" in server.requests[0].text
    begun = {"service": "LTS", "operation": "ListLogStream", "attempt": 2}
    ended = {"status": 200, "code": None, "cloud_request_id": "r-1"}
    assert heard.lines == [("INFO", "call", begun | ended)]
    assert heard.beginnings == [("call begins", begun)]
    assert len(heard.paces) == 1
    assert 0 < heard.paces[0] < 60


def test_a_refused_call_is_a_warning_with_its_code() -> None:
    """What the cloud says of itself is found in the line."""
    heard = Heard()
    said = answer(b'{"error_code": "LTS.0201", "request_id": "r-2"}', "404 Not Found")
    with serving(said) as server:
        assert connected(server, heard, **token(2))(CALL).status == 404

    ((level, _, facts),) = heard.lines
    assert level == "WARNING"
    assert (facts["status"], facts["code"]) == (404, "LTS.0201")
    assert facts["cloud_request_id"] == "r-2"


def test_a_call_without_an_answer_is_logged_and_paced_as_well() -> None:
    """Its line has the class in place of a code, and no status."""
    heard = Heard()
    with serving(HANG_UP) as server, pytest.raises(Unreachable):
        connected(server, heard, **token(3))(CALL)

    ((level, _, facts),) = heard.lines
    assert (level, facts["code"], facts["status"]) == ("WARNING", "Unreachable", None)
    assert len(heard.paces) == 1


def test_a_refused_credential_is_not_sent_again() -> None:
    """Not by another client of the same settings either; no call is logged."""
    heard = Heard()
    with serving(answer(b"{}", "401 Unauthorized")) as server:
        connected(server, heard, **token(4))(CALL)
        with pytest.raises(AuthenticationFailed, match="nothing is sent with"):
            connected(server, heard, **token(4))(CALL)

    assert len(server.requests) == len(heard.lines) == 1


def test_secrets_in_an_answer_are_masked() -> None:
    """A service that quotes the credential does not bring it into the open."""
    with serving(document({"said": "bad token client-token-5"})) as server:
        reply = connected(server, Heard(), **token(5))(CALL)

    assert reply.document == {"said": "bad token ***"}


def test_a_user_gets_a_token_and_shows_it() -> None:
    """It is kept for the next call, and masked like any secret."""
    heard = Heard()
    made = document({"token": {}}, X_Subject_Token="token-of-user-1")
    quoting = document({"said": "token-of-user-1"})
    call = CALL._replace(headers=(("X-Project-Id", "p"),))
    with serving(made, quoting, quoting) as server:
        send = connected(server, heard, **user("user-1"))
        found = [send(call).document, send(call).document]

    assert found == [{"said": "***"}] * 2
    assert [facts["operation"] for _, _, facts in heard.lines] == [
        "CreateToken",
        "ListLogStream",
        "ListLogStream",
    ]
    assert "X-Auth-Token: token-of-user-1\r\n" in server.requests[2].text


def test_a_project_is_found_by_its_region() -> None:
    """IAM is asked as the user is."""
    made = document({"token": {}}, X_Subject_Token="token-of-user-2")
    with serving(made, document({"projects": [{"id": "p"}]})) as server:
        send = connected(server, Heard(), **user("user-2"))
        settings = set_up(server, **user("user-2"))

        assert find_project(settings, send, retry_policy(Clock())) == "p"

    assert server.requests[1].startswith(b"GET /v3/projects?name=cn-north-4 ")


def test_keys_sign_what_is_sent() -> None:
    """The signature is in the header that the gateway reads."""
    keys = {"HUAWEICLOUD_SDK_AK": "client-key", "HUAWEICLOUD_SDK_SK": "client-secret"}
    with serving(document({})) as server:
        connected(server, Heard(), **keys)(CALL)

    signed = "Authorization: SDK-HMAC-SHA256 Access=client-key, SignedHeaders=host;"
    assert signed in server.requests[0].text
