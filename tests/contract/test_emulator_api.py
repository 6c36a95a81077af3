"""The emulator keeps the rules of the API pages, and its control interface works."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.emulator import Emulator

JSON = "application/json;charset=utf8"
LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
NOWHERE = "00000000-0000-0000-0000-000000000000"


class Clock:
    """A clock that is put forward by hand; seconds since 1970."""

    def __init__(self) -> None:
        """Begin on some day."""
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Client:
    """Sends requests with a token, as the API pages show them."""

    def __init__(self, cloud: Emulator, token: str | None = None) -> None:
        """Use the token that is good for both services, unless told otherwise."""
        self.cloud = cloud
        self.headers = {"X-Auth-Token": token or cloud.token, "Content-Type": JSON}

    def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Send one request; underscores in header names stand for hyphens."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            self.cloud.url + path,
            json=body,
            headers={**self.headers, **more},
            timeout=5,
        )

    def streams_path(self, group_id: str | None = None) -> str:
        """Return the path of a group's streams."""
        group = group_id or self.cloud.log_group_id
        return f"/v2/{self.cloud.project_id}/groups/{group}/streams"

    def create_stream(self, name: str, **fields: object) -> requests.Response:
        """Send CreateLogStream."""
        body = {"log_stream_name": name, **fields}
        return self.call("POST", self.streams_path(), body)

    def create_logtank(self, stream_id: str, **fields: object) -> requests.Response:
        """Send CreateLogtank."""
        option = {
            "resource_type": "LISTENER",
            "resource_id": LISTENER,
            "log_group_id": self.cloud.log_group_id,
            "log_stream_id": stream_id,
            **fields,
        }
        return self.call("POST", "/v1/logtanks", {"logtank": option})

    def new_stream(self, name: str = "ga-one") -> str:
        """Create a stream and return its id."""
        return str(self.create_stream(name).json()["log_stream_id"])


Grant = Callable[..., requests.Response]


@pytest.fixture
def clock() -> Clock:
    """Return the emulator's clock."""
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Iterator[Emulator]:
    """Return a fresh emulator."""
    with Emulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def client(cloud: Emulator) -> Client:
    """Return a client whose token both services take."""
    return Client(cloud)


def outcome(response: requests.Response) -> tuple[int, str]:
    """Return status and error code; every answer must carry a request id."""
    assert response.headers["X-Request-Id"]
    body = response.json() if response.content else {}
    return response.status_code, body.get("error_code", "")


# --- Tables 3 and 4 of "Creating a Log Stream" ---

GOOD_STREAMS: list[dict[str, Any]] = [
    {"log_stream_name": "a"},
    {"log_stream_name": "-a_b.c9"},
    {"log_stream_name": "x" * 64},
    {"log_stream_name": "a", "ttl_in_days": 1},
    {"log_stream_name": "a", "ttl_in_days": 365},
    {"log_stream_name": "a", "log_stream_name_alias": "a"},
    {"log_stream_name": "a", "enterprise_project_name": "платформа"},
    {"log_stream_name": "a", "tags": []},
    {"log_stream_name": "a", "tags": [{"key": "k" * 128, "value": "v" * 255}]},
    {"log_stream_name": "a", "tags": [{"key": "Größe 1_.:=+-@", "value": " 环境 "}]},
    {"log_stream_name": "a", "tags": [{"key": str(n)} for n in range(20)]},
    {"log_stream_name": "a", "unknown": {"field": None}},
]
BAD_TAGS: list[Any] = [
    {},
    None,
    ["k"],
    [{}],
    [{"key": ""}],
    [{"key": " k"}],
    [{"key": "k "}],
    [{"key": "sys.k"}],
    [{"key": "_sys_k"}],
    [{"key": "k" * 129}],
    [{"key": "k/l"}],
    [{"key": "k\n"}],
    [{"key": 1}],
    [{"key": "k", "value": "v" * 256}],
    [{"key": "k", "value": "a/b"}],
    [{"key": "k", "value": None}],
    [{"key": "k"}, {"key": "k", "value": "v"}],
    [{"key": str(n)} for n in range(21)],
]
BAD_STREAMS: list[Any] = [
    [],
    "text",
    {},
    *(
        {"log_stream_name": name}
        for name in ("", ".a", "_a", "a.", "a b", "ä", "a\n", "a/b", "x" * 65, 7, None)
    ),
    *(
        {"log_stream_name": "a", "ttl_in_days": ttl}
        for ttl in (0, 366, -1, 30.0, True, "30", None)
    ),
    *(
        {"log_stream_name": "a", "log_stream_name_alias": alias}
        for alias in ("", "_a", "b.", "ä", None)
    ),
    *({"log_stream_name": "a", "tags": tags} for tags in BAD_TAGS),
    {"log_stream_name": "a", "enterprise_project_name": 7},
]


