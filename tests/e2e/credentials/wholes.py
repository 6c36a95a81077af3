"""The kinds of credentials as environment variables, and texts that nobody else has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.emulator import Emulator

TOKEN = "HUAWEICLOUD_AUTH_TOKEN"
GA_TOKEN = "HUAWEICLOUD_GA_AUTH_TOKEN"
AK, SK = "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"
SECURITY_TOKEN = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
OTHER_AK, OTHER_SK = "CLOUD_SDK_AK", "CLOUD_SDK_SK"
DOMAIN, USER = "HUAWEICLOUD_IAM_DOMAIN", "HUAWEICLOUD_IAM_USER"
PASSWORD = "HUAWEICLOUD_IAM_PASSWORD"
PROJECT = "HUAWEICLOUD_SDK_PROJECT_ID"
ENDPOINTS = tuple(f"HUAWEICLOUD_{service}_ENDPOINT" for service in ("LTS", "GA", "IAM"))


def fresh(prefix: str = "secret") -> str:
    """Return a text that occurs nowhere else, so that nothing is remembered of it."""
    return f"{prefix}-{uuid4().hex}"


def put(environment: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    """Set these variables."""
    for name, value in values.items():
        environment.setenv(name, value)


def keys_of(cloud: Emulator) -> dict[str, str]:
    """Return the account's key pair."""
    return {AK: cloud.access_key, SK: cloud.secret_key}


def other_keys_of(cloud: Emulator) -> dict[str, str]:
    """Return it under the names of the API pages."""
    return {OTHER_AK: cloud.access_key, OTHER_SK: cloud.secret_key}


def token_of(cloud: Emulator) -> dict[str, str]:
    """Return the token that serves everywhere."""
    return {TOKEN: cloud.token}


def user_of(cloud: Emulator) -> dict[str, str]:
    """Return the account's user."""
    return {DOMAIN: cloud.domain, USER: cloud.user, PASSWORD: cloud.password}


def at(url: str) -> dict[str, str]:
    """Return the settings that send every call to one address."""
    return dict.fromkeys(ENDPOINTS, url)


def issued(cloud: Emulator, scope: dict[str, object]) -> str:
    """Return a token that the emulated IAM issues for a scope."""
    domain = {"name": cloud.domain}
    user = {"name": cloud.user, "password": cloud.password, "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    connection = HTTPConnection(urlsplit(cloud.url).netloc, timeout=5)
    body = json.dumps({"auth": {"identity": identity, "scope": scope}})
    connection.request("POST", "/v3/auth/tokens", body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["X-Subject-Token"]
