"""Parsers for the values of settings.

Each raises ValueError, whose text completes the sentence "<setting> ..." and never
quotes the value.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable

from functions.runtime import LOG_LEVELS, trimmed
from functions.secret import Secret

LISTENER_PLACEHOLDER = "{resource_id}"
"""Stands for the listener's ID in the name of a stream."""
WEBHOOK_PREFIX = "whsec_"
"""The prefix of a secret of Standard Webhooks; the rest is the key in base64."""
_ADDRESS = r"(https?)://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?/?"
_MAX_PORT = 65_535


def text(value: str) -> str:
    """Return printable text."""
    if not value.isprintable():
        raise ValueError("must not contain unprintable characters")
    return value


def region(value: str) -> str:
    """Return a region's ID."""
    if not re.fullmatch("[a-z]+(-[a-z0-9]+)+", value):
        raise ValueError("must be a region's ID, such as cn-north-4")
    return value


def identifier(value: str) -> str:
    """Return an ID that needs no escaping in a URL's path or in a header."""
    if not re.fullmatch("[A-Za-z0-9._~-]{1,128}", value) or value in {".", ".."}:
        raise ValueError("is not a valid ID")
    return value


def endpoint(value: str) -> str:
    """Return the address of a service: a scheme, a host, and perhaps a port.

    Plain http is for this machine only.
    """
    match = re.fullmatch(_ADDRESS, value)
    if not match:
        raise ValueError("must look like https://host or https://host:port")
    scheme, host, port = match.groups("")
    if int(port[1:] or 0) > _MAX_PORT:
        raise ValueError("does not have a valid port")
    if scheme == "http" and not _is_loopback(host.strip("[]")):
        raise ValueError("must use https://, except for a loopback address")
    return f"{scheme}://{host}{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def header(value: str) -> Secret:
    """Return a secret that is sent in a header, or that signs one."""
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise ValueError("contains a character that a header cannot carry")
    return Secret(value)


def secret(value: str) -> Secret:
    """Return a secret that is sent in a body, so it may contain any character."""
    if re.search("[\ud800-\udfff]", value):
        raise ValueError("is not valid UTF-8")
    return Secret(value)


def webhook_secrets(value: str) -> tuple[Secret, ...]:
    """Return secrets of Standard Webhooks, whose keys have at least 24 bytes."""
    found = [trimmed(each) for each in value.split()]
    for each in found:
        key = re.fullmatch(f"{WEBHOOK_PREFIX}([A-Za-z0-9+/]{{32,}}={{0,2}})", each)
        if not key or len(key[1]) % 4:
            raise ValueError(
                "must be one or more secrets separated by spaces, each "
                f"{WEBHOOK_PREFIX} followed by at least 24 bytes in base64"
            )
    return tuple(map(Secret, found))


def name_template(value: str) -> str:
    """Return a stream's name, which may contain LISTENER_PLACEHOLDER."""
    if re.search("[{}]", value.replace(LISTENER_PLACEHOLDER, "")):
        raise ValueError(f"must not have a placeholder except {LISTENER_PLACEHOLDER}")
    return text(value)


def label(value: str) -> str:
    """Return a log group's name, which follows the rules of a log stream's.

    Source: "Creating a Log Stream", Table 3, log_stream_name.
    """
    if not re.fullmatch("[A-Za-z0-9\u4e00-\u9fff._-]{1,64}", value):
        raise ValueError(
            "must be 1 to 64 English letters, Chinese characters, digits, hyphens, "
            "underscores and periods"
        )
    if value[0] in "._" or value[-1] == ".":
        raise ValueError(
            "must not begin with a period or an underscore, or end with a period"
        )
    return value


def level(value: str) -> str:
    """Return a log level in upper case."""
    return one_of(*LOG_LEVELS)(value.upper())


def one_of(*words: str) -> Callable[[str], str]:
    """Return a parser that accepts these words."""

    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return parse


def integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """Return a parser of integers in this range."""

    def parse(value: str) -> int:
        is_integer = re.fullmatch("[0-9]{1,9}", value)
        if not is_integer or not minimum <= int(value) <= maximum:
            raise ValueError(f"must be an integer from {minimum} to {maximum}")
        return int(value)

    return parse


def seconds(minimum: float, maximum: float) -> Callable[[str], float]:
    """Return a parser of seconds in this range."""

    def parse(value: str) -> float:
        is_number = re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value)
        number = float(value) if is_number else math.nan
        if not minimum <= number <= maximum:
            raise ValueError(f"must be a number of seconds from {minimum} to {maximum}")
        return number

    return parse
