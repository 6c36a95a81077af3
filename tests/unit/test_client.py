"""The client combines authentication, sending, logging and the lockout."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest

from functions.errors import (
    AuthenticationFailed,
    Misconfigured,
    NotFound,
    ProvisioningError,
    Unreachable,
)
from functions.huaweicloud.client import Client
from functions.settings import Settings, read
from functions.transport.calls import Call, Send
from tests.byte_server import HANG_UP, ByteServer, answer, document, serving
from tests.unit.script import Clock, retry_policy

CALL = Call("LTS", "ListLogStream", "GET", "/v2/p", attempt=2)
SERVICES = ("LTS", "GA", "IAM")


@dataclass
class Recorder:
    """What the client reports of its calls."""

    lines: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    started_calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def log(self, level: str, message: str, **facts: object) -> None:
        """Keep a log line without its milliseconds, which vary."""
        if level == "DEBUG":
            assert "milliseconds" not in facts
            self.started_calls.append((message, facts))
            return
        assert isinstance(facts.pop("milliseconds"), float)
        self.lines.append((level, message, facts))


def settings_for(server: ByteServer, **credential: str) -> Settings:
    """Return settings with all services on one server, and this credential."""
    services = {f"HUAWEICLOUD_{name}_ENDPOINT": server.endpoint for name in SERVICES}
    variables = {"HUAWEICLOUD_REGION": "cn-north-4", **services, **credential}
    return read(variables.get, frozenset(SERVICES))


def connect(
    server: ByteServer,
    recorder: Recorder,
    credential: dict[str, str],
    client: Client | None = None,
) -> Send:
    """Return the `send` function of one invocation, with a credential."""
    settings, policy = settings_for(server, **credential), retry_policy(Clock())
    client = client or Client()
    return client.connect(settings, policy, recorder.log, recorder.durations.append)


def failed(send: Send) -> ProvisioningError:
    """Return the error that a call raises."""
    with pytest.raises(ProvisioningError) as raised:
        send(CALL)
    return raised.value


TOKEN = {"HUAWEICLOUD_AUTH_TOKEN": "client-token"}
USER = {
    "HUAWEICLOUD_IAM_DOMAIN": "account",
    "HUAWEICLOUD_IAM_USER": "user",
    "HUAWEICLOUD_IAM_PASSWORD": "the-password",
}


def test_a_call_is_authenticated_and_logged() -> None:
    """The token is sent in its header; the log line describes call and reply."""
    recorder = Recorder()
    with serving(document({"a": 1}, X_Request_Id="r-1")) as server:
        reply = connect(server, recorder, TOKEN)(CALL)

    assert reply.document == {"a": 1}
    assert "\r\nX-Auth-Token: client-token\r\n" in server.requests[0].text
    call_facts = {"service": "LTS", "operation": "ListLogStream", "attempt": 2}
    reply_facts = {"status": 200, "cloud_request_id": "r-1"}
    assert recorder.lines == [("INFO", "call", call_facts | reply_facts)]
    assert recorder.started_calls == [("call begins", call_facts)]
    assert len(recorder.durations) == 1
    assert 0 < recorder.durations[0] < 60


def test_a_refused_call_is_a_warning_with_its_code() -> None:
    """The log line has the cloud's error code and request ID."""
    recorder = Recorder()
    rejection = answer(
        b'{"error_code": "LTS.0201", "request_id": "r-2"}', "404 Not Found"
    )
    with serving(rejection) as server:
        assert isinstance(failed(connect(server, recorder, TOKEN)), NotFound)

    ((level, _, facts),) = recorder.lines
    assert level == "WARNING"
    assert (facts["status"], facts["code"]) == (404, "LTS.0201")
    assert facts["cloud_request_id"] == "r-2"


def test_a_call_without_a_reply_is_logged_with_its_duration() -> None:
    """The log line has the error class as the code, and no status."""
    recorder = Recorder()
    with serving(HANG_UP) as server:
        assert isinstance(failed(connect(server, recorder, TOKEN)), Unreachable)

    ((level, _, facts),) = recorder.lines
    assert (level, facts["code"], facts["status"]) == ("WARNING", "Unreachable", None)
    assert len(recorder.durations) == 1


