"""Province, city and district of a Chinese address that was typed on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from kehu.business.identifiers.districts import district_at
from kehu.business.identifiers.divisions import PREFECTURES, PROVINCES, UNDIVIDED, Prefecture, Province

Place = TypeVar("Place", Province, Prefecture)

_GAP = re.compile(r"[\s,，、/·>|\-]*")
_COUNTRY = re.compile(r"(?:中华人民共和国|中国|P\.?\s?R\.?\s?China\b|China\b)[\s,，]*", re.IGNORECASE)
# Levels that registers print and nobody says, for they name no place.
_PLACEHOLDER = re.compile(r"市辖区|(?:省|自治区)直辖县级行政(?:区划|单位|区)|县(?=[\s,，]*\w{1,12}县)")
# 北京路, 南京东路, 朝阳区: a borrowed name, or the beginning of a longer one.
_BORROWED = re.compile(r"[东西南北中一二三]?(?:路|街|大街|大道|道|巷|里)|[省市区县州盟旗村]|地区|自治")
_ANOTHER_WORD = re.compile(r"(?<=市)场")
# 青岛市北区 is the district 市北区 of Qingdao: the 市 belongs to the second name.
_QUARTER = re.compile(r"(?<=市)[中南北辖]区")
_NAMED_AFTER_ITS_CITY = ("开发区", "管理区", "示范区")
_INNER_MONGOLIA = "CN-NM"
_TAIWAN = "CN-TW"
_LONGEST_CONFIRMATION = 4
_PLAIN_COUNTY = re.compile(r".+(?<!自治)县")
_UNMISTAKABLE = ("自治县", "自治旗", "旗", "族区")
_CITIES = tuple(city for cities in PREFECTURES.values() for city in cities)
_CITY_NAMES = frozenset(city.name for city in _CITIES)


@dataclass(frozen=True, slots=True)
class Divisions:
    """What was recognised of an address line, and the `rest` of it, from the town or street on.

    `province`, `city` and `district` are names of the provincial, prefectural and county level. A
    municipality is its own city; a county directly below its province has none. The code is ISO 3166-2.
    """

    province: str | None = None
    province_code: str | None = None
    city: str | None = None
    district: str | None = None
    rest: str = ""


def recognise_divisions(line: str) -> Divisions:
    """The divisions that `line` begins with; a level that is left out or could be read in two ways is None.

    A name without its rank (杭州 for 杭州市) counts when a lower level follows: 南京路 is not in Nanjing.
    A district alone (朝阳区) may be in several cities and is not recognised. Not every wrong reading can be
    told from the text: a building named like a county-level city after its city is taken for one.
    """
    text = line.strip()
    country = _COUNTRY.match(text)
    start = country.end() if country else 0
    for reading in (_from_province, _from_city, _from_short_province, _from_short_city):
        divisions = reading(text, start)
        if divisions is not None:
            return divisions
    return Divisions(rest=text)


def _from_province(text: str, start: int) -> Divisions | None:
    province, end = _named(PROVINCES, text, start)
    return _within_province(province, text, end) if province else None


def _from_city(text: str, start: int) -> Divisions | None:
    city, end = _named(_CITIES, text, start)
    return _within_city(city, text, end) if city else None


def _from_short_province(text: str, start: int) -> Divisions | None:
    province, end = _shortly_named(PROVINCES, text, start)
    if province is None:
        return None
    divisions = _within_province(province, text, end)
    is_city_named = divisions.city is not None and not province.is_city
    return divisions if is_city_named or _confirms(divisions.district, province.short) else None


def _from_short_city(text: str, start: int) -> Divisions | None:
    city, end = _shortly_named(_CITIES, text, start)
    if city is None:
        return None
    divisions = _within_city(city, text, end)
    return divisions if _confirms(divisions.district, city.short) else None


def _confirms(district: str | None, short_name: str) -> bool:
    """Whether `district` shows that the short name before it was meant as that place.

    A long one does not: 阿里巴巴滨江区 is not in Ali. A county does not tell the two Hainans apart.
    """
    if district is None or (short_name == "海南" and _PLAIN_COUNTY.fullmatch(district)):
        return False
    return len(district) <= _LONGEST_CONFIRMATION or district.endswith(_UNMISTAKABLE)


def _within_province(province: Province, text: str, end: int) -> Divisions:
    start = _next_level(text, end)
    if province.is_city:
        own_city = province.name if province.name.endswith("市") else None
        return _with_district(province, own_city, text, start)
    city, city_end = _named(PREFECTURES[province], text, start)
    if city is None:
        city, city_end = _shortly_named(PREFECTURES[province], text, start)
    return _within_city(city, text, city_end) if city else _with_district(province, None, text, start)


def _within_city(city: Prefecture, text: str, end: int) -> Divisions:
    start = _next_level(text, end - 1 if _QUARTER.match(text, end) else end)
    return _with_district(city.province, city.name, text, start)


def _with_district(province: Province, city: str | None, text: str, start: int) -> Divisions:
    district, end = _district(city, text, start)
    is_possible = district not in _CITY_NAMES and (
        province.code == _INNER_MONGOLIA or not district.endswith("旗")
    )
    if not is_possible or province.code == _TAIWAN:
        district, end = "", start
    return Divisions(
        province.name, province.code, city, district or None, rest=text[_next_level(text, end) :]
    )


def _district(city: str | None, text: str, start: int) -> tuple[str, int]:
    """The name of the district at `start`, "" when there is none, and where it ends."""
    repeated = city if city and text.startswith(city, start) else ""
    district = "" if city in UNDIVIDED else district_at(text, start=start + len(repeated)) or ""
    end = start + len(repeated) + len(district)
    return (repeated + district if district.endswith(_NAMED_AFTER_ITS_CITY) else district), end


def _next_level(text: str, end: int) -> int:
    """Where the next name begins: after separators, and after levels that name no place."""
    start = _end_of(_GAP, text, end)
    placeholder_end = _end_of(_PLACEHOLDER, text, start)
    return start if placeholder_end == start else _end_of(_GAP, text, placeholder_end)


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _named(places: Iterable[Place], text: str, start: int) -> tuple[Place | None, int]:
    """The place whose full name stands in `text` at `start`, and where that name ends."""
    named = [(place, name) for place in places for name in place.full_names if text.startswith(name, start)]
    place, name = max(named, key=_length_of_name, default=(None, ""))
    end = start + len(name)
    return (None, start) if _ANOTHER_WORD.match(text, end) else (place, end)


def _shortly_named(places: Iterable[Place], text: str, start: int) -> tuple[Place | None, int]:
    """The same for the name without its rank, unless a road or a lower place borrows it."""
    named = [(place, place.short) for place in places if text.startswith(place.short, start)]
    place, name = max(named, key=_length_of_name, default=(None, ""))
    end = start + len(name)
    return (None, start) if _BORROWED.match(text, end) else (place, end)


def _length_of_name(named: tuple[object, str]) -> int:
    return len(named[1])
