"""Which credential the settings hold: the kinds, in order of precedence.

A kind of which only a part is set is an error; there is no falling through to the next.
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
    """An access key with its secret key, and its security token if temporary."""

    access: Secret
    secret: Secret
    security_token: Secret | None = None


class User(NamedTuple):
    """An IAM user, in whose name tokens are had."""

    domain: str
    name: str
    password: Secret


Credential = Tokens | Keys | User


AGENCY = ("getSecurityAccessKey", "getSecuritySecretKey", "getSecurityToken")
"""The methods of FunctionGraph's context that give an agency's temporary key."""


class Kind(NamedTuple):
    """A kind of credential: the settings it needs, those it may have, its maker."""

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
"""In order of precedence. Where nothing is set, FunctionGraph's agency comes last."""


def choose(values: Mapping[str, object]) -> tuple[Credential | None, list[str]]:
    """Return the first kind that is complete, and what is wrong with any kind.

    None without a problem is nothing set at all.
    """
    complete = [kind for kind in KINDS if all(map(values.get, kind.needed))]
    problems = [
        problem
        for kind in KINDS
        if kind not in complete and (problem := _lacking(kind, values))
    ]
    if not complete:
        return None, problems
    first = complete[0]
    parts = [values.get(name) for name in (*first.needed, *first.optional)]
    return first.make(*parts), problems


def of_agency(told: Mapping[str, str] | None) -> tuple[Keys | None, list[str]]:
    """Return the agency's temporary key, and what keeps it from being one.

    `told` is by the context's methods, None where there is no such context.
    """
    ways = ", or ".join(" and ".join(kind.needed) for kind in KINDS)
    if told is None:
        return None, [f"no credential is set: set {ways}"]
    if not all(map(told.get, AGENCY)):
        none = "no credential is set and the function's agency gives none"
        agency = "an agency that may use LTS and GA (it takes up to ten minutes)"
        return None, [f"{none}: give it {agency}, or set {ways}"]
    try:
        return Keys(*(parsers.header(told[name]) for name in AGENCY)), []
    except ValueError as error:
        return None, [f"the key of the function's agency {error}"]


def fingerprint(credential: Credential) -> str:
    """Return what tells credentials apart and gives none of them away."""
    texts = [each.reveal() if isinstance(each, Secret) else each for each in credential]
    texts.append(type(credential).__name__)
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def _lacking(kind: Kind, values: Mapping[str, object]) -> str | None:
    """Return what an incomplete kind lacks, None where nothing of it is set."""
    names = (*kind.needed, *kind.optional)
    given = [name for name in names if values.get(name)]
    missing = [name for name in kind.needed if not values.get(name)]
    if not given:
        return None
    return f"{' and '.join(given)} set without {' and '.join(missing)}"
