"""The settings are read by one table, and everything wrong with them told at once."""

from __future__ import annotations

import re

import pytest

from functions.errors import Misconfigured
from functions.secret import Secret
from functions.settings import Settings, read
from functions.settings.credentials import AGENCY, Keys
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
WEBHOOK, OTHER_WEBHOOK = "whsec_" + "hook" * 8, "whsec_" + "HOOK" * 8
GOOD: dict[str, tuple[str, str, object]] = {
    "HUAWEICLOUD_REGION": ("eu-west-101", "region", "eu-west-101"),
    "HUAWEICLOUD_SDK_PROJECT_ID": ("p", "project_id", "p"),
    "HUAWEICLOUD_SDK_DOMAIN_ID": ("d", "domain_id", "d"),
    "LOG_GROUP_ID": ("g", "log_group_id", "g"),
    "LOG_STREAM_NAME": ("ga-{resource_id}", "log_stream_name", "ga-{resource_id}"),
    "RETRY_ATTEMPTS": ("7", "retry_attempts", 7),
    "RETRY_BASE_SECONDS": ("0.5", "retry_base_seconds", 0.5),
    "RETRY_CAP_SECONDS": ("9", "retry_cap_seconds", 9.0),
    "HTTP_TIMEOUT_SECONDS": ("3.5", "http_timeout_seconds", 3.5),
    "MAX_CONCURRENCY": ("2", "max_concurrency", 2),
    "WEBHOOK_AUTH": ("platform", "webhook_auth", "platform"),
    "WEBHOOK_SECRETS": (
        f" {WEBHOOK}  {OTHER_WEBHOOK}\n",
        "webhook_secrets",
        (Secret(WEBHOOK), Secret(OTHER_WEBHOOK)),
    ),
    "LOG_LEVEL": ("debug", "log_level", "DEBUG"),
}
BAD = {
    "HUAWEICLOUD_REGION": "No Region",
    "HUAWEICLOUD_LTS_ENDPOINT": "http://lts.example",
    "HUAWEICLOUD_GA_ENDPOINT": "ga.example",
    "HUAWEICLOUD_SDK_PROJECT_ID": "p\n",
    "HUAWEICLOUD_SDK_DOMAIN_ID": "d\n",
    "HUAWEICLOUD_AUTH_TOKEN": "to\nken",
    "HUAWEICLOUD_GA_AUTH_TOKEN": "töken",
    "HUAWEICLOUD_SDK_AK": "access\n",
    "HUAWEICLOUD_SDK_SK": " secret",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "séc",
    "CLOUD_SDK_AK": "access\t",
    "CLOUD_SDK_SK": "secret ",
    "HUAWEICLOUD_IAM_ENDPOINT": "http://iam.example",
    "HUAWEICLOUD_IAM_DOMAIN": "d\n",
    "HUAWEICLOUD_IAM_USER": "u\n",
    "HUAWEICLOUD_SECRET_ARN": "arn\n",
    "LOG_GROUP_ID": "g\n",
    "LOG_STREAM_NAME": "{name}",
    "RETRY_ATTEMPTS": "0",
    "RETRY_BASE_SECONDS": "61",
    "RETRY_CAP_SECONDS": "301",
    "HTTP_TIMEOUT_SECONDS": "0",
    "MAX_CONCURRENCY": "65",
    "WEBHOOK_AUTH": "nobody",
    "WEBHOOK_SECRETS": "whsec_too+short",
    "LOG_LEVEL": "LOUD",
}


def settings(**variables: str) -> Settings:
    """Return what these variables, beside the least that is needed, come to."""
    return read({**MINIMAL, **variables}.get, BOTH)


def complaint(variables: dict[str, str], services: frozenset[str] = BOTH) -> str:
    """Return what is said of variables that make no sense."""
    with pytest.raises(Misconfigured) as raised:
        read(variables.get, services)
    return raised.value.detail


def test_the_least_settings_bring_all_defaults() -> None:
    """Region and credential are enough."""
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
        log_stream_name=None,
        retry_attempts=4,
        retry_base_seconds=0.2,
        retry_cap_seconds=5.0,
        http_timeout_seconds=10.0,
        max_concurrency=8,
        webhook_auth="signature",
        webhook_secrets=(),
        log_level="INFO",
    )


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_goes_to_its_field(name: str) -> None:
    """The text is read as what it means."""
    text, field, expected = GOOD[name]

    assert getattr(settings(**{name: text}), field) == expected


@pytest.mark.parametrize("name", BAD)
def test_a_senseless_setting_is_named_and_not_quoted(name: str) -> None:
    """The sentence begins with the setting's name; its value stays out of it."""
    said = complaint({**MINIMAL, name: BAD[name]})

    assert re.search(rf"(^|; ){name} (is|has) ", said)
    assert BAD[name].strip() not in re.split("[ ,;]", said)