@pytest.mark.parametrize("body", GOOD_STREAMS, ids=repr)
def test_a_stream_within_the_constraints_is_created(
    client: Client, body: dict[str, Any]
) -> None:
    """201, and the id of Table 5 alone."""
    response = client.call("POST", client.streams_path(), body)
    assert outcome(response) == (201, "")
    assert list(response.json()) == ["log_stream_id"]


def test_a_stream_beyond_the_constraints_is_refused(client: Client) -> None:
    """400 LTS.0009 for every counter-example, and nothing is made."""
    path = client.streams_path()
    outcomes = {
        repr(body): outcome(client.call("POST", path, body))
        for body in BAD_STREAMS
        if body is not None
    }
    wrong = {case: got for case, got in outcomes.items() if got != (400, "LTS.0009")}
    assert wrong == {}
    assert client.cloud.streams == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b'{"log_stream_name": NaN}', JSON),
        (b'{"log_stream_name": "\xff"}', JSON),
        (b"[" * 100_000, JSON),
        (b'{"log_stream_name": "a"}', "text/plain"),
        (b'{"log_stream_name": "a"}', ""),
    ],
)
def test_a_body_that_is_not_json_is_refused(
    client: Client, body: bytes, kind: str
) -> None:
    """400 LTS.0007, also if only the Content-Type is wrong."""
    headers = {**client.headers, "Content-Type": kind}
    url = client.cloud.url + client.streams_path()
    response = requests.post(url, data=body, headers=headers, timeout=5)
    assert outcome(response) == (400, "LTS.0007")


def test_names_and_aliases_are_unique_within_a_group(client: Client) -> None:
    """LTS.0205 for a taken name, and for an alias that is another's name or alias."""
    client.create_stream("one", log_stream_name_alias="first")
    taken = [
        client.create_stream("one"),
        client.create_stream("two", log_stream_name_alias="one"),
        client.create_stream("two", log_stream_name_alias="first"),
    ]
    assert {outcome(response) for response in taken} == {(400, "LTS.0205")}
    assert outcome(client.create_stream("two")) == (201, "")


def test_of_sixteen_creates_at_once_one_wins(client: Client) -> None:
    """Checks and changes are one step, for streams and for logtanks."""
    with ThreadPoolExecutor(16) as pool:
        streams = list(pool.map(client.create_stream, ["same"] * 16))
        stream_id = client.cloud.streams[0]["log_stream_id"]
        tanks = list(pool.map(client.create_logtank, [stream_id] * 16))
    assert Counter(map(outcome, streams)) == {(201, ""): 1, (400, "LTS.0205"): 15}
    assert Counter(map(outcome, tanks)) == {(201, ""): 1, (400, "GA.9104"): 15}


def test_the_stream_quota_holds(client: Client) -> None:
    """LTS.0206 for one more than the group may have."""
    client.cloud.reset(stream_quota=2)
    outcomes = [outcome(client.create_stream(name)) for name in "abc"]
    assert outcomes == [(201, ""), (201, ""), (400, "LTS.0206")]


def test_what_is_missing_is_named_by_the_services_code(client: Client) -> None:
    """A group, stream, logtank or API that is not there."""
    group, project = client.streams_path(), client.cloud.project_id
    rows = [
        ("POST", client.streams_path(NOWHERE), {"log_stream_name": "a"}, 400, "0201"),
        ("GET", client.streams_path(NOWHERE), None, 400, "0201"),
        ("DELETE", f"{group}/{NOWHERE}", None, 400, "0208"),
        ("DELETE", f"/v2/{project}/groups/{NOWHERE}", None, 400, "0201"),
        ("GET", f"/v1/logtanks/{NOWHERE}", None, 404, "9002"),
        ("DELETE", f"/v1/logtanks/{NOWHERE}", None, 404, "9002"),
        ("GET", "/v1/logtanks/", None, 404, "0101"),
        ("PATCH", "/v1/logtanks", None, 404, "0101"),
        ("GET", "/", None, 404, "0101"),
    ]
    for method, path, body, status, number in rows:
        got = outcome(client.call(method, path, body))
        assert (got[0], got[1][-4:]) == (status, number), f"{method} {path}"


