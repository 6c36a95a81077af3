"""A substitute for FunctionGraph's Python runtime, based on its documentation.

It loads the handler's file by path and does not add the module to `sys.modules`. It
calls the handler outside the main thread, with the code folder's parent as working
directory and its own libraries at the end of the path. Settings are available only from
the context. It is a separate program, run by an interpreter without third-party
packages:

    functiongraph.py CODE LIBRARIES HANDLER RESULTS < instance

The instance is a JSON object: the `settings`, the methods of the `agency`, the value of
getRemainingTimeInMilliSeconds (`milliseconds`), and the `events`, which are handled in
order. For each of them, a line with the result or the error is written to RESULTS.
"""

from __future__ import annotations

import json
import sys
import threading
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any


class Context:
    """The context of an invocation, with camel-case methods."""

    def __init__(self, instance: dict[str, Any], number: int) -> None:
        """Create the context of the event with this number."""
        self.getUserData = instance["settings"].get
        self.getRequestID = lambda: f"request-{number}"
        self.getRemainingTimeInMilliSeconds = lambda: instance["milliseconds"]
        for name, value in instance["agency"].items():
            setattr(self, name, lambda value=value: value)


def main() -> None:
    """Handle the events from standard input."""
    code, libraries, handler, results = sys.argv[1:]
    instance = json.load(sys.stdin)
    sys.argv = ["/home/snuser/runtime/server.py", "127.0.0.1:31536", code]
    sys.path[:] = [code, *sys.path[1:], libraries]
    thread = threading.Thread(target=serve, args=(code, handler, instance, results))
    thread.start()
    thread.join()


def serve(code: str, handler: str, instance: dict[str, Any], results: str) -> None:
    """Load the handler once, and call it with every event."""
    module, _, name = handler.partition(".")
    spec = spec_from_file_location(module, f"{code}/{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    with Path(results).open("w", encoding="utf-8") as lines:
        for number, event in enumerate(instance["events"]):
            context = Context(instance, number)
            lines.write(outcome(getattr(loaded, name), event, context) + "\n")


def outcome(handler: Any, event: object, context: Context) -> str:  # noqa: ANN401 # loaded from a file
    """Return the result as JSON, or the error as the runtime reports it."""
    try:
        return json.dumps(handler(event, context))
    except Exception as error:  # noqa: BLE001 # the runtime reports every error
        report = {"errorMessage": str(error), "errorType": type(error).__name__}
        return json.dumps(report)


if __name__ == "__main__":
    main()