def test_a_rejected_credential_is_not_sent_again() -> None:
    """The client's next invocation sends nothing, and logs no call."""
    recorder, client = Recorder(), Client()
    with serving(answer(b"{}", "401 Unauthorized")) as server:
        errors = [failed(connect(server, recorder, TOKEN, client)) for _ in "12"]

    assert [type(each) for each in errors] == [AuthenticationFailed] * 2
    assert "nothing is sent with" in errors[1].detail
    assert len(server.requests) == len(recorder.lines) == 1


def test_another_credential_is_sent_after_a_rejection() -> None:
    """The rejection is that of one credential at one endpoint."""
    client = Client()
    with serving(answer(b"{}", "401 Unauthorized"), document({})) as server:
        failed(connect(server, Recorder(), TOKEN, client))
        other = {"HUAWEICLOUD_AUTH_TOKEN": "another-token"}
        connect(server, Recorder(), other, client)(CALL)

    assert len(server.requests) == 2


@pytest.mark.parametrize(("project", "is_own"), [("p", True), ("q", False)])
def test_a_rejection_in_the_settings_project_is_one_of_the_credential(
    project: str, *, is_own: bool
) -> None:
    """In another project, it may be that project's alone."""
    settings = {**TOKEN, "HUAWEICLOUD_SDK_PROJECT_ID": "p"}
    with serving(answer(b"{}", "401 Unauthorized"), document({})) as server:
        send = connect(server, Recorder(), settings)
        with pytest.raises(AuthenticationFailed):
            send(CALL._replace(project=project))
        with pytest.raises(AuthenticationFailed) if is_own else nullcontext():
            send(CALL)

    assert len(server.requests) == (1 if is_own else 2)


def test_clients_do_not_share_a_rejection() -> None:
    """State that outlives an invocation belongs to one client."""
    rejection = answer(b"{}", "401 Unauthorized")
    with serving(rejection, rejection) as server:
        for _ in "12":
            failed(connect(server, Recorder(), TOKEN))

    assert len(server.requests) == 2


def test_secrets_in_a_reply_are_masked() -> None:
    """A credential quoted by a service is not revealed."""
    with serving(document({"said": "bad token client-token"})) as server:
        reply = connect(server, Recorder(), TOKEN)(CALL)

    assert reply.document == {"said": "bad token ***"}


def test_a_users_token_is_requested_cached_and_masked() -> None:
    """It is used for the next call, too, and masked like any secret."""
    recorder = Recorder()
    token_reply = document({"token": {}}, X_Subject_Token="token-of-user")
    quoting = document({"said": "token-of-user"})
    call = CALL._replace(headers=(("X-Project-Id", "p"),))
    with serving(token_reply, quoting, quoting) as server:
        send = connect(server, recorder, USER)
        found = [send(call).document, send(call).document]

    assert found == [{"said": "***"}] * 2
    assert [facts["operation"] for _, _, facts in recorder.lines] == [
        "CreateToken",
        "ListLogStream",
        "ListLogStream",
    ]
    assert "X-Auth-Token: token-of-user\r\n" in server.requests[2].text


def test_a_project_is_looked_up_by_its_region() -> None:
    """It uses the credential's own token, and runs once for each client."""
    token_reply = document({"token": {}}, X_Subject_Token="token-of-user")
    client, policy = Client(), retry_policy(Clock())
    with serving(token_reply, document({"projects": [{"id": "p"}]})) as server:
        send = connect(server, Recorder(), USER, client)
        settings = settings_for(server, **USER)

        found = [client.find_project(settings, send, policy) for _ in "12"]

    assert found == ["p", "p"]
    assert server.requests[1].startswith(b"GET /v3/projects?name=cn-north-4 ")


def test_without_a_region_no_project_can_be_looked_up() -> None:
    """The error names both settings."""
    client, policy = Client(), retry_policy(Clock())
    with serving() as server:
        send = connect(server, Recorder(), TOKEN, client)
        settings = settings_for(server, **TOKEN)._replace(region=None)

        with pytest.raises(Misconfigured, match="neither is HUAWEICLOUD_REGION"):
            client.find_project(settings, send, policy)


def test_requests_are_signed_with_keys() -> None:
    """The signature is in the Authorization header."""
    keys = {"HUAWEICLOUD_SDK_AK": "client-key", "HUAWEICLOUD_SDK_SK": "client-secret"}
    with serving(document({})) as server:
        connect(server, Recorder(), keys)(CALL)

    signed = "Authorization: SDK-HMAC-SHA256 Access=client-key, SignedHeaders=host;"
    assert signed in server.requests[0].text
