"""Compares a log stream that exists with the requested one."""

from __future__ import annotations

from collections.abc import Mapping

from functions.huaweicloud.log_groups import Group
from functions.huaweicloud.lts import NewStream, Stream


def differences(new: NewStream, stream: Stream, group: Group | None) -> list[str]:
    """Return the requested fields that the listed stream has with another value.

    `group` is the stream's log group, if known. It supplies the retention that a stream
    inherits. Its tags are not compared, because its streams get them too. A field that
    the list leaves out is not compared.
    """
    listed = stream.described or {}
    inherited = group.tags if group else {}
    compared: dict[str, tuple[object, object]] = {
        "ttl_in_days": (new.body.get("ttl_in_days"), _ttl(stream, group)),
        "tags": (_without(new.tags, inherited), _without(stream.tags, inherited)),
        "log_stream_name_alias": (
            new.body.get("log_stream_name_alias"),
            listed.get("log_stream_name_alias"),
        ),
    }
    return [
        name
        for name, (wanted, found) in compared.items()
        if wanted is not None and found is not None and wanted != found
    ]


def depend_on_group(new: NewStream, stream: Stream) -> bool:
    """Whether the differences depend on the log group."""
    inherits = stream.inherits_ttl and "ttl_in_days" in new.body
    return inherits or "tags" in differences(new, stream, None)


def _ttl(stream: Stream, group: Group | None) -> object:
    if not stream.inherits_ttl:
        return (stream.described or {}).get("ttl_in_days")
    return group.ttl_in_days if group else None


def _without(
    tags: Mapping[str, str] | None, inherited: Mapping[str, str]
) -> dict[str, str] | None:
    if tags is None:
        return None
    return {key: value for key, value in tags.items() if key not in inherited}
