"""The document of the HTTP interface is valid, complete, and derived from the code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.contracts.schema_files import SCHEMAS
from functions.invocation.tasks import TASKS
from tests.commands import openapi

DOCUMENT: dict[str, Any] = json.loads(openapi.DOCUMENT.read_text("utf-8"))


def _validate(document: Path) -> subprocess.CompletedProcess[str]:
    """Run the validator on a document."""
    command = (sys.executable, "-m", "openapi_spec_validator", "--schema", "3.1")
    return subprocess.run(  # noqa: S603 # a fixed command
        [*command, str(document)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_document_is_valid_openapi() -> None:
    """An ordinary validator accepts it, with the schemas that it refers to."""
    done = _validate(openapi.DOCUMENT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("written", "broken"),
    [
        ("bootstrap.result.schema.json", "nonexistent.schema.json"),
        ("#/components/responses/400", "#/components/responses/499"),
        ('"in": "header"', '"in": "nowhere"'),
    ],
)
def test_an_invalid_document_is_rejected(
    tmp_path: Path, written: str, broken: str
) -> None:
    """The validator follows references, within the document and to the schemas."""
    folder = shutil.copytree(SCHEMAS, tmp_path / "schemas")
    document = folder / openapi.DOCUMENT.name
    text = document.read_text("utf-8")
    assert written in text
    document.write_text(text.replace(written, broken), "utf-8")
    assert _validate(document).returncode != 0


def test_every_function_has_its_path() -> None:
    """A function of the table without a path fails this test; see `make openapi`."""
    assert set(DOCUMENT["paths"]) == {f"/{name}" for name in TASKS}


def test_the_document_matches_the_code() -> None:
    """Run `make openapi` after changing a function, a schema or the version."""
    assert openapi.derived(DOCUMENT) == DOCUMENT


def test_a_supplied_field_is_optional_in_a_request() -> None:
    """A request may omit what a setting supplies, but no other required field."""
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["bootstrap.request"]["required"] == ["resource_id"]
    logtank = schemas["create_logtank.request"]["properties"]["logtank"]
    assert "log_group_id" in logtank["properties"]
    assert "log_group_id" not in logtank["required"]
    assert "log_stream_id" in logtank["required"]


def test_the_documented_statuses_are_those_of_the_functions() -> None:
    """They are the statuses in the schema of a function's own response."""
    reply = json.loads((SCHEMAS / "http.reply.schema.json").read_text("utf-8"))
    documented = {
        int(status)
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        for status in operation["responses"]
    }
    assert documented == set(reply["$defs"]["status"]["enum"])
