"""Reads the settings in the table, and checks them at every invocation.

A setting is an environment variable, on FunctionGraph also an item of the function's
user data. One that is empty, or only white space, counts as not set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from functions.errors import Misconfigured
from functions.runtime import Variables, trimmed
from functions.secret import Secret
from functions.settings import credentials, endpoints
from functions.settings.table import TABLE


class Settings(NamedTuple):
    """The checked settings; `endpoints` are by service, durations in seconds."""

    endpoints: Mapping[str, str]
    region: str | None
    credential: credentials.Credential
    secrets: tuple[Secret, ...]
    project_id: str | None
    domain_id: str | None
    log_group_id: str | None
    log_group_name: str | None
    log_group_ttl_in_days: int | None
    log_stream_name: str | None
    log_streams_per_group: int
    retry_attempts: int
    retry_base_seconds: float
    retry_cap_seconds: float
    http_timeout_seconds: float
    http_response_seconds: float
    max_concurrency: int
    webhook_auth: str
    webhook_secrets: tuple[Secret, ...]
    log_level: str


class Parser:
    """Parses all settings, and keeps the values of the texts that it parsed last.

    Most invocations of a process have the same texts. A secret that is kept also keeps
    the forms in which it is masked. An agency's key is no setting, so it is not kept.
    """

    def __init__(self) -> None:
        self._last: tuple[list[str | None], dict[str, Any], list[str]] | None = None

    def parsed(self, variables: Variables) -> tuple[Mapping[str, Any], list[str]]:
        """Return the values by name, and what is wrong with any of them."""
        texts = [variables(setting.name) for setting in TABLE]
        last = self._last
        if not last or last[0] != texts:
            self._last = last = (texts, *_parsed(texts))
        return last[1], list(last[2])


def read(
    variables: Variables,
    services: frozenset[str],
    agency: Callable[[], Mapping[str, str] | None] = lambda: None,
    parser: Parser | None = None,
) -> Settings:
    """Read all settings, for a function that calls these services.

    `agency` returns the parts of its agency's key on FunctionGraph, None elsewhere; it
    is called only if no credential is set. `parser` may be one that was used before.

    Raises: Misconfigured, which names every setting that is missing or invalid.
    """
    values, problems = (parser or Parser()).parsed(variables)
    credential, faults = credentials.choose(values)
    if not credential and not faults:
        credential, faults = credentials.from_agency(agency())
    problems += faults
    addresses = endpoints.by_service(values)
    if "LTS" in services and not addresses["LTS"]:
        problems.append("HUAWEICLOUD_REGION is not set")
    if values["LOG_GROUP_ID"] and values["LOG_GROUP_NAME"]:
        problems.append("LOG_GROUP_ID and LOG_GROUP_NAME must not both be set")
    if problems or not credential:
        raise Misconfigured("; ".join(problems))
    return Settings(
        endpoints=addresses,
        credential=credential,
        secrets=_secrets(values, credential),
        **{row.field: values[row.name] for row in TABLE if row.field},
    )


def _parsed(texts: Iterable[str | None]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the table's settings by name, and the problems with them."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for setting, given in zip(TABLE, texts, strict=True):
        text = given if setting.is_verbatim else trimmed(given)
        try:
            values[setting.name] = setting.parse(text) if text else setting.default
        except ValueError as error:
            values[setting.name] = text  # set, although invalid
            problems.append(f"{setting.name} {error}")
    return values, problems


def _secrets(
    values: Mapping[str, Any], credential: credentials.Credential
) -> tuple[Secret, ...]:
    """Return all secrets in the settings, used or not, and in the credential."""
    known = (*values.values(), *values["WEBHOOK_SECRETS"], *credential)
    return tuple(each for each in known if isinstance(each, Secret))
