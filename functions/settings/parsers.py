"""The kinds of values that settings have: each reader takes the text of one.

Raises: ValueError, whose text completes the sentence "<setting> ..." and never quotes
the value.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from functools import lru_cache

from functions.secret import Secret

LISTENER_PLACEHOLDER = "{resource_id}"
"""Where a stream's name takes the listener's id."""
WEBHOOK_PREFIX = "whsec_"
"""What a secret of Standard Webhooks begins with; the rest is the key, in base64."""
_ADDRESS = r"(https?)://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?/?"
_HIGHEST_PORT = 65_535
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def text(value: str) -> str:
    """Read a text that can be shown."""
    if not value.isprintable():
        raise ValueError("has a character that cannot be printed")
    return value


def region(value: str) -> str:
    """Read a region's id."""
    if not re.fullmatch("[a-z]+(-[a-z0-9]+)+", value):
        raise ValueError("is no region's id, such as cn-north-4")
    return value


def identifier(value: str) -> str:
    """Read an id: what a URL's path and a header both carry as it is."""
    if not re.fullmatch("[A-Za-z0-9._~-]{1,128}", value) or value in {".", ".."}:
        raise ValueError("is no id")
    return value


@lru_cache(maxsize=16)
def endpoint(value: str) -> str:
    """Read the address of a service: a scheme, a host, perhaps a port.

    Plain http goes to this machine alone.
    """
    match = re.fullmatch(_ADDRESS, value)
    if not match:
        raise ValueError("is no address of scheme, host and port, as in https://a.b")
    scheme, host, port = match.groups("")
    if int(port[1:] or 0) > _HIGHEST_PORT:
        raise ValueError("has a port that cannot be")
    if scheme == "http" and not _is_loopback(host.strip("[]")):
        raise ValueError("is http:// to another machine: use https://")
    return f"{scheme}://{host}{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def header(value: str) -> Secret:
    """Read a secret that travels in a header, or is the key of one."""
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise ValueError("has a character that a header cannot carry")
    return Secret(value)


def secret(value: str) -> Secret:
    """Read a secret that travels in a body, so that any whole character will do."""
    if re.search("[\ud800-\udfff]", value):
        raise ValueError("has a byte or half a character that UTF-8 does not know")
    return Secret(value)


def webhook_secrets(value: str) -> tuple[Secret, ...]:
    """Read secrets of Standard Webhooks, which has keys of 24 bytes at least."""
    found = value.split()
    for each in found:
        key = re.fullmatch(f"{WEBHOOK_PREFIX}([A-Za-z0-9+/]{{32,}}={{0,2}})", each)
        if not key or len(key[1]) % 4:
            raise ValueError(
                f"has a secret that is not {WEBHOOK_PREFIX} and 24 bytes or more in "
                "base64"
            )
    return tuple(map(Secret, found))


def name_template(value: str) -> str:
    """Read a stream's name, in which the listener's id may have its place."""
    if re.search("[{}]", value.replace(LISTENER_PLACEHOLDER, "")):
        raise ValueError(f"has another placeholder than {LISTENER_PLACEHOLDER}")
    return text(value)


def level(value: str) -> str:
    """Read how much is logged."""
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"is none of {', '.join(LOG_LEVELS)}")
    return value.upper()


def one_of(*words: str) -> Callable[[str], str]:
    """Return the reader of a choice between these words."""

    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"is none of {', '.join(words)}")
        return value

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return the reader of whole numbers in this range."""

    def read(value: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f"is no whole number from {least} to {most}")
        return int(value)

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return the reader of seconds in this range."""

    def read(value: str) -> float:
        is_number = re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value)
        number = float(value) if is_number else math.nan
        if not least <= number <= most:
            raise ValueError(f"is no number of seconds from {least} to {most}")
        return number

    return read
