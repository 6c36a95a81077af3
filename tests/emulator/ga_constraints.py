"""The constraints of GA on the fields of accelerators, listeners and logtanks.

Source: the vendor's SDK, and Table 3 of "Creating a Log".  Each check returns whether a
value is allowed; unknown fields are ignored.
"""

from tests.emulator.constraints import Fields, is_name_character, is_tags

MAX_NAME = 64
MAX_DESCRIPTION = 255
MAX_PORT = 65535


def is_name(value: object) -> bool:
    """Name: 1 to 64 letters, digits, hyphens and Chinese characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME:
        return False
    return all(map(is_name_character, value)) and not set(value) & {"_", "."}


def is_description(value: object) -> bool:
    """Up to 255 characters without angle brackets."""
    if not isinstance(value, str) or len(value) > MAX_DESCRIPTION:
        return False
    return not set(value) & set("<>")


def is_id(value: object) -> bool:
    """ID: a string that is not empty."""
    return isinstance(value, str) and bool(value)


def is_ga_tags(value: object) -> bool:
    """Tags, as in LTS; values may also contain a slash."""
    return is_tags(value, "/")


def is_port_ranges(value: object) -> bool:
    """At least one range of ports, each with ``from_port`` and ``to_port``."""
    return isinstance(value, list) and bool(value) and all(map(_is_range, value))


def _is_range(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    first, last = value.get("from_port"), value.get("to_port")
    if type(first) is not int or type(last) is not int:
        return False
    return 1 <= first <= last <= MAX_PORT


def is_ip_sets(value: object) -> bool:
    """At least one IP set with its ``ip_type``."""
    return isinstance(value, list) and bool(value) and all(map(_is_ip_set, value))


def _is_ip_set(value: object) -> bool:
    return isinstance(value, dict) and value.get("ip_type") in ("IPV4", "IPV6")


LOGTANK_TARGET: Fields = {
    "log_group_id": (True, is_id),
    "log_stream_id": (True, is_id),
}
NEW_LOGTANK: Fields = {
    "resource_type": (True, is_id),
    "resource_id": (True, is_id),
    **LOGTANK_TARGET,
}
NEW_LISTENER: Fields = {
    "name": (True, is_name),
    "protocol": (True, lambda value: value in ("TCP", "UDP")),
    "port_ranges": (True, is_port_ranges),
    "accelerator_id": (True, is_id),
    "description": (False, is_description),
    "client_affinity": (False, lambda value: value in ("SOURCE_IP", "NONE")),
    "tags": (False, is_ga_tags),
}
NEW_ACCELERATOR: Fields = {
    "name": (True, is_name),
    "ip_sets": (True, is_ip_sets),
    "description": (False, is_description),
    "enterprise_project_id": (False, is_id),
    "tags": (False, is_ga_tags),
}
