"""ISO 3166 country codes from names as people write them in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from kehu.kernel.text.folding import fold

_LOCALES = ("en", "zh", "zh_Hant")
# Regions that CLDR names and ISO 3166-1 does not assign. Kosovo's XK stays: ISO leaves it to users.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_SAINT = re.compile(r"\bst\b")
_SIGNS = re.compile(r"[\W_]+")
# Official names of ISO 3166-1 and names in daily use that CLDR words otherwise.
_OTHER_NAMES = {
    "AE": ("UAE", "阿联酋"),
    "BO": ("Bolivia, Plurinational State of", "Plurinational State of Bolivia"),
    "BN": ("Brunei Darussalam",),
    "BY": ("Republic of Belarus",),
    "CD": (
        "Congo, Democratic Republic of the",
        "Democratic Republic of the Congo",
        "DR Congo",
        "DRC",
        "刚果民主共和国",
    ),
    "CG": ("Republic of the Congo", "刚果共和国"),
    "CI": ("Ivory Coast",),
    "CN": (
        "People's Republic of China",
        "PR China",
        "PRC",
        "Mainland China",
        "中华人民共和国",
        "中國大陸",
        "中国大陆",
    ),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic",),
    "DE": ("Federal Republic of Germany",),
    "FM": ("Micronesia, Federated States of",),
    "GB": (
        *(
            "Great Britain",
            "Britain",
            "England",
            "Scotland",
            "Wales",
            "Northern Ireland",
            "大不列颠",
            "英格兰",
        ),
        "United Kingdom of Great Britain and Northern Ireland",
    ),
    "HK": (
        "Hong Kong",
        "Hong Kong SAR",
        "Hongkong",
        "香港",
        "中国香港",
        "中國香港",
        "香港特别行政区",
        "香港特別行政區",
    ),
    "IR": ("Iran, Islamic Republic of", "Islamic Republic of Iran"),
    "KP": (
        *("Korea, Democratic People's Republic of", "Democratic People's Republic of Korea", "DPRK"),
        "朝鲜民主主义人民共和国",
    ),
    "KR": ("Korea, Republic of", "Republic of Korea", "Korea, South", "大韩民国", "南韩"),
    "LA": ("Lao People's Democratic Republic", "Lao PDR"),
    "MD": ("Moldova, Republic of", "Republic of Moldova"),
    "MK": ("Macedonia", "Republic of North Macedonia"),
    "MM": ("Myanmar", "Burma"),
    "MO": (
        "Macao",
        "Macau",
        "Macao SAR",
        "澳门",
        "澳門",
        "中国澳门",
        "中國澳門",
        "澳门特别行政区",
        "澳門特別行政區",
    ),
    "NL": ("Holland", "Netherlands, Kingdom of the"),
    "PS": ("Palestine", "Palestine, State of", "State of Palestine", "巴勒斯坦", "巴勒斯坦国"),
    "RU": ("Russian Federation", "俄罗斯联邦"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "TW": ("Taiwan, Province of China", "臺灣", "中国台湾", "中國台灣"),
    "TZ": ("Tanzania, United Republic of", "United Republic of Tanzania"),
    "US": ("United States of America", "America", "美利坚合众国"),
    "VA": ("Holy See", "Vatican"),
    "VE": ("Venezuela, Bolivarian Republic of", "Bolivarian Republic of Venezuela"),
    "VN": ("Viet Nam", "Socialist Republic of Vietnam"),
}


def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of the country that `name` names in English or Chinese, or None.

    An alpha-2 or alpha-3 code is a name too. Case, accents, punctuation, `The`, `&` for `and` and `St` for
    `Saint` do not matter; a misspelled name is not guessed at, nor one that two countries share (`Congo`).
    Source: Unicode CLDR, through Babel, and the official names of ISO 3166-1.
    """
    return _codes_by_name().get(_key(name))


def _key(name: str) -> str:
    words = fold(name.replace("&", " and ")).strip().removeprefix("the ")
    return _SIGNS.sub("", _SAINT.sub("saint", words))


@cache
def _codes_by_name() -> Mapping[str, str]:
    # Dictionaries keep the last of two, so the names that count most come last.
    return MappingProxyType(
        {_key(name): code for name, code in (*_alpha_3(), *_other_names(), *_territories())}
    )


def _territories() -> Iterator[tuple[str, str]]:
    from babel import Locale  # noqa: PLC0415  # a server starts without Babel

    for locale in _LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if _is_country(code):
                yield name, code
                yield code, code


def _other_names() -> Iterator[tuple[str, str]]:
    return ((name, code) for code, names in _OTHER_NAMES.items() for name in names)


def _alpha_3() -> Iterator[tuple[str, str]]:
    """Alpha-3 codes, and UK, from CLDR's aliases; a former country counts when one country succeeded it."""
    from babel import Locale  # noqa: PLC0415
    from babel.core import get_global  # noqa: PLC0415

    territories = Locale.parse("en").territories
    for alias, codes in get_global("territory_aliases").items():
        is_code = alias == "UK" or (len(alias) == 3 and alias.isalpha())
        if is_code and len(codes) == 1 and _is_country(codes[0]) and codes[0] in territories:
            yield alias, codes[0]


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
