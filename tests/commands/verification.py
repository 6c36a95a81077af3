"""Verification that the locked dependencies are complete and match the target."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag
from packaging.utils import canonicalize_name

MACHINES = {"x86_64": ("x86_64", 62), "arm64": ("aarch64", 183)}
"""The name of a machine in wheel tags, and its number in the header of a file.

Source: the ELF specification, "ELF Header", `e_machine`.
"""
COMPILED = ("*.so", "*.so.*", "*.pyd", "*.dll", "*.dylib")
GLIBC_MINORS = range(5, 18)
"""From manylinux1 to manylinux2014, all of which newer systems support (PEP 600)."""


class UnusableError(Exception):
    """The installed dependencies are unusable; each argument is a reason."""

    def __str__(self) -> str:
        """Return one line per reason."""
        return "\n".join(map(str, self.args))


def require(folder: Path, locked: Iterable[str], version: str, arch: str) -> None:
    """Check that a folder has the locked dependencies for a Python and a machine.

    `locked` are the lines of a requirements file that apply to the target.

    Raises: UnusableError.
    """
    found = {
        canonicalize_name(each.name): each for each in distributions(path=[str(folder)])
    }
    problems: list[str] = []
    for line in locked:
        wanted = Requirement(line.partition(" --hash=")[0])
        distribution = found.get(canonicalize_name(wanted.name))
        if distribution is None or distribution.version not in wanted.specifier:
            problems.append(f"{wanted} is not installed")
        else:
            problems += _incomplete(folder, distribution)
            problems += _foreign_wheel(distribution, version, arch)
    problems += _foreign_files(folder, version, arch)
    if problems:
        raise UnusableError(*problems)


def _incomplete(folder: Path, distribution: Distribution) -> Iterator[str]:
    """Yield a line for each file that is missing or has another size.

    Source: Python Packaging User Guide, "Recording installed projects", RECORD.
    """
    record = distribution.read_text("RECORD")
    if not record:
        yield f"{distribution.name} has no RECORD file"
        return
    for name, _, size in csv.reader(record.splitlines()):
        path = folder / name
        if ".." in path.parts:  # a script, which is not part of the bundle
            continue
        if not path.is_file() or (size and path.stat().st_size != int(size)):
            yield f"{name} of {distribution.name} is missing or incomplete"


def _foreign_wheel(
    distribution: Distribution, version: str, arch: str
) -> Iterator[str]:
    """Yield a line if the target supports none of the tags of a wheel."""
    wheel = distribution.read_text("WHEEL") or ""
    named = re.findall("^Tag: (.+)$", wheel, re.MULTILINE)
    tags = {tag for text in named for tag in parse_tag(text.strip())}
    if not tags & _usable_tags(version, arch):
        target = f"Python {version} on {arch}"
        yield f"{distribution.name} is for {', '.join(named)}, not for {target}"


def _usable_tags(version: str, arch: str) -> frozenset[Tag]:
    machine, _ = MACHINES[arch]
    names = [f"2_{minor}" for minor in GLIBC_MINORS] + ["1", "2010", "2014"]
    platforms = [f"manylinux{'_' * ('_' in name)}{name}_{machine}" for name in names]
    python = tuple(map(int, version.split(".")))
    interpreter = "cp" + version.replace(".", "")
    return frozenset(
        {
            *cpython_tags(python, [interpreter], platforms),
            *compatible_tags(python, interpreter, platforms),
        }
    )


def _foreign_files(folder: Path, version: str, arch: str) -> Iterator[str]:
    """Yield a line for each compiled file that the target cannot load."""
    for path in sorted(each for kind in COMPILED for each in folder.rglob(kind)):
        name = path.relative_to(folder)
        # as in module.cpython-312-x86_64-linux-gnu.so, but not in module.abi3.so
        tag = re.search("\\.cpython-([0-9]+[a-z]*)", path.name)
        if tag and tag[1] != version.replace(".", ""):
            yield f"{name} is not compiled for Python {version}"
        if not _is_for_machine(path, arch):
            yield f"{name} is not compiled for Linux on {arch}"


def _is_for_machine(path: Path, arch: str) -> bool:
    """Return whether a file is a 64-bit, little-endian ELF file for a machine."""
    with path.open("rb") as opened:
        header = opened.read(20)
    _, machine = MACHINES[arch]
    kind = b"\x7fELF\x02\x01"
    return header.startswith(kind) and header[18:] == machine.to_bytes(2, "little")
