"""One HTTP request to a target: to a pinned address, no redirects, limits of time and size, no proxy, no cookies."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import ssl
import time
from collections.abc import AsyncIterator, Mapping

import httpx2

from kehu.platform.webhooks.answers import Answer
from kehu.platform.webhooks.targets import (
    Resolver,
    Target,
    TargetRefused,
    addresses_of,
    resolve_by_system,
    target_of,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How long a target may take, in seconds, and how much it may answer, in bytes."""

    connect_seconds: float = 5.0
    silence_seconds: float = 10.0
    whole_seconds: float = 20.0
    body_seconds: float = 3.0
    answer_bytes: int = 64 * 1024


class Sender:
    """Sends requests. `resolve` and `tls` are for those who have a resolver or authorities of their own."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolver = resolve_by_system,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private, self._resolve = allow_private, resolve
        self._limits = limits or Limits()
        self._tls = tls or httpx2.create_ssl_context(trust_env=False)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST `body` once. Never raises for what the target, the network or the name does."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._limits.whole_seconds):
                status, text = await self._post(url, headers, body)
        except TargetRefused as refusal:
            return Answer(None, "", time.perf_counter() - started, str(refusal), is_refused=True)
        except TimeoutError:
            error = f"no answer within {self._limits.whole_seconds:g} seconds"
            return Answer(None, "", time.perf_counter() - started, error)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as failure:
            return Answer(None, "", time.perf_counter() - started, f"{type(failure).__name__}: {failure}")
        return Answer(status, text, time.perf_counter() - started, _error_of(status))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        target = target_of(url, allow_private=self._allow_private)
        addresses = await addresses_of(target, self._resolve, allow_private=self._allow_private)
        for address in addresses[:-1]:
            with contextlib.suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._post_to(target, address, headers, body)
        return await self._post_to(target, addresses[-1], headers, body)

    async def _post_to(
        self, target: Target, address: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str]:
        """To one address, while Host and the TLS name stay those of the target."""
        limits = self._limits
        pauses = httpx2.Timeout(limits.silence_seconds, connect=limits.connect_seconds)
        pinned = httpx2.URL(target.url).copy_with(host=address)
        async with _client(self._tls, pauses) as client:
            request = client.build_request(
                "POST",
                pinned,
                headers={**headers, "host": _host(target), "accept-encoding": "identity"},
                content=body,
                extensions={"sni_hostname": target.name},
            )
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                return response.status_code, await self._beginning(response)
            finally:
                await response.aclose()

    async def _beginning(self, response: httpx2.Response) -> str:
        """The answer, cut where it is too long or too slow: the status has come, what follows decides nothing."""
        read = bytearray()
        with contextlib.suppress(TimeoutError, httpx2.HTTPError):
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in response.aiter_raw():
                    read += part
                    if len(read) >= self._limits.answer_bytes:
                        break
        return bytes(read[: self._limits.answer_bytes]).decode("utf-8", "replace")


@contextlib.asynccontextmanager
async def _client(tls: ssl.SSLContext, pauses: httpx2.Timeout) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for one request: a connection that is kept might be used again for another name at the same address."""
    transport = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False)
    async with httpx2.AsyncClient(transport=transport, timeout=pauses, trust_env=False) as client:
        yield client


def _host(target: Target) -> str:
    name = f"[{target.name}]" if ":" in target.name else target.name
    default = (target.scheme, target.port) in (("https", 443), ("http", 80))
    return name if default else f"{name}:{target.port}"


def _error_of(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"answered {status}; redirects are not followed"
    return f"answered {status}"
