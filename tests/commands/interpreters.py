"""The installed Python interpreters, on the path and in the folders of pyenv.

Run with a version such as 3.12, it prints the interpreter's path, and fails if there is
none. Run without, it prints every version from 3.10 on that is installed. It needs only
the standard library.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VERSIONS = [f"3.{minor}" for minor in range(10, 30)]


def find(version: str) -> str | None:
    """Return the path of a working interpreter of a version such as 3.12, if any."""
    return next((path for path in _candidates(version) if _is(path, version)), None)


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep)]
    # pyenv's shims work only for the versions that are selected in it
    roots = [each.parent for each in folders if each.name == "shims"]
    if root := os.environ.get("PYENV_ROOT"):
        roots.append(Path(root))
    for each in roots:
        folders += sorted(each.glob(f"versions/{version}*/bin"), reverse=True)
    for folder in folders:
        path = folder / f"python{version}"
        if path.exists():
            yield str(path)


def _is(path: str, version: str) -> bool:
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run(  # noqa: S603 # a fixed command
        [path, "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() == version


def main() -> int:
    """Print a path or the versions."""
    if versions := sys.argv[1:]:
        found = find(versions[0])
    else:
        found = " ".join(each for each in VERSIONS if find(each))
    if found:
        print(found)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
