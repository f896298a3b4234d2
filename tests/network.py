"""The tests reach this machine and nothing else."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkBlocked(RuntimeError):
    """A test tried to reach something outside this machine."""


def block_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Python's sockets connect to loopback addresses and Unix sockets only, and resolve no other name."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_outside(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_outside(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_loopback(host):
            raise NetworkBlocked(f"The name {host!r} was to be resolved; tests reach this machine only.")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def refuse_outside(family: int, address: Any) -> None:
    if family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address[0]):
        raise NetworkBlocked(f"A connection to {address[0]!r} was tried; tests reach this machine only.")


def is_loopback(host: str | bytes | None) -> bool:
    """Whether `host` is this machine; None is how asyncio asks for every address of it."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
