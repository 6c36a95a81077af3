"""The emulated LTS enforces the constraints of its API pages."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.contract.emulator_client import JSON, UNKNOWN_ID, Client, outcome

# "Creating a Log Stream", Tables 3 and 4: fields in addition to the name "a"
ALLOWED: list[dict[str, Any]] = [
    *({"log_stream_name": name} for name in ("a", "-a_b.c9", "x" * 64)),
    {"ttl_in_days": 1},
    {"ttl_in_days": 365},
    {"log_stream_name_alias": "a"},
    {"enterprise_project_name": "платформа"},
    {"tags": []},
    {"tags": [{"key": "k" * 128, "value": "v" * 255}]},
    {"tags": [{"key": "Größe 1_.:=+-@", "value": " 环境 "}]},
    {"tags": [{"key": str(n)} for n in range(20)]},
    {"unknown": {"field": None}},
]
INVALID: dict[str, list[Any]] = {
    "log_stream_name": [
        *("", ".a", "_a", "a.", "a b", "ä", "a\n", "a/b", "x" * 65, 7, None),
    ],
    "ttl_in_days": [0, 366, -1, 30.0, True, "30", None],
    "log_stream_name_alias": ["", "_a", "b.", "ä", None],
    "enterprise_project_name": [7],
    "tags": [
        *({}, None, ["k"], [{}], [{"key": 1}]),
        *([{"key": key}] for key in ("", " k", "k ", "sys.k", "_sys_k", "k/l", "k\n")),
        [{"key": "k" * 129}],
        *([{"key": "k", "value": value}] for value in ("v" * 256, "a/b", None)),
        [{"key": "k"}, {"key": "k", "value": "v"}],
        [{"key": str(n)} for n in range(21)],
    ],
}


@pytest.mark.parametrize("fields", ALLOWED, ids=repr)
def test_a_stream_within_the_constraints_is_created(
    client: Client, fields: dict[str, Any]
) -> None:
    """The reply is 201 with only the ID (Table 5)."""
    body = {"log_stream_name": "a", **fields}
    response = client.call("POST", client.streams_path(), body)
    assert outcome(response) == (201, "")
    assert list(response.json()) == ["log_stream_id"]


def test_a_stream_outside_the_constraints_is_rejected(client: Client) -> None:
    """Every counterexample gets 400 LTS.0009, and no log stream is created."""
    fields = [{name: value} for name, values in INVALID.items() for value in values]
    bodies = [[], "text", {}, *({"log_stream_name": "a", **each} for each in fields)]
    outcomes = {
        repr(body): outcome(client.call("POST", client.streams_path(), body))
        for body in bodies
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
def test_a_body_that_is_not_json_is_rejected(
    client: Client, body: bytes, kind: str
) -> None:
    """The reply is 400 LTS.0007, even if only the Content-Type is wrong."""
    headers = {**client.headers, "Content-Type": kind}
    url = client.cloud.url + client.streams_path()
    response = requests.post(url, data=body, headers=headers, timeout=5)
    assert outcome(response) == (400, "LTS.0007")


def test_names_and_aliases_are_unique_within_a_group(client: Client) -> None:
    """A used name, or an alias that is a used name or alias, gets LTS.0205."""
    client.create_stream("one", log_stream_name_alias="first")
    rejected = [
        client.create_stream("one"),
        client.create_stream("two", log_stream_name_alias="one"),
        client.create_stream("two", log_stream_name_alias="first"),
    ]
    assert {outcome(response) for response in rejected} == {(400, "LTS.0205")}
    assert outcome(client.create_stream("two")) == (201, "")


def test_one_of_sixteen_concurrent_creates_succeeds(client: Client) -> None:
    """Check and creation are atomic, for log streams and for logtanks."""
    with ThreadPoolExecutor(16) as pool:
        streams = list(pool.map(client.create_stream, ["same"] * 16))
        stream_id = client.cloud.streams[0]["log_stream_id"]
        tanks = list(pool.map(client.create_logtank, [stream_id] * 16))
    assert Counter(map(outcome, streams)) == {(201, ""): 1, (400, "LTS.0205"): 15}
    assert Counter(map(outcome, tanks)) == {(201, ""): 1, (400, "GA.9104"): 15}


def test_the_stream_quota_is_enforced(client: Client) -> None:
    """A log stream beyond the quota gets LTS.0206."""
    client.cloud.reset(stream_quota=2)
    outcomes = [outcome(client.create_stream(name)) for name in "abc"]
    assert outcomes == [(201, ""), (201, ""), (400, "LTS.0206")]


def test_missing_resources_get_the_documented_error(client: Client) -> None:
    """Each missing group, stream, logtank or API has its own code."""
    streams, project = client.streams_path(), client.cloud.project_id
    rows = [
        ("POST", client.streams_path(UNKNOWN_ID), 400, "LTS.0201"),
        ("GET", client.streams_path(UNKNOWN_ID), 400, "LTS.0201"),
        ("DELETE", f"{streams}/{UNKNOWN_ID}", 400, "LTS.0208"),
        ("DELETE", f"/v2/{project}/groups/{UNKNOWN_ID}", 400, "LTS.0201"),
        ("GET", f"/v1/logtanks/{UNKNOWN_ID}", 404, "GA.9002"),
        ("DELETE", f"/v1/logtanks/{UNKNOWN_ID}", 404, "GA.9002"),
        ("GET", "/v1/logtanks/", 404, "APIGW.0101"),
        ("PATCH", "/v1/logtanks", 404, "APIGW.0101"),
        ("GET", "/", 404, "APIGW.0101"),
    ]
    for method, path, status, code in rows:
        body = {"log_stream_name": "a"} if method == "POST" else None
        got = outcome(client.call(method, path, body))
        assert got == (status, code), f"{method} {path}"
