"""Serve the functions over a local HTTP API, like API Gateway or APIG."""

from __future__ import annotations

import base64
import os
import re
import socket
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import urlsplit

from functions.invocation.tasks import TASKS
from tests.commands import arguments, clouds, terminal

MAX_BODY_BYTES = 10_000_000
"""The limit of API Gateway; the functions have a lower one."""
DRAIN_SECONDS = 1.0
"""How long the input of a rejected request is read before the connection closes."""
HANDLERS: dict[str, Callable[[object, object], object]] = {
    f"/{entry}": import_module(f"functions.{entry}").handler for entry in TASKS
}


class Context:
    """The context of an invocation, reduced to its request ID."""

    def __init__(self, request_id: str) -> None:
        """Set the request ID, which appears in the log lines."""
        self.aws_request_id = request_id


class Gateway(BaseHTTPRequestHandler):
    """Converts requests to events of an HTTP API (payload 2.0), and results back."""

    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        """Invoke the function for the request's path, and send its response."""
        handler = HANDLERS.get(urlsplit(self.path).path)
        if status := self._rejection_status():
            self._reject(status)
            return
        body = self.rfile.read(self._length())
        if len(body) < self._length():  # the client disconnected
            self.close_connection = True
            return
        if handler is None:
            self._send(HTTPStatus.NOT_FOUND, {}, '{"message":"Not Found"}')
            return
        context = Context(str(uuid.uuid4()))
        response = handler(self._event(body, context.aws_request_id), context)
        assert isinstance(response, dict)  # always for HTTP events
        self._send(response["statusCode"], response["headers"], response["body"])

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815 - the method names that the server requires

    def log_message(self, *_: object) -> None:
        """Suppress logging, since the functions log."""

    def _rejection_status(self) -> HTTPStatus | None:
        """Return the status for a body that is too large or of unreliable length.

        Source: RFC 9112, 6.3: a chunked body has no declared length, and several
        lengths may be an attempt at request smuggling.
        """
        if "Transfer-Encoding" in self.headers:
            return HTTPStatus.LENGTH_REQUIRED
        first, *others = self.headers.get_all("Content-Length", ["0"])
        if others:
            return HTTPStatus.BAD_REQUEST
        if not re.fullmatch("[0-9]{1,8}", first) or int(first) > MAX_BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None

    def _length(self) -> int:
        return int(self.headers.get("Content-Length", "0"))

    def _reject(self, status: HTTPStatus) -> None:
        """Send the status, then read the remaining input and close the connection.

        Unread input would cause a TCP reset, which discards the response.
        """
        self.close_connection = True
        self._send(status, {"Connection": "close"}, "")
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(DRAIN_SECONDS)
        with suppress(OSError):
            while self.rfile.read1(65536):
                pass

    def _event(self, body: bytes, request_id: str) -> dict[str, object]:
        """Return the gateway's event for a request; a binary body is base64-encoded.

        Source: *API Gateway Developer Guide*, "Lambda proxy integrations for HTTP
        APIs".
        """
        url, agent = urlsplit(self.path), self.headers.get("User-Agent", "")
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": url.path,
            "rawQueryString": url.query,
            **self._header_fields(),
            "requestContext": {
                "http": {
                    "method": self.command,
                    "path": url.path,
                    "protocol": self.request_version,
                    "sourceIp": self.client_address[0],
                    "userAgent": agent,
                },
                "requestId": request_id,
                "stage": "$default",
                "timeEpoch": int(1000 * time.time()),
            },
        }
        try:
            return {**event, "body": body.decode("utf-8"), "isBase64Encoded": False}
        except UnicodeDecodeError:
            text = base64.b64encode(body).decode()
            return {**event, "body": text, "isBase64Encoded": True}

    def _header_fields(self) -> dict[str, object]:
        """Return the headers, with the values of a repeated one joined by commas.

        AWS does the same. If any header is repeated, all are also added in the format
        of a REST API, so that the function can reject one that must be unique.
        """
        names = {name.lower() for name in self.headers}
        values = {name: self.headers.get_all(name, []) for name in names}
        joined = {name: ",".join(each) for name, each in values.items()}
        if all(len(each) == 1 for each in values.values()):
            return {"headers": joined}
        return {"headers": joined, "multiValueHeaders": values}

    def _send(self, status: int, headers: dict[str, str], body: str) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """An HTTP server that ignores clients that disconnect."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Print a traceback unless the client disconnected."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def main() -> int:
    """Serve until interrupted by Ctrl-C."""
    parser = arguments.parser("serve", __doc__, "[PORT=8000]")
    parser.add_argument("--port", type=arguments.port, default=8000)
    given = parser.parse_args()
    try:
        server = Server(("127.0.0.1", given.port), Gateway)
    except OSError as error:
        parser.error(f"cannot listen on PORT {given.port}: {error.strerror}")
    with server, clouds.chosen(given.cloud) as cloud:
        _ensure_webhook_secret()
        address = f"http://127.0.0.1:{server.server_port}"
        print(f"Calling {cloud}. Send events with POST (press Ctrl-C to stop):")
        print("\n".join(f"  {address}{path}" for path in HANDLERS), flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _ensure_webhook_secret() -> None:
    """Generate a secret for webhooks if authentication is not configured."""
    if os.environ.get("WEBHOOK_SECRETS") or os.environ.get("WEBHOOK_AUTH"):
        return
    secret = f"whsec_{base64.b64encode(os.urandom(24)).decode()}"
    os.environ["WEBHOOK_SECRETS"] = secret
    print(f"WEBHOOK_SECRETS is not set, so this one was made: {secret}")


if __name__ == "__main__":
    sys.exit(terminal.run(main))
