"""The constraints of the page "Creating a Log Stream", Tables 3 and 4, and no others.

Each check returns whether a value is allowed; unknown fields are ignored.
"""

from collections.abc import Callable, Mapping
from string import ascii_letters, digits

from tests.emulator.http_messages import Document

NAME_CHARACTERS = frozenset(ascii_letters + digits + "-_.")
TAG_CHARACTERS = frozenset(digits + " _.:=+-@")
MAX_NAME = 64
MAX_TTL = 365
MAX_TAGS = 20
MAX_TAG_KEY = 128
MAX_TAG_VALUE = 255
RESERVED_TAG_PREFIXES = ("sys", "_sys_")

Check = Callable[[object], bool]


def is_name_character(character: str) -> bool:
    """Whether it may occur in a name; Chinese by the newest edition of the page."""
    return character in NAME_CHARACTERS or "\u4e00" <= character <= "\u9fff"


def is_name(value: object) -> bool:
    """Name or alias: 1 to 64 characters, . and _ not at the start, . not at the end."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME:
        return False
    allowed = all(map(is_name_character, value))
    return allowed and not value.startswith((".", "_")) and not value.endswith(".")


def is_ttl(value: object) -> bool:
    """Retention: a JSON integer from 1 to 365, excluding 30.0 and true."""
    return type(value) is int and 1 <= value <= MAX_TTL


def is_tags(value: object, more_characters: str = "") -> bool:
    """Up to 20 tags with unique keys; values may contain further characters."""
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        return False
    if not all(_is_tag(tag, more_characters) for tag in value):
        return False
    return len({tag["key"] for tag in value}) == len(value)


def _is_tag(tag: object, more_characters: str) -> bool:
    if not isinstance(tag, dict) or not is_tag_key(tag.get("key")):
        return False
    value = tag.get("value", "")
    return _is_tag_text(value, MAX_TAG_VALUE, TAG_CHARACTERS | {*more_characters})


def is_tag_key(key: object) -> bool:
    """Key of a tag: 1 to 128 characters, no reserved prefix."""
    if not isinstance(key, str) or not _is_tag_text(key, MAX_TAG_KEY):
        return False
    return bool(key) and key == key.strip(" ") and not _is_reserved(key)


def _is_reserved(key: str) -> bool:
    return key.startswith(RESERVED_TAG_PREFIXES)


def _is_tag_text(
    value: object, limit: int, characters: frozenset[str] = TAG_CHARACTERS
) -> bool:
    if not isinstance(value, str) or len(value) > limit:
        return False
    return all(character in characters or character.isalpha() for character in value)


def is_text(value: object) -> bool:
    """Any string."""
    return isinstance(value, str)


def is_integer(value: object) -> bool:
    """Any JSON integer, excluding 30.0 and true."""
    return type(value) is int


def is_flag(value: object) -> bool:
    """Either true or false."""
    return isinstance(value, bool)


# field -> (mandatory, check)
Fields = Mapping[str, tuple[bool, Check]]

NEW_STREAM: Fields = {
    "log_stream_name": (True, is_name),
    "ttl_in_days": (False, is_ttl),
    "tags": (False, is_tags),
    "log_stream_name_alias": (False, is_name),
    "enterprise_project_name": (False, is_text),
}
CHANGED_STREAM: Fields = {
    "ttl_in_days": (False, is_ttl),
    "tags": (False, is_tags),
    "whether_log_storage": (False, is_flag),
}
NEW_GROUP: Fields = {
    "log_group_name": (True, is_name),
    "ttl_in_days": (True, is_integer),
    "tags": (False, is_tags),
    "log_group_name_alias": (False, is_name),
}
CHANGED_GROUP: Fields = {
    "ttl_in_days": (False, is_integer),
    "tags": (False, is_tags),
    "log_group_name_alias": (False, is_name),
}
CHANGED_TAGS: Fields = {
    "action": (True, lambda value: value in ("create", "delete")),
    "tags": (True, is_tags),
    "is_open": (False, is_flag),
}


def first_violation(fields: Fields, document: Document) -> str | None:
    """Return the first field that is missing or violates its constraint."""
    for name, (mandatory, check) in fields.items():
        if not (check(document[name]) if name in document else not mandatory):
            return name
    return None


def satisfies(fields: Fields, document: Document) -> bool:
    """Return whether a document has all mandatory fields and meets all constraints."""
    return first_violation(fields, document) is None
