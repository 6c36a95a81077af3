"""HTTP requests and replies as plain data classes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Json: TypeAlias = Any  # a JSON value
Document = dict[str, Any]
JSON_TYPE = "application/json"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def parse_json(body: bytes) -> Json:
    """Return the JSON value in a body.

    Raises:
        ValueError: not UTF-8, not JSON (NaN included), or nested too deeply.

    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def json_bytes(value: object) -> bytes:
    """Return a JSON value as UTF-8; lone surrogates remain escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Request:
    """A complete request.

    ``path`` and ``query`` are as sent (percent-encoded), header names are lower-case,
    ``params`` are the decoded path parameters by their documented names.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    request_id: str
    params: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> dict[str, list[str]]:
        """Return the decoded query: every name with all its values, in order."""
        return parse_qs(self.query, keep_blank_values=True)

    def json(self) -> Json:
        """Return the JSON value of the body.

        Raises:
            ValueError: see :func:`parse_json`.

        """
        return parse_json(self.body)


@dataclass(frozen=True)
class Reply:
    """A reply without Content-Length, Date and so on, which are added on sending."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_code(self) -> str | None:
        """The ``error_code`` in the body, None if there is none."""
        try:
            document = parse_json(self.body)
        except ValueError:
            return None
        code = document.get("error_code") if isinstance(document, dict) else None
        return None if code is None else str(code)


def json_reply(
    status: int, value: object, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return a reply whose body is JSON."""
    kind = {"Content-Type": JSON_TYPE, **(headers or {})}
    return Reply(status, json_bytes(value), kind)


def merge_headers(
    defaults: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """Merge headers; given headers replace default ones, ignoring case."""
    names = {name.lower() for name in given}
    return {**{k: v for k, v in defaults.items() if k.lower() not in names}, **given}
