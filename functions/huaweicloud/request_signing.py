"""Signs requests with SDK-HMAC-SHA256, as the vendor's signing guide specifies.

Source: *API Request Signing Guide*, "AK/SK Signing and Authentication Algorithm". The
request must be sent exactly as it was signed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

from functions.transport.calls import encoded_query

ALGORITHM = "SDK-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_SIGNABLE_TYPES = ("application/json", "application/bson")


class Request(NamedTuple):
    """A request to sign; `path` is percent-encoded, `query` has pairs in any order."""

    method: str
    host: str
    path: str
    query: Iterable[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


def timestamp(moment: datetime) -> str:
    """Return a time in UTC in the format of X-Sdk-Date."""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def sign(request: Request, access: str, secret: str, date: str) -> dict[str, str]:
    """Return the headers of the signed request.

    `date` is X-Sdk-Date. Every header whose name has no underscore is signed.
    """
    headers = dict(request.headers) | {"X-Sdk-Date": date, "Host": request.host}
    if not _content_type(headers).startswith(_SIGNABLE_TYPES):
        headers["X-Sdk-Content-Sha256"] = _UNSIGNED
    signed = {
        name.lower(): value.strip()
        for name, value in headers.items()
        if "_" not in name
    }
    names = ";".join(sorted(signed))
    canonical = _canonical_request(request, signed, names)
    to_sign = f"{ALGORITHM}\n{date}\n{_sha256(canonical.encode())}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"{ALGORITHM} Access={access}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _canonical_request(request: Request, signed: Mapping[str, str], names: str) -> str:
    lines = [
        request.method,
        _canonical_path(request.path),
        encoded_query(request.query),
        *(f"{name}:{signed[name]}" for name in sorted(signed)),
        "",  # an empty line ends the headers
        names,
        _payload_hash(request.body, signed),
    ]
    return "\n".join(lines)


def _canonical_path(path: str) -> str:
    segments = unquote(path).split("/")
    encoded = "/".join(quote(each, safe="~") for each in segments)
    return encoded if encoded.endswith("/") else encoded + "/"


def _payload_hash(body: bytes, signed: Mapping[str, str]) -> str:
    declared = signed.get("x-sdk-content-sha256") if body else None
    return declared or _sha256(body)


def _content_type(headers: Mapping[str, str]) -> str:
    found = (value for name, value in headers.items() if name.lower() == "content-type")
    return next(found, _SIGNABLE_TYPES[0])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
