"""What the commands take, read so that a slip gets a sentence and no traceback."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

OWN, REAL = "emulator", "real"


def event(path: str) -> object:
    """Read a file of JSON.

    Raises: argparse.ArgumentTypeError.
    """
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{path} is no JSON: {error}") from error


def cloud(text: str) -> str:
    """Read what cloud to call: an emulator's address is one that answers.

    Raises: argparse.ArgumentTypeError.
    """
    if text in {OWN, REAL}:
        return text
    if urlsplit(text).scheme != "http":
        words = f"say {OWN}, {REAL}, or an emulator's address as in http://127.0.0.1:80"
        raise argparse.ArgumentTypeError(words)
    address = text.rstrip("/")
    try:
        urlopen(f"{address}/_emulator/state").close()  # noqa: S310 # http, see above
    except (OSError, ValueError) as error:
        words = f"no emulator answers at {address}; start one with: make emulator"
        raise argparse.ArgumentTypeError(words) from error
    return address


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that has `--cloud` already."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--cloud",
        default=OWN,
        type=cloud,
        help=f"{OWN}: one that lives as long as the command; an address: one that runs "
        f"already (make emulator); {REAL}: what the environment's settings say",
    )
    return made