def test_every_row_of_the_table_is_tested() -> None:
    """Each row has a wrong value here, and each field a right one."""
    assert {row.name for row in TABLE} == {*BAD, "HUAWEICLOUD_IAM_PASSWORD"}
    assert {row.name for row in TABLE if row.field} == set(GOOD)


def test_every_row_says_what_it_means() -> None:
    """The README is written from it."""
    assert all(row.meaning for row in TABLE)


@pytest.mark.parametrize("name", BAD)
def test_an_empty_setting_counts_as_not_set(name: str) -> None:
    """It is as if it were not there."""
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
def test_an_endpoint_is_the_regions_or_as_set(
    variables: dict[str, str], service: str, endpoint: str
) -> None:
    """GA has one address for all regions; one European region has its own domain."""
    assert settings(**variables).endpoints[service] == endpoint


def test_lts_needs_a_region_or_an_endpoint() -> None:
    """A function that calls GA alone needs neither."""
    keys = {name: text for name, text in MINIMAL.items() if "REGION" not in name}

    assert complaint(keys, LTS) == "HUAWEICLOUD_REGION is not set"
    assert read(keys.get, GA).endpoints["GA"] == "https://ga.myhuaweicloud.com"
    set_so = {**keys, "HUAWEICLOUD_LTS_ENDPOINT": "https://a.b"}
    assert read(set_so.get, LTS).endpoints["LTS"] == "https://a.b"


def test_everything_wrong_is_told_at_once() -> None:
    """Nobody likes to correct settings one by one."""
    said = complaint({"RETRY_ATTEMPTS": "no", "CLOUD_SDK_AK": "x", "LOG_LEVEL": "?"})

    assert said.split("; ") == [
        "RETRY_ATTEMPTS is no whole number from 1 to 100",
        "LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR",
        "CLOUD_SDK_AK set without CLOUD_SDK_SK",
        "HUAWEICLOUD_REGION is not set",
    ]


@pytest.mark.parametrize("name", ["HUAWEICLOUD_REGION", "HUAWEICLOUD_SDK_AK"])
def test_a_setting_that_is_wrong_is_not_called_missing(name: str) -> None:
    """One mistake gives one complaint, about the setting that is to be corrected."""
    said = complaint({**MINIMAL, name: BAD[name]})

    assert len(said.split("; ")) == 1


def test_secrets_do_not_show_in_the_settings() -> None:
    """They are all known for scrubbing, and none is in the settings' own text."""
    found = settings(
        HUAWEICLOUD_AUTH_TOKEN="the-token",
        HUAWEICLOUD_GA_AUTH_TOKEN="the-other-token",
        HUAWEICLOUD_SDK_SECURITY_TOKEN="the-security-token",
        WEBHOOK_SECRETS=f"{WEBHOOK} {OTHER_WEBHOOK}",
    )

    assert {secret.reveal() for secret in found.secrets} == {
        "the-access-key",
        "the-secret-key",
        "the-token",
        "the-other-token",
        "the-security-token",
        WEBHOOK,
        OTHER_WEBHOOK,
    }
    assert "the-" not in repr(found)
    assert "whsec_" not in repr(found)


def test_an_agency_serves_where_no_credential_is_set() -> None:
    """Its parts are secrets like any other."""
    agency = dict(
        zip(AGENCY, ("agency-key", "agency-secret", "agency-st"), strict=True)
    )
    region = {"HUAWEICLOUD_REGION": "cn-north-4"}

    found = read(region.get, BOTH, lambda: agency)

    keys = Keys(Secret("agency-key"), Secret("agency-secret"), Secret("agency-st"))
    assert found.credential == keys
    assert {each.reveal() for each in found.secrets} == set(agency.values())
    assert read(MINIMAL.get, BOTH, lambda: agency).credential != keys


@pytest.mark.parametrize(
    ("agency", "words"),
    [
        (None, "no credential is set: set HUAWEICLOUD_AUTH_TOKEN, or "),
        ({}, "no credential is set and the function's agency gives none: "),
    ],
)
def test_without_any_credential_all_ways_are_told(
    agency: dict[str, str] | None, words: str
) -> None:
    """On FunctionGraph an agency is the first of them."""
    with pytest.raises(Misconfigured) as raised:
        read({"HUAWEICLOUD_REGION": "cn-north-4"}.get, BOTH, lambda: agency)

    assert raised.value.detail.startswith(words)
    assert "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK" in raised.value.detail


def test_a_key_set_in_part_is_not_replaced_by_the_agencys() -> None:
    """There is no falling through."""
    agency = dict.fromkeys(AGENCY, "x")
    variables = {"HUAWEICLOUD_REGION": "cn-north-4", "HUAWEICLOUD_SDK_AK": "a"}

    with pytest.raises(Misconfigured, match="HUAWEICLOUD_SDK_AK set without"):
        read(variables.get, BOTH, lambda: agency)
