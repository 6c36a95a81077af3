"""The settings: one table, read and checked once per invocation.

A setting is an environment variable; on FunctionGraph also the function's user data.
An empty one counts as not set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from functions.errors import Misconfigured
from functions.secret import Secret
from functions.settings import credentials, endpoints
from functions.settings.table import TABLE

Variables = Callable[[str], str | None]
"""Returns what a name is set to, None where it is not."""


class Settings(NamedTuple):
    """What was set, checked; `endpoints` is by service, seconds are seconds."""

    endpoints: Mapping[str, str]
    region: str | None
    credential: credentials.Credential
    secrets: tuple[Secret, ...]
    project_id: str | None
    domain_id: str | None
    log_group_id: str | None
    log_stream_name: str | None
    retry_attempts: int
    retry_base_seconds: float
    retry_cap_seconds: float
    http_timeout_seconds: float
    max_concurrency: int
    webhook_auth: str
    webhook_secrets: tuple[Secret, ...]
    log_level: str


def read(
    variables: Variables,
    services: frozenset[str],
    agency: Callable[[], Mapping[str, str] | None] = lambda: None,
) -> Settings:
    """Read all settings for a function that calls these services.

    `agency` tells what FunctionGraph's context gives for one, None elsewhere; it is
    asked only where no credential is set.

    Raises: Misconfigured, which names every setting that is missing or wrong.
    """
    values, problems = _values(variables)
    credential, faults = credentials.choose(values)
    if not credential and not faults:
        credential, faults = credentials.of_agency(agency())
    problems += faults
    addresses = endpoints.of(values)
    if "LTS" in services and not addresses["LTS"]:
        problems.append("HUAWEICLOUD_REGION is not set")
    if problems or not credential:
        raise Misconfigured("; ".join(problems))
    return Settings(
        endpoints=addresses,
        credential=credential,
        secrets=_secrets(values, credential),
        **{row.field: values[row.name] for row in TABLE if row.field},
    )


def _values(variables: Variables) -> tuple[dict[str, Any], list[str]]:
    """Return what each row of the table is, and what is wrong with which."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for setting in TABLE:
        text = variables(setting.name)
        try:
            values[setting.name] = setting.read(text) if text else setting.default
        except ValueError as error:
            values[setting.name] = text  # set, though wrong
            problems.append(f"{setting.name} {error}")
    return values, problems


def _secrets(
    values: Mapping[str, Any], credential: credentials.Credential
) -> tuple[Secret, ...]:
    """Return every secret that is set, used or not, and those of the credential."""
    known = (*values.values(), *values["WEBHOOK_SECRETS"], *credential)
    return tuple(each for each in known if isinstance(each, Secret))
