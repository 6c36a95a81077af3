"""``python -m tests.emulator``: serves until Ctrl-C, and prints one line per call."""

import argparse
import signal
import threading
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.http_messages import Document


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description="Emulates LTS, GA and IAM on 127.0.0.1.",
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    add("--port", type=int, default=8080, help="0: any free one")
    add("--second-logtank", choices=("refuse", "allow"))
    add("--pending-seconds", type=float, help="a new logtank is PENDING for so long")
    add("--final-status", choices=("ACTIVE", "ERROR"), help="its status after that")
    add("--stream-quota", type=int, help="log streams a group")
    add("--latency-seconds", type=float, help="before every reply")
    add("--list-page-size", type=int, help="upper bound of GA's pages")
    add("--listeners", nargs="*", metavar="ID", help="those that exist (default: any)")
    add("--key-lock-after", type=int, help="wrong signatures in a row")
    add("--token-seconds", type=float, help="life of a token from IAM")
    add("--signatures", action=argparse.BooleanOptionalAction, help="verify them")
    add("--own-date", action="store_true", help="Date is by the emulator's clock")
    return parser


def _print_call(call: Document) -> None:
    what = call["operation"] or "unknown operation"
    outcome = f"{call['status'] or 'no reply'} {call['error_code'] or ''}"
    line = f"{what:<16} {call['method']} {call['path']} -> {outcome}"
    print(line.rstrip(), flush=True)


def _print_welcome(cloud: Emulator) -> None:
    exports = [f"export {k}={v}" for k, v in cloud.environment().items()]
    lines = [f"LTS, GA and IAM at {cloud.url} (Ctrl-C ends it)", *exports, ""]
    print("\n".join(lines), flush=True)


def main() -> None:
    """Serve until interrupted or terminated."""
    parser = _parser()
    options: dict[str, Any] = vars(parser.parse_args())
    try:
        cloud = Emulator(on_call=_print_call, **options).start()
    except (ValueError, OSError) as error:  # an invalid option, or a port in use
        parser.error(f"cannot serve: {error}")
    ended = threading.Event()
    # Set explicitly: a shell makes its background processes ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    _print_welcome(cloud)
    ended.wait()
    cloud.stop()


if __name__ == "__main__":
    main()
