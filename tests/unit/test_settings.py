"""Settings are read with one table, and all problems are reported together."""

from __future__ import annotations

import re

import pytest

from functions.errors import Misconfigured
from functions.secret import Secret
from functions.settings import Settings, read
from functions.settings.credentials import Keys
from functions.settings.endpoints import IAM_GLOBAL
from functions.settings.table import TABLE

LTS, GA, BOTH = frozenset({"LTS"}), frozenset({"GA"}), frozenset({"LTS", "GA"})
MINIMAL = {
    "HUAWEICLOUD_REGION": "cn-north-4",
    "HUAWEICLOUD_SDK_AK": "the-access-key",
    "HUAWEICLOUD_SDK_SK": "the-secret-key",
}
ASIA = {"HUAWEICLOUD_REGION": "ap-southeast-3"}
EUROPE = {"HUAWEICLOUD_REGION": "eu-west-101"}
WEBHOOK, SECOND_WEBHOOK = "whsec_" + "hook" * 8, "whsec_" + "HOOK" * 8
VALID: dict[str, tuple[str, str, object]] = {
    "HUAWEICLOUD_REGION": ("eu-west-101", "region", "eu-west-101"),
    "HUAWEICLOUD_SDK_PROJECT_ID": ("p", "project_id", "p"),
    "HUAWEICLOUD_SDK_DOMAIN_ID": ("d", "domain_id", "d"),
    "LOG_GROUP_ID": ("g", "log_group_id", "g"),
    "LOG_GROUP_NAME": ("日志-g", "log_group_name", "日志-g"),
    "LOG_GROUP_TTL_IN_DAYS": ("365", "log_group_ttl_in_days", 365),
    "LOG_STREAM_NAME": ("ga-{resource_id}", "log_stream_name", "ga-{resource_id}"),
    "LOG_STREAMS_PER_GROUP": ("200", "log_streams_per_group", 200),
    "RETRY_ATTEMPTS": ("7", "retry_attempts", 7),
    "RETRY_BASE_SECONDS": ("0.5", "retry_base_seconds", 0.5),
    "RETRY_CAP_SECONDS": ("9", "retry_cap_seconds", 9.0),
    "HTTP_TIMEOUT_SECONDS": ("3.5", "http_timeout_seconds", 3.5),
    "HTTP_RESPONSE_SECONDS": ("28", "http_response_seconds", 28.0),
    "MAX_CONCURRENCY": ("2", "max_concurrency", 2),
    "WEBHOOK_AUTH": ("platform", "webhook_auth", "platform"),
    "WEBHOOK_SECRETS": (
        f" {WEBHOOK}  {SECOND_WEBHOOK}\n",
        "webhook_secrets",
        (Secret(WEBHOOK), Secret(SECOND_WEBHOOK)),
    ),
    "LOG_LEVEL": ("debug", "log_level", "DEBUG"),
}
INVALID = {
    "HUAWEICLOUD_REGION": "No Region",
    "HUAWEICLOUD_LTS_ENDPOINT": "http://lts.example",
    "HUAWEICLOUD_GA_ENDPOINT": "ga.example",
    "HUAWEICLOUD_SDK_PROJECT_ID": "p p",
    "HUAWEICLOUD_SDK_DOMAIN_ID": "d\ud7ff",
    "HUAWEICLOUD_AUTH_TOKEN": "to\nken",
    "HUAWEICLOUD_GA_AUTH_TOKEN": "töken",
    "HUAWEICLOUD_SDK_AK": "acc\ness",
    "HUAWEICLOUD_SDK_SK": "sec\u00a0ret",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "séc",
    "CLOUD_SDK_AK": "acc\tess",
    "CLOUD_SDK_SK": "secr\u00e9t",
    "HUAWEICLOUD_IAM_ENDPOINT": "http://iam.example",
    "HUAWEICLOUD_IAM_DOMAIN": "d\nd",
    "HUAWEICLOUD_IAM_USER": "u\u200bu",
    "HUAWEICLOUD_SECRET_ARN": "arn\narn",
    "LOG_GROUP_ID": "g\ng",
    "LOG_GROUP_NAME": "_group",
    "LOG_GROUP_TTL_IN_DAYS": "366",
    "LOG_STREAM_NAME": "{name}",
    "LOG_STREAMS_PER_GROUP": "0",
    "RETRY_ATTEMPTS": "0",
    "RETRY_BASE_SECONDS": "61",
    "RETRY_CAP_SECONDS": "301",
    "HTTP_TIMEOUT_SECONDS": "0",
    "HTTP_RESPONSE_SECONDS": "0.9",
    "MAX_CONCURRENCY": "65",
    "WEBHOOK_AUTH": "none",
    "WEBHOOK_SECRETS": "whsec_too+short",
    "LOG_LEVEL": "LOUD",
}