# --- "Creating a Log" ---


def test_a_logtank_is_answered_as_the_page_shows_it(client: Client) -> None:
    """Tables 4 and 5: all fields, times in whole seconds, the request id as well."""
    stream_id = client.new_stream()
    response = client.create_logtank(stream_id, more="tolerated")
    detail = response.json()["logtank"]
    assert response.status_code == 201
    assert response.json()["request_id"] == response.headers["X-Request-Id"]
    assert detail.pop("id") in {tank["id"] for tank in client.cloud.logtanks}
    assert detail == {
        "domain_id": client.cloud.domain_id,
        "project_id": client.cloud.project_id,
        "resource_type": "LISTENER",
        "resource_id": LISTENER,
        "log_group_id": client.cloud.log_group_id,
        "log_stream_id": stream_id,
        "status": "ACTIVE",
        "created_at": "2027-01-15T08:00:00Z",
        "updated_at": "2027-01-15T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"resource_type": "ELB"}, 400, "GA.9001"),
        ({"resource_type": None}, 400, "GA.9001"),
        ({"resource_id": ""}, 400, "GA.9001"),
        ({"resource_id": 7}, 400, "GA.9001"),
        ({"log_group_id": NOWHERE}, 404, "GA.9002"),
        ({"log_stream_id": NOWHERE}, 404, "GA.9002"),
        ({"resource_id": "no-listener"}, 404, "GA.9002"),
    ],
    ids=repr,
)
def test_a_logtank_needs_all_that_it_names(
    client: Client, fields: dict[str, Any], status: int, code: str
) -> None:
    """GA.9001 for what is no value, GA.9002 for what is not there."""
    client.cloud.reset(listeners=[LISTENER])
    response = client.create_logtank(client.new_stream(), **fields)
    assert outcome(response) == (status, code)
    assert response.json()["request_id"]
    assert client.cloud.logtanks == []


@pytest.mark.parametrize("body", [{}, [], {"logtank": []}, {"logtank": {}}], ids=repr)
def test_a_logtanks_body_must_have_its_form(client: Client, body: object) -> None:
    """GA.9001."""
    assert outcome(client.call("POST", "/v1/logtanks", body)) == (400, "GA.9001")


def test_a_listeners_second_logtank_can_be_allowed(client: Client) -> None:
    """Whether GA refuses it is not known, so both can be played."""
    client.cloud.reset(second_logtank="allow")
    stream_id = client.new_stream()
    made = [client.create_logtank(stream_id).status_code for _ in range(2)]
    assert made == [201, 201]


def test_a_logtank_is_pending_until_it_settles(client: Client, clock: Clock) -> None:
    """PENDING for the seconds that are set, then the status that is set."""
    client.cloud.reset(pending_seconds=10, final_status="ERROR")
    stream_id = client.new_stream()
    made = client.create_logtank(stream_id).json()["logtank"]
    target = {"log_group_id": client.cloud.log_group_id, "log_stream_id": stream_id}
    path = f"/v1/logtanks/{made['id']}"
    busy = client.call("PUT", path, {"logtank": target})
    assert (made["status"], outcome(busy)) == ("PENDING", (400, "GA.9004"))
    clock.now += 10
    assert client.call("GET", path).json()["logtank"]["status"] == "ERROR"
    assert client.call("GET", "/v1/logtanks?status=PENDING").json()["logtanks"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "limit=-1", "marker=nothing"]
)
def test_a_page_that_cannot_be_is_refused(client: Client, query: str) -> None:
    """GA.9001."""
    assert outcome(client.call("GET", f"/v1/logtanks?{query}")) == (400, "GA.9001")


def test_pages_can_be_made_small(client: Client) -> None:
    """list_page_size bounds a page that asked for more, and a marker needs no limit."""
    client.cloud.reset(list_page_size=1, second_logtank="allow")
    stream_id = client.new_stream()
    for _ in range(2):
        client.create_logtank(stream_id)
    first = client.call("GET", "/v1/logtanks?limit=500").json()
    marker = first["page_info"]["next_marker"]
    last = client.call("GET", f"/v1/logtanks?marker={marker}").json()
    assert [len(first["logtanks"]), len(last["logtanks"])] == [1, 1]
    assert last["page_info"] == {"current_count": 1}


# --- IAM, tokens and keys ---


