"""Which credential the settings hold: the kinds, in order of precedence.

A kind of which only a part is set is an error; there is no falling through to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from functions.secret import Secret


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens for X-Auth-Token: the project's for LTS, the domain's for GA."""

    project: Secret
    domain: Secret


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key with its secret key, and its security token if temporary."""

    access: Secret
    secret: Secret
    security_token: Secret | None = None


Credential = Tokens | Keys


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
)
"""In order of precedence."""


def choose(values: Mapping[str, object]) -> tuple[Credential | None, list[str]]:
    """Return the first kind that is complete, and what is wrong with any kind."""
    complete = [kind for kind in KINDS if all(map(values.get, kind.needed))]
    problems = [
        problem
        for kind in KINDS
        if kind not in complete and (problem := _lacking(kind, values))
    ]
    if not complete:
        alternatives = ", or ".join(" and ".join(kind.needed) for kind in KINDS)
        return None, problems or [f"no credential is set: set {alternatives}"]
    first = complete[0]
    parts = [values.get(name) for name in (*first.needed, *first.optional)]
    return first.make(*parts), problems


def _lacking(kind: Kind, values: Mapping[str, object]) -> str | None:
    """Return what an incomplete kind lacks, None where nothing of it is set."""
    names = (*kind.needed, *kind.optional)
    given = [name for name in names if values.get(name)]
    missing = [name for name in kind.needed if not values.get(name)]
    if not given:
        return None
    return f"{' and '.join(given)} set without {' and '.join(missing)}"
