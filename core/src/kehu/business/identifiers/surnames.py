"""Chinese surnames that are read otherwise than the same characters in a word.

Source: the readings marked 姓 in 现代汉语词典; where bearers differ (覃), the reading of most. Left to the
dictionary are characters that two surnames share evenly (乐, 盖, 郇), those whose tone alone differs (任, 燕:
a sort key has no tones), and rare surnames that more often begin a place or a trade (黑龙江, 洗车店).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Simplified and traditional forms stand side by side.
_CHARACTERS_BY_READING = {
    "bi": "秘",
    "bo": "薄",
    "bu": "卜",
    "kan": "阚闞",
    "miao": "缪繆",
    "nai": "佴",
    "nie": "乜",
    "ou": "区區",
    "piao": "朴",
    "qin": "覃",
    "qiu": "仇",
    "shan": "单單",
    "xie": "解",
    "yao": "么",
    "yun": "员員",
    "zeng": "曾",
    "zha": "查",
    "zhai": "翟",
}

SURNAME_READINGS: Mapping[str, str] = MappingProxyType(
    {character: reading for reading, characters in _CHARACTERS_BY_READING.items() for character in characters}
)

COMPOUND_SURNAME_READINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "万俟": ("mo", "qi"),
        "萬俟": ("mo", "qi"),
        "中行": ("zhong", "hang"),
        "乐正": ("yue", "zheng"),
        "樂正": ("yue", "zheng"),
        "单于": ("chan", "yu"),
        "單于": ("chan", "yu"),
        "尉迟": ("yu", "chi"),
        "尉遲": ("yu", "chi"),
        "澹台": ("tan", "tai"),
        "澹臺": ("tan", "tai"),
        "长孙": ("zhang", "sun"),
        "長孫": ("zhang", "sun"),
    }
)
