"""Who may import whom: the rules are a table, and the code is held to it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
VAGUE = {"utils", "helpers", "common", "base", "core", "misc", "tools"}


def name_of(path: Path) -> str:
    """Return a module's dotted name."""
    parts = path.relative_to(FUNCTIONS.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


TREES = {
    name_of(path): ast.parse(path.read_text("utf-8"))
    for path in sorted(FUNCTIONS.rglob("*.py"))
}
ENTRIES = {"bootstrap", "create_log_stream", "create_logtank"}
CLOUD = {
    "huaweicloud.calls",
    "huaweicloud.ga",
    "huaweicloud.lts",
    "huaweicloud.patience",
    "huaweicloud.replies",
    "huaweicloud.retry",
}
VALUES = {"errors", "credentials", "secret"}
RULES: dict[str, set[str]] = {
    "": set(),
    **{entry: {"invocation", "tasks"} for entry in ENTRIES},
    "invocation": {
        "aws_secret",
        "errors",
        "handling",
        "provisioning",
        "runtime",
        "settings",
        "tasks",
        "triggers",
    },
    "tasks": {"defaults", "provisioning"},
    "handling": {
        "batch",
        "contracts",
        "errors",
        "huaweicloud.client",
        "huaweicloud.ga",
        "huaweicloud.patience",
        "provisioning",
        "runtime",
        "settings",
        "tasks",
        "triggers",
        "triggers.delivery",
    },
    "aws_secret": {
        "errors",
        "huaweicloud.calls",
        "huaweicloud.transport",
        "secret",
    },
    "batch": {"errors"},
    "contracts": {"errors", "schema_files"},
    "schema_files": set(),
    "credentials": {"secret", "setting_kinds"},
    "defaults": {"errors", "setting_kinds"},
    "endpoints": set(),
    "runtime": {"credentials", "setting_kinds"},
    "secret": set(),
    "setting_kinds": {"secret"},
    "setting_table": {"setting_kinds"},
    "settings": {"credentials", "endpoints", "errors", "secret", "setting_table"},
    "triggers": {
        "errors",
        "secret",
        "triggers.answers",
        "triggers.audit_trail",
        "triggers.delivery",
        "triggers.envelopes",
        "triggers.records",
        "triggers.webhook",
    },
    "triggers.answers": {
        "errors",
        "triggers.delivery",
        "triggers.public",
        "triggers.records",
        "triggers.webhook",
    },
    "triggers.audit_trail": {"errors", "triggers.delivery", "triggers.json_text"},
    "triggers.delivery": set(),
    "triggers.envelopes": {
        "errors",
        "triggers.audit_trail",
        "triggers.delivery",
        "triggers.json_text",
    },
    "triggers.json_text": {"errors"},
    "triggers.public": {"errors"},
    "triggers.records": {"errors", "triggers.delivery", "triggers.envelopes"},
    "triggers.signatures": {"errors", "secret", "setting_kinds"},
    "triggers.webhook": {
        "errors",
        "secret",
        "triggers.delivery",
        "triggers.envelopes",
        "triggers.signatures",
    },
    "errors": {"errors.clouds", "errors.ours", "errors.root"},
    "errors.root": set(),
    "errors.clouds": {"errors.root"},
    "errors.ours": {"errors.root"},
    "errors.codes": {"errors.clouds"},
    "provisioning": {"provisioning.actions", "provisioning.cloud"},
    "provisioning.actions": {
        *CLOUD,
        "errors",
        "provisioning.cloud",
        "provisioning.log_stream",
        "provisioning.claim",
        "provisioning.logtank",
        "provisioning.waiting",
    },
    "provisioning.choice": {
        "errors",
        "huaweicloud.ga",
        "huaweicloud.moments",
        "provisioning.claim",
    },
    "provisioning.claim": set(),
    "provisioning.waiting": {
        "errors",
        "huaweicloud.ga",
        "provisioning.choice",
        "provisioning.cloud",
    },
    "provisioning.cloud": {*CLOUD, "errors"},
    "provisioning.log_stream": {
        *CLOUD,
        "errors",
        "provisioning.claim",
        "provisioning.cloud",
    },
    "provisioning.logtank": {
        *CLOUD,
        "errors",
        "provisioning.choice",
        "provisioning.claim",
        "provisioning.cloud",
    },
    "huaweicloud": set(),
    "huaweicloud.calls": {"secret"},
    "huaweicloud.moments": set(),
    "huaweicloud.reading": {
        *VALUES,
        "huaweicloud.calls",
        "huaweicloud.moments",
    },
    "huaweicloud.iam": {
        *VALUES,
        "endpoints",
        "huaweicloud.calls",
        "huaweicloud.moments",
        "huaweicloud.replies",
        "setting_kinds",
    },
    "huaweicloud.projects": {
        *VALUES,
        "huaweicloud.calls",
        "huaweicloud.iam",
        "huaweicloud.retry",
    },
    "huaweicloud.tokens": {*VALUES, "huaweicloud.iam"},
    "huaweicloud.signing": set(),
    "huaweicloud.connections": {"huaweicloud.wire"},
    "huaweicloud.wire": set(),
    "huaweicloud.replies": {"errors", "errors.codes", "huaweicloud.calls"},
    "huaweicloud.ga": {"huaweicloud.calls", "huaweicloud.replies"},
    "huaweicloud.lts": {"huaweicloud.calls", "huaweicloud.replies"},
    "huaweicloud.patience": {"errors"},
    "huaweicloud.retry": {"errors", "huaweicloud.calls", "huaweicloud.patience"},
    "huaweicloud.gate": {*VALUES, "huaweicloud.calls", "huaweicloud.replies"},
    "huaweicloud.transport": {
        *VALUES,
        "huaweicloud.calls",
        "huaweicloud.connections",
        "huaweicloud.moments",
        "huaweicloud.reading",
        "huaweicloud.replies",
        "huaweicloud.signing",
        "huaweicloud.wire",
    },
    "huaweicloud.authorisation": {
        *VALUES,
        "huaweicloud.calls",
        "huaweicloud.iam",
        "huaweicloud.lts",
        "huaweicloud.replies",
        "huaweicloud.signing",
    },
    "huaweicloud.client": {
        *VALUES,
        "huaweicloud.authorisation",
        "huaweicloud.calls",
        "huaweicloud.gate",
        "huaweicloud.iam",
        "huaweicloud.patience",
        "huaweicloud.projects",
        "huaweicloud.replies",
        "huaweicloud.retry",
        "huaweicloud.tokens",
        "huaweicloud.transport",
        "settings",
    },
}
"""By module, without the package's name: what of the package it may import."""
THIRD_PARTIES = {
    "contracts": {"jsonschema"},
    "schema_files": {"referencing"},
    "huaweicloud.connections": {"urllib3"},
    "huaweicloud.transport": {"requests", "urllib3"},
}
"""By module: what of the dependencies it may import; all others none."""


def short(module: str) -> str:
    """Return a module's name without the package's."""
    return module.removeprefix("functions").removeprefix(".")


def imported(tree: ast.AST) -> set[str]:
    """Return the dotted names of all modules that are imported, wherever it is."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = str(node.module)
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                found.add(inner if inner in TREES else module)
    return found


OURS = {
    short(module): {
        short(name) for name in imported(tree) if name.split(".")[0] == "functions"
    }
    for module, tree in TREES.items()
}


def test_a_module_imports_only_what_its_row_allows() -> None:
    """A module without a row is one that nobody has found a place for yet."""
    excess = {module: OURS[module] - RULES.get(module, set()) for module in OURS}

    assert {module: names for module, names in excess.items() if names} == {}


def test_every_row_is_a_modules() -> None:
    """The table names no module that has gone."""
    assert set(RULES) | {name for row in RULES.values() for name in row} == set(OURS)


def test_third_parties_are_imported_in_their_one_place() -> None:
    """One module for HTTP, one beneath it for connections, one for schemas."""
    roots = {
        short(module): {name.split(".")[0] for name in imported(tree)}
        for module, tree in TREES.items()
    }
    foreign = {
        module: found
        for module, names in roots.items()
        if (found := names - {"functions"} - sys.stdlib_module_names)
    }

    assert foreign == THIRD_PARTIES


def test_nobody_imports_an_entry() -> None:
    """A platform may load an entry by itself, outside of all packages."""
    assert not [module for module, names in OURS.items() if names & ENTRIES]


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_an_entry_is_a_handler_and_nothing_else(entry: str) -> None:
    """It defines one function and no class, and imports the invocation and its task."""
    body = TREES[f"functions.{entry}"].body
    kinds = [type(node) for node in body]
    names = [node.name for node in body if isinstance(node, ast.FunctionDef)]

    assert kinds == [ast.Expr, ast.ImportFrom, ast.ImportFrom, ast.FunctionDef]
    assert names == ["handler"]
    assert OURS[entry] == {"invocation", "tasks"}


def test_imports_make_no_circle() -> None:
    """Modules can be put in an order in which each imports earlier ones only."""
    waiting = {module: set(names) for module, names in OURS.items()}
    while ready := {module for module, names in waiting.items() if not names}:
        waiting = {
            module: names - ready
            for module, names in waiting.items()
            if module not in ready
        }
    assert waiting == {}


def test_no_modules_name_is_vague() -> None:
    """A module is named after what is in it."""
    assert not [module for module in OURS if VAGUE & set(module.split("."))]
