from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import InvalidUrl, InvalidWechatId, normalise_url, normalise_wechat_id

labels = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
tails = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("Example.COM", "https://example.com/"),
        (" http://www.Example.com/ ", "http://www.example.com/"),
        ("HTTPS://example.com:443/A?b=C#D", "https://example.com/A?b=C#D"),
        ("http://example.com:80", "http://example.com/"),
        ("example.com:8443/shop", "https://example.com:8443/shop"),
        ("ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ／a", "https://www.example.com/a"),
        ("www。example。com", "https://www.example.com/"),
        ("例子.中国", "https://xn--fsqu00a.xn--fiqs8s/"),
        ("example.com/产品", "https://example.com/%E4%BA%A7%E5%93%81"),
        ("example.com/%E4%BA%A7?q=a b", "https://example.com/%E4%BA%A7?q=a%20b"),
        ("example.com.", "https://example.com/"),
        ("192.168.1.1", "https://192.168.1.1/"),
    ],
)
def test_spellings_of_a_web_address_meet(typed: str, url: str) -> None:
    assert normalise_url(typed) == url


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "'' is not a web address."),
        ("our site", "'our site' is not a web address."),
        ("ftp://example.com/", "'ftp://example.com/' is not a web address: it begins with ftp."),
        (
            "http://li:secret@example.com/",
            "'http://li:secret@example.com/' carries a user name; leave it out.",
        ),
        ("localhost", "'localhost' is not a web address: localhost is not a host name on the internet."),
        ("a..com", "'a..com' is not a web address: a..com is not a host name."),
        ("https:///path", "'https:///path' is not a web address: https is not a host name on the internet."),
        (
            "example.com:99999",
            "'example.com:99999' is not a web address: its port is not a number up to 65535.",
        ),
        (
            "javascript:alert(1)",
            "'javascript:alert(1)' is not a web address: javascript is not a host name on the internet.",
        ),
    ],
)
def test_a_refusal_says_why(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidUrl) as refused:
        normalise_url(typed)

    assert (refused.value.code, str(refused.value)) == ("INVALID_URL", sentence)


@given(labels, tails)
def test_normalising_a_web_address_twice_changes_nothing(host: str, tail: str) -> None:
    url = normalise_url(f"{host}.com/{tail}")

    assert url.startswith(f"https://{host.lower()}.com/")
    assert normalise_url(url) == url


@pytest.mark.parametrize(
    ("typed", "wechat_id"),
    [(" Li_Wei-88 ", "li_wei-88"), ("ＷＸＩＤ＿abc123", "wxid_abc123"), ("13800138000", "13800138000")],
)
def test_case_and_width_of_a_wechat_id_do_not_matter(typed: str, wechat_id: str) -> None:
    assert normalise_wechat_id(typed) == wechat_id


@pytest.mark.parametrize("typed", ["", "li", "li wei 88", "李伟的微信号", "a" * 33])
def test_a_nickname_is_no_wechat_id(typed: str) -> None:
    with pytest.raises(InvalidWechatId) as refused:
        normalise_wechat_id(typed)

    assert (refused.value.code, str(refused.value)) == (
        "INVALID_WECHAT_ID",
        f"{typed!r} is not a WeChat id: it has 5 to 32 letters, digits, hyphens or underscores.",
    )
