"""Who may make the logtank, and who must leave the stream's creator its time."""

from __future__ import annotations

import pytest

from functions.provisioning.claim import Claim


@pytest.mark.parametrize(
    ("clock", "holds"), [(1000.0, True), (1001.9, True), (1002.0, False), (9e9, False)]
)
def test_a_claim_holds_for_two_seconds(clock: float, *, holds: bool) -> None:
    """After that somebody else may have given up waiting for the creator."""
    assert Claim(1000.0).holds(clock) is holds
    assert not Claim().holds(clock)


@pytest.mark.parametrize(
    ("claim", "rivalled"),
    [
        (Claim(), False),
        (Claim(1000.0), False),
        (Claim(adopted=True), True),
        (Claim(adopted=True, stream_created_at=1.0), True),
        (Claim(adopted=True, stream_seen_at=1.0), True),
        (Claim(adopted=True, stream_created_at=100.0, stream_seen_at=100.0), True),
        (Claim(adopted=True, stream_created_at=100.0, stream_seen_at=159.9), True),
        (Claim(adopted=True, stream_created_at=100.0, stream_seen_at=160.0), False),
        (Claim(adopted=True, stream_created_at=100.0, stream_seen_at=95.0), True),
    ],
)
def test_the_creator_of_a_young_stream_may_be_on_its_way(
    claim: Claim, *, rivalled: bool
) -> None:
    """Young is under a minute, by the cloud's own clock; unknown counts as young."""
    assert claim.is_rivalled() is rivalled


@pytest.mark.parametrize(
    ("claim", "made_at", "expected"),
    [
        (Claim(stream_created_at=100.0), 100.0, True),
        (Claim(stream_created_at=100.9), 101.0, True),
        (Claim(stream_created_at=100.0), 101.0, False),
        (Claim(stream_created_at=100.0), 160.0, False),
        (Claim(), 100.0, False),
    ],
)
def test_a_logtank_of_the_streams_first_second_is_the_creators(
    claim: Claim, made_at: float, *, expected: bool
) -> None:
    """Nobody else makes one so early; GA tells whole seconds, which are too low."""
    assert claim.is_creators(made_at) is expected
