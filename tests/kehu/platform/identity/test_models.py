from __future__ import annotations

from datetime import timedelta

import pytest

import kehu
from kehu.kernel.access import Level
from kehu.platform.identity.locales import check_time_zone, country_of_time_zone, normalise_language
from kehu.platform.identity.models import Reach
from kehu.platform.identity.passwords import check_strength, hash_password, is_password, needs_rehash
from kehu.platform.identity.principals import email_key, highest
from kehu.platform.identity.throttle import wait_after


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("en", "en"), ("EN", "en"), ("zh-cn", "zh_CN"), (" pt_br ", "pt_BR"), ("zh_hant_tw", "zh_Hant_TW")],
)
def test_a_language_has_one_form(typed: str, kept: str) -> None:
    assert normalise_language(typed) == kept


@pytest.mark.parametrize("typed", ["", "xx", "klingonese", "en_", "1"])
def test_an_unknown_language_is_refused(typed: str) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        normalise_language(typed)
    assert refusal.value.errors[0].code == "UNKNOWN_LANGUAGE"


def test_an_unknown_time_zone_is_refused() -> None:
    check_time_zone("Asia/Shanghai")
    with pytest.raises(kehu.Refusal) as refusal:
        check_time_zone("China/Peking")
    assert refusal.value.errors[0].code == "UNKNOWN_TIME_ZONE"


def test_a_time_zone_is_in_one_country_or_in_none() -> None:
    assert [country_of_time_zone(zone) for zone in ("Asia/Shanghai", "America/New_York", "UTC")] == [
        "CN",
        "US",
        None,
    ]


def test_a_password_has_at_least_ten_characters() -> None:
    check_strength("9rK wq2-xT")
    with pytest.raises(kehu.Refusal) as refusal:
        check_strength("012345678")
    assert [(e.code, e.field) for e in refusal.value.errors] == [("WEAK_PASSWORD", "password")]


async def test_only_the_right_password_fits_its_hash() -> None:
    kept = await hash_password("correct horse")
    assert await is_password("correct horse", kept)
    assert not await is_password("correct horsf", kept)
    assert not await is_password("correct horse", None)
    assert not await is_password("the password of nobody", None)
    assert not await is_password("correct horse", "no hash")
    assert not await is_password("x" * 100_000, kept)
    assert not needs_rehash(kept)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (1000, 3600)],
)
def test_the_wait_doubles_from_the_fifth_failure_up_to_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures, limit=5) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("typed", "key"), [(" Ann@Example.COM ", "ann@example.com"), ("No Address", "no address")]
)
def test_an_address_to_sign_in_with_is_found_however_it_is_typed(typed: str, key: str) -> None:
    assert email_key(typed) == key


def test_of_several_grants_the_highest_counts() -> None:
    granted = [("sfa.lead:read", Reach.OWN), ("sfa.lead:read", Reach.SUBTREE), ("sfa.lead:read", Reach.TEAM)]
    assert highest(granted) == {"sfa.lead:read": Level.SUBTREE}
