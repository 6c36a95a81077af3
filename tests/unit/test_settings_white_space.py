"""White space around a setting is ignored."""

from __future__ import annotations

import pytest

from functions.secret import Secret
from functions.settings import read
from functions.settings.credentials import Keys, Tokens, User
from tests.unit.test_settings import (
    BOTH,
    MINIMAL,
    SECOND_WEBHOOK,
    VALID,
    WEBHOOK,
    settings,
)

PASTED = {
    "space": "{} ",
    "tab and line end": "\t{}\n",
    "CRLF": "{}\r\n",
    "no-break spaces": "\u00a0{}\u00a0",
    "byte order mark": "\ufeff{}",
    "several": " \ufeff {}\u3000\u200b",
}


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED)
@pytest.mark.parametrize("name", VALID)
def test_white_space_around_a_setting_is_removed(name: str, pasted: str) -> None:
    """This includes line ends, no-break spaces and a byte order mark."""
    text, field, expected = VALID[name]

    assert getattr(settings(**{name: pasted.format(text)}), field) == expected


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED)
def test_white_space_is_removed_from_credentials_except_passwords(
    pasted: str,
) -> None:
    """A password may start or end with a space."""
    keys = settings(
        HUAWEICLOUD_SDK_AK=pasted.format("a-key"), HUAWEICLOUD_SDK_SK=pasted.format("s")
    ).credential
    token = settings(HUAWEICLOUD_AUTH_TOKEN=pasted.format("token")).credential
    names = (
        "HUAWEICLOUD_IAM_DOMAIN",
        "HUAWEICLOUD_IAM_USER",
        "HUAWEICLOUD_IAM_PASSWORD",
    )
    user = {"HUAWEICLOUD_REGION": pasted.format("cn-north-4")} | {
        name: pasted.format("x") for name in names
    }

    assert keys == Keys(Secret("a-key"), Secret("s"))
    assert token == Tokens(Secret("token"), Secret("token"))
    expected = User("x", "x", Secret(pasted.format("x")))
    assert read(user.get, BOTH).credential == expected


@pytest.mark.parametrize("between", [" ", "\n", "\u00a0", " \ufeff", "\r\n\u200b"])
def test_white_space_between_webhook_secrets_is_removed(between: str) -> None:
    """Each secret may have been pasted separately."""
    found = settings(WEBHOOK_SECRETS=f"{WEBHOOK}{between}{SECOND_WEBHOOK}")

    assert found.webhook_secrets == (Secret(WEBHOOK), Secret(SECOND_WEBHOOK))


@pytest.mark.parametrize("blank", [" ", "\t\r\n", "\u00a0", "\ufeff", "\u3000\u2060"])
def test_a_setting_with_only_white_space_counts_as_not_set(blank: str) -> None:
    """The default applies."""
    assert settings(**dict.fromkeys(VALID, blank) | MINIMAL) == settings()
