from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import InvalidEmail, normalise_email

labels = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
addresses = st.builds("{}@{}.com".format, labels, labels)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Li.Wei@Example.COM ", "li.wei@example.com"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com"),
        ("li@example。com", "li@example.com"),
        ("Info@MÜNCHEN.example", "info@münchen.example"),
        ("info@xn--mnchen-3ya.example", "info@münchen.example"),
        ("李@例子.中国", "李@例子.中国"),
        ("李@xn--fsqu00a.xn--fiqs8s", "李@例子.中国"),
        ("a+crm@example.org", "a+crm@example.org"),
    ],
)
def test_spellings_of_a_mailbox_meet(typed: str, address: str) -> None:
    assert normalise_email(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "li", "li@", "@example.com", "li@@example.com", "a b@example.com", "li@localhost"]
)
def test_a_refusal_names_the_text(typed: str) -> None:
    with pytest.raises(InvalidEmail) as refused:
        normalise_email(typed)

    assert refused.value.code == "INVALID_EMAIL"
    assert str(refused.value).startswith(f"{typed!r} is not an e-mail address: ")


@given(addresses)
def test_normalising_twice_changes_nothing(typed: str) -> None:
    address = normalise_email(typed)

    assert (address, normalise_email(address)) == (typed.lower(), typed.lower())
