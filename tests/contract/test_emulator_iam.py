"""The emulated IAM issues tokens; all services check tokens, keys and projects."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.emulator_client import Client, Clock, outcome
from tests.emulator import Emulator

RequestToken = Callable[..., requests.Response]


@pytest.fixture
def request_token(cloud: Emulator) -> RequestToken:
    """Return a function that requests a token from IAM."""

    def request(scope: object, **changes: object) -> requests.Response:
        user = {
            "name": cloud.user,
            "password": cloud.password,
            "domain": {"name": cloud.domain},
            **changes,
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": scope}}
        return requests.post(f"{cloud.url}/v3/auth/tokens", json=body, timeout=5)

    return request


@pytest.fixture
def client_with(
    cloud: Emulator, request_token: RequestToken
) -> Callable[[object], Client]:
    """Return a function that creates a client with a new token for a scope."""

    def client(scope: object) -> Client:
        response = request_token(scope)
        assert response.status_code == 201
        return Client(cloud, response.headers["X-Subject-Token"])

    return client


ClientWith = Callable[[object], Client]


def test_a_token_is_valid_only_for_the_service_of_its_scope(
    cloud: Emulator, client_with: ClientWith
) -> None:
    """LTS accepts project tokens and GA accepts domain tokens, not vice versa."""
    project = client_with({"project": {"name": "cn-north-4"}})
    domain = client_with({"domain": {"name": cloud.domain}})
    stream_id = project.new_stream()
    assert outcome(domain.create_logtank(stream_id)) == (201, "")
    assert outcome(domain.create_stream("x")) == (401, "LTS.0003")
    assert outcome(project.create_logtank(stream_id)) == (401, "APIGW.0301")


def test_a_token_expires(
    cloud: Emulator, client_with: ClientWith, clock: Clock
) -> None:
    """Both services reply 401 after the token's lifetime."""
    lts = client_with({"project": {"id": cloud.project_id}})
    ga = client_with({"domain": {"id": cloud.domain_id}})
    clock.now += 86400
    assert outcome(lts.create_stream()) == (401, "LTS.0003")
    response = ga.list_logtanks()
    assert outcome(response) == (401, "APIGW.0301")
    assert "token expires" in response.json()["error_msg"]


def test_issued_tokens_can_be_revoked(client: Client, client_with: ClientWith) -> None:
    """The control interface revokes issued tokens, but not the built-in token."""
    lts = client_with({"project": {"id": client.cloud.project_id}})
    assert outcome(lts.create_stream("a"))[0] == 201
    url = f"{client.cloud.url}/_emulator/revoke"
    assert requests.post(url, timeout=5).json() == {"revoked": 1}
    assert outcome(lts.create_stream("b")) == (401, "LTS.0003")
    assert outcome(client.create_stream("b"))[0] == 201


def test_iam_errors_have_two_formats(
    cloud: Emulator, request_token: RequestToken
) -> None:
    """A wrong password is a Keystone error, a wrong body or scope an IAM code."""
    scope = {"project": {"name": "cn-north-4"}}
    wrong = request_token(scope, password="wrong")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["code"] == 401
    both = {**scope, "domain": {"name": cloud.domain}}
    malformed: list[Any] = [{}, both, {"project": {}}, {"project": 7}, None, {"x": {}}]
    for each in malformed:
        assert outcome(request_token(each)) == (400, "IAM.0011")
    assert outcome(request_token({"project": {"name": "mars-1"}})) == (404, "IAM.0004")


def test_passwords_and_credentials_are_not_recorded(
    cloud: Emulator, client_with: ClientWith
) -> None:
    """Recorded calls show which headers were sent, but not their values."""
    client = client_with({"domain": {"name": cloud.domain}})
    client.call("GET", "/v1/logtanks", Authorization="")
    record = repr(cloud.calls)
    assert cloud.password not in record
    assert client.headers["X-Auth-Token"] not in record
    assert "x-auth-token" in cloud.calls[1]["request_headers"]


def test_the_project_can_be_looked_up_by_region_name(client: Client) -> None:
    """ListProjects works as the SDK uses it to find a project ID."""
    path = "/v3/projects?name="
    [project] = client.call("GET", path + "cn-north-4").json()["projects"]
    assert project["id"] == client.cloud.project_id
    assert client.call("GET", path + "mars-1").json()["projects"] == []


UNKNOWN_KEY = (
    f"SDK-HMAC-SHA256 Access=UNKNOWN, SignedHeaders=x-sdk-date, Signature={'0' * 64}"
)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Auth-Token": "unknown"}, "decrypt token fail"),
        ({}, "x-auth-token not found"),
        ({"Authorization": "Bearer x"}, "verify aksk signature fail"),
        ({"Authorization": UNKNOWN_KEY}, "ak UNKNOWN not exist"),
    ],
)
def test_an_invalid_credential_is_rejected(
    cloud: Emulator, headers: dict[str, str], reason: str
) -> None:
    """The reply is 401 APIGW.0301 with the gateway's text."""
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert outcome(response) == (401, "APIGW.0301")
    assert response.json()["error_msg"].endswith(reason)


@pytest.mark.parametrize("header", ["X_Project_Id", "X_Domain_Id"])
def test_a_foreign_project_or_domain_is_forbidden(client: Client, header: str) -> None:
    """The status is 403 with each service's code."""
    foreign = {header: "0" * 32}
    lts = client.call("GET", client.streams_path(), None, **foreign)
    ga = client.call("GET", "/v1/logtanks", None, **foreign)
    assert (outcome(lts), outcome(ga)) == ((403, "LTS.0001"), (403, "SYS.0403"))


def test_a_foreign_project_in_the_path_is_forbidden(client: Client) -> None:
    """The reply is 403 LTS.0001."""
    path = client.streams_path().replace(client.cloud.project_id, "0" * 32)
    assert outcome(client.call("GET", path)) == (403, "LTS.0001")
