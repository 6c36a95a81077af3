"""Search everything that a process keeps in memory between two invocations."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable
from types import FrameType, FunctionType, ModuleType

from tests.e2e.driving import process

_PACKAGE = "functions"


def find_in_memory(texts: Iterable[str]) -> set[str]:
    """Return the texts that occur in an object reachable from the functions.

    The search starts at the modules and at the warm state. It covers containers,
    instances, closures, defaults, class attributes, caches and the thread-local data of
    this thread, but not the modules and classes of other packages.
    """
    wanted = {text: text.encode() for text in texts}
    names = [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]
    pending: list[object] = [vars(sys.modules[name]) for name in names]
    pending.append(process.state)
    seen: dict[int, object] = {}  # keeps the objects alive, so that no ID is reused
    found: set[str] = set()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each
        if isinstance(each, str):
            found |= {text for text in wanted if text in each}
        elif isinstance(each, bytes | bytearray):
            found |= {text for text, raw in wanted.items() if raw in each}
        else:
            pending.extend(_referents(each))
    return found


def _referents(each: object) -> Iterable[object]:
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