def settings(**variables: str) -> Settings:
    """Return the settings read from these variables and the required ones."""
    return read({**MINIMAL, **variables}.get, BOTH)


def error_detail(variables: dict[str, str], services: frozenset[str] = BOTH) -> str:
    """Return the error detail for variables that are invalid."""
    with pytest.raises(Misconfigured) as raised:
        read(variables.get, services)
    return raised.value.detail


def test_required_settings_alone_give_all_defaults() -> None:
    """Only a region and a credential are required."""
    assert settings() == Settings(
        endpoints={
            "LTS": "https://lts.cn-north-4.myhuaweicloud.com",
            "GA": "https://ga.myhuaweicloud.com",
            "IAM": "https://iam.cn-north-4.myhuaweicloud.com",
            IAM_GLOBAL: "https://iam.myhuaweicloud.com",
        },
        credential=Keys(Secret("the-access-key"), Secret("the-secret-key")),
        secrets=settings().secrets,
        region="cn-north-4",
        project_id=None,
        domain_id=None,
        log_group_id=None,
        log_group_name=None,
        log_group_ttl_in_days=None,
        log_stream_name=None,
        log_streams_per_group=100,
        retry_attempts=4,
        retry_base_seconds=0.2,
        retry_cap_seconds=5.0,
        http_timeout_seconds=10.0,
        http_response_seconds=25.0,
        max_concurrency=8,
        webhook_auth="signature",
        webhook_secrets=(),
        log_level="INFO",
    )


@pytest.mark.parametrize("name", VALID)
def test_a_setting_is_parsed_into_its_field(name: str) -> None:
    """The field has the type that the code uses."""
    text, field, expected = VALID[name]

    assert getattr(settings(**{name: text}), field) == expected


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_setting_is_named_but_not_quoted(name: str) -> None:
    """The sentence begins with the setting's name and does not contain its value."""
    detail = error_detail({**MINIMAL, name: INVALID[name]})

    assert re.search(rf"(^|; ){name} (is|must|does|contains) ", detail)
    assert INVALID[name].strip() not in re.split("[ ,;]", detail)


def test_every_row_of_the_table_is_tested() -> None:
    """Each row has an invalid value in these tests, and each field a valid one."""
    assert {row.name for row in TABLE} == {*INVALID, "HUAWEICLOUD_IAM_PASSWORD"}
    assert {row.name for row in TABLE if row.field} == set(VALID)


def test_every_row_has_a_meaning() -> None:
    """The README's table of settings is generated from it."""
    assert all(row.meaning for row in TABLE)


@pytest.mark.parametrize("name", INVALID)
def test_an_empty_setting_counts_as_not_set(name: str) -> None:
    """An empty value has the same result as a missing setting."""
    others = {key: text for key, text in MINIMAL.items() if key != name}

    def outcome(variables: dict[str, str]) -> object:
        try:
            return read(variables.get, BOTH)
        except Misconfigured as error:
            return error.detail

    assert outcome({**others, name: ""}) == outcome(others)


@pytest.mark.parametrize(
    ("variables", "service", "endpoint"),
    [
        (ASIA, "LTS", "https://lts.ap-southeast-3.myhuaweicloud.com"),
        (EUROPE, "LTS", "https://lts.eu-west-101.myhuaweicloud.eu"),
        (EUROPE, "GA", "https://ga.myhuaweicloud.com"),
        (EUROPE, "IAM", "https://iam.eu-west-101.myhuaweicloud.eu"),
        ({"HUAWEICLOUD_LTS_ENDPOINT": "https://lts.eu"}, "LTS", "https://lts.eu"),
        ({"HUAWEICLOUD_GA_ENDPOINT": "https://ga.eu"}, "GA", "https://ga.eu"),
        ({"HUAWEICLOUD_IAM_ENDPOINT": "https://iam.eu"}, "IAM", "https://iam.eu"),
        ({"HUAWEICLOUD_IAM_ENDPOINT": "https://iam.eu"}, IAM_GLOBAL, "https://iam.eu"),
    ],
)
def test_an_endpoint_is_regional_or_configured(
    variables: dict[str, str], service: str, endpoint: str
) -> None:
    """GA has one address for all regions; one European region has its own domain."""
    assert settings(**variables).endpoints[service] == endpoint


