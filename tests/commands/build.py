"""Make the bundle: one folder, and one archive of it, that both clouds run."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from functions.invocation.tasks import TASKS
from tests.commands import interpreters

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "functions" / "requirements.txt"
PLATFORMS = {
    "x86_64": "manylinux2014_x86_64",
    "arm64": "manylinux2014_aarch64",
}
PIP = (
    *("--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"),
    *("--require-hashes", "--only-binary=:all:", "--implementation", "cp"),
    # pip compares a wheel's Requires-Python with the Python that runs pip, and not with
    # --python-version; the lock's markers have chosen the versions for the target.
    "--ignore-requires-python",
)
TRIMMED = (
    "*.dist-info",
    "bin",
    "**/*.pyi",
    "**/py.typed",
    "*/benchmarks",
    "*/tests",
    "urllib3/contrib/emscripten",  # for browsers
    "charset_normalizer/*.so",  # the same lies there as .py, and nothing calls it
)
"""What of the dependencies nothing reads at run time; their licences are kept."""
LICENCES = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can tell; every file is as old."""


def main() -> int:
    """Make the folder `--to`, and the archive beside it if `--archive` is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--archive", type=Path)
    parser.add_argument(
        "--version", default="3.12", type=version, help="the target's Python"
    )
    parser.add_argument("--arch", default="x86_64", choices=PLATFORMS)
    given = parser.parse_args()
    target = given.to.resolve()
    if target.is_dir() and any(target.iterdir()):
        parser.error(f"{target} is not empty")
    try:
        install(target, given.version, given.arch)
    except subprocess.CalledProcessError:
        parser.exit(1, "pip could not get the dependencies, for the reason above\n")
    copy_own(target)
    for line in compiled(target, given.version):
        print(line)
    if given.archive:
        pack(target, given.archive)
        print(f"{given.archive}: {given.archive.stat().st_size / 1e6:.2f} MB")
    return 0


def version(text: str) -> str:
    """Read a version of Python for which the dependencies are locked.

    Raises: argparse.ArgumentTypeError.
    """
    if not re.fullmatch("3\\.[1-9][0-9]", text):
        raise argparse.ArgumentTypeError(f"{text} is no version from 3.10 on")
    return text


def install(target: Path, version: str, arch: str) -> None:
    """Install the locked dependencies for a platform, whatever this machine is."""
    with TemporaryDirectory() as folder:
        lock = Path(folder) / "requirements.txt"
        lock.write_text("\n".join(locked(version, arch)), "utf-8")
        wheels = ("--python-version", version, "--platform", PLATFORMS[arch])
        where = ("--target", str(target), "-r", str(lock))
        subprocess.run(  # noqa: S603 # a fixed command
            [sys.executable, "-m", "pip", "install", *PIP, *wheels, *where],
            check=True,
        )
    trim(target)


def trim(target: Path) -> None:
    """Take out what nothing reads at run time, but the licences."""
    keep_licences(target)
    for pattern in TRIMMED:
        for path in list(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def locked(version: str, arch: str) -> Iterator[str]:
    """Yield the lines of the lock that hold for a target, without their markers.

    pip would judge a marker by the interpreter that it runs on.
    """
    machine = {"arm64": "aarch64"}.get(arch, arch)
    environment = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }
    for line in LOCK.read_text("utf-8").replace("\\\n", " ").splitlines():
        text, *hashes = line.partition("#")[0].split("--hash=")
        if not text.strip():
            continue
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate(environment):
            wanted.marker = None
            yield " --hash=".join([str(wanted), *map(str.strip, hashes)])


def keep_licences(target: Path) -> None:
    """Put every licence of a dependency in `licenses/`, by the dependency's name."""
    for info in target.glob("*.dist-info"):
        to = target / "licenses" / info.name.removesuffix(".dist-info")
        for pattern in LICENCES:
            for path in info.rglob(pattern):
                to.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to / path.name)


def copy_own(target: Path) -> None:
    """Put our code and schemas in, and for FunctionGraph a module at the root each."""
    for folder, pattern in (("functions", "**/*.py"), ("schemas", "*.schema.json")):
        for path in sorted((ROOT / folder).glob(pattern)):
            to = target / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
    for entry in TASKS:
        line = f"from functions.{entry} import handler as handler\n"
        (target / f"{entry}.py").write_text(line, "utf-8")
    shutil.copyfile(ROOT / "LICENSE", target / "LICENSE")


def compiled(target: Path, version: str) -> Iterator[str]:
    """Compile all of it with the target's own interpreter; yield what to say of that.

    The folder is read-only where it runs, so what is not compiled here is compiled at
    every cold start. An unchecked hash lets the interpreter take it without a look at
    the source's age, and a fixed seed makes the same bytes of the same source.
    """
    python = interpreters.find(version)
    if python is None:
        yield f"No python{version} here, so the bundle goes without bytecode: it works,"
        yield "and takes about twice as long to start."
        return
    mode = ("--invalidation-mode", "unchecked-hash")
    subprocess.run(  # noqa: S603 # a fixed command
        [python, "-m", "compileall", "-q", *mode, "-s", target, target],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )


def pack(folder: Path, archive: Path) -> None:
    """Write the archive: the same bytes for the same files, wherever and whenever."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, path.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    sys.exit(main())
