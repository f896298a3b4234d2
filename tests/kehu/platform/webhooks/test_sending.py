from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kehu.platform.webhooks.sender import Limits, Sender
from kehu.platform.webhooks.targets import Resolver
from tests.kehu.platform.webhooks.receiver import Receiver, answer, receiving

HERE = Path(__file__).parent
QUICK = Limits(
    connect_seconds=0.5, silence_seconds=0.5, whole_seconds=1.0, body_seconds=0.3, answer_bytes=1000
)


def resolving(**names: list[str]) -> Resolver:
    async def resolve(name: str, _port: int) -> Sequence[str]:
        return names.get(name.replace(".", "_"), [name])

    return resolve


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


async def test_a_message_arrives_as_it_was_sent(receiver: Receiver) -> None:
    sender = Sender(allow_private=True)

    result = await sender.post(receiver.url(path="/hook?a=1"), {"webhook-id": "1"}, b'{"a": "\xc3\xa9"}')

    assert (result.status, result.body, result.error) == (200, "ok", None)
    [request] = receiver.received
    assert request.line == "POST /hook?a=1 HTTP/1.1"
    assert request.body == b'{"a": "\xc3\xa9"}'
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["webhook-id"] == "1"


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
async def test_a_private_address_is_refused_before_anything_is_sent(receiver: Receiver, host: str) -> None:
    sender = Sender(resolve=resolving())

    result = await sender.post(f"https://{host}:{receiver.port}/", {}, b"")

    assert result.is_refused
    assert result.error is not None
    assert "not an address on the internet" in result.error
    assert receiver.connections == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
async def test_a_name_that_resolves_to_a_private_address_is_refused(receiver: Receiver, address: str) -> None:
    sender = Sender(resolve=resolving(hook_example=["8.8.8.8", address]))

    result = await sender.post(f"https://hook.example:{receiver.port}/", {}, b"")

    assert result.is_refused
    assert receiver.connections == 0


@pytest.mark.parametrize("number", ["127.1", "0x7f.0.0.1", "2130706433", "017700000001"])
async def test_another_spelling_of_this_machine_is_refused(receiver: Receiver, number: str) -> None:
    async def as_a_system_does(_name: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    result = await Sender(resolve=as_a_system_does).post(f"https://{number}:{receiver.port}/", {}, b"")

    assert result.is_refused
    assert receiver.connections == 0


async def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(receiver: Receiver) -> None:
    asked: list[str] = []

    async def resolve(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"]

    result = await Sender(allow_private=True, resolve=resolve).post(receiver.url("hook.example"), {}, b"")

    assert result.error is None
    assert asked == ["hook.example"]
    assert receiver.received[0].headers["host"] == f"hook.example:{receiver.port}"


async def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver) -> None:
    sender = Sender(
        allow_private=True, resolve=resolving(hook_example=["127.0.0.2", "127.0.0.1"]), limits=QUICK
    )

    assert (await sender.post(receiver.url("hook.example"), {}, b"")).status == 200


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
async def test_a_redirect_is_not_followed(receiver: Receiver, status: str) -> None:
    async with receiving() as inside:
        receiver.answer = answer(status, f"Location: {inside.url()}")
        result = await Sender(allow_private=True).post(receiver.url(), {}, b"")

        assert inside.connections == 0
    assert result.status == int(status[:3])
    assert result.error == f"answered {status[:3]}; redirects are not followed"


async def test_a_slow_answer_is_cut(receiver: Receiver) -> None:
    receiver.pause = 0.2
    started = time.monotonic()

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert result.error is not None
    assert result.status is None
    assert time.monotonic() - started < 2


async def test_silence_is_cut(receiver: Receiver) -> None:
    receiver.pause = 30.0
    started = time.monotonic()

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert result.error is not None
    assert time.monotonic() - started < 2


async def test_a_huge_answer_is_cut_and_counts_by_its_status(receiver: Receiver) -> None:
    receiver.answer = answer("200 OK", body=b"x" * 50_000_000)

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert (result.status, result.error) == (200, None)
    assert result.body == "x" * QUICK.answer_bytes
    assert receiver.sent < 20_000_000


async def test_a_body_that_never_ends_is_cut_and_counts_by_its_status(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert (result.status, result.body, result.error) == (200, "begin", None)


async def test_an_endless_head_is_refused(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 100_000 + b"\r\n"

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert result.error is not None


async def test_a_compressed_answer_is_not_unpacked(receiver: Receiver) -> None:
    receiver.answer = answer("200 OK", "Content-Encoding: gzip", body=b"\x1f\x8b no gzip at all")

    result = await Sender(allow_private=True).post(receiver.url(), {}, b"")

    assert (result.status, result.error) == (200, None)
    assert receiver.received[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("reply", [b"", b"\x00\x01\x02", b"HTTP/1.1 banana\r\n\r\n"])
async def test_what_is_no_http_is_an_error(receiver: Receiver, reply: bytes) -> None:
    receiver.answer = reply

    result = await Sender(allow_private=True, limits=QUICK).post(receiver.url(), {}, b"")

    assert result.status is None
    assert result.error is not None


async def test_a_port_that_nobody_listens_on_is_an_error() -> None:
    result = await Sender(allow_private=True, limits=QUICK).post("http://127.0.0.1:1/", {}, b"")

    assert (result.status, result.is_refused) == (None, False)
    assert result.error is not None


async def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(path=""))
        result = await Sender(allow_private=True).post(receiver.url(), {}, b"")

        assert proxy.connections == 0
    assert result.status == 200


@contextlib.asynccontextmanager
async def receiving_by_tls(names: list[str]) -> AsyncIterator[Receiver]:
    """A receiver whose certificate is for hook.example; keeps the names that clients ask for in `names`."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(HERE / "hook.example.pem")
    tls.sni_callback = lambda _socket, name, _context: names.append(str(name))
    async with receiving(tls) as server:
        yield server


async def test_the_certificate_is_checked_against_the_name_and_not_the_address() -> None:
    trusting = ssl.create_default_context(cafile=str(HERE / "hook.example.pem"))
    sender = Sender(
        allow_private=True,
        resolve=resolving(hook_example=["127.0.0.1"], other_example=["127.0.0.1"]),
        tls=trusting,
        limits=QUICK,
    )
    names: list[str] = []
    async with receiving_by_tls(names) as server:
        right = await sender.post(server.url("hook.example"), {}, b"")
        wrong = await sender.post(server.url("other.example"), {}, b"")

    assert (right.status, right.error) == (200, None)
    assert names == ["hook.example", "other.example"]
    assert wrong.status is None
    assert wrong.error is not None
    assert "certificate verify failed" in wrong.error
