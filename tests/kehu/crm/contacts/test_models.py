from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import kehu
from kehu.business.identifiers import InvalidEmail, InvalidPhone, InvalidUrl, InvalidWechatId
from kehu.crm.contacts.models import Address, ContactPoint, ContactRole


@pytest.mark.parametrize(
    ("kind", "typed", "region", "kept"),
    [
        ("EMAIL", " Ann@Example.COM ", None, "ann@example.com"),
        ("PHONE", "(010) 6552 9988", "CN", "+861065529988"),
        ("MOBILE", "138 0013 8000", "CN", "+8613800138000"),
        ("MOBILE", "+86 138 0013 8000", None, "+8613800138000"),
        ("FAX", "020 7946 0000", "GB", "+442079460000"),
        ("WECHAT", "Ann_2020", None, "ann_2020"),
        ("WEB", "Example.com/Ann", None, "https://example.com/Ann"),
        ("TELEX", " ＡＢＣ 1 ", None, "abc 1"),
    ],
)
def test_a_contact_point_has_one_form(kind: str, typed: str, region: str | None, kept: str) -> None:
    point = ContactPoint(kind=kind, value=typed)
    point.normalise(region=region)
    assert (point.value, point.normalised_value) == (typed, kept)


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        ("EMAIL", "ann", InvalidEmail),
        ("PHONE", "110 110 110 110 110", InvalidPhone),
        ("MOBILE", "13800138000", InvalidPhone),
        ("WECHAT", "张三", InvalidWechatId),
        ("WEB", "ftp://example.com", InvalidUrl),
    ],
)
def test_what_is_no_contact_point_of_its_kind_is_refused(
    kind: str, typed: str, error: type[ValueError]
) -> None:
    with pytest.raises(error):
        ContactPoint(kind=kind, value=typed).normalise(region=None)


def test_a_role_does_not_end_before_it_begins() -> None:
    ContactRole(from_on=date(2026, 1, 1), until_on=date(2026, 1, 1)).check_dates()
    with pytest.raises(kehu.Refusal) as refusal:
        ContactRole(from_on=date(2026, 1, 2), until_on=date(2026, 1, 1)).check_dates()
    assert [(e.code, e.field) for e in refusal.value.errors] == [("INVALID", "untilOn")]


def test_a_role_lasts_through_its_last_day() -> None:
    role = ContactRole(until_on=date(2026, 3, 2))
    assert [role.is_current(date(2026, 3, day)) for day in (1, 2, 3)] == [True, True, False]
    assert ContactRole().is_current(date(2026, 3, 2))
    assert not ContactRole(archived_at=datetime(2026, 3, 1, tzinfo=UTC)).is_current(date(2026, 3, 2))


def divisions(place: Address) -> tuple[str | None, ...]:
    return place.province, place.city, place.district, place.country


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Address(lines="浙江省杭州市西湖区文三路 90 号"), ("浙江省", "杭州市", "西湖区", "CN")),
        (Address(lines="上海市浦东新区世纪大道 1 号\n8 楼"), ("上海市", "上海市", "浦东新区", "CN")),
        (
            Address(lines="浙江省杭州市西湖区文三路 90 号", city="杭州市"),
            ("浙江省", "杭州市", "西湖区", "CN"),
        ),
        (Address(lines="浙江省杭州市西湖区文三路 90 号", city="宁波市"), (None, "宁波市", None, None)),
        (Address(lines="南京路 1 号"), (None, None, None, None)),
        (Address(lines="1 Main Street"), (None, None, None, None)),
        (Address(lines="浙江省杭州市", country="JP"), (None, None, None, "JP")),
    ],
)
def test_an_unmistakable_chinese_line_fills_the_divisions(
    place: Address, expected: tuple[str | None, ...]
) -> None:
    typed = place.lines
    place.recognise_divisions()
    assert (divisions(place), place.lines) == (expected, typed)
