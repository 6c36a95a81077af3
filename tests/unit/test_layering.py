"""Permitted imports between packages are listed in a table, and the code conforms."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from functions.invocation.tasks import TASKS

FUNCTIONS = Path(__file__).parents[2] / "functions"
ENTRY, VERSION = "an entry", ""
RULES: dict[str, set[str]] = {
    ENTRY: {"invocation"},
    "invocation": {
        "triggers",
        "provisioning",
        "huaweicloud",
        "settings",
        "contracts",
        "runtime",
        "errors",
    },
    "triggers": {"settings", "secret", "errors"},
    "provisioning": {"huaweicloud", "transport", "errors"},
    "huaweicloud": {"transport", "settings", "secret", "errors"},
    "settings": {"transport", "runtime", "secret", "errors"},
    "contracts": {"errors"},
    "transport": {"secret", "errors", VERSION},
    "runtime": {VERSION},
    "errors": set(),
    "secret": set(),
    VERSION: set(),
}
"""By package or top-level module: what it may import, apart from itself."""
NARROWER = {
    ("provisioning", "transport"): {"functions.transport.calls"},
    ("triggers", "settings"): {"functions.settings.parsers"},
    ("huaweicloud", "settings"): {
        "functions.settings",
        "functions.settings.credentials",
        "functions.settings.endpoints",
        "functions.settings.parsers",
    },
}
"""By importer and package: the only modules permitted, as they need no connection."""
LIBRARIES = {
    "contracts": {"jsonschema", "referencing"},
    "transport": {"requests", "urllib3"},
}
"""By package: its third-party dependencies; other packages have none."""
VAGUE = {"utils", "helpers", "common", "base", "core", "misc", "tools"}
MAX_LINES = 300


class Import(NamedTuple):
    """One import of a module by another."""

    importer: str
    imported: str


def _module_name(path: Path) -> str:
    parts = path.relative_to(FUNCTIONS.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


SOURCES = {
    _module_name(path): path.read_text("utf-8")
    for path in sorted(FUNCTIONS.rglob("*.py"))
}


def _package_of(module: str) -> str:
    """Return the row of RULES that a module belongs to."""
    name = module.split(".")[1] if "." in module else VERSION
    return ENTRY if name in TASKS else name


def _imports(module: str) -> Iterator[Import]:
    """Yield the imports of a module, including those inside functions."""
    for node in ast.walk(ast.parse(SOURCES[module])):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield Import(module, inner if inner in SOURCES else str(node.module))


IMPORTS = [found for module in SOURCES for found in _imports(module)]
INTERNAL_IMPORTS = [
    each for each in IMPORTS if each.imported.split(".")[0] == "functions"
]


def test_a_package_imports_only_what_its_row_allows() -> None:
    """A package without a row fails the test."""
    forbidden = [
        each
        for each in INTERNAL_IMPORTS
        if (importer := _package_of(each.importer))
        != (imported := _package_of(each.imported))
        and (
            imported not in RULES[importer]
            or each.imported not in NARROWER.get((importer, imported), {each.imported})
        )
    ]

    assert forbidden == []


def test_every_permission_is_used() -> None:
    """An unused permission must be removed from the table."""
    used = {
        (_package_of(each.importer), _package_of(each.imported))
        for each in INTERNAL_IMPORTS
    }
    allowed = {(row, name) for row, names in RULES.items() for name in names}

    assert allowed - used == set()


def test_a_dependency_is_imported_by_only_one_package() -> None:
    """Only one package uses HTTP, and only one JSON Schema."""
    found: dict[str, set[str]] = {}
    for each in IMPORTS:
        root = each.imported.split(".")[0]
        if root != "functions" and root not in sys.stdlib_module_names:
            found.setdefault(_package_of(each.importer), set()).add(root)

    assert found == LIBRARIES


def test_there_are_no_import_cycles() -> None:
    """The modules can be sorted so that each imports only earlier ones."""
    waiting = {
        module: {each.imported for each in INTERNAL_IMPORTS if each.importer == module}
        - {module}
        for module in SOURCES
    }
    while ready := {module for module, names in waiting.items() if not names}:
        waiting = {
            module: names - ready
            for module, names in waiting.items()
            if module not in ready
        }

    assert waiting == {}


@pytest.mark.parametrize("entry", TASKS)
def test_an_entry_point_contains_only_a_handler(entry: str) -> None:
    """Platforms may load it from outside the package, so it defines no class."""
    body = ast.parse(SOURCES[f"functions.{entry}"]).body

    assert [type(node) for node in body[:-1]] == [
        ast.Expr,
        *[ast.ImportFrom] * 2,
    ]
    assert isinstance(body[-1], ast.FunctionDef)
    assert body[-1].name == "handler"


def test_modules_have_specific_names_and_limited_length() -> None:
    """A module has no generic name, and no more than 300 lines."""
    for module, text in SOURCES.items():
        assert not VAGUE & set(module.split("."))
        assert len(text.splitlines()) <= MAX_LINES, module
