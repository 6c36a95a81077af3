"""The archive contains the code, its dependencies and licences, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from functions.invocation.tasks import TASKS
from tests.commands.build import locked
from tests.deployment import built

OWN_ENTRIES = {"functions", "schemas", "LICENSE", *(f"{entry}.py" for entry in TASKS)}
DEPENDENCIES = {
    "attr",
    "attrs",
    "certifi",
    "charset_normalizer",
    "idna",
    "jsonschema",
    "jsonschema_specifications",
    "referencing",
    "requests",
    "rpds",
    "urllib3",
}
DEPENDENCIES_BEFORE_3_13 = {"typing_extensions.py"}
"""Required by `referencing` only on Python 3.12 and earlier."""
SUFFIXES = {".py", ".pyc", ".so", ".json", ".pem", ""}
"""Suffixes of code, schemas, CA certificates, and licences (none)."""
MAX_BYTES, MAX_BYTES_WITHOUT_BYTECODE = 2_300_000, 1_500_000
UNCHECKED_HASH = "01000000"
"""The second word of a .pyc file: hash-based, unchecked (PEP 552)."""
PRINT_MAGIC_NUMBER = "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"
OTHER_VERSION = "3.14" if sys.version_info[:2] != (3, 14) else "3.13"


@pytest.fixture(scope="module")
def names(archive: Path) -> list[str]:
    """Return the paths of all files in the archive."""
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.fixture(scope="module")
def other_target(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a bundle for another Python version and architecture, and the output."""
    folder = tmp_path_factory.mktemp("other-target")
    output = built.build(folder, OTHER_VERSION, "arm64")
    return folder, output


def test_the_top_level_holds_only_own_files_and_dependencies(names: list[str]) -> None:
    """A new dependency must be added to this list on purpose."""
    top = {name.partition("/")[0] for name in names}
    is_older = built.runtime_version() in {"3.10", "3.11", "3.12"}
    dependencies = DEPENDENCIES | (DEPENDENCIES_BEFORE_3_13 if is_older else set())

    assert top - {"__pycache__"} == OWN_ENTRIES | dependencies | {"licenses"}


def test_all_own_code_and_schemas_are_included(names: list[str]) -> None:
    """The archive has all code and schemas, but no tests, tools or documents.

    The document of the HTTP interface is for those who call the functions.
    """
    folders = {"functions": "*.py", "schemas": "*.schema.json"}
    expected = [
        path.relative_to(built.ROOT).as_posix()
        for folder, pattern in folders.items()
        for path in (built.ROOT / folder).rglob(pattern)
    ]
    found = [
        n for n in names if n.startswith(tuple(folders)) and not n.endswith(".pyc")
    ]

    assert sorted(found) == sorted(expected)


def test_dependencies_contain_only_what_runs(names: list[str]) -> None:
    """Tests, type stubs, metadata and commands are removed from dependencies."""
    code = [name for name in names if not name.startswith("licenses/")]

    assert {Path(name).suffix for name in code} <= SUFFIXES
    assert not [name for name in code if re.search(r"\btests?/|\bbenchmarks/", name)]
    assert not [name for name in code if ".dist-info/" in name or "bin/" in name]


def test_every_dependency_has_a_licence(names: list[str]) -> None:
    """The licence folder names each locked dependency and its version."""
    expected = {
        line.split()[0].replace("==", "-").replace("rpds-py", "rpds_py")
        for line in locked(built.runtime_version(), built.ARCHITECTURE)
    }
    found = {n.split("/")[1] for n in names if n.startswith("licenses/")}

    assert {name.replace("-", "_") for name in found} == {
        name.replace("-", "_") for name in expected
    }


def test_all_code_is_compiled_without_source_checks(
    archive: Path, names: list[str]
) -> None:
    """Each source has unchecked bytecode, as a read-only folder cannot cache it."""
    sources = [name for name in names if name.endswith(".py")]
    compiled = [name for name in names if name.endswith(".pyc")]
    with zipfile.ZipFile(archive) as opened:
        heads = {opened.read(name)[:8].hex() for name in compiled}

    assert len(compiled) == len(sources)
    assert heads == {built.run_in_runtime(PRINT_MAGIC_NUMBER) + UNCHECKED_HASH}


def test_builds_are_reproducible(archive: Path, tmp_path: Path) -> None:
    """A build in another folder at another time has the same hash."""
    built.build(tmp_path, built.runtime_version())

    hashes = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (archive, tmp_path / "bundle.zip")
    }
    assert len(hashes) == 1


def test_the_archive_is_small(archive: Path, other_target: tuple[Path, str]) -> None:
    """A small archive makes cold starts fast."""
    folder, _ = other_target

    assert archive.stat().st_size <= MAX_BYTES
    assert (folder / "bundle.zip").stat().st_size <= MAX_BYTES_WITHOUT_BYTECODE


def test_a_bundle_for_another_python_has_no_bytecode(
    other_target: tuple[Path, str],
) -> None:
    """The build reports it; extension modules still match the target."""
    folder, output = other_target
    tag = f"cpython-{OTHER_VERSION.replace('.', '')}-aarch64"

    assert output.startswith(
        f"python{OTHER_VERSION} is not installed, so the bundle contains no bytecode"
    )
    assert not list(folder.rglob("*.pyc"))
    assert all(tag in path.name for path in folder.rglob("*.so"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "."], "is not empty"),
        (["--to", "functions"], "is not empty"),
        (
            ["--version", "3.9"],
            "VERSION must be a Python version, 3.10 or later, not '3.9'",
        ),
        (
            ["--version", "new"],
            "VERSION must be a Python version, 3.10 or later, not 'new'",
        ),
        (["--arch", "mips"], "ARCH must be one of x86_64, arm64, not 'mips'"),
    ],
)
def test_invalid_options_delete_nothing_and_print_a_message(
    options: list[str], message: str
) -> None:
    """Invalid options, such as a non-empty folder, exit with status 2."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", "tests.commands.build", *options],
        cwd=built.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("make build: ")
    assert done.stderr.endswith(f"{message}\n")
    assert done.stderr.count("\n") == 1


def test_the_bundle_needs_only_the_standard_library(
    bundle: Path,
) -> None:
    """All own modules can be imported with no other packages installed."""
    modules = [
        ".".join(path.relative_to(bundle).with_suffix("").parts)
        for path in sorted((bundle / "functions").rglob("*.py"))
    ]
    program = (
        f"import sys; sys.path.insert(0, {str(bundle)!r}); import importlib, json\n"
        f"for name in {[*modules, *TASKS]!r}: importlib.import_module(name)\n"
        "print(json.dumps([m.__file__ for m in sys.modules.values()"
        " if getattr(m, '__file__', None)]))"
    )
    files = json.loads(built.run_in_runtime(program))
    assert [file for file in files if "site-packages" in file] == []
    assert [file for file in files if file.startswith(str(bundle / "requests"))]
