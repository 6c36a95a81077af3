"""The credential kinds as environment variables, and unique strings."""

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


def unique(prefix: str = "secret") -> str:
    """Return a string that occurs nowhere else, so that no cache contains it."""
    return f"{prefix}-{uuid4().hex}"


def put(environment: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    """Set these variables."""
    for name, value in values.items():
        environment.setenv(name, value)


def keys_of(cloud: Emulator) -> dict[str, str]:
    """Return the key pair of the account."""
    return {AK: cloud.access_key, SK: cloud.secret_key}


def other_keys_of(cloud: Emulator) -> dict[str, str]:
    """Return the key pair under the variable names in the API documentation."""
    return {OTHER_AK: cloud.access_key, OTHER_SK: cloud.secret_key}


def token_of(cloud: Emulator) -> dict[str, str]:
    """Return the token that every service accepts."""
    return {TOKEN: cloud.token}


def user_of(cloud: Emulator) -> dict[str, str]:
    """Return the IAM user of the account."""
    return {DOMAIN: cloud.domain, USER: cloud.user, PASSWORD: cloud.password}


def at(url: str) -> dict[str, str]:
    """Return the settings that send every call to one address."""
    return dict.fromkeys(ENDPOINTS, url)


def issue_token(cloud: Emulator, scope: dict[str, object]) -> str:
    """Request a token for a scope from the emulated IAM."""
    domain = {"name": cloud.domain}
    user = {"name": cloud.user, "password": cloud.password, "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    connection = HTTPConnection(urlsplit(cloud.url).netloc, timeout=5)
    body = json.dumps({"auth": {"identity": identity, "scope": scope}})
    connection.request("POST", "/v3/auth/tokens", body)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.headers["X-Subject-Token"]
