"""The commands that the Terraform template and the README print, run locally.

A local server stands in for the services of the cloud.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import hcl2
import pytest

from tests import snippets
from tests.deployment import applied
from tests.deployment.applied import Deployment
from tests.snippets import each_shell

pytestmark = [
    applied.needs_terraform,
    pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed"),
]
LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
IAM = "https://iam.cn-north-4.myhuaweicloud.com"
HOST = "https://functiongraph.cn-north-4.myhuaweicloud.com"
RECORDS = [{"request_payload": {"resource_id": f"listener-{n}"}} for n in range(3)]


class Service(ThreadingHTTPServer):
    """Answers as FunctionGraph does, and keeps what it was sent by path."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.code_size = 1_000_000
        self.received: list[tuple[str, str | None, object]] = []

    @property
    def url(self) -> str:
        """The address to call."""
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One request; every answer has a token, which only that to a login needs."""

    server: Service

    def do_GET(self) -> None:
        """Answer with a project, or with a function's configuration."""
        if self.path == "/v3/projects?name=cn-north-4":
            self._answer({"projects": [{"id": "a-project"}]})
        else:
            self._answer({"func_name": "f", "code_size": self.server.code_size})

    def do_POST(self) -> None:
        """Keep an event or a login, and answer with an empty result."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers["X-Auth-Token"]
        self.server.received.append((self.path, token, body))
        self._answer({})

    def _answer(self, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("X-Subject-Token", "a-token")
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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder from which everything is deployed."""
    return tmp_path_factory.mktemp("terraform")


@pytest.fixture(scope="module")
def deployment(folder: Path) -> Deployment:
    """Return what is deployed with all variables at their defaults."""
    return applied.apply(folder)


def run(
    command: str, service: Service, folder: Path, shell: str = "sh"
) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, with the service instead of the cloud."""
    script = command.replace(HOST, service.url).replace(IAM, service.url)
    variables = {name: os.environ[name] for name in ("PATH", "HOME")}
    given = {"TOKEN": "a-token", "PROJECT_ID": "a-project", "no_proxy": "127.0.0.1"}
    return snippets.run(shell, script, folder, {**variables, **given})


@each_shell
def test_the_variables_of_the_readme_are_those_of_the_template(
    shell: str, tmp_path: Path
) -> None:
    """The file that the README writes is valid, and Terraform accepts its values."""
    block = snippets.block("README.md", "sh", "terraform.tfvars")
    commands = "terraform() { :; }\n" + block.replace("<name>", "shop")
    snippets.run(shell, commands, tmp_path, {"PATH": os.environ["PATH"]})
    file = tmp_path / "terraform.tfvars"
    given = hcl2.loads(file.read_text())
    file.unlink()
    variables = {name: value.strip('"') for name, value in given.items()}

    deployed = applied.apply(tmp_path, **variables)

    assert variables["log_group_name"] == "shop"
    assert "bootstrap" in deployed.outputs["urns"]


@each_shell
def test_the_first_listener_is_sent_to_bootstrap(
    shell: str, deployment: Deployment, folder: Path, service: Service
) -> None:
    """The login is valid JSON; the invocation uses its token and the project."""
    block = snippets.block("README.md", "sh", "/auth/tokens")
    done = run(block.replace("<the listener>", LISTENER), service, folder, shell)

    assert done.returncode == 0, done.stderr
    login, invocation = service.received
    assert login[0] == "/v3/auth/tokens"
    user = {"name": "<IAM user>", "password": "<password>"}
    assert login[2] == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"domain": {"name": "<account>"}, **user}},
            },
            "scope": {"project": {"name": "cn-north-4"}},
        }
    }
    urn = deployment.outputs["urns"]["bootstrap"]
    path = f"/v2/a-project/fgs/functions/{urn}/invocations"
    assert invocation == (path, "a-token", {"resource_id": LISTENER})


def test_the_reference_shows_the_commands_that_the_template_prints(
    deployment: Deployment, service: Service, folder: Path
) -> None:
    """Filled in, they send failed events again; the check of the code runs as shown."""
    shown = snippets.block("functions/README.md", "sh", "obsutil cp")
    bucket = deployment.of_kind("obs_bucket")["failures[0]"]["bucket"]
    values = {
        "<bucket>": bucket,
        "<region>": "cn-north-4",
        "<urn>": deployment.outputs["urns"]["bootstrap"],
    }
    for placeholder, value in values.items():
        shown = shown.replace(placeholder, value)
    printed = "\n".join(deployment.outputs["resend"]["bootstrap"])
    check = snippets.block("functions/README.md", "sh", "check_code")
    done = run(_with_host(check, service), service, folder)

    assert shlex.split(shown.replace("\\\n", "")) == shlex.split(printed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("code_size") == len(deployment.outputs["urns"])


def _with_host(check: str, service: Service) -> str:
    """Return the command with the service in what Terraform prints for it."""
    printed = "$(terraform output -raw check_code)"
    assert printed in check
    return check.replace(
        printed, f"$({printed[2:-1]} | sed 's|https://[^/]*|{service.url}|')"
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
