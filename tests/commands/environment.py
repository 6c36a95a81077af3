"""Make a virtual environment of locked requirements, unless it exists already.

If several commands need it at the same time, the first one makes it and the others
wait. It is made again if its requirements or its interpreter change. This module needs
only the standard library, and only syntax that older Python versions can parse, because
it reports which Python version is required.
"""

import fcntl
import subprocess
import sys
import time
import venv
from pathlib import Path

PIP = (
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--require-hashes",
    "--no-compile",  # takes longer than the rest; what is imported is compiled then
)


def main() -> int:
    """Make the environment in a folder from a file of requirements, for a purpose."""
    folder, requirements = map(Path, sys.argv[1:3])
    purpose = " ".join(sys.argv[3:])
    if sys.version_info < (3, 10):  # noqa: UP036 # any Python may run this
        found = sys.version.split()[0]
        sys.exit(
            f"Python 3.10 or later is required, but {sys.executable} is {found}; "
            "choose another: make PYTHON=/path/to/python3.10 ..."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _make(folder, requirements, purpose)


def _make(folder: Path, requirements: Path, purpose: str) -> int:
    ready = folder / "ready"
    content = f"{sys.version}\n{requirements.read_text('utf-8')}"
    if ready.exists() and ready.read_text("utf-8") == content:
        return 0
    began = time.monotonic()
    _print(f"installing {requirements} into {folder} {purpose}".rstrip() + " ...")
    venv.create(folder, clear=True, with_pip=True)
    status = _install(str(folder / "bin" / "python"), requirements)
    if status:
        return status
    ready.write_text(content, "utf-8")
    seconds = time.monotonic() - began
    _print(f"installed {requirements} in {seconds:.0f} s")
    return 0


def _install(python: str, requirements: Path) -> int:
    """Run pip, and return its status."""
    # imported here, because older Python versions cannot parse it
    from tests.commands import pip_settings  # noqa: PLC0415

    try:
        environment = pip_settings.environment(python)
    except pip_settings.UnreadableSettingsError as error:
        sys.exit(str(error))
    process = subprocess.Popen(  # noqa: S603 # pip, with arguments from the Makefile
        [python, "-m", "pip", "install", *PIP, "-r", requirements], env=environment
    )
    with process:
        return _wait(process)


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Return the status of pip, and count the seconds on a terminal until it ends."""
    began = time.monotonic()
    while True:
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if sys.stderr.isatty():
                _print(f"\r{time.monotonic() - began:.0f} s ", end="\r")


def _print(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
