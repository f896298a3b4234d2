from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import Divisions, recognise_divisions
from kehu.business.identifiers.divisions import PREFECTURES, PROVINCES, Prefecture
from tests.kehu.business.identifiers.vectors import read_rows

# What the registers write where a county has no prefecture above it.
NO_PREFECTURE = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@pytest.mark.parametrize(
    ("line", "divisions"),
    [
        ("浙江省杭州市西湖区文三路1号", Divisions("浙江省", "CN-ZJ", "杭州市", "西湖区", "文三路1号")),
        (
            "中国，浙江省 杭州市 西湖区 文三路1号",
            Divisions("浙江省", "CN-ZJ", "杭州市", "西湖区", "文三路1号"),
        ),
        ("杭州市西湖区文三路1号", Divisions("浙江省", "CN-ZJ", "杭州市", "西湖区", "文三路1号")),
        ("浙江杭州文三路1号", Divisions("浙江省", "CN-ZJ", "杭州市", None, "文三路1号")),
        ("北京市朝阳区建国路88号", Divisions("北京市", "CN-BJ", "北京市", "朝阳区", "建国路88号")),
        ("北京市市辖区朝阳区", Divisions("北京市", "CN-BJ", "北京市", "朝阳区", "")),
        ("北京朝阳区建国路88号", Divisions("北京市", "CN-BJ", "北京市", "朝阳区", "建国路88号")),
        ("湖北省仙桃市仙桃大道", Divisions("湖北省", "CN-HB", None, "仙桃市", "仙桃大道")),
        ("江苏省昆山市人民路", Divisions("江苏省", "CN-JS", None, "昆山市", "人民路")),
        (
            "恩施州恩施市舞阳坝街道",
            Divisions("湖北省", "CN-HB", "恩施土家族苗族自治州", "恩施市", "舞阳坝街道"),
        ),
        ("海南州共和县恰卜恰镇", Divisions("青海省", "CN-QH", "海南藏族自治州", "共和县", "恰卜恰镇")),
        ("海南三亚市天涯区", Divisions("海南省", "CN-HI", "三亚市", "天涯区", "")),
        ("吉林吉林市船营区", Divisions("吉林省", "CN-JL", "吉林市", "船营区", "")),
        ("香港特别行政区油尖旺区弥敦道", Divisions("香港特别行政区", "CN-HK", None, "油尖旺区", "弥敦道")),
        ("苏州工业园区星湖街1号", Divisions("江苏省", "CN-JS", "苏州市", "工业园区", "星湖街1号")),
    ],
)
def test_divisions_are_read_off_the_beginning_of_a_line(line: str, divisions: Divisions) -> None:
    assert recognise_divisions(line) == divisions


@pytest.mark.parametrize("line", ["青岛市市北区延安路", "青岛市北区延安路", "山东省青岛市市北区延安路"])
def test_a_quarter_that_begins_like_its_city_ends_is_kept_whole(line: str) -> None:
    assert recognise_divisions(line) == Divisions("山东省", "CN-SD", "青岛市", "市北区", "延安路")


@pytest.mark.parametrize(
    "line",
    [
        *("", "100 Main Street", "Beijing", "中国银行", "朝阳区建国路88号", "昆山市人民路", "鼓楼区"),
        *("南京路100号", "北京东路1号", "广东中山路1号", "北京市场路1号", "海南路5号", "中山区人民路"),
        *("阿里巴巴西溪园区", "阿里巴巴滨江区大楼", "海南共和县"),
    ],
)
def test_what_could_be_elsewhere_is_not_guessed(line: str) -> None:
    assert recognise_divisions(line) == Divisions(rest=line)


@pytest.mark.parametrize(
    "rest",
    [
        "文三路社区1号",
        "阿里巴巴园区",
        "农贸市场1号",
        "市中心广场",
        "联华超市",
        "上城小区3栋",
        "旧县镇中街",
        "南京市政府",
    ],
)
def test_a_place_that_only_ends_like_a_district_is_none(rest: str) -> None:
    assert recognise_divisions(f"浙江省杭州市{rest}") == Divisions("浙江省", "CN-ZJ", "杭州市", None, rest)


@pytest.mark.parametrize("city", ["东莞市", "中山市"])
def test_a_city_without_districts_has_none(city: str) -> None:
    assert recognise_divisions(f"{city}长安新区1号") == Divisions(
        "广东省", "CN-GD", city, None, "长安新区1号"
    )


@given(
    st.sampled_from([city for cities in PREFECTURES.values() for city in cities]),
    st.sampled_from(["", " ", "，"]),
)
def test_every_prefecture_is_found_with_its_province_and_without(city: Prefecture, gap: str) -> None:
    found = Divisions(city.province.name, city.province.code, city.name, None, "1号")

    assert recognise_divisions(f"{city.name}{gap}1号") == found
    assert recognise_divisions(f"{city.province.name}{gap}{city.name}{gap}1号") == found


@given(st.text())
def test_no_text_is_too_odd_to_be_read(line: str) -> None:
    divisions = recognise_divisions(line)

    assert line.strip().endswith(divisions.rest)


def test_the_listed_provinces_and_prefectures_are_those_of_the_register(kehu_data: Path) -> None:
    provinces = {row["code"]: row["name"] for row in read_rows(kehu_data / "cn_divisions/provinces.csv")}
    cities = read_rows(kehu_data / "cn_divisions/cities.csv")
    outside_the_register = {"台湾省", "香港特别行政区", "澳门特别行政区"}

    listed = {(province.name, city.name) for province in PROVINCES for city in PREFECTURES[province]}

    assert {province.name for province in PROVINCES} - outside_the_register == set(provinces.values())
    assert listed == {
        (provinces[row["provinceCode"]], row["name"]) for row in cities if row["name"] not in NO_PREFECTURE
    }


@pytest.mark.parametrize("gap", ["", " ", "，"])
def test_lines_in_every_county_of_the_register_are_split(kehu_data: Path, gap: str) -> None:
    counties = registered_counties(kehu_data)

    split = [
        recognise_divisions(gap.join(filter(None, (province, city, county, "中山路1号"))))
        for province, city, county in counties
    ]
    right = [
        (d.province, d.city, d.district, d.rest)
        == (province, city or own_city(province), county, "中山路1号")
        for d, (province, city, county) in zip(split, counties, strict=True)
    ]
    right_or_unknown = [
        d.district in (None, county)
        and d.city in (None, city or own_city(province))
        and d.province == province
        for d, (province, city, county) in zip(split, counties, strict=True)
    ]

    # 99.2 % are split right. Parks, islands and offices that the register adds are left unsplit.
    assert (len(counties), sum(right), right_or_unknown.count(False)) == (2978, 2955, 1)


def registered_counties(kehu_data: Path) -> list[tuple[str, str | None, str]]:
    provinces = {row["code"]: row["name"] for row in read_rows(kehu_data / "cn_divisions/provinces.csv")}
    cities = {row["code"]: row["name"] for row in read_rows(kehu_data / "cn_divisions/cities.csv")}
    return [
        (
            provinces[row["provinceCode"]],
            None if cities[row["cityCode"]] in NO_PREFECTURE else cities[row["cityCode"]],
            row["name"],
        )
        for row in read_rows(kehu_data / "cn_divisions/areas.csv")
    ]


def own_city(province: str) -> str | None:
    return province if province.endswith("市") else None
