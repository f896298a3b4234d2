from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import InvalidCreditCode, parse_credit_code
from kehu.business.identifiers.credit_code import check_digit
from tests.kehu.business.identifiers.vectors import read_rows

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

bodies = st.builds(
    "".join,
    st.tuples(
        st.sampled_from("123456789ANY"),
        st.sampled_from(ALPHABET),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(ALPHABET, min_size=9, max_size=9),
    ),
)


def is_accepted(text: str) -> bool:
    try:
        parse_credit_code(text)
    except InvalidCreditCode:
        return False
    return True


@given(bodies)
def test_a_code_with_its_check_digit_is_read_as_it_is(body: str) -> None:
    code = body + check_digit(body)

    assert parse_credit_code(code) == code


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_always_noticed(body: str, position: int, typed: str) -> None:
    code = body + check_digit(body)
    mistyped = code[:position] + typed + code[position + 1 :]

    assert is_accepted(mistyped) == (typed == code[position])


@given(bodies, st.integers(0, 15))
def test_two_neighbours_that_change_places_are_always_noticed(body: str, position: int) -> None:
    code = body + check_digit(body)
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]

    assert is_accepted(swapped) == (swapped == code)


@pytest.mark.parametrize(
    "typed",
    [
        "91110000600037341L",
        "  91 110000 60003734 1l\n",
        "91110000-600037341-L",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000\u3000600037341L",
    ],
)
def test_case_width_spaces_and_hyphens_do_not_matter(typed: str) -> None:
    assert parse_credit_code(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12345", "A unified social credit code has 18 characters; '12345' has 5."),
        ("", "A unified social credit code has 18 characters; '' has 0."),
        ("I1110000600037341L", "'I1110000600037341L' is not formed like a unified social credit code."),
        ("9111000A600037341L", "'9111000A600037341L' is not formed like a unified social credit code."),
        (
            "91110000600037341M",
            "The check digit of 91110000600037341M does not fit: a character is mistyped.",
        ),
    ],
)
def test_a_refusal_says_why(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidCreditCode) as refused:
        parse_credit_code(typed)

    assert (refused.value.code, str(refused.value)) == ("INVALID_CREDIT_CODE", sentence)


def test_a_rural_collective_registered_by_the_agriculture_office_has_a_code_too() -> None:
    body = "N2320506MF1234567"

    assert parse_credit_code(body + check_digit(body)) == body + check_digit(body)


def test_the_published_codes_are_judged_as_published(kehu_data: Path) -> None:
    rows = [r for r in read_rows(kehu_data / "cn_identifiers/uscc_ric_vectors.csv") if r["kind"] == "uscc"]

    judged = [(r["input"], parse_credit_code(r["input"]) if is_accepted(r["input"]) else None) for r in rows]

    assert len(rows) == 206
    assert judged == [
        (r["input"], r["normalised_or_error"] if r["expected"] == "valid" else None) for r in rows
    ]
