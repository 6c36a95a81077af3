"""The compared folders: our bundle, and the vendor's SDK with its dependencies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.commands import build

_SDK = ("huaweicloudsdklts", "huaweicloudsdkga")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with bytecode, one without, and the archive size of the latter."""

    compiled: Path
    plain: Path
    packed: int


def bundle(to: Path, version: str, architecture: str) -> Folder:
    """Build the bundle for this machine."""
    plain = to / "plain"
    build.install(plain, version, architecture)
    build.copy_own(plain)
    return _both(plain, version)


def sdk(to: Path, version: str) -> Folder:
    """Copy the installed SDK and its dependencies, trimmed like the bundle."""
    plain = to / "plain"
    for name in _needed(set(_SDK)):
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                path = plain / file
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), path)
    build.trim(plain)
    return _both(plain, version)


def _needed(names: set[str]) -> set[str]:
    """Return names of distributions and of all their dependencies."""
    more = {each for name in names for each in _required(name)} - names
    return _needed(names | more) if more else names


def _required(name: str) -> Iterator[str]:
    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield canonicalize_name(wanted.name)


def _both(plain: Path, version: str) -> Folder:
    """Pack a folder, and compile a copy."""
    archive = plain.parent / "plain.zip"
    build.pack(plain, archive)
    compiled = plain.parent / "compiled"
    shutil.copytree(plain, compiled)
    if problems := list(build.compiled(compiled, version)):
        raise RuntimeError(" ".join(problems))
    return Folder(compiled, plain, archive.stat().st_size)
