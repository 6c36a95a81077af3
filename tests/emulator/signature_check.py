"""Verification of SDK-HMAC-SHA256 signatures, written from the signing guide alone.

Source: API Request Signing Guide, "AK/SK signing and authentication".  A caller signs
the headers of its choice, but X-Sdk-Date must be among them, and the date may be off by
fifteen minutes at most.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, unquote

from tests.emulator.http_messages import Request

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
DATE_HEADER = "x-sdk-date"
DIGEST_HEADER = "x-sdk-content-sha256"
UNSIGNED = "UNSIGNED-PAYLOAD"
MAX_SKEW_SECONDS = 15 * 60

_FORM = re.compile(
    rf"{ALGORITHM} +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=(\w{{64}})"
)


@dataclass(frozen=True)
class Authorization:
    """The parts of an Authorization header."""

    access_key: str
    signed: tuple[str, ...]
    signature: str


def parse_authorization(header: str) -> Authorization | None:
    """Return the parts of an Authorization header, None if its form is another."""
    match = _FORM.fullmatch(header.strip())
    if match is None:
        return None
    access_key, names, signature = match.groups()
    return Authorization(access_key, tuple(names.split(";")), signature)


def is_valid(
    request: Request, authorization: Authorization, secret_key: str, now: float
) -> bool:
    """Tell whether the signature is the one that the secret key gives.

    ``now`` is in seconds since 1970.
    """
    complete = all(name in request.headers for name in authorization.signed)
    if not complete or DATE_HEADER not in authorization.signed:
        return False
    date = request.headers[DATE_HEADER].strip()
    expected = _signature(request, authorization.signed, date, secret_key)
    fresh = _is_fresh(date, now) and _digest_holds(request)
    return fresh and hmac.compare_digest(expected, authorization.signature)


def _is_fresh(date: str, now: float) -> bool:
    try:
        moment = datetime.strptime(date, DATE_FORMAT).replace(tzinfo=timezone.utc)
    except ValueError:
        return False
    return abs(moment.timestamp() - now) <= MAX_SKEW_SECONDS


def _digest_holds(request: Request) -> bool:
    """Tell whether the body's digest is the one that the caller sent, if any."""
    announced = request.headers.get(DIGEST_HEADER, UNSIGNED)
    actual = hashlib.sha256(request.body).hexdigest()
    return announced == UNSIGNED or announced.lower() == actual


def _signature(
    request: Request, signed: Sequence[str], date: str, secret_key: str
) -> str:
    digest = hashlib.sha256(canonical_request(request, signed)).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{digest}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical_request(request: Request, signed: Sequence[str]) -> bytes:
    """Return the six parts of the canonical request, separated by line feeds."""
    headers = "".join(f"{n}:{request.headers[n].strip()}\n" for n in signed)
    before = f"{request.method}\n{_uri(request.path)}\n{_query(request.query)}\n"
    after = f"\n{';'.join(signed)}\n{_payload_hash(request)}"
    # header bytes were read as latin-1: the same bytes must be hashed
    return before.encode() + headers.encode("latin-1") + after.encode()


def _uri(path: str) -> str:
    encoded = "/".join(quote(part, safe="~") for part in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in pairs)


def _payload_hash(request: Request) -> str:
    actual = hashlib.sha256(request.body).hexdigest()
    return request.headers.get(DIGEST_HEADER, actual) if request.body else actual
