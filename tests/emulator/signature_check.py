"""Verification of SDK-HMAC-SHA256 signatures, written from the signing guide alone.

Source: API Request Signing Guide, "AK/SK signing and authentication".  A caller
chooses which headers to sign, but X-Sdk-Date must be one of them, and its date must be
within fifteen minutes of the current time.
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
    """Return the parts of an Authorization header, None if it is malformed."""
    match = _FORM.fullmatch(header.strip())
    if match is None:
        return None
    access_key, names, signature = match.groups()
    return Authorization(access_key, tuple(names.split(";")), signature)


def is_valid(
    request: Request, authorization: Authorization, secret_key: str, now: float
) -> bool:
    """Return whether the signature is correct for the secret key.

    ``now`` is in seconds since 1970.
    """
    has_signed_headers = all(name in request.headers for name in authorization.signed)
    if not has_signed_headers or DATE_HEADER not in authorization.signed:
        return False
    date = request.headers[DATE_HEADER].strip()
    expected = _signature(request, authorization.signed, date, secret_key)
    is_current = _is_fresh(date, now) and _digest_matches(request)
    return is_current and hmac.compare_digest(expected, authorization.signature)


def _is_fresh(date: str, now: float) -> bool:
    try:
        moment = datetime.strptime(date, DATE_FORMAT).replace(tzinfo=timezone.utc)
    except ValueError:
        return False
    return abs(moment.timestamp() - now) <= MAX_SKEW_SECONDS


def _digest_matches(request: Request) -> bool:
    """Return whether the digest header, if sent, matches the body."""
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
    """Return the canonical request: six parts, separated by line feeds."""
    headers = "".join(f"{n}:{request.headers[n].strip()}\n" for n in signed)
    before = f"{request.method}\n{_uri(request.path)}\n{_query(request.query)}\n"
    after = f"\n{';'.join(signed)}\n{_payload_hash(request)}"
    # headers were decoded as latin-1, so this restores the original bytes
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