@pytest.fixture
def grant(cloud: Emulator) -> Grant:
    """Return a function that asks IAM for a token."""

    def ask(scope: object, **changes: object) -> requests.Response:
        user = {
            "name": cloud.user,
            "password": cloud.password,
            "domain": {"name": cloud.domain},
            **changes,
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": scope}}
        return requests.post(f"{cloud.url}/v3/auth/tokens", json=body, timeout=5)

    return ask


def token_of(response: requests.Response) -> str:
    """Return the token that an answer of IAM carries."""
    assert response.status_code == 201
    return response.headers["X-Subject-Token"]


def test_a_token_is_good_for_the_service_of_its_scope(
    cloud: Emulator, grant: Grant
) -> None:
    """LTS takes a project's token, GA a domain's; neither takes the other."""
    project = Client(cloud, token_of(grant({"project": {"name": "cn-north-4"}})))
    domain = Client(cloud, token_of(grant({"domain": {"name": cloud.domain}})))
    stream_id = project.new_stream()
    assert outcome(domain.create_logtank(stream_id)) == (201, "")
    assert outcome(domain.create_stream("x")) == (401, "LTS.0003")
    assert outcome(project.create_logtank(stream_id)) == (401, "APIGW.0301")


def test_a_token_expires(cloud: Emulator, grant: Grant, clock: Clock) -> None:
    """401 from both services once its time is over."""
    lts = Client(cloud, token_of(grant({"project": {"id": cloud.project_id}})))
    ga = Client(cloud, token_of(grant({"domain": {"id": cloud.domain_id}})))
    clock.now += 86400
    assert outcome(lts.create_stream("a")) == (401, "LTS.0003")
    response = ga.call("GET", "/v1/logtanks")
    assert outcome(response) == (401, "APIGW.0301")
    assert "token expires" in response.json()["error_msg"]


def test_issued_tokens_can_be_revoked(cloud: Emulator, grant: Grant) -> None:
    """Over HTTP as well; the built-in token stays good."""
    lts = Client(cloud, token_of(grant({"project": {"id": cloud.project_id}})))
    assert outcome(lts.create_stream("a"))[0] == 201
    url = f"{cloud.url}/_emulator/revoke"
    assert requests.post(url, timeout=5).json() == {"revoked": 1}
    assert outcome(lts.create_stream("b")) == (401, "LTS.0003")
    assert outcome(Client(cloud, cloud.token).create_stream("b"))[0] == 201


def test_iam_refuses_in_both_its_shapes(cloud: Emulator, grant: Grant) -> None:
    """A wrong password is Keystone's 401, a wrong body or place a flat IAM code."""
    place = {"project": {"name": "cn-north-4"}}
    wrong = grant(place, password="wrong")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["code"] == 401
    both = {**place, "domain": {"name": cloud.domain}}
    malformed: list[Any] = [{}, both, {"project": {}}, {"project": 7}, None, {"x": {}}]
    for scope in malformed:
        assert outcome(grant(scope)) == (400, "IAM.0011")
    assert outcome(grant({"project": {"name": "mars-1"}})) == (404, "IAM.0004")


def test_passwords_and_credentials_are_not_recorded(
    cloud: Emulator, grant: Grant
) -> None:
    """The record of calls shows that they were sent, but not which."""
    token = token_of(grant({"domain": {"name": cloud.domain}}))
    Client(cloud, token).call("GET", "/v1/logtanks", Authorization="")
    record = repr(cloud.calls)
    assert cloud.password not in record
    assert token not in record
    assert "x-auth-token" in cloud.calls[1]["request_headers"]


def test_the_project_can_be_looked_up_by_its_regions_name(client: Client) -> None:
    """ListProjects, as the SDK uses it to find a project id."""
    path = "/v3/projects?name="
    [project] = client.call("GET", path + "cn-north-4").json()["projects"]
    assert project["id"] == client.cloud.project_id
    assert client.call("GET", path + "mars-1").json()["projects"] == []


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"X-Auth-Token": "unknown"}, "decrypt token fail"),
        ({}, "x-auth-token not found"),
        ({"Authorization": "Bearer x"}, "verify aksk signature fail"),
        (
            {
                "Authorization": "SDK-HMAC-SHA256 Access=NOBODY, "
                f"SignedHeaders=x-sdk-date, Signature={'0' * 64}"
            },
            "ak NOBODY not exist",
        ),
    ],
)
def test_a_credential_that_is_none_is_refused(
    cloud: Emulator, headers: dict[str, str], told: str
) -> None:
    """401 APIGW.0301, with the gateway's words."""
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert outcome(response) == (401, "APIGW.0301")
    assert response.json()["error_msg"].endswith(told)


