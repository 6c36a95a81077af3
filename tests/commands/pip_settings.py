"""The settings that are passed to pip: index, proxy, certificates and timeouts only.

Any other setting, such as a platform, a prefix or a dry run, could change what is
installed, or where. Settings come from variables and from pip's configuration files;
they are passed as variables, because every user of the machine can read a command line,
and an index URL may contain a password. `--isolated` is not enough, because pip still
reads the configuration files of the machine.

Source: pip's documentation, "Configuration".
"""

from __future__ import annotations

import ast
import os
import re
import subprocess

PASSED_ON = frozenset(
    {
        *("index-url", "extra-index-url", "find-links", "no-index"),
        *("proxy", "keyring-provider", "timeout", "default-timeout", "retries"),
        *("cert", "client-cert", "trusted-host"),
    }
)
SECTIONS = ("global", "install", ":env:")
"""The sections with settings of `pip install`; later ones override earlier ones."""


class UnreadableSettingsError(Exception):
    """pip cannot read its configuration; its own message might contain a password."""

    def __str__(self) -> str:
        """Return a message that names the command that shows the reason."""
        return "pip cannot read its configuration; see: python3 -m pip config list"


def environment(python: str) -> dict[str, str]:
    """Return the environment variables for running the pip of an interpreter.

    Raises: UnreadableSettingsError.
    """
    passed = {_variable(name): text for name, text in _settings(python).items()}
    # os.devnull: pip then reads no configuration file at all
    return {**_without_pip(), **passed, "PIP_CONFIG_FILE": os.devnull}


def _settings(python: str) -> dict[str, str]:
    """Return the settings to pass on, by their names in pip."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in _listed(python).splitlines():
        match = re.match("([a-z:]+)\\.([a-z-]+)=(.+)", line)
        if match and match[1] in SECTIONS and match[2] in PASSED_ON:
            found[match[1]][match[2]] = ast.literal_eval(match[3])
    return {
        name: text for each in found.values() for name, text in each.items() if text
    }


def _listed(python: str) -> str:
    """Return the output of `pip config list`."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if name == "PIP_CONFIG_FILE" or _name(name) in PASSED_ON
    }
    done = subprocess.run(  # noqa: S603 # a fixed command
        # verbose, since a configuration file may make pip quiet
        [python, "-m", "pip", "config", "list", "-vvv"],
        env={**_without_pip(), **kept},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnreadableSettingsError
    return done.stdout


def _without_pip() -> dict[str, str]:
    return {k: text for k, text in os.environ.items() if not k.startswith("PIP_")}


def _variable(name: str) -> str:
    return f"PIP_{name.replace('-', '_').upper()}"


def _name(variable: str) -> str:
    return variable.removeprefix("PIP_").replace("_", "-").lower()
