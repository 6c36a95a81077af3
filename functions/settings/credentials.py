"""Chooses the credential among those in the settings, in order of precedence.

A partly configured kind of credential is an error, even if another one is complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from functions.secret import Secret
from functions.settings import parsers


class Tokens(NamedTuple):
    """Tokens for X-Auth-Token: the project's for LTS, the domain's for GA."""

    project: Secret
    domain: Secret


class Keys(NamedTuple):
    """An access key with its secret key, and its security token if it is temporary."""

    access: Secret
    secret: Secret
    security_token: Secret | None = None


class User(NamedTuple):
    """An IAM user, for whom IAM issues tokens."""

    domain: str
    name: str
    password: Secret


Credential = Tokens | Keys | User


class Kind(NamedTuple):
    """A kind of credential: the settings it needs, optional ones, and its maker."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    make: Callable[..., Credential]


KINDS = (
    Kind(
        ("HUAWEICLOUD_AUTH_TOKEN",),
        ("HUAWEICLOUD_GA_AUTH_TOKEN",),
        lambda project, domain: Tokens(project, domain or project),
    ),
    Kind(
        ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN",),
        Keys,
    ),
    Kind(("CLOUD_SDK_AK", "CLOUD_SDK_SK"), (), Keys),
    Kind(
        ("HUAWEICLOUD_IAM_DOMAIN", "HUAWEICLOUD_IAM_USER", "HUAWEICLOUD_IAM_PASSWORD"),
        (),
        User,
    ),
)
"""All kinds, in order of precedence. If none is set, FunctionGraph's agency is used."""


def choose(values: Mapping[str, object]) -> tuple[Credential | None, list[str]]:
    """Return the first complete credential, and the problems with any kind.

    None without a problem means that no credential is set.
    """
    complete = [kind for kind in KINDS if all(map(values.get, kind.needed))]
    problems = [
        problem
        for kind in KINDS
        if kind not in complete and (problem := _missing_part(kind, values))
    ]
    if not complete:
        return None, problems
    first = complete[0]
    parts = [values.get(name) for name in (*first.needed, *first.optional)]
    return first.make(*parts), problems


def from_agency(parts: Mapping[str, str] | None) -> tuple[Keys | None, list[str]]:
    """Return the agency's temporary key, or why there is none.

    `parts` are by the fields of Keys, None outside FunctionGraph.
    """
    ways = ", or ".join(" and ".join(kind.needed) for kind in KINDS)
    if parts is None:
        return None, [f"no credential is set: set {ways}"]
    if not all(map(parts.get, Keys._fields)):
        none = "no credential is set and the function's agency supplies none"
        agency = "an agency that may use LTS and GA (it takes up to ten minutes)"
        return None, [f"{none}: give it {agency}, or set {ways}"]
    try:
        return Keys(*(parsers.header(parts[name]) for name in Keys._fields)), []
    except ValueError as error:
        return None, [f"the key of the function's agency {error}"]


def fingerprint(credential: Credential) -> str:
    """Return a hash that identifies a credential without revealing it."""
    texts = [each.reveal() if isinstance(each, Secret) else each for each in credential]
    texts.append(type(credential).__name__)
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def _missing_part(kind: Kind, values: Mapping[str, object]) -> str | None:
    """Return the problem with an incomplete kind, None if nothing of it is set."""
    names = (*kind.needed, *kind.optional)
    given = [name for name in names if values.get(name)]
    missing = [name for name in kind.needed if not values.get(name)]
    if not given:
        return None
    return f"{' and '.join(given)} set without {' and '.join(missing)}"
