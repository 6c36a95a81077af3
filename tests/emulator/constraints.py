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


def is_tags(value: object) -> bool:
    """At most 20 tags with unique keys."""
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        return False
    if not all(_is_tag(tag) for tag in value):
        return False
    return len({tag["key"] for tag in value}) == len(value)


def _is_tag(tag: object) -> bool:
    if not isinstance(tag, dict) or not _is_tag_key(tag.get("key")):
        return False
    return _is_tag_text(tag.get("value", ""), MAX_TAG_VALUE)


def _is_tag_key(key: object) -> bool:
    if not isinstance(key, str) or not _is_tag_text(key, MAX_TAG_KEY):
        return False
    return bool(key) and key == key.strip(" ") and not _is_reserved(key)


def _is_reserved(key: str) -> bool:
    return key.startswith(RESERVED_TAG_PREFIXES)


def _is_tag_text(value: object, limit: int) -> bool:
    if not isinstance(value, str) or len(value) > limit:
        return False
    return all(
        character in TAG_CHARACTERS or character.isalpha() for character in value
    )


def is_text(value: object) -> bool:
    """Any string."""
    return isinstance(value, str)


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
    "tags": (False, is_tags),
    "log_group_name_alias": (False, is_name),
}


def satisfies(fields: Fields, document: Document) -> bool:
    """Return whether a document has all mandatory fields and meets all constraints."""
    return all(
        check(document[name]) if name in document else not mandatory
        for name, (mandatory, check) in fields.items()
    )
