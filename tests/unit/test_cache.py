"""The number of cached values is limited."""

from __future__ import annotations

from functions.huaweicloud.cache import MAX_ENTRIES, Cache


def test_a_missing_value_is_created_once() -> None:
    """Later lookups return the same object."""
    cache: Cache[str, list[int]] = Cache(list)

    cache["a"].append(1)

    assert (cache["a"], cache["b"]) == ([1], [])


def test_the_oldest_value_is_removed_at_the_limit() -> None:
    """Memory use is limited even in a long-running process."""
    cache: Cache[int, list[int]] = Cache(list)
    for key in range(MAX_ENTRIES + 1):
        cache[key].append(key)

    assert cache[MAX_ENTRIES] == [MAX_ENTRIES]
    assert cache[1] == [1]
    assert cache[0] == []
