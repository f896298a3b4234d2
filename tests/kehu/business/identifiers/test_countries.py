from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("united states of america", "US"),
        ("U.S.A.", "US"),
        ("UK", "GB"),
        ("Philippines", "PH"),
        ("The Bahamas", "BS"),
        ("Trinidad and Tobago", "TT"),
        ("Saint Lucia", "LC"),
        ("Cote d'Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Korea, Republic of", "KR"),
        ("Viet Nam", "VN"),
        ("中国", "CN"),
        ("中华人民共和国", "CN"),
        ("德國", "DE"),
        (" ｃｎ ", "CN"),
        ("CHN", "CN"),
        ("香港", "HK"),
        ("臺灣", "TW"),
    ],
)
def test_a_country_is_known_by_its_english_and_chinese_names(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    "name", ["", "Philipines", "Atlantis", "Congo", "Korea", "European Union", "EU", "ZZ", "欧盟"]
)
def test_what_is_misspelled_shared_or_no_country_is_not_guessed(name: str) -> None:
    assert country_code(name) is None


@given(
    st.sampled_from(["en", "zh", "zh_Hant"]),
    st.sampled_from(["US", "GB", "CN", "BR", "IN", "DE", "ZA", "NZ"]),
)
def test_every_name_of_cldr_leads_back_to_its_code(locale: str, code: str) -> None:
    assert country_code(Locale.parse(locale).territories[code]) == code
