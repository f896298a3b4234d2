"""Where a webhook may be sent: never into the network that kehu itself stands in, unless that is wished.

A name is resolved once; every address it has must be public, and the connection goes to one of these very addresses,
so that a name which changes its mind in between gains nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from kehu.kernel.errors import Refusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_PORTS = {"https": 443, "http": 80}
# What follows this prefix is an IPv4 address, which decides (NAT64, RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Ways to write other addresses that no target needs: 6to4, Teredo, NAT64 of one's own network (RFC 8215), and
# IPv4-compatible addresses.
_DETOURS = tuple(map(ipaddress.IPv6Network, ("2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96")))


class TargetRefused(Refusal):
    """The address is none to which webhooks are sent."""

    code = "TARGET_REFUSED"


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """An address that was taken apart: `name` is the host without brackets, `port` its own or that of the scheme."""

    url: str
    scheme: str
    name: str
    port: int


def target_of(url: str, *, allow_private: bool) -> Target:
    """What a URL points at. Raises TargetRefused for one that is not plain https (http too with `allow_private`)."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise TargetRefused(f"{url!r} is no address; write https://host/path.", field="url") from None
    if parts.scheme not in _PORTS or not name or not url.isascii() or any(c.isspace() for c in url):
        raise TargetRefused(f"{url!r} is no address; write https://host/path.", field="url")
    if parts.scheme != "https" and not allow_private:
        raise TargetRefused("A webhook is sent by https, so that nobody on the way reads it.", field="url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetRefused("An address has no user, password or #fragment in it.", field="url")
    if port == 0:
        raise TargetRefused("The port 0 is none.", field="url")
    return Target(url, parts.scheme, name, port or _PORTS[parts.scheme])


async def addresses_of(target: Target, resolve: Resolver, *, allow_private: bool) -> Sequence[str]:
    """The addresses of a target, in the order to try them.

    Raises TargetRefused when one of them is not public, OSError when the name has none.
    """
    found = list(dict.fromkeys(await resolve(target.name, target.port)))
    if not found:
        raise OSError(f"{target.name} has no address.")
    refused = [] if allow_private else [address for address in found if not is_public(address)]
    if refused:
        raise TargetRefused(
            f"{target.name} is {refused[0]}, which is not an address on the internet; "
            "an installation of one's own may allow it with KEHU_CORE_WEBHOOK_PRIVATE_TARGETS=true.",
            field="url",
        )
    return found


async def resolve_by_system(name: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver knows."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's: not private, loopback, link-local, multicast or reserved."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    address_that_counts = _embedded(parsed) or parsed
    return address_that_counts.is_global and not _is_special(address_that_counts)


def _is_special(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (
        address.is_site_local or any(address in network for network in _DETOURS)
    ):
        return True
    return (
        address.is_multicast
        or address.is_reserved
        or address.is_link_local
        or address.is_loopback
        or address.is_unspecified
    )


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped
