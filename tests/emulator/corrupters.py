"""Corruption of replies on the connection: one function per ``connection`` fault.

Each gets the channel, the original head and body, and the interval between bytes in
seconds.  The connection is closed afterwards.
"""

import itertools
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

GARBAGE = b"\x16\x03\x01\x02\x00 this is not HTTP \xff\xfe\r\n\r\n"


class StoppedError(ConnectionError):
    """The emulator is stopping, so a reply is abandoned."""


@dataclass(frozen=True)
class Channel:
    """A client's socket, and the event that interrupts all waits."""

    socket: socket.socket
    stop: threading.Event

    def send(self, data: bytes) -> None:
        """Send all of the data."""
        self.socket.sendall(data)

    def wait(self, seconds: float) -> None:
        """Wait for some seconds.

        Raises:
            StoppedError: the emulator has stopped.

        """
        if self.stop.wait(seconds):
            raise StoppedError


Corrupter = Callable[[Channel, bytes, bytes, float], None]


def refuse_answer(
    _channel: Channel, _head: bytes, _body: bytes, _interval: float
) -> None:
    """Close the connection without sending a byte."""


def cut(channel: Channel, head: bytes, body: bytes, _interval: float) -> None:
    """Send the head and half of the body, or half of the head without a body."""
    sent = head + body[: len(body) // 2] if body else head[: len(head) // 2]
    channel.send(sent)


def hang(channel: Channel, _head: bytes, _body: bytes, _interval: float) -> None:
    """Send nothing until the client or the emulator closes the connection."""
    while channel.socket.recv(4096):
        pass


def drip_headers(channel: Channel, head: bytes, body: bytes, interval: float) -> None:
    """Send a valid reply byte by byte."""
    _drip(channel, head + body, interval)


def drip_body(channel: Channel, head: bytes, body: bytes, interval: float) -> None:
    """Send the head at once and the body byte by byte."""
    channel.send(head)
    _drip(channel, body, interval)


def _drip(channel: Channel, data: bytes, interval: float) -> None:
    for byte in data:
        channel.send(bytes([byte]))
        channel.wait(interval)


def endless_headers(
    channel: Channel, head: bytes, _body: bytes, _interval: float
) -> None:
    """Send the status line and then an endless sequence of headers."""
    channel.send(head.partition(b"\r\n")[0] + b"\r\n")
    for number in itertools.count():
        channel.send(b"X-Endless-%d: %s\r\n" % (number, b"x" * 64))
        channel.wait(0.0001)


def garbage(channel: Channel, _head: bytes, _body: bytes, _interval: float) -> None:
    """Send bytes that are not HTTP."""
    channel.send(GARBAGE)


def reset(channel: Channel, _head: bytes, _body: bytes, _interval: float) -> None:
    """Close with a TCP reset, caused by a linger time of zero."""
    linger = struct.pack("ii", 1, 0)
    channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    socket.close(channel.socket.detach())


CORRUPTERS: Mapping[str, Corrupter] = {
    "refuse_answer": refuse_answer,
    "cut": cut,
    "hang": hang,
    "drip_headers": drip_headers,
    "drip_body": drip_body,
    "endless_headers": endless_headers,
    "garbage": garbage,
    "reset": reset,
}
