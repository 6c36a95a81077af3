"""Every function in the table has its entry, schemas, samples and documentation."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from functions import contracts
from functions.invocation.tasks import TASKS

ROOT = Path(__file__).parents[2]
each_function = pytest.mark.parametrize("name", TASKS)


def read(path: str) -> str:
    """Return the text of a file."""
    return (ROOT / path).read_text("utf-8")


@each_function
def test_a_function_has_an_entry(name: str) -> None:
    """The module in `functions/` has a handler."""
    assert callable(import_module(f"functions.{name}").handler)


@each_function
@pytest.mark.parametrize("kind", ["event", "events", "result"])
def test_a_function_has_schemas(name: str, kind: str) -> None:
    """There is a schema for a request, an array of requests, and a result."""
    assert (ROOT / f"schemas/{name}.{kind}.schema.json").exists()


@each_function
@pytest.mark.parametrize("kind", ["event", "result"])
def test_function_schemas_have_cases(name: str, kind: str) -> None:
    """There is a file of valid and invalid documents for each schema."""
    assert (ROOT / f"tests/contract/schema_cases/{name}.{kind}.json").exists()


@each_function
def test_a_function_has_a_sample_event(name: str) -> None:
    """The sample event satisfies the schema."""
    event = json.loads(read(f"tests/events/{name}.json"))

    contracts.check(f"{name}.event", event)


@each_function
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("template.yaml", "Handler: functions.{}.handler"),
        ("template.tf", '"{}.handler"'),
        ("README.md", "| `{}` |"),
        ("schemas/error.schema.json", '"{}.result.schema.json"'),
        ("functions/README.md", "| `functions.{}.handler` |"),
    ],
)
def test_a_function_is_deployed_and_documented(name: str, path: str, text: str) -> None:
    """The function is in templates, tables, and the errors of an array."""
    assert text.format(name) in read(path), f"{path} lacks {name}"
