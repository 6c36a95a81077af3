"""Make a virtual environment of locked requirements, unless it exists already.

Several commands may need one at the same moment: the first makes it, and the others
wait. It is made anew if its requirements or its interpreter change. Needs nothing but
the standard library.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
import venv
from pathlib import Path

PIP = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")


def main() -> int:
    """Make the environment in a folder from a file of requirements."""
    folder, requirements = map(Path, sys.argv[1:])
    if sys.version_info < (3, 10):  # noqa: UP036 # whoever runs this may have any
        sys.exit("Python 3.10 or later is needed: make PYTHON=/path/to/python3.10 ...")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _make(folder, requirements)


def _make(folder: Path, requirements: Path) -> int:
    ready = folder / "ready"
    content = f"{sys.version}\n{requirements.read_text('utf-8')}"
    if ready.exists() and ready.read_text("utf-8") == content:
        return 0
    began = time.monotonic()
    print(f"installing {requirements} into {folder} ...", file=sys.stderr, flush=True)
    venv.create(folder, clear=True, with_pip=True)
    done = subprocess.run(  # noqa: S603 # pip, with arguments from the Makefile
        [folder / "bin" / "python", "-m", "pip", "install", *PIP, "-r", requirements],
        check=False,
    )
    if done.returncode:
        return done.returncode
    ready.write_text(content, "utf-8")
    seconds = time.monotonic() - began
    print(f"installed {requirements} in {seconds:.0f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
