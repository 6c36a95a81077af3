"""The kinds of values that settings have: each reader takes the text of one.

Raises: ValueError, whose text completes the sentence "<setting> ..." and never quotes
the value.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from functions.secret import Secret

LISTENER_PLACEHOLDER = "{resource_id}"
"""Where a stream's name takes the listener's id."""
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


def endpoint(value: str) -> str:
    """Read the address of a service: a scheme, a host, perhaps a port.

    Plain http goes to this machine alone.
    """
    parts = urlsplit(value)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("is no address, such as https://lts.cn-north-4.example")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in value:
        raise ValueError("has more than a scheme, a host and a port")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("is http:// to another machine: use https://")
    _ = parts.port  # a port that is none says so
    return f"{parts.scheme}://{parts.netloc}"


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
    """Read a secret that travels in a body, so that any character will do."""
    return Secret(value)


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
        number = float(value) if re.fullmatch("[0-9.]{1,9}", value) else math.nan
        if not least <= number <= most:
            raise ValueError(f"is no number of seconds from {least} to {most}")
        return number

    return read
