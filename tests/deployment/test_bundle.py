"""What is in the archive: what runs, the licences, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.commands import ENTRIES
from tests.commands.build import locked
from tests.deployment import built

OURS = {"functions", "schemas", "LICENSE", *(f"{entry}.py" for entry in ENTRIES)}
THEIRS = {
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
BEFORE_3_13 = {"typing_extensions.py"}
"""A dependency of `referencing` only on Python 3.12 and earlier."""
ENDINGS = {".py", ".pyc", ".so", ".json", ".pem", ""}
"""Of files: code, schemas, the certificates of authorities, licences without one."""
MOST_BYTES, MOST_BYTES_WITHOUT_BYTECODE = 2_300_000, 1_500_000
UNCHECKED = "01000000"
"""The second word of a file of bytecode: by hash, and that not checked (PEP 552)."""
MAGIC = "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"
OTHER_VERSION = "3.14" if sys.version_info[:2] != (3, 14) else "3.13"


@pytest.fixture(scope="module")
def names(archive: Path) -> list[str]:
    """Return the paths in the archive."""
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a bundle for a Python that is not here and another machine."""
    folder = tmp_path_factory.mktemp("foreign")
    said = built.build(folder, OTHER_VERSION, "arm64")
    return folder, said


def test_the_top_is_ours_and_what_we_depend_on(names: list[str]) -> None:
    """A new dependency is a decision, so it is named here."""
    top = {name.partition("/")[0] for name in names}
    is_older = built.version_at_hand() in {"3.10", "3.11", "3.12"}
    theirs = THEIRS | (BEFORE_3_13 if is_older else set())

    assert top - {"__pycache__"} == OURS | theirs | {"licenses"}


def test_of_ours_it_has_the_code_and_the_schemas(names: list[str]) -> None:
    """All of them, and nothing of tests, tools or documents."""
    folders = ("functions", "schemas")
    ours = [
        path.relative_to(built.ROOT).as_posix()
        for folder in folders
        for path in (built.ROOT / folder).rglob("*")
        if path.suffix in {".py", ".json"}
    ]
    found = [n for n in names if n.startswith(folders) and not n.endswith(".pyc")]

    assert sorted(found) == sorted(ours)


def test_of_theirs_it_has_what_runs(names: list[str]) -> None:
    """No tests, no types, no metadata, no commands."""
    code = [name for name in names if not name.startswith("licenses/")]

    assert {Path(name).suffix for name in code} <= ENDINGS
    assert not [name for name in code if re.search(r"\btests?/|\bbenchmarks/", name)]
    assert not [name for name in code if ".dist-info/" in name or "bin/" in name]


def test_every_dependency_has_its_licence(names: list[str]) -> None:
    """By its name and version."""
    wanted = {
        line.split()[0].replace("==", "-").replace("rpds-py", "rpds_py")
        for line in locked(built.version_at_hand(), built.ARCHITECTURE)
    }
    found = {n.split("/")[1] for n in names if n.startswith("licenses/")}

    assert {name.replace("-", "_") for name in found} == {
        name.replace("-", "_") for name in wanted
    }


def test_all_code_is_compiled_and_not_checked_again(
    archive: Path, names: list[str]
) -> None:
    """For the target's interpreter; a folder that is read-only keeps no other."""
    sources = [name for name in names if name.endswith(".py")]
    compiled = [name for name in names if name.endswith(".pyc")]
    with zipfile.ZipFile(archive) as opened:
        heads = {opened.read(name)[:8].hex() for name in compiled}

    assert len(compiled) == len(sources)
    assert heads == {built.asked_of_runtime(MAGIC) + UNCHECKED}


def test_the_same_commit_makes_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    """In another folder, at another time."""
    built.build(tmp_path, built.version_at_hand())

    hashes = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (archive, tmp_path / "bundle.zip")
    }
    assert len(hashes) == 1


def test_it_is_small(archive: Path, foreign: tuple[Path, str]) -> None:
    """So that it starts fast."""
    folder, _ = foreign

    assert archive.stat().st_size <= MOST_BYTES
    assert (folder / "bundle.zip").stat().st_size <= MOST_BYTES_WITHOUT_BYTECODE


def test_a_bundle_for_another_python_goes_without_bytecode(
    foreign: tuple[Path, str],
) -> None:
    """And says so; its machine code is the target's all the same."""
    folder, said = foreign
    tag = f"cpython-{OTHER_VERSION.replace('.', '')}-aarch64"

    assert said.startswith(f"No python{OTHER_VERSION} here, so the bundle goes without")
    assert not list(folder.rglob("*.pyc"))
    assert all(tag in path.name for path in folder.rglob("*.so"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "."], "is not empty"),
        (["--to", "functions"], "is not empty"),
        (["--to", "build/new", "--version", "3.9"], "no version from 3.10 on"),
        (["--to", "build/new", "--version", "new"], "no version from 3.10 on"),
        (["--to", "build/new", "--arch", "mips"], "invalid choice"),
    ],
)
def test_a_slip_deletes_no_work_and_gets_a_sentence(
    words: list[str], said: str
) -> None:
    """Such as a folder that holds other things."""
    done = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-m", "tests.commands.build", *words],
        cwd=built.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_but_the_bundle_and_the_standard_library_is_needed(
    bundle: Path,
) -> None:
    """All of its own modules can be imported with no other packages about."""
    modules = [
        ".".join(path.relative_to(bundle).with_suffix("").parts)
        for path in sorted((bundle / "functions").rglob("*.py"))
    ]
    program = (
        f"import sys; sys.path.insert(0, {str(bundle)!r}); import importlib, json\n"
        f"for name in {[*modules, *ENTRIES]!r}: importlib.import_module(name)\n"
        "print(json.dumps([m.__file__ for m in sys.modules.values()"
        " if getattr(m, '__file__', None)]))"
    )
    files = json.loads(built.asked_of_runtime(program))
    assert [file for file in files if "site-packages" in file] == []
    assert [file for file in files if file.startswith(str(bundle / "requests"))]
