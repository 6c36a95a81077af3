"""A stand-in for FunctionGraph's runtime of Python, as far as its documents tell of it.

It loads the handler's file by its path and keeps the module out of `sys.modules`; it
calls the handler on a thread that is not the main one, with the working directory above
the code and libraries of its own later on the path; settings come by the context alone.
A program of its own, run by the target's interpreter without any packages:

    functiongraph.py CODE LIBRARIES HANDLER ANSWERS < instance

The instance is JSON: the `settings`, the methods of the `agency`, what
getRemainingTimeInMilliSeconds returns (`milliseconds`), and the `events`, which come
one after another. ANSWERS gets a line for each: the result, or what was raised.
"""

from __future__ import annotations

import json
import sys
import threading
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any


class Context:
    """What the runtime tells a handler: by methods, in camel case."""

    def __init__(self, instance: dict[str, Any], number: int) -> None:
        """Be that of the instance's event of this number."""
        self.getUserData = instance["settings"].get
        self.getRequestID = lambda: f"request-{number}"
        self.getRemainingTimeInMilliSeconds = lambda: instance["milliseconds"]
        for name, value in instance["agency"].items():
            setattr(self, name, lambda value=value: value)


def main() -> None:
    """Serve the events of standard input."""
    code, libraries, handler, answers = sys.argv[1:]
    instance = json.load(sys.stdin)
    sys.argv = ["/home/snuser/runtime/server.py", "127.0.0.1:31536", code]
    sys.path[:] = [code, *sys.path[1:], libraries]
    thread = threading.Thread(target=serve, args=(code, handler, instance, answers))
    thread.start()
    thread.join()


def serve(code: str, handler: str, instance: dict[str, Any], answers: str) -> None:
    """Answer all events with the handler, which is loaded once."""
    module, _, name = handler.partition(".")
    spec = spec_from_file_location(module, f"{code}/{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    with Path(answers).open("w", encoding="utf-8") as told:
        for number, event in enumerate(instance["events"]):
            context = Context(instance, number)
            told.write(answer(getattr(loaded, name), event, context) + "\n")


def answer(handler: Any, event: object, context: Context) -> str:  # noqa: ANN401 # whatever the file has
    """Return the result as JSON, or the error as the runtime shows it."""
    try:
        return json.dumps(handler(event, context))
    except Exception as error:  # noqa: BLE001 # whatever it is, it is shown
        shown = {"errorMessage": str(error), "errorType": type(error).__name__}
        return json.dumps(shown)


if __name__ == "__main__":
    main()
