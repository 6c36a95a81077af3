"""Build the bundle that both clouds run: a folder, and an archive of it."""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from functions.invocation.tasks import TASKS
from tests.commands import arguments, interpreters, pip_settings, verification

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "functions" / "requirements.txt"
PLATFORMS = {
    architecture: f"manylinux2014_{machine}"
    for architecture, (machine, _) in verification.MACHINES.items()
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
    "charset_normalizer/*.so",  # not used, and also present as .py
)
"""Files of the dependencies that are not needed at run time."""
LICENCES = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The modification time of every file: the earliest that an archive can represent."""


def main() -> int:
    """Build the folder `--to`, and the archive if `--archive` is given."""
    parser = _parser()
    given = parser.parse_args()
    target = given.to.resolve()
    if target.is_dir() and any(target.iterdir()) and not given.replace:
        parser.error(f"{target} is not empty")
    try:
        build(target, given.archive, given.version, given.arch)
    except subprocess.CalledProcessError:
        parser.exit(1, "pip failed to install the dependencies (see above)\n")
    except (verification.UnusableError, pip_settings.UnreadableSettingsError) as error:
        parser.exit(1, f"{error}\nNothing was built.\n")
    if given.archive:
        print(f"{given.archive}: {given.archive.stat().st_size / 1e6:.2f} MB")
    return 0


def _parser() -> arguments.Parser:
    parser = arguments.Parser("build", __doc__, "[VERSION=3.12] [ARCH=x86_64]")
    parser.add_argument("--to", type=Path, required=True, help="folder to build")
    parser.add_argument("--archive", type=Path, help="archive to write")
    parser.add_argument("--replace", action="store_true", help="overwrite both")
    parser.add_argument(
        "--version", default="3.12", type=version, help="Python version"
    )
    architecture = arguments.one_of(PLATFORMS)
    parser.add_argument("--arch", default="x86_64", type=architecture)
    return parser


def version(text: str) -> str:
    """Return a Python version, after checking that the lock covers it.

    Raises: argparse.ArgumentTypeError.
    """
    if not re.fullmatch("3\\.[1-9][0-9]", text):
        message = f"must be a Python version, 3.10 or later, not {text!r}"
        raise argparse.ArgumentTypeError(message)
    return text


def build(target: Path, archive: Path | None, version: str, arch: str) -> None:
    """Build in a temporary folder, then replace the target.

    Raises: subprocess.CalledProcessError, UnusableError, UnreadableSettingsError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".building-", dir=target.parent) as folder:
        made, packed = Path(folder, "bundle"), Path(folder, "bundle.zip")
        install(made, version, arch)
        copy_own(made)
        for line in compiled(made, version):
            print(line)
        if archive:
            pack(made, packed)
        with _exclusive(target.parent):
            _put(made, target, Path(folder, "previous"))
            if archive:
                shutil.move(packed, archive)


def _put(made: Path, target: Path, previous: Path) -> None:
    """Move the previous content of the target away, and the new content in.

    An empty target is kept: `sam build` created it, and may have mounted it.
    """
    if target.is_dir() and any(target.iterdir()):
        target.rename(previous)
    target.mkdir(exist_ok=True)
    for path in made.iterdir():
        shutil.move(path, target)


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    """Hold a lock that keeps other builds from replacing anything in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def install(target: Path, version: str, arch: str) -> None:
    """Install the locked dependencies for a platform, which may not be this machine's.

    Raises: subprocess.CalledProcessError, UnusableError, UnreadableSettingsError.
    """
    wanted = list(locked(version, arch))
    with TemporaryDirectory() as folder:
        lock = Path(folder) / "requirements.txt"
        lock.write_text("\n".join(wanted), "utf-8")
        wheels = ("--python-version", version, "--platform", PLATFORMS[arch])
        where = ("--target", str(target), "-r", str(lock))
        subprocess.run(  # noqa: S603 # a fixed command
            [sys.executable, "-m", "pip", "install", *PIP, *wheels, *where],
            check=True,
            env=pip_settings.environment(sys.executable),
        )
    verification.require(target, wanted, version, arch)
    trim(target)


def trim(target: Path) -> None:
    """Remove the files that are not needed at run time, but keep the licences."""
    keep_licences(target)
    for pattern in TRIMMED:
        for path in list(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def locked(version: str, arch: str) -> Iterator[str]:
    """Yield the lines of the lock that apply to a target, without their markers.

    pip would evaluate the markers for its own interpreter.
    """
    machine, _ = verification.MACHINES[arch]
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
    """Copy the licences of each dependency to a folder of its name in `licenses/`."""
    for info in target.glob("*.dist-info"):
        to = target / "licenses" / info.name.removesuffix(".dist-info")
        for pattern in LICENCES:
            for path in info.rglob(pattern):
                to.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to / path.name)


def copy_own(target: Path) -> None:
    """Copy the code and schemas, and add a root module per entry for FunctionGraph."""
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
    """Compile the bundle with the target's interpreter; yield lines to print if absent.

    The folder is read-only in the cloud, so without bytecode every cold start compiles
    again. Unchecked hashes save the interpreter a check of the source, and a fixed hash
    seed makes the bytecode reproducible.
    """
    python = interpreters.find(version)
    if python is None:
        yield (
            f"python{version} is not installed, so the bundle contains no bytecode: "
            "it works,"
        )
        yield "but takes about twice as long to start."
        return
    mode = ("--invalidation-mode", "unchecked-hash")
    subprocess.run(  # noqa: S603 # a fixed command
        [python, "-m", "compileall", "-q", *mode, "-s", target, target],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )


def pack(folder: Path, archive: Path) -> None:
    """Write a reproducible archive: equal files make equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, path.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    sys.exit(main())