@pytest.mark.parametrize("header", ["X_Project_Id", "X_Domain_Id"])
def test_a_foreign_project_or_domain_is_forbidden(client: Client, header: str) -> None:
    """403, in each service's words."""
    foreign = {header: "0" * 32}
    lts = client.call("GET", client.streams_path(), None, **foreign)
    ga = client.call("GET", "/v1/logtanks", None, **foreign)
    assert (outcome(lts), outcome(ga)) == ((403, "LTS.0001"), (403, "SYS.0403"))


# --- the control interface ---


def test_the_state_tells_all_that_a_client_needs(client: Client) -> None:
    """GET /_emulator/state is what state() returns; asking is not a call."""
    client.new_stream()
    state = requests.get(f"{client.cloud.url}/_emulator/state", timeout=5).json()
    assert state == client.cloud.state()
    assert state["access_key"] == client.cloud.access_key
    assert [stream["log_stream_name"] for stream in state["log_streams"]] == ["ga-one"]
    assert len(client.cloud.calls) == 1


def test_calls_are_told_in_order_with_their_outcome(client: Client) -> None:
    """GET /_emulator/calls: what came, what was answered."""
    client.new_stream()
    client.call("GET", "/v1/logtanks?resource_ids=a&resource_ids=b&limit=5")
    client.create_stream("ga-one")
    calls = requests.get(f"{client.cloud.url}/_emulator/calls", timeout=5).json()
    assert calls == client.cloud.calls
    assert [(call["operation"], call["status"]) for call in calls] == [
        ("CreateLogStream", 201),
        ("ListLogtanks", 200),
        ("CreateLogStream", 400),
    ]
    assert calls[1]["query"] == {"resource_ids": ["a", "b"], "limit": ["5"]}
    assert calls[2]["request_body"] == {"log_stream_name": "ga-one"}
    assert calls[2]["error_code"] == "LTS.0205"


def test_a_reset_begins_anew_with_the_options_given(client: Client) -> None:
    """Over HTTP too; without a body the emulator is as it was made."""
    client.new_stream()
    url = f"{client.cloud.url}/_emulator/reset"
    after = requests.post(url, json={"stream_quota": 1}, timeout=5).json()
    assert (after["log_streams"], after["options"]["stream_quota"]) == ([], 1)
    assert client.cloud.calls == []
    again = requests.post(url, timeout=5).json()
    assert again["options"]["stream_quota"] == 100


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("reset", {"quota": 1}, "unknown option 'quota'"),
        ("reset", {"stream_quota": 0}, "'stream_quota' must be"),
        ("reset", [], "options must be an object"),
        ("faults", {"operation": "Nothing", "status": 500}, "'operation' must be"),
        ("faults", {"operation": "LTS", "state": 500}, "unknown field 'state'"),
        ("faults", {"operation": "LTS"}, "needs a status"),
        ("faults", {"operation": ["LTS"], "status": 500}, "'operation' must be"),
        ("faults", [{"operation": "*", "status": 500}, 7], "a fault must be an object"),
    ],
)
def test_control_calls_that_make_no_sense_are_explained(
    client: Client, path: str, body: object, told: str
) -> None:
    """400, with the reason; nothing of it is accepted."""
    url = f"{client.cloud.url}/_emulator/{path}"
    response = requests.post(url, json=body, timeout=5)
    assert response.status_code == 400
    assert told in response.json()["error_msg"]
    assert outcome(client.create_stream("fine")) == (201, "")


def test_the_environment_points_the_bundle_here(cloud: Emulator) -> None:
    """The variables that the settings table of the bundle knows."""
    assert cloud.environment() == {
        "HUAWEICLOUD_LTS_ENDPOINT": cloud.url,
        "HUAWEICLOUD_GA_ENDPOINT": cloud.url,
        "HUAWEICLOUD_IAM_ENDPOINT": cloud.url,
        "HUAWEICLOUD_SDK_AK": cloud.access_key,
        "HUAWEICLOUD_SDK_SK": cloud.secret_key,
        "HUAWEICLOUD_SDK_PROJECT_ID": cloud.project_id,
        "LOG_GROUP_ID": cloud.log_group_id,
    }
