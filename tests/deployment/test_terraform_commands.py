"""The commands that the Terraform template prints, run against a local server."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deployment import applied
from tests.deployment.applied import Deployment

pytestmark = [
    applied.needs_terraform,
    pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed"),
]
HOST = "https://functiongraph.cn-north-4.myhuaweicloud.com"
RECORDS = [{"request_payload": {"resource_id": f"listener-{n}"}} for n in range(3)]


class Service(ThreadingHTTPServer):
    """Answers as FunctionGraph does, and keeps what it was sent by path."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.code_size = 1_000_000
        self.received: list[tuple[str, str, object]] = []

    @property
    def url(self) -> str:
        """The address to call."""
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Service

    def do_GET(self) -> None:
        """Answer with a function's configuration."""
        self._answer({"func_name": "f", "code_size": self.server.code_size})

    def do_POST(self) -> None:
        """Take an event, and answer with its result."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers["X-Auth-Token"]
        self.server.received.append((self.path, token, body))
        self._answer({})

    def _answer(self, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # inherited
        """Print nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    """Yield a running service."""
    with Service() as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return what is deployed with all variables at their defaults."""
    return applied.apply(tmp_path_factory.mktemp("terraform"))


def run(
    command: str, service: Service, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, with the service instead of the cloud."""
    variables = "TOKEN=a-token PROJECT_ID=a-project no_proxy=127.0.0.1"
    return subprocess.run(  # noqa: S603 # the template's command
        ["/bin/sh", "-c", f"export {variables}; {command.replace(HOST, service.url)}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_failed_events_are_sent_again_to_their_function(
    deployment: Deployment, service: Service, tmp_path: Path
) -> None:
    """The second command sends each record unchanged, from any folder."""
    fetch, send = deployment.outputs["resend"]["create_logtank"]
    kept = tmp_path / "failures" / "create_logtank" / "2026" / "11"
    kept.mkdir(parents=True)
    for number, record in enumerate(RECORDS):
        (kept / f"{number}.json").write_text(json.dumps(record))

    done = run(send, service, tmp_path)

    bucket = deployment.of_kind("obs_bucket")["failures[0]"]["bucket"]
    assert f"obs://{bucket}/create_logtank failures/create_logtank" in fetch
    assert done.returncode == 0, done.stderr
    urn = deployment.outputs["urns"]["create_logtank"]
    path = f"/v2/a-project/fgs/functions/{urn}/invocations"
    assert {each[:2] for each in service.received} == {(path, "a-token")}
    sent = [each[2] for each in service.received]
    assert sorted(sent, key=str) == sorted(RECORDS, key=str)


def test_a_topic_keeps_nothing_to_be_sent_again(tmp_path: Path) -> None:
    """Its subscribers have the events."""
    deployment = applied.apply(tmp_path, failure_topic_urn="urn:smn:cn-north-4:0a:t")

    assert deployment.outputs["resend"] == {}


def test_uploaded_code_can_be_checked(
    deployment: Deployment, service: Service, tmp_path: Path
) -> None:
    """The command prints a size for each function."""
    done = run(deployment.outputs["check_code"], service, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"code_size": 1000000') == len(deployment.outputs["urns"])


def test_empty_code_fails_the_check(
    deployment: Deployment, service: Service, tmp_path: Path
) -> None:
    """The command names the function."""
    service.code_size = 0

    done = run(deployment.outputs["check_code"], service, tmp_path)

    assert done.returncode == 1
    assert "bootstrap:latest has no code" in done.stdout
