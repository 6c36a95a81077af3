"""The emulator itself: its life, and what can be asked of it."""

import threading
import time
from collections.abc import Callable

from tests.emulator.control import PREFIX, answer_control
from tests.emulator.exchange import Document, Request
from tests.emulator.faults import read_fault
from tests.emulator.identity import Account, Identity
from tests.emulator.options import Options
from tests.emulator.stage import Stage
from tests.emulator.wire import Outcome, Server
from tests.emulator.world import World

POLL_SECONDS = 0.01


class Emulator(Account):
    """LTS, GA and IAM on one port of 127.0.0.1, from ``start`` (or ``with``) on."""

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        on_call: Callable[[Document], None] | None = None,
        **options: object,
    ) -> None:
        """Make an emulator; nothing listens yet.

        ``port`` 0 lets the system choose.  ``clock`` gives seconds since 1970 and rules
        signatures, tokens, locks and statuses.  ``on_call`` is told of every call just
        before it is answered.  ``options``: see :class:`Options`.

        Raises:
            ValueError: an unknown option, or a value it cannot have.

        """
        super().__init__(Identity())
        self._port = port
        self._clock = clock
        self._options = Options().with_changes(options)
        self._stage = Stage(self._new_world(self._options), on_call)
        self._server: Server | None = None

    def start(self) -> "Emulator":
        """Listen, and serve in a thread of its own."""
        self._stage.stop = threading.Event()
        self._server = Server(self._port, self._play, self._stage.stop)
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening, and close every connection, however deep it hangs."""
        self._stage.stop.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._server = None

    def __enter__(self) -> "Emulator":  # noqa: PYI034 - Self came with Python 3.11
        """Start."""
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """The endpoint of all three services, without a slash at its end."""
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        return f"http://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point the bundle here."""
        return self.environment_at(self.url)

    @property
    def calls(self) -> list[Document]:
        """The calls of LTS, GA and IAM, in order of arrival: see ``record.new_call``.

        ``status`` is None while a call waits, and if its client is told none.
        """
        return [dict(call) for call in self._stage.calls]

    @property
    def streams(self) -> list[Document]:
        """The log streams of all groups, with their ``log_group_id``, oldest first."""
        streams: list[Document] = self.state()["log_streams"]
        return streams

    @property
    def logtanks(self) -> list[Document]:
        """The logtanks as they are now, oldest first."""
        logtanks: list[Document] = self.state()["logtanks"]
        return logtanks

    def state(self) -> Document:
        """Return the body of ``GET /_emulator/state``."""
        return self._stage.world.document()

    def fail(self, *faults: Document) -> None:
        """Append faults: see :mod:`tests.emulator.faults`.

        Raises:
            ValueError: one of them makes no sense; then none is appended.

        """
        self._stage.faults.add([read_fault(fault) for fault in faults])

    def settle(self) -> None:
        """Forget the faults to come, and wait until what lands late has landed."""
        self._stage.settle()

    def revoke_tokens(self) -> int:
        """Make all tokens that IAM has issued invalid; return how many there were."""
        tokens = self._stage.world.tokens
        count = len(tokens)
        tokens.clear()
        return count

    def reset(self, **options: object) -> None:
        """Forget state, faults and calls.

        The options are laid over those that the emulator was made with.

        Raises:
            ValueError: an unknown option, or a value it cannot have.

        """
        changed = self._options.with_changes(options)
        self._stage.renew(self._new_world(changed))

    def _new_world(self, options: Options) -> World:
        return World(self.identity, options, self._clock)

    def _play(self, request: Request) -> Outcome:
        if request.path.startswith(PREFIX):
            return answer_control(self, request), None, 0
        return self._stage.play(request)
