"""The emulator: lifecycle and Python interface."""

import threading
import time
from collections.abc import Callable

from tests.emulator.account_state import State
from tests.emulator.call_handling import CallHandler
from tests.emulator.control import PREFIX, control_reply
from tests.emulator.faults import read_fault
from tests.emulator.http_messages import Document, Request
from tests.emulator.http_server import PlannedReply, Server
from tests.emulator.identity import Account, Identity
from tests.emulator.options import Options
from tests.emulator.seeding import remove, seed

POLL_SECONDS = 0.01


class Emulator(Account):
    """LTS, GA and IAM on one port of 127.0.0.1, started by ``start`` or ``with``."""

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        on_call: Callable[[Document], None] | None = None,
        **options: object,
    ) -> None:
        """Create an emulator that does not listen yet.

        ``port`` 0 selects a free port.  ``clock`` returns seconds since 1970, for
        signatures, tokens, locks and statuses.  ``on_call`` is called with every call
        just before its reply is sent.  ``options``: see :class:`Options`.

        Raises:
            ValueError: an unknown option or an invalid value.

        """
        super().__init__(Identity())
        self._port = port
        self._clock = clock
        self._options = Options().with_changes(options)
        self._handler = CallHandler(self._new_state(self._options), on_call)
        self._server: Server | None = None

    def start(self) -> "Emulator":
        """Listen, and serve in a background thread."""
        self._handler.stop = threading.Event()
        self._server = Server(self._port, self._handle, self._handler.stop)
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening, and close every connection, including hanging ones."""
        self._handler.stop.set()
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
        """The endpoint of all three services, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        return f"http://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """Return the settings that configure the bundle for this emulator."""
        return self.environment_at(self.url)

    @property
    def calls(self) -> list[Document]:
        """The calls in order of arrival: see ``call_record.new_call``.

        ``status`` is None until the reply is sent, and if the client gets no status.
        """
        return [dict(call) for call in self._handler.calls]

    @property
    def streams(self) -> list[Document]:
        """The log streams of all groups, with their ``log_group_id``, oldest first."""
        streams: list[Document] = self.state()["log_streams"]
        return streams

    @property
    def logtanks(self) -> list[Document]:
        """The logtanks with their current status, oldest first."""
        logtanks: list[Document] = self.state()["logtanks"]
        return logtanks

    @property
    def listeners(self) -> list[Document]:
        """The listeners with their current status, oldest first."""
        listeners: list[Document] = self.state()["listeners"]
        return listeners

    def state(self) -> Document:
        """Return the body of ``GET /_emulator/state``."""
        return self._handler.state.document()

    def fail(self, *faults: Document) -> None:
        """Append faults: see :mod:`tests.emulator.faults`.

        Raises:
            ValueError: one of them is invalid, so none is appended.

        """
        self._handler.faults.add([read_fault(fault) for fault in faults])

    def seed(self, **resources: list[Document]) -> dict[str, list[Document]]:
        """Add resources without checks, and return them: see the module ``seeding``.

        Raises:
            ValueError: an invalid resource, so nothing is added.

        """
        return seed(self._handler.state, resources)

    def remove(self, *ids: str) -> int:
        """Remove resources of any kind without checks, and return their number."""
        return remove(self._handler.state, ids)

    def settle(self) -> None:
        """Drop the pending faults, and wait for operations that run late."""
        self._handler.settle()

    def revoke_tokens(self) -> int:
        """Invalidate all tokens that IAM has issued, and return their number."""
        tokens = self._handler.state.tokens
        count = len(tokens)
        tokens.clear()
        return count

    def reset(self, **options: object) -> None:
        """Discard state, faults and calls.

        The options override those passed to the constructor.

        Raises:
            ValueError: an unknown option or an invalid value.

        """
        changed = self._options.with_changes(options)
        self._handler.reset(self._new_state(changed))

    def _new_state(self, options: Options) -> State:
        state = State(self.identity, options, self._clock)
        seed(state, {"listeners": [{"id": each} for each in options.listeners or []]})
        return state

    def _handle(self, request: Request) -> PlannedReply:
        if request.path.startswith(PREFIX):
            return control_reply(self, request), None, 0
        return self._handler.handle(request)
