"""What the bundle's modules hold between two invocations, however deep inside."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable
from types import FrameType, FunctionType, ModuleType

_PACKAGE = "functions"


def held(texts: Iterable[str]) -> set[str]:
    """Return those of the texts that some object holds which the modules lead to.

    It goes through containers, instances, closures, defaults, class attributes, caches
    and what this thread has of its own; foreign modules and classes are left out.
    """
    wanted = {text: text.encode() for text in texts}
    names = [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]
    rest: list[object] = [vars(sys.modules[name]) for name in names]
    seen: dict[int, object] = {}  # the objects too, so that no id is given anew
    found: set[str] = set()
    while rest:
        each = rest.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each
        if isinstance(each, str):
            found |= {text for text in wanted if text in each}
        elif isinstance(each, bytes | bytearray):
            found |= {text for text, raw in wanted.items() if raw in each}
        else:
            rest.extend(_inside(each))
    return found


def _inside(each: object) -> Iterable[object]:
    if isinstance(each, ModuleType | FrameType):
        return ()
    if isinstance(each, type):
        own = f"{each.__module__}.".startswith(f"{_PACKAGE}.")
        return list(vars(each).values()) if own else ()
    if isinstance(each, FunctionType):
        return (
            [cell.cell_contents for cell in each.__closure__ or () if _is_filled(cell)],
            each.__defaults__,
            each.__kwdefaults__,
        )
    if isinstance(each, threading.local):
        return [*vars(each).values()]
    return gc.get_referents(each)


def _is_filled(cell: object) -> bool:
    return bool(gc.get_referents(cell))