def test_lts_needs_a_region_or_an_endpoint() -> None:
    """A function that calls only GA needs neither."""
    keys = {name: text for name, text in MINIMAL.items() if "REGION" not in name}

    assert error_detail(keys, LTS) == "HUAWEICLOUD_REGION is not set"
    assert read(keys.get, GA).endpoints["GA"] == "https://ga.myhuaweicloud.com"
    configured = {**keys, "HUAWEICLOUD_LTS_ENDPOINT": "https://a.b"}
    assert read(configured.get, LTS).endpoints["LTS"] == "https://a.b"


def test_a_log_group_is_set_by_its_id_or_by_its_name() -> None:
    """Two log groups are ambiguous; a retention is allowed with either."""
    ttl = {"LOG_GROUP_TTL_IN_DAYS": "7"}
    both = {**MINIMAL, **ttl, "LOG_GROUP_ID": "g", "LOG_GROUP_NAME": "n"}

    assert error_detail(both) == "LOG_GROUP_ID and LOG_GROUP_NAME must not both be set"
    assert settings(LOG_GROUP_ID="g", **ttl).log_group_id == "g"
    assert settings(LOG_GROUP_NAME="n", **ttl).log_group_name == "n"


def test_all_problems_are_reported_together() -> None:
    """The user can correct all settings in one pass."""
    detail = error_detail(
        {"RETRY_ATTEMPTS": "no", "CLOUD_SDK_AK": "x", "LOG_LEVEL": "?"}
    )

    assert detail.split("; ") == [
        "RETRY_ATTEMPTS must be an integer from 1 to 100",
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR",
        "CLOUD_SDK_AK set without CLOUD_SDK_SK",
        "HUAWEICLOUD_REGION is not set",
    ]


@pytest.mark.parametrize("name", ["HUAWEICLOUD_REGION", "HUAWEICLOUD_SDK_AK"])
def test_an_invalid_setting_is_not_reported_as_missing(name: str) -> None:
    """One mistake causes one problem, which names the setting to be corrected."""
    detail = error_detail({**MINIMAL, name: INVALID[name]})

    assert len(detail.split("; ")) == 1


def test_secrets_are_masked_in_the_settings() -> None:
    """All secrets are collected for masking, and `repr` shows none of them."""
    found = settings(
        HUAWEICLOUD_AUTH_TOKEN="the-token",
        HUAWEICLOUD_GA_AUTH_TOKEN="the-other-token",
        HUAWEICLOUD_SDK_SECURITY_TOKEN="the-security-token",
        WEBHOOK_SECRETS=f"{WEBHOOK} {SECOND_WEBHOOK}",
    )

    assert {secret.reveal() for secret in found.secrets} == {
        "the-access-key",
        "the-secret-key",
        "the-token",
        "the-other-token",
        "the-security-token",
        WEBHOOK,
        SECOND_WEBHOOK,
    }
    assert "the-" not in repr(found)
    assert "whsec_" not in repr(found)


def test_the_agency_is_used_if_no_credential_is_set() -> None:
    """Its keys and token are secrets like any other."""
    agency = dict(
        zip(Keys._fields, ("agency-key", "agency-secret", "agency-st"), strict=True)
    )
    region = {"HUAWEICLOUD_REGION": "cn-north-4"}

    found = read(region.get, BOTH, lambda: agency)

    keys = Keys(Secret("agency-key"), Secret("agency-secret"), Secret("agency-st"))
    assert found.credential == keys
    assert {each.reveal() for each in found.secrets} == set(agency.values())
    assert read(MINIMAL.get, BOTH, lambda: agency).credential != keys


@pytest.mark.parametrize(
    ("agency", "message"),
    [
        (None, "no credential is set: set HUAWEICLOUD_AUTH_TOKEN, or "),
        ({}, "no credential is set and the function's agency supplies none: "),
    ],
)
def test_without_a_credential_all_options_are_listed(
    agency: dict[str, str] | None, message: str
) -> None:
    """On FunctionGraph, the agency is the first option."""
    with pytest.raises(Misconfigured) as raised:
        read({"HUAWEICLOUD_REGION": "cn-north-4"}.get, BOTH, lambda: agency)

    assert raised.value.detail.startswith(message)
    assert "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK" in raised.value.detail


def test_an_incomplete_key_is_not_replaced_by_the_agencys_key() -> None:
    """An incomplete credential is an error, even if there is another one."""
    agency = dict.fromkeys(Keys._fields, "x")
    variables = {"HUAWEICLOUD_REGION": "cn-north-4", "HUAWEICLOUD_SDK_AK": "a"}

    with pytest.raises(Misconfigured, match="HUAWEICLOUD_SDK_AK set without"):
        read(variables.get, BOTH, lambda: agency)
