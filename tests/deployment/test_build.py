"""`make build`: pip settings, checks of dependencies, and safe replacement."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.commands import verification
from tests.commands.verification import MACHINES, UnusableError
from tests.deployment import built

UNRELATED = {
    "PIP_PLATFORM": "win_amd64",
    "PIP_PYTHON_VERSION": "3.9",
    "PIP_DRY_RUN": "1",
    "PIP_USER": "1",
    "PIP_PREFIX": "elsewhere",
    "PIP_ROOT": "elsewhere",
    "PIP_NO_BINARY": ":all:",
    "PIP_QUIET": "2",
}
"""Settings of pip that would change what is installed, or where."""


def _build(
    to: Path, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Build as `make build` does, for the interpreter that runs the bundle."""
    target = ("--version", built.runtime_version(), "--arch", built.ARCHITECTURE)
    paths = ("--to", str(to / "bundle"), "--archive", str(to / "bundle.zip"))
    return subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", "tests.commands.build", *target, *paths, *options],
        cwd=built.ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """Return a folder with the bundle and the archive of a previous build."""
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "earlier.py").touch()
    (tmp_path / "bundle.zip").touch()
    return tmp_path


def test_unrelated_pip_settings_are_ignored(archive: Path, previous: Path) -> None:
    """With such settings, the usual bundle replaces the previous one."""
    file = previous / "pip.conf"
    lines = [f"{k[4:].replace('_', '-').lower()} = {v}" for k, v in UNRELATED.items()]
    file.write_text("\n".join(["[global]", *lines]))

    done = _build(previous, "--replace", **UNRELATED, PIP_CONFIG_FILE=str(file))

    assert done.returncode == 0, done.stderr
    assert (previous / "bundle.zip").read_bytes() == archive.read_bytes()
    assert not (previous / "bundle" / "earlier.py").exists()
    assert not (built.ROOT / "elsewhere").exists()


def test_a_failed_build_replaces_nothing(previous: Path) -> None:
    """A build with an empty index leaves the previous bundle, and no other files."""
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(previous / "bundle")}
    done = _build(previous, "--replace", **index)

    assert done.returncode == 1
    assert done.stderr.endswith("pip failed to install the dependencies (see above)\n")
    assert {path.name for path in previous.rglob("*")} == {
        *("bundle", "earlier.py", "bundle.zip")
    }


def test_concurrent_builds_leave_one_complete_bundle(
    archive: Path, previous: Path
) -> None:
    """Each build uses its own temporary folder, and replaces the bundle afterwards."""
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(_build, [previous] * 2, ["--replace"] * 2))

    with zipfile.ZipFile(previous / "bundle.zip") as opened:
        names = set(opened.namelist())
    files = [path for path in (previous / "bundle").rglob("*") if path.is_file()]
    assert [done.returncode for done in both] == [0, 0]
    assert {str(path.relative_to(previous / "bundle")) for path in files} == names
    assert (previous / "bundle.zip").read_bytes() == archive.read_bytes()
    assert {path.name for path in previous.iterdir()} == {"bundle", "bundle.zip"}


def _elf(machine: int) -> bytes:
    return (
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
        + b"\x03\0"
        + machine.to_bytes(2, "little")
    )


def _install(folder: Path, arch: str) -> list[str]:
    """Install two dependencies in a folder, as pip does, and return the lock."""
    machine, number = MACHINES[arch]
    module = f"fast/_fast.cpython-312-{machine}-linux-gnu.so"
    tag = f"cp312-cp312-manylinux_2_17_{machine}.manylinux2014_{machine}"
    _put(
        folder,
        "Fast_One",
        tag,
        {module: _elf(number), "fast/_stable.abi3.so": _elf(number)},
    )
    _put(folder, "plain", "py3-none-any", {"plain.py": b"ANSWER = 42\n"})
    return ["fast-one==1.0 --hash=sha256:0", "plain==1.0 --hash=sha256:0"]


def _put(folder: Path, name: str, tag: str, files: dict[str, bytes]) -> None:
    info = f"{name}-1.0.dist-info"
    files |= {
        f"{info}/METADATA": f"Name: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nTag: {tag}\n".encode(),
    }
    record = [f"{path},sha256=x,{len(content)}" for path, content in files.items()]
    record += [f"../../bin/{name},sha256=x,1", f"{info}/RECORD,,"]
    files |= {f"{info}/RECORD": "\n".join(record).encode()}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.mark.parametrize("arch", MACHINES)
def test_complete_dependencies_for_the_target_are_accepted(
    arch: str, tmp_path: Path
) -> None:
    """Modules can be compiled for its Python or the stable ABI, or be pure Python."""
    verification.require(tmp_path, _install(tmp_path, arch), "3.12", arch)


@pytest.mark.parametrize(
    ("version", "arch", "reason"),
    [
        ("3.12", "arm64", "is not compiled for Linux on arm64"),
        ("3.13", "x86_64", "is not compiled for Python 3.13"),
        ("3.13", "x86_64", "not for Python 3.13 on x86_64"),
    ],
)
def test_dependencies_for_another_target_are_rejected(
    version: str, arch: str, reason: str, tmp_path: Path
) -> None:
    """The tags of the wheels and the compiled files must match the target."""
    locked = _install(tmp_path, "x86_64")
    with pytest.raises(UnusableError, match=reason):
        verification.require(tmp_path, locked, version, arch)


WHEEL = "Fast_One-1.0.dist-info/WHEEL"
DAMAGE = {
    "plain.py": (None, "plain.py of plain is missing or incomplete"),
    "fast/_stable.abi3.so": (b"", "fast/_stable.abi3.so of Fast_One is missing or inc"),
    "plain-1.0.dist-info/METADATA": (
        b"Name: plain\nVersion: 2.0\n",
        "plain==1.0 is not",
    ),
    "plain-1.0.dist-info/RECORD": (None, "plain has no RECORD file"),
    WHEEL: (
        b"Tag: cp312-cp312-win_amd64\n",
        "Fast_One is for cp312-cp312-win_amd64, not",
    ),
    "other.dylib": (
        b"\xcf\xfa\xed\xfe" + bytes(16),
        "other.dylib is not compiled for Linux",
    ),
    "other.pyd": (
        b"MZ" + bytes(18),
        "other.pyd is not compiled for Linux on x86_64",
    ),
    "other.so": (
        _elf(3),
        "other.so is not compiled for Linux on x86_64",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_dependencies_are_rejected(name: str, tmp_path: Path) -> None:
    """The error names the damaged file or the invalid metadata."""
    content, reason = DAMAGE[name]
    locked = _install(tmp_path, "x86_64")
    (tmp_path / name).write_bytes(content or b"")
    if content is None:
        (tmp_path / name).unlink()
    with pytest.raises(UnusableError, match=reason):
        verification.require(tmp_path, locked, "3.12", "x86_64")


def test_a_missing_dependency_is_rejected(tmp_path: Path) -> None:
    """The error names the dependency, for example after a dry run of pip."""
    with pytest.raises(UnusableError) as raised:
        verification.require(tmp_path, ["plain==1.0 --hash=x"], "3.12", "x86_64")
    assert str(raised.value) == "plain==1.0 is not installed"
