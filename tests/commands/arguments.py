"""Command-line arguments of the commands, with one-line error messages."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from urllib.request import urlopen

OWN, REAL = "emulator", "real"
MAX_PORT = 65535


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors name the make target and the make variable.

    For example: `make serve: PORT must be an integer ...`. The message of an
    `ArgumentTypeError` is therefore what follows the name of the variable.
    """

    def __init__(self, target: str, description: str | None, variables: str) -> None:
        """Set the make target, and the variables for the usage line."""
        prog = f"make {target}"
        usage = f"{prog} {variables}".rstrip()
        super().__init__(prog, usage, description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Print the message in one line and exit with status 2."""
        message = re.sub(
            "^argument (?:--)?(\\w+):", lambda match: match[1].upper(), message
        )
        self.exit(2, f"{self.prog}: {message}\n")


def parser(target: str, description: str | None, variables: str) -> Parser:
    """Return an argument parser with the option `--cloud`."""
    result = Parser(target, description, f"{variables} [CLOUD={OWN}]".lstrip())
    result.add_argument(
        "--cloud",
        default=OWN,
        type=cloud,
        help=f"{OWN}: start an emulator for this command; http://...: use a running "
        f"emulator (make emulator); {REAL}: use the settings in the environment",
    )
    return result


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return an argument type that accepts only these names."""
    valid = tuple(names)

    def check(text: str) -> str:
        if text not in valid:
            message = f"must be one of {', '.join(valid)}, not {text!r}"
            raise argparse.ArgumentTypeError(message)
        return text

    return check


def port(text: str) -> int:
    """Return the port number in a text.

    Raises: argparse.ArgumentTypeError.
    """
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(
            f"must be an integer from 0 (any free port) to {MAX_PORT}, not {text!r}"
        )
    return int(text)


def event(path: str) -> object:
    """Return the JSON document in a file; a leading `~` is the home directory.

    Raises: argparse.ArgumentTypeError.
    """
    try:
        return json.loads(Path(path).expanduser().read_text("utf-8-sig"))
    except OSError as error:
        message = f"must be a JSON file; {path}: {error.strerror}"
        raise argparse.ArgumentTypeError(message) from error
    except (ValueError, RecursionError, RuntimeError) as error:
        message = f"must be a JSON file; {path}: {error}"
        raise argparse.ArgumentTypeError(message) from error


def cloud(text: str) -> str:
    """Return the cloud to call, after checking that an emulator address responds.

    Raises: argparse.ArgumentTypeError.
    """
    if text in {OWN, REAL}:
        return text
    if urlsplit(text).scheme != "http":
        message = f"must be {OWN}, {REAL}, or an address such as http://127.0.0.1:8080"
        raise argparse.ArgumentTypeError(message)
    address = text.rstrip("/")
    try:
        urlopen(f"{address}/_emulator/state").close()  # noqa: S310 # http, see above
    except (OSError, ValueError) as error:
        message = (
            f"must be the address of a running emulator, and none is running at "
            f"{address}; start one with: make emulator"
        )
        raise argparse.ArgumentTypeError(message) from error
    return address
