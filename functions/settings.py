"""The settings: one table, read and checked once per invocation.

A setting is an environment variable; on FunctionGraph also the function's user data.
An empty one counts as not set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from functions import credentials
from functions import setting_kinds as kinds
from functions.errors import Misconfigured
from functions.secret import Secret

Variables = Callable[[str], str | None]
"""Returns what a name is set to, None where it is not."""


class Setting(NamedTuple):
    """One row of the table; `default` is a value as it would be read."""

    name: str
    read: Callable[[str], object]
    meaning: str
    default: object = None


TABLE = (
    Setting(
        "HUAWEICLOUD_REGION",
        kinds.region,
        "region of LTS, such as `cn-north-4`; gives the endpoint",
    ),
    Setting(
        "HUAWEICLOUD_LTS_ENDPOINT",
        kinds.endpoint,
        "address of LTS, in place of the region's",
    ),
    Setting(
        "HUAWEICLOUD_GA_ENDPOINT",
        kinds.endpoint,
        "address of Global Accelerator",
        "https://ga.myhuaweicloud.com",
    ),
    Setting(
        "HUAWEICLOUD_SDK_PROJECT_ID",
        kinds.text,
        "project of the log group, where the event names none",
    ),
    Setting(
        "HUAWEICLOUD_SDK_DOMAIN_ID",
        kinds.text,
        "account, told to GA in place of the project",
    ),
    Setting("HUAWEICLOUD_AUTH_TOKEN", kinds.header, "token of the project's scope"),
    Setting(
        "HUAWEICLOUD_GA_AUTH_TOKEN",
        kinds.header,
        "token of the domain's scope, for GA; the other one if not set",
    ),
    Setting("HUAWEICLOUD_SDK_AK", kinds.header, "access key; requests are signed"),
    Setting("HUAWEICLOUD_SDK_SK", kinds.header, "its secret key"),
    Setting(
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        kinds.header,
        "its security token, if the key is a temporary one",
    ),
    Setting("CLOUD_SDK_AK", kinds.header, "access key, as the API pages call it"),
    Setting("CLOUD_SDK_SK", kinds.header, "its secret key"),
    Setting("LOG_GROUP_ID", kinds.text, "log group of events that name none"),
    Setting(
        "LOG_STREAM_NAME",
        kinds.name_template,
        "log stream of events that name none; `{resource_id}` stands for the "
        "listener. `bootstrap` has `ga-{resource_id}` if it is not set",
    ),
    Setting("RETRY_ATTEMPTS", kinds.whole(1, 100), "attempts, the first included", 4),
    Setting(
        "RETRY_BASE_SECONDS",
        kinds.seconds(0.001, 60),
        "longest first pause; each further one may be twice as long",
        0.2,
    ),
    Setting(
        "RETRY_CAP_SECONDS", kinds.seconds(0.001, 300), "longest pause of all", 5.0
    ),
    Setting(
        "HTTP_TIMEOUT_SECONDS",
        kinds.seconds(0.05, 300),
        "longest time of one call, from its first byte to its last",
        10.0,
    ),
    Setting(
        "MAX_CONCURRENCY",
        kinds.whole(1, 64),
        "requests of one event that are worked on side by side",
        8,
    ),
    Setting("LOG_LEVEL", kinds.level, "least level that is logged", "INFO"),
)

_DOMAINS = {"eu-west-101": "myhuaweicloud.eu"}
"""Of the regions whose endpoints are not under myhuaweicloud.com."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set, checked; `endpoints` is by service, seconds are seconds."""

    endpoints: Mapping[str, str]
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
    log_level: str


def read(variables: Variables, services: frozenset[str]) -> Settings:
    """Read all settings for a function that calls these services.

    Raises: Misconfigured, which names every setting that is missing or wrong.
    """
    values, problems = _values(variables)
    credential, faults = credentials.choose(values)
    problems += faults
    lts: str = values["HUAWEICLOUD_LTS_ENDPOINT"] or _lts_endpoint(values)
    if "LTS" in services and not lts:
        problems.append("HUAWEICLOUD_REGION is not set")
    if problems or not credential:
        raise Misconfigured("; ".join(problems))
    return Settings(
        endpoints={"LTS": lts, "GA": values["HUAWEICLOUD_GA_ENDPOINT"]},
        credential=credential,
        secrets=tuple(each for each in values.values() if isinstance(each, Secret)),
        project_id=values["HUAWEICLOUD_SDK_PROJECT_ID"],
        domain_id=values["HUAWEICLOUD_SDK_DOMAIN_ID"],
        log_group_id=values["LOG_GROUP_ID"],
        log_stream_name=values["LOG_STREAM_NAME"],
        retry_attempts=values["RETRY_ATTEMPTS"],
        retry_base_seconds=values["RETRY_BASE_SECONDS"],
        retry_cap_seconds=values["RETRY_CAP_SECONDS"],
        http_timeout_seconds=values["HTTP_TIMEOUT_SECONDS"],
        max_concurrency=values["MAX_CONCURRENCY"],
        log_level=values["LOG_LEVEL"],
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
            values[setting.name] = None
            problems.append(f"{setting.name} {error}")
    return values, problems


def _lts_endpoint(values: Mapping[str, Any]) -> str:
    region = values["HUAWEICLOUD_REGION"]
    if not region:
        return ""
    return f"https://lts.{region}.{_DOMAINS.get(region, 'myhuaweicloud.com')}"
