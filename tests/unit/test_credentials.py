"""Exactly one type of credential is selected; an incomplete one is an error."""

from __future__ import annotations

import pytest

from functions.secret import Secret
from functions.settings.credentials import (
    Credential,
    Keys,
    Tokens,
    User,
    choose,
    fingerprint,
    from_agency,
)

TOKEN, GA_TOKEN = "HUAWEICLOUD_AUTH_TOKEN", "HUAWEICLOUD_GA_AUTH_TOKEN"
AK, SK = "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"
STS = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
PAGE_AK, PAGE_SK = "CLOUD_SDK_AK", "CLOUD_SDK_SK"
DOMAIN, USER = "HUAWEICLOUD_IAM_DOMAIN", "HUAWEICLOUD_IAM_USER"
PASSWORD = "HUAWEICLOUD_IAM_PASSWORD"
TEXTS = {DOMAIN: "account", USER: "user-name"}


def secret_of(name: str) -> Secret:
    """Return the value of a setting in these tests."""
    return Secret(f"value of {name}")


def select(*names: str) -> tuple[Credential | None, list[str]]:
    """Return the result of `choose` if exactly these settings are set."""
    every = (TOKEN, GA_TOKEN, AK, SK, STS, PAGE_AK, PAGE_SK, PASSWORD)
    secrets = {name: secret_of(name) if name in names else None for name in every}
    texts = {name: TEXTS[name] if name in names else None for name in TEXTS}
    return choose({**secrets, **texts})


@pytest.mark.parametrize(
    ("names", "credential"),
    [
        ([TOKEN], Tokens(secret_of(TOKEN), secret_of(TOKEN))),
        ([TOKEN, GA_TOKEN], Tokens(secret_of(TOKEN), secret_of(GA_TOKEN))),
        ([AK, SK], Keys(secret_of(AK), secret_of(SK))),
        ([AK, SK, STS], Keys(secret_of(AK), secret_of(SK), secret_of(STS))),
        ([PAGE_AK, PAGE_SK], Keys(secret_of(PAGE_AK), secret_of(PAGE_SK))),
        ([DOMAIN, USER, PASSWORD], User("account", "user-name", secret_of(PASSWORD))),
        ([AK, SK, DOMAIN, USER, PASSWORD], Keys(secret_of(AK), secret_of(SK))),
        ([TOKEN, AK, SK, PAGE_AK, PAGE_SK], Tokens(secret_of(TOKEN), secret_of(TOKEN))),
    ],
)
def test_the_first_complete_type_is_selected(
    names: list[str], credential: Credential
) -> None:
    """Tokens precede keys, and HUAWEICLOUD_SDK_* precedes CLOUD_SDK_*."""
    assert select(*names) == (credential, [])


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ([GA_TOKEN], f"{GA_TOKEN} set without {TOKEN}"),
        ([AK], f"{AK} set without {SK}"),
        ([STS], f"{STS} set without {AK} and {SK}"),
        ([AK, STS], f"{AK} and {STS} set without {SK}"),
        ([USER, PASSWORD], f"{USER} and {PASSWORD} set without {DOMAIN}"),
        ([DOMAIN], f"{DOMAIN} set without {USER} and {PASSWORD}"),
        ([TOKEN, AK], f"{AK} set without {SK}"),
        ([AK, SK, PAGE_SK], f"{PAGE_SK} set without {PAGE_AK}"),
    ],
)
def test_an_incomplete_credential_is_a_problem(names: list[str], problem: str) -> None:
    """It is an error even if another credential is complete."""
    _, problems = select(*names)

    assert problems == [problem]


def test_every_incomplete_credential_is_reported() -> None:
    """All problems are reported together."""
    token_problem, key_problem = (
        f"{GA_TOKEN} set without {TOKEN}",
        f"{PAGE_SK} set without {PAGE_AK}",
    )

    assert select(GA_TOKEN, PAGE_SK) == (None, [token_problem, key_problem])


def test_no_credential_at_all_is_not_a_problem_yet() -> None:
    """The caller decides whether a credential is required."""
    assert select() == (None, [])


def test_an_agency_provides_a_temporary_key() -> None:
    """All three parts of the key are required."""
    parts = dict(zip(Keys._fields, ("a", "s", "t"), strict=True))

    assert from_agency(parts) == (Keys(Secret("a"), Secret("s"), Secret("t")), [])
    for name in Keys._fields:
        key, (problem,) = from_agency({**parts, name: ""})
        assert key is None
        assert "agency supplies none" in problem


def test_an_agencys_key_that_a_header_cannot_carry_is_reported() -> None:
    """The problem does not show the key."""
    assert from_agency(dict.fromkeys(Keys._fields, "hush\n")) == (
        None,
        [
            (
                "the key of the function's agency contains a character that a header "
                "cannot carry"
            ),
        ],
    )


def test_a_fingerprint_identifies_a_credential_without_revealing_it() -> None:
    """Only equal credentials have equal fingerprints; no part of a secret appears."""
    credentials: list[Credential] = [
        Tokens(Secret("one"), Secret("two")),
        Tokens(Secret("two"), Secret("one")),
        Keys(Secret("one"), Secret("two")),
        Keys(Secret("one"), Secret("two"), Secret("three")),
        User("one", "two", Secret("three")),
    ]

    fingerprints = [fingerprint(each) for each in credentials]

    assert len(set(fingerprints)) == len(credentials)
    assert fingerprint(Keys(Secret("one"), Secret("two"))) == fingerprints[2]
    assert not [each for each in fingerprints if "one" in each or "two" in each]
