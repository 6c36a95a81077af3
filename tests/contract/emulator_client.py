"""A client that sends requests to the emulator as documented by the API pages."""

import requests

from tests.emulator import Emulator

JSON = "application/json;charset=utf8"
LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"


class Clock:
    """A clock that tests can advance, in seconds since 1970."""

    def __init__(self) -> None:
        """Start at 2027-01-15T08:00:00Z."""
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Client:
    """Sends requests with a token, and a timeout in seconds."""

    def __init__(
        self, cloud: Emulator, token: str | None = None, timeout: float = 5
    ) -> None:
        """Use the token that both services accept, unless given another."""
        self.cloud = cloud
        self.timeout = timeout
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
            timeout=self.timeout,
        )

    def streams_path(self, group_id: str | None = None) -> str:
        """Return the path of a group's streams."""
        group = group_id or self.cloud.log_group_id
        return f"/v2/{self.cloud.project_id}/groups/{group}/streams"

    def create_stream(
        self, name: str = "ga-one", **fields: object
    ) -> requests.Response:
        """Send CreateLogStream."""
        body = {"log_stream_name": name, **fields}
        return self.call("POST", self.streams_path(), body)

    def new_stream(self) -> str:
        """Create a stream and return its ID."""
        return str(self.create_stream().json()["log_stream_id"])

    def stream_names(self) -> list[str]:
        """Return the names of the streams that exist."""
        return [stream["log_stream_name"] for stream in self.cloud.streams]

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

    def list_logtanks(self, query: str = "") -> requests.Response:
        """Send ListLogtanks."""
        return self.call("GET", f"/v1/logtanks{query}")


def outcome(response: requests.Response) -> tuple[int, str]:
    """Return the status and error code; a request ID must be present."""
    assert response.headers["X-Request-Id"]
    body = response.json() if response.content else {}
    return response.status_code, body.get("error_code", "")
