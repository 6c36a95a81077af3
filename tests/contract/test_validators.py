"""An ordinary validator can use the schema files without network access."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from functions.invocation.tasks import TASKS

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "tests" / "events"


def check(schema: str, *documents: Path) -> subprocess.CompletedProcess[str]:
    """Run check-jsonschema with an unreachable proxy."""
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile"]
    unreachable = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    return subprocess.run(  # noqa: S603 # a fixed command
        [*command, ROOT / "schemas" / schema, *documents],
        env={**os.environ, **unreachable},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", TASKS)
def test_a_sample_event_is_valid(name: str) -> None:
    """References resolve to files in the folder."""
    done = check(f"{name}.event.schema.json", EVENTS / f"{name}.json")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_sample_array_is_valid() -> None:
    """Arrays of requests have a separate schema."""
    done = check("bootstrap.events.schema.json", EVENTS / "bootstrap-many.json")

    assert done.returncode == 0, done.stdout + done.stderr


def test_an_invalid_event_is_rejected(tmp_path: Path) -> None:
    """The rules of the shared definitions apply."""
    document = tmp_path / "event.json"
    text = (EVENTS / "bootstrap.json").read_text("utf-8")
    document.write_text(text.replace("shop-frontend", ".shop"), "utf-8")

    done = check("bootstrap.event.schema.json", document)

    assert done.returncode == 1
    assert "log_stream_name" in done.stdout
