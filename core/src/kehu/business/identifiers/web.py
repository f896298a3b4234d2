"""Addresses on the web, and WeChat ids, in one form."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from kehu.kernel.text.characters import half_width, half_width_address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME_AND_HOST = re.compile(r"(?:[a-z][a-z0-9+.\-]*[:：][/／]{2})?[^/?#／？＃]+", re.IGNORECASE)
# RFC 3986's reserved and unreserved signs, and "%" so that what is escaped already stays as it is.
_UNESCAPED = "%/:?#[]@!$&'()*+,;=-._~"
_WECHAT_ID = re.compile(r"[a-z0-9_\-]{5,32}")


class InvalidUrl(ValueError):
    """A text that is no address of a web page; the message says why."""

    code: ClassVar[str] = "INVALID_URL"


class InvalidWechatId(ValueError):
    """A text by which nobody can be found on WeChat."""

    code: ClassVar[str] = "INVALID_WECHAT_ID"


def normalise_url(text: str) -> str:
    """The http or https address in `text`: `Example.com` becomes `https://example.com/`.

    Scheme and host are lower-cased, an internationalised host becomes ASCII, the default port goes,
    characters outside ASCII are percent-encoded; path, query and fragment keep their case. Raises InvalidUrl,
    also for an address with a user name or password. Source: RFC 3986, section 6.2; UTS 46 for the host.
    """
    parts = _split(text)
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidUrl(f"{text!r} is not a web address: it begins with {parts.scheme}.")
    if parts.username is not None:
        raise InvalidUrl(f"{text!r} carries a user name; leave it out.")
    authority = _host(parts, text) + _port(parts, text)
    path, query, fragment = (
        quote(part, safe=_UNESCAPED) for part in (parts.path or "/", parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, authority, path, query, fragment))


def normalise_wechat_id(text: str) -> str:
    """The WeChat id in `text`, lower-cased; a phone or QQ number by which the person is found counts as one.

    Raises InvalidWechatId, for example for a nickname: those are not unique.
    """
    wechat_id = half_width(text).strip().lower()
    if not _WECHAT_ID.fullmatch(wechat_id):
        raise InvalidWechatId(
            f"{text!r} is not a WeChat id: it has 5 to 32 letters, digits, hyphens or underscores."
        )
    return wechat_id


def _split(text: str) -> SplitResult:
    typed = text.strip()
    found = _SCHEME_AND_HOST.match(typed)
    if found is None or re.search(r"\s", found[0]):
        raise InvalidUrl(f"{text!r} is not a web address.")
    # Full-width characters are typing slips up to the host; in the path they may be the page's name.
    start = half_width_address(found[0])
    rest = half_width(typed[found.end() :][:1]) + typed[found.end() + 1 :]
    try:
        return urlsplit(start + rest if "://" in start else f"https://{start}{rest}")
    except ValueError as unreadable:
        raise InvalidUrl(f"{text!r} is not a web address.") from unreadable


def _host(parts: SplitResult, text: str) -> str:
    try:
        host = idna.encode(parts.hostname or "", uts46=True).decode("ascii")
    except idna.IDNAError as refused:
        raise InvalidUrl(f"{text!r} is not a web address: {parts.hostname} is not a host name.") from refused
    if "." not in host.rstrip("."):
        raise InvalidUrl(f"{text!r} is not a web address: {host} is not a host name on the internet.")
    return host.rstrip(".")


def _port(parts: SplitResult, text: str) -> str:
    try:
        port = parts.port
    except ValueError as refused:
        raise InvalidUrl(f"{text!r} is not a web address: its port is not a number up to 65535.") from refused
    return "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
