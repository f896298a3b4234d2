from __future__ import annotations

from collections.abc import Sequence

import pytest

from kehu.platform.webhooks.targets import TargetRefused, addresses_of, is_public, target_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:a00:1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "no address",
    ],
)
def test_an_address_that_is_not_on_the_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "https:///hook",
        "https://user:password@example.com/hook",
        "https://user@example.com/hook",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://例子.cn/",
        "example.com/hook",
        "javascript:alert(1)",
        "https://[::1",
        "",
    ],
)
def test_an_address_that_is_no_plain_https_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused) as refusal:
        target_of(url, allow_private=False)
    assert [(error.code, error.field) for error in refusal.value.errors] == [("TARGET_REFUSED", "url")]


def test_a_target_has_the_port_of_its_scheme_or_its_own() -> None:
    plain = target_of("https://Example.com/hook?x=1", allow_private=False)
    other = target_of("http://[2606:4700::1]:8080/", allow_private=True)

    assert (plain.scheme, plain.name, plain.port) == ("https", "example.com", 443)
    assert (other.scheme, other.name, other.port) == ("http", "2606:4700::1", 8080)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["2606:4700::1", "::1"], ["::ffff:10.0.0.1"]]
)
async def test_a_name_is_refused_when_one_of_its_addresses_is_not_public(addresses: list[str]) -> None:
    async def resolve(_name: str, _port: int) -> Sequence[str]:
        return addresses

    with pytest.raises(TargetRefused, match="not an address on the internet"):
        await addresses_of(
            target_of("https://example.com/", allow_private=False), resolve, allow_private=False
        )


async def test_a_name_without_an_address_is_an_error_of_the_network() -> None:
    async def resolve(_name: str, _port: int) -> Sequence[str]:
        return []

    with pytest.raises(OSError, match="has no address"):
        await addresses_of(
            target_of("https://example.com/", allow_private=False), resolve, allow_private=False
        )
