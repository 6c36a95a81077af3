"""Virtual environments, created in the way the Makefile does."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands import interpreters, pip_settings

ROOT = Path(__file__).parents[2]
UNSUPPORTED = [f"3.{minor}" for minor in range(6, 10)]
CURRENT = "{}.{}".format(*sys.version_info)
OTHERS = [version for version in interpreters.VERSIONS if version != CURRENT]
UNRELATED = {
    "platform": "win_amd64",
    "dry-run": "1",
    "user": "1",
    "prefix": "elsewhere",
    "root": "elsewhere",
    "target": "elsewhere",
    "no-binary": ":all:",
    "quiet": "2",
}
"""Settings of pip that would change what is installed, or where."""


def _start(
    folder: Path, requirements: Path, python: str = sys.executable, **variables: str
) -> subprocess.Popen[str]:
    """Start to create an environment."""
    module, purpose = "tests.commands.environment", "to test the commands"
    arguments = ("-m", module, str(folder), str(requirements), purpose)
    return subprocess.Popen(  # noqa: S603 # a fixed command
        [python, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _create(
    folder: Path, requirements: Path, python: str = sys.executable, **variables: str
) -> tuple[int, str]:
    """Create an environment, and return the exit status and the error output."""
    with _start(folder, requirements, python, **variables) as process:
        _, output = process.communicate(timeout=120)
    return process.returncode, output


def _empty_requirements(folder: Path) -> Path:
    """Return a requirements file without requirements."""
    path = folder / "requirements.txt"
    path.write_text("# no requirements\n")
    return path


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Remove all environment variables of pip."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def _version(folder: Path) -> str:
    """Return the Python version of an environment."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(  # noqa: S603 # a fixed command
        [folder / "bin/python", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("version", UNSUPPORTED)
def test_an_unsupported_python_is_reported_in_one_line(
    version: str, tmp_path: Path
) -> None:
    """The message says what is required, what was found, and how to choose another."""
    if not (python := interpreters.find(version)):
        pytest.skip(f"python{version} is not installed")
    status, output = _create(tmp_path / "made", _empty_requirements(tmp_path), python)
    assert status == 1
    required = f"Python 3.10 or later is required, but {python} is {version}"
    assert output.startswith(required)
    assert output.endswith("; choose another: make PYTHON=/path/to/python3.10 ...\n")
    assert output.count("\n") == 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[str]]:
    """Create one environment twice concurrently.

    Return its folder, its requirements file, and the output of each attempt.
    """
    folder = tmp_path_factory.mktemp("environments")
    requirements = _empty_requirements(folder)
    with ExitStack() as stack:
        both = [
            stack.enter_context(_start(folder / "made", requirements)) for _ in range(2)
        ]
        outputs = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    return folder / "made", requirements, outputs


def test_concurrent_commands_create_an_environment_once(
    made: tuple[Path, Path, list[str]],
) -> None:
    """The first one creates it, and the second one and any later one use it."""
    folder, requirements, outputs = made
    waiting, creating = sorted(outputs, key=len)
    assert waiting == ""
    assert re.fullmatch(
        f"installing {requirements} into {folder} to test the commands ...\n"
        f"installed {requirements} in [0-9]+ s\n",
        creating,
    )
    assert _version(folder) == CURRENT
    assert _create(folder, requirements) == (0, "")


def test_another_interpreter_recreates_the_environment(
    made: tuple[Path, Path, list[str]],
) -> None:
    """Setting PYTHON has an effect even if the environment already exists."""
    others = ((version, interpreters.find(version)) for version in OTHERS)
    version, other = next((each for each in others if each[1]), ("", None))
    if other is None:
        pytest.skip(f"only Python {CURRENT} is installed")
    folder, requirements, _ = made
    assert _create(folder, requirements, other)[0] == 0
    assert _version(folder) == version


def _record_rows(files: dict[str, bytes]) -> Iterator[tuple[str, str, int]]:
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        yield name, f"sha256={digest.decode().rstrip('=')}", len(content)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Return the wheel of a package with one module."""
    files = {
        "ours.py": b"ANSWER = 42\n",
        "ours-1.0.dist-info/METADATA": b"Name: ours\nVersion: 1.0\n",
        "ours-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    record = io.StringIO()
    csv.writer(record).writerows(
        [*_record_rows(files), ("ours-1.0.dist-info/RECORD", "", "")]
    )
    path = tmp_path / "index" / "ours-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
        opened.writestr("ours-1.0.dist-info/RECORD", record.getvalue())
    return path


def _write_configuration(folder: Path, text: str) -> dict[str, str]:
    """Write a configuration file for pip, and return the variables that point to it."""
    path = folder / "pip" / "pip.conf"
    path.parent.mkdir()
    path.write_text(text)
    return {"XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}


def _variables(settings: dict[str, str]) -> dict[str, str]:
    return {f"PIP_{k.replace('-', '_').upper()}": v for k, v in settings.items()}


def _section(settings: dict[str, str], name: str = "global") -> str:
    return "\n".join([f"[{name}]", *(f"{k} = {v}" for k, v in settings.items()), ""])


@pytest.mark.usefixtures("without_pip")
def test_unrelated_pip_settings_are_ignored(wheel: Path, tmp_path: Path) -> None:
    """Settings in variables and files do not change what is installed, or where."""
    settings = {**UNRELATED, "find-links": str(wheel.parent), "no-index": "true"}
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"ours==1.0 --hash=sha256:{digest}\n")

    variables = {
        **_write_configuration(tmp_path, _section(settings)),
        **_variables(UNRELATED),
    }
    status, output = _create(tmp_path / "made", requirements, **variables)

    assert status == 0, output
    assert [each.parent.name for each in tmp_path.rglob("ours.py")] == ["site-packages"]
    assert not (ROOT / "elsewhere").exists()


INDEX = {
    "index-url": "https://me:hunter2@index.test/simple",
    "extra-index-url": "https://one.test/simple https://two.test/simple",
    "proxy": "http://me:hunter2@proxy.test:3128",
    "cert": "/etc/ours.pem",
    "client-cert": "/etc/me.pem",
    "trusted-host": "index.test",
}


@pytest.mark.parametrize("source", ["variables", "global", "install"])
def test_index_proxy_and_certificates_are_passed_to_pip_as_variables(
    source: str, tmp_path: Path, without_pip: pytest.MonkeyPatch
) -> None:
    """They can come from variables or files, and pip reads no file afterwards."""
    settings = {**UNRELATED, **INDEX}
    is_file = source != "variables"
    variables = (
        _write_configuration(tmp_path, _section(settings, source))
        if is_file
        else _variables(settings)
    )
    for name, text in variables.items():
        without_pip.setenv(name, text)

    found = pip_settings.environment(sys.executable)

    passed = {k: text for k, text in found.items() if k.startswith("PIP_")}
    assert (
        passed.items() >= {**_variables(INDEX), "PIP_CONFIG_FILE": os.devnull}.items()
    )
    assert not passed.keys() & _variables(UNRELATED).keys()
    assert found["PATH"] == os.environ["PATH"]


def test_a_variable_takes_precedence_over_a_file(
    tmp_path: Path, without_pip: pytest.MonkeyPatch
) -> None:
    """In a file, the section of the command takes precedence over the global one."""
    text = _section({"proxy": "a", "cert": "a", "index-url": "a"})
    text += _section({"proxy": "b", "cert": "b"}, "install")
    variables = {
        **_write_configuration(tmp_path, text),
        "PIP_PROXY": "c",
        "PIP_CERT": "",
    }
    for name, value in variables.items():
        without_pip.setenv(name, value)

    found = pip_settings.environment(sys.executable)

    assert [found[f"PIP_{k}"] for k in ("PROXY", "CERT", "INDEX_URL")] == [
        "c",
        "b",
        "a",
    ]


def test_an_invalid_configuration_is_not_quoted(
    tmp_path: Path, without_pip: pytest.MonkeyPatch
) -> None:
    """The error omits its content, since a URL in it may contain a password."""
    for name, text in _write_configuration(
        tmp_path, "index-url = //me:hunter2@index.test"
    ).items():
        without_pip.setenv(name, text)

    with pytest.raises(pip_settings.UnreadableSettingsError) as raised:
        pip_settings.environment(sys.executable)

    message = "pip cannot read its configuration; see: python3 -m pip config list"
    assert str(raised.value) == message
