"""``python -m tests.emulator``: serve until Ctrl-C, and print one line per call."""

import argparse
import json
import signal
import threading
from collections.abc import Mapping
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.http_messages import Document

# option -> how its flag is parsed; options not given keep their defaults
_FLAGS: Mapping[str, dict[str, Any]] = {
    "second-logtank": {
        "choices": ("refuse", "allow"),
        "help": "what to do with a second logtank for a listener",
    },
    "pending-seconds": {"type": float, "help": "how long a new logtank is PENDING"},
    "final-status": {"choices": ("ACTIVE", "ERROR"), "help": "status after PENDING"},
    "listener-pending-seconds": {
        "type": float,
        "help": "how long new accelerators and listeners are PENDING",
    },
    "deleting-seconds": {"type": float, "help": "how long resources are DELETING"},
    "deleted-listener-logtanks": {
        "choices": ("refuse", "keep", "delete"),
        "help": "what to do with the logtanks of a listener that is deleted",
    },
    "stream-quota": {"type": int, "help": "log streams per group"},
    "group-quota": {"type": int, "help": "log groups"},
    "accelerator-quota": {"type": int, "help": "accelerators"},
    "listener-quota": {"type": int, "help": "listeners per accelerator"},
    "inherited-ttl": {
        "choices": ("days", "-1"),
        "help": "how lists show inherited retention",
    },
    "latency-seconds": {"type": float, "help": "delay before every reply"},
    "list-page-size": {"type": int, "help": "maximum page size of GA's lists"},
    "listeners": {
        "nargs": "*",
        "metavar": "ID",
        "help": "listeners that exist at first (default: none, and any ID is accepted)",
    },
    "key-lock-after": {
        "type": int,
        "help": "consecutive wrong signatures that lock a key",
    },
    "token-seconds": {"type": float, "help": "lifetime of tokens issued by IAM"},
    "signatures": {
        "action": argparse.BooleanOptionalAction,
        "help": "verify request signatures",
    },
    "rate-limits": {
        "type": json.loads,
        "metavar": "JSON",
        "help": 'calls per second by service, for example {"GA": 5}',
    },
    "calls-before-rate-limits": {
        "type": int,
        "help": "number of calls before the rate limits apply",
    },
    "own-date": {
        "action": "store_true",
        "help": "send the emulator's time as Date",
    },
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description="Emulates LTS, GA and IAM on 127.0.0.1.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8080,
        help="port to listen on, 0 for any free port (default: 8080)",
    )
    for option, parsing in _FLAGS.items():
        parser.add_argument(f"--{option}", **parsing)
    return parser


def _print_call(call: Document) -> None:
    what = call["operation"] or "unknown operation"
    outcome = f"{call['status'] or 'no reply'} {call['error_code'] or ''}"
    line = f"{what:<16} {call['method']} {call['path']} -> {outcome}"
    print(line.rstrip(), flush=True)


def _print_welcome(cloud: Emulator) -> None:
    exports = [f"export {k}={v}" for k, v in cloud.environment().items()]
    lines = [f"LTS, GA and IAM at {cloud.url} (press Ctrl-C to stop)", *exports, ""]
    print("\n".join(lines), flush=True)


def main() -> None:
    """Serve until interrupted or terminated."""
    parser = _parser()
    options: dict[str, Any] = vars(parser.parse_args())
    try:
        cloud = Emulator(on_call=_print_call, **options).start()
    except (ValueError, OSError) as error:  # an invalid option, or a port in use
        parser.error(f"cannot start the emulator: {error}")
    stopped = threading.Event()
    # Set explicitly, because shells make background processes ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    _print_welcome(cloud)
    stopped.wait()
    cloud.stop()


if __name__ == "__main__":
    main()
