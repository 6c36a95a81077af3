"""The emulated IAM issues tokens, and all services check tokens, keys and projects."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.emulator_client import Client, Clock, outcome
from tests.emulator import Emulator

Grant = Callable[..., requests.Response]


@pytest.fixture
def grant(cloud: Emulator) -> Grant:
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
def holder(cloud: Emulator, grant: Grant) -> Callable[[object], Client]:
    """Return a function that returns a client with a new token of a scope."""

    def client(scope: object) -> Client:
        response = grant(scope)
        assert response.status_code == 201
        return Client(cloud, response.headers["X-Subject-Token"])

    return client


Holder = Callable[[object], Client]


def test_a_token_is_valid_for_the_service_of_its_scope(
    cloud: Emulator, holder: Holder
) -> None:
    """LTS accepts a project's token, GA a domain's; neither accepts the other."""
    project = holder({"project": {"name": "cn-north-4"}})
    domain = holder({"domain": {"name": cloud.domain}})
    stream_id = project.new_stream()
    assert outcome(domain.create_logtank(stream_id)) == (201, "")
    assert outcome(domain.create_stream("x")) == (401, "LTS.0003")
    assert outcome(project.create_logtank(stream_id)) == (401, "APIGW.0301")


def test_a_token_expires(cloud: Emulator, holder: Holder, clock: Clock) -> None:
    """401 from both services after its lifetime."""
    lts = holder({"project": {"id": cloud.project_id}})
    ga = holder({"domain": {"id": cloud.domain_id}})
    clock.now += 86400
    assert outcome(lts.create_stream()) == (401, "LTS.0003")
    response = ga.list_logtanks()
    assert outcome(response) == (401, "APIGW.0301")
    assert "token expires" in response.json()["error_msg"]


def test_issued_tokens_can_be_revoked(client: Client, holder: Holder) -> None:
    """Over HTTP as well; the built-in token remains valid."""
    lts = holder({"project": {"id": client.cloud.project_id}})
    assert outcome(lts.create_stream("a"))[0] == 201
    url = f"{client.cloud.url}/_emulator/revoke"
    assert requests.post(url, timeout=5).json() == {"revoked": 1}
    assert outcome(lts.create_stream("b")) == (401, "LTS.0003")
    assert outcome(client.create_stream("b"))[0] == 201


def test_iam_refuses_in_both_its_formats(cloud: Emulator, grant: Grant) -> None:
    """A wrong password is Keystone's 401, a wrong body or scope a flat IAM code."""
    scope = {"project": {"name": "cn-north-4"}}
    wrong = grant(scope, password="wrong")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["code"] == 401
    both = {**scope, "domain": {"name": cloud.domain}}
    malformed: list[Any] = [{}, both, {"project": {}}, {"project": 7}, None, {"x": {}}]
    for each in malformed:
        assert outcome(grant(each)) == (400, "IAM.0011")
    assert outcome(grant({"project": {"name": "mars-1"}})) == (404, "IAM.0004")


def test_passwords_and_credentials_are_not_recorded(
    cloud: Emulator, holder: Holder
) -> None:
    """The record of calls shows that they were sent, but not their values."""
    client = holder({"domain": {"name": cloud.domain}})
    client.call("GET", "/v1/logtanks", Authorization="")
    record = repr(cloud.calls)
    assert cloud.password not in record
    assert client.headers["X-Auth-Token"] not in record
    assert "x-auth-token" in cloud.calls[1]["request_headers"]


def test_the_project_can_be_looked_up_by_its_regions_name(client: Client) -> None:
    """ListProjects, as the SDK uses it to find a project ID."""
    path = "/v3/projects?name="
    [project] = client.call("GET", path + "cn-north-4").json()["projects"]
    assert project["id"] == client.cloud.project_id
    assert client.call("GET", path + "mars-1").json()["projects"] == []


UNKNOWN_KEY = (
    f"SDK-HMAC-SHA256 Access=NOBODY, SignedHeaders=x-sdk-date, Signature={'0' * 64}"
)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Auth-Token": "unknown"}, "decrypt token fail"),
        ({}, "x-auth-token not found"),
        ({"Authorization": "Bearer x"}, "verify aksk signature fail"),
        ({"Authorization": UNKNOWN_KEY}, "ak NOBODY not exist"),
    ],
)
def test_an_invalid_credential_is_refused(
    cloud: Emulator, headers: dict[str, str], reason: str
) -> None:
    """401 APIGW.0301, with the gateway's text."""
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert outcome(response) == (401, "APIGW.0301")
    assert response.json()["error_msg"].endswith(reason)


@pytest.mark.parametrize("header", ["X_Project_Id", "X_Domain_Id"])
def test_a_foreign_project_or_domain_is_forbidden(client: Client, header: str) -> None:
    """403, with each service's code."""
    foreign = {header: "0" * 32}
    lts = client.call("GET", client.streams_path(), None, **foreign)
    ga = client.call("GET", "/v1/logtanks", None, **foreign)
    assert (outcome(lts), outcome(ga)) == ((403, "LTS.0001"), (403, "SYS.0403"))


def test_a_foreign_project_in_the_path_is_forbidden(client: Client) -> None:
    """403 LTS.0001."""
    path = client.streams_path().replace(client.cloud.project_id, "0" * 32)
    assert outcome(client.call("GET", path)) == (403, "LTS.0001")
