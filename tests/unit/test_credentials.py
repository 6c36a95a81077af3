"""One kind of credential is chosen, and a kind set in part is an error."""

from __future__ import annotations

import pytest

from functions.secret import Secret
from functions.settings.credentials import (
    AGENCY,
    Credential,
    Keys,
    Tokens,
    User,
    choose,
    fingerprint,
    of_agency,
)

TOKEN, GA_TOKEN = "HUAWEICLOUD_AUTH_TOKEN", "HUAWEICLOUD_GA_AUTH_TOKEN"
AK, SK = "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"
STS = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
PAGE_AK, PAGE_SK = "CLOUD_SDK_AK", "CLOUD_SDK_SK"
DOMAIN, USER = "HUAWEICLOUD_IAM_DOMAIN", "HUAWEICLOUD_IAM_USER"
PASSWORD = "HUAWEICLOUD_IAM_PASSWORD"
TEXTS = {DOMAIN: "account", USER: "somebody"}


def of(name: str) -> Secret:
    """Return the secret that a setting holds in these tests."""
    return Secret(f"value of {name}")


def chosen(*names: str) -> tuple[Credential | None, list[str]]:
    """Return what is chosen where these settings are set."""
    every = (TOKEN, GA_TOKEN, AK, SK, STS, PAGE_AK, PAGE_SK, PASSWORD)
    secrets = {name: of(name) if name in names else None for name in every}
    texts = {name: TEXTS[name] if name in names else None for name in TEXTS}
    return choose({**secrets, **texts})


@pytest.mark.parametrize(
    ("names", "credential"),
    [
        ([TOKEN], Tokens(of(TOKEN), of(TOKEN))),
        ([TOKEN, GA_TOKEN], Tokens(of(TOKEN), of(GA_TOKEN))),
        ([AK, SK], Keys(of(AK), of(SK))),
        ([AK, SK, STS], Keys(of(AK), of(SK), of(STS))),
        ([PAGE_AK, PAGE_SK], Keys(of(PAGE_AK), of(PAGE_SK))),
        ([DOMAIN, USER, PASSWORD], User("account", "somebody", of(PASSWORD))),
        ([AK, SK, DOMAIN, USER, PASSWORD], Keys(of(AK), of(SK))),
        ([TOKEN, AK, SK, PAGE_AK, PAGE_SK], Tokens(of(TOKEN), of(TOKEN))),
    ],
)
def test_the_first_complete_kind_is_chosen(
    names: list[str], credential: Credential
) -> None:
    """Tokens go before keys, and the SDK's names before the pages'."""
    assert chosen(*names) == (credential, [])


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
def test_a_kind_set_in_part_is_a_problem(names: list[str], problem: str) -> None:
    """There is no falling through, not even to a complete kind."""
    _, problems = chosen(*names)

    assert problems == [problem]


def test_every_kind_set_in_part_is_named() -> None:
    """All problems are told at once."""
    by_token, by_page = (
        f"{GA_TOKEN} set without {TOKEN}",
        f"{PAGE_SK} set without {PAGE_AK}",
    )

    assert chosen(GA_TOKEN, PAGE_SK) == (None, [by_token, by_page])


def test_without_any_credential_there_is_no_problem_with_any() -> None:
    """Whether that is an error is for others to say."""
    assert chosen() == (None, [])


def test_an_agency_gives_a_temporary_key() -> None:
    """All three parts of it are needed."""
    parts = dict(zip(AGENCY, ("a", "s", "t"), strict=True))

    assert of_agency(parts) == (Keys(Secret("a"), Secret("s"), Secret("t")), [])
    for name in AGENCY:
        key, (problem,) = of_agency({**parts, name: ""})
        assert key is None
        assert "agency gives none" in problem


def test_an_agencys_key_that_no_header_can_carry_is_told() -> None:
    """And not shown."""
    assert of_agency(dict.fromkeys(AGENCY, "hush\n")) == (
        None,
        ["the key of the function's agency has a character that a header cannot carry"],
    )


def test_a_fingerprint_tells_credentials_apart_and_gives_none_away() -> None:
    """Equal ones have one, others another; no part of them is in it."""
    credentials: list[Credential] = [
        Tokens(Secret("one"), Secret("two")),
        Tokens(Secret("two"), Secret("one")),
        Keys(Secret("one"), Secret("two")),
        Keys(Secret("one"), Secret("two"), Secret("three")),
        User("one", "two", Secret("three")),
    ]

    prints = [fingerprint(each) for each in credentials]

    assert len(set(prints)) == len(credentials)
    assert fingerprint(Keys(Secret("one"), Secret("two"))) == prints[2]
    assert not [each for each in prints if "one" in each or "two" in each]
