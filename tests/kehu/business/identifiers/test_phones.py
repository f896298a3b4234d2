from __future__ import annotations

from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import InvalidPhone, normalise_phone
from tests.kehu.business.identifiers.vectors import read_rows

REGIONS = sorted(r for r in phonenumbers.SUPPORTED_REGIONS if phonenumbers.example_number(r) is not None)


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("１３８　００１３　８０００", "CN", "+8613800138000"),
        ("0086-138 0013 8000", "CN", "+8613800138000"),
        ("(010) 8234-9876", "cn", "+861082349876"),
        ("400-810-8888", "CN", "+864008108888"),
        ("4008108888", "CN", "+864008108888"),
        ("+1 (650) 253-0000", "CN", "+16502530000"),
    ],
)
def test_spellings_of_a_number_meet_in_e164(typed: str, region: str, number: str) -> None:
    assert normalise_phone(typed, region) == number


@pytest.mark.parametrize(
    "typed",
    [
        "010-82349876 ext. 5",
        "010-82349876转5",
        "010-82349876 转 805",
        "010-82349876 分机：805",
        "010-82349876x12",
    ],
)
def test_an_extension_tells_numbers_of_one_switchboard_apart(typed: str) -> None:
    number, _, extension = normalise_phone(typed, "CN").partition(";ext=")
    assert number == "+861082349876"
    assert extension in ("5", "12", "805")


@pytest.mark.parametrize(
    ("typed", "region", "sentence"),
    [
        ("call me", "CN", "'call me' is not a telephone number."),
        ("", "CN", "'' is not a telephone number."),
        ("13800138000", "ZZ", "'13800138000' is not a telephone number."),
        ("1380013800", "CN", "'1380013800' is not a telephone number that exists in CN."),
        (
            "+1 000 000 0000",
            "CN",
            "'+1 000 000 0000' is not a telephone number that exists in the country of +1.",
        ),
    ],
)
def test_a_refusal_says_why(typed: str, region: str, sentence: str) -> None:
    with pytest.raises(InvalidPhone) as refused:
        normalise_phone(typed, region)

    assert (refused.value.code, str(refused.value)) == ("INVALID_PHONE", sentence)


@given(st.sampled_from(REGIONS), st.sampled_from(REGIONS))
def test_a_normalised_number_is_the_same_number_in_every_region(home: str, abroad: str) -> None:
    example = phonenumbers.example_number(home)
    assert example is not None
    typed = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)

    number = normalise_phone(typed, home)

    assert normalise_phone(number, abroad) == number


def test_the_collected_numbers_are_judged_as_collected(kehu_data: Path) -> None:
    rows = read_rows(kehu_data / "phone_vectors/phones.csv")

    judged = [(row["input"], _number_or_none(row["input"], row["region"])) for row in rows]

    assert len(rows) == 55
    assert judged == [(row["input"], row["e164"] if row["verdict"] == "valid" else None) for row in rows]


def _number_or_none(typed: str, region: str) -> str | None:
    try:
        return normalise_phone(typed, region).partition(";")[0]
    except InvalidPhone:
        return None
