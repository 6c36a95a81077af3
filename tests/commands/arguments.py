"""Command-line arguments of the commands, with readable error messages."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

OWN, REAL = "emulator", "real"


def event(path: str) -> object:
    """Return the JSON document in a file.

    Raises: argparse.ArgumentTypeError.
    """
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{path} is not valid JSON: {error}"
        ) from error


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
        message = f"no emulator is running at {address}; start one with: make emulator"
        raise argparse.ArgumentTypeError(message) from error
    return address


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return an argument parser with the option `--cloud`."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument(
        "--cloud",
        default=OWN,
        type=cloud,
        help=f"{OWN}: start an emulator for this command; http://...: use a running "
        f"emulator (make emulator); {REAL}: use the settings in the environment",
    )
    return result
