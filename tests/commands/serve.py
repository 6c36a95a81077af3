"""Serve the functions over a local HTTP API, like API Gateway or APIG."""

from __future__ import annotations

import base64
import os
import sys
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import urlsplit

from functions.invocation.tasks import TASKS
from tests.commands import arguments, clouds

MAX_BODY_BYTES = 10_000_000
"""The limit of API Gateway; the functions have a lower one."""
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
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}, "")
            return
        body = self.rfile.read(int(length))
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
            "headers": {name.lower(): text for name, text in self.headers.items()},
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

    def _send(self, status: int, headers: dict[str, str], body: str) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def main() -> int:
    """Serve until interrupted by Ctrl-C."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    try:
        server = ThreadingHTTPServer(("127.0.0.1", given.port), Gateway)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {given.port}: {error}")
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
    sys.exit(main())
