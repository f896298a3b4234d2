"""How the name of a Chinese county or district ends, and how it does not: a grammar instead of 2,850 names.

The county level is 区 (district), 县 (county), 市 (county-level city), 旗 (banner) and the autonomous ones
among them; an economic zone with a government of its own stands in its place. Source: the names of GB/T 2260.
"""

from __future__ import annotations

import re

# Names that the grammar below would cut short, or take for a road, a town or a park.
_EXCEPTIONS = (
    *(
        "沙县区",
        "赣县区",
        "梅县区",
        "辉县市",
        "芒市",
        "孟村回族自治县",
        "让胡路区",
        "上街区",
        "点军区",
        "东营区",
        "船营区",
    ),
    *("绿园区", "梁园区", "下花园区", "工业园区", "苏州工业园区"),
)
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]*")
_ROAD_OR_TOWN = re.compile(r"[路街号弄巷村镇](?![区县市])")
_PLAIN = re.compile(r"[城郊矿东西]区|.县|.{2,4}市|.{2,5}[区县]|.{2,8}旗")
_AUTONOMOUS = re.compile(r".{2,13}(?:自治[县旗]|族区)")
_ZONE = re.compile(r".{0,13}(?:开发|高新|管理|示范|实验|试验|新)区")
_COMPOUND = re.compile(
    r".*(?:小|社|校|厂|院|景|库|片|街|营|军|园|地|牧|市辖|自治|住宅|生活|家属|商务|商业|服务|别墅|居民|办公|仓储|宿舍|名胜"
    r"|保护|度假|工业|保税|物流|自贸|加工)区|.*[超夜菜花股]市|[市本全各该]县"
)
# What follows takes the last character into another word (市场, 市中心, 区域), or names a town (旧县镇).
_WORD_GOES_ON = re.compile(
    r"(?<=市)(?:场|政|委|立|属|级|内|中心|民中心|民广场|花园|广场)|(?<=区)[域间块划]|[镇乡](?![江海宁])|街道"
)


def district_at(text: str, *, start: int = 0) -> str | None:
    """The county or district that stands in `text` at `start`, or None when nothing is formed like one."""
    rest = text[start:]
    named = next((name for name in _EXCEPTIONS if rest.startswith(name)), None)
    if named:
        return named
    name = next((name for name in _beginnings(rest) if _is_formed(name)), None)
    if name is None or _COMPOUND.fullmatch(name) or _WORD_GOES_ON.match(text, start + len(name)):
        return None
    return name


def _beginnings(text: str) -> list[str]:
    """What `text` begins with and ends like a division, shortest first, up to a road or town."""
    unbroken = _HAN_RUN.match(text)
    run = unbroken[0] if unbroken else ""
    stop = _ROAD_OR_TOWN.search(run, 1)
    end = stop.start() if stop else len(run)
    return [run[: position + 1] for position in range(end) if run[position] in "区县市旗"]


def _is_formed(name: str) -> bool:
    return any(form.fullmatch(name) for form in (_PLAIN, _AUTONOMOUS, _ZONE))
