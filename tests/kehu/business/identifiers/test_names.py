from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.business.identifiers import bigrams, fold, pinyin_initials, sorting_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张三", "zhang san"),
        ("吕布", "lv bu"),
        ("北京(张三)店 ABC3", "bei jing zhang san dian abc3"),
        ("重庆", "chong qing"),
        ("Émile  Zola", "emile zola"),
        ("iPhone授权店", "iphone shou quan dian"),
        ("東京タワー", "dong jing タワー"),
        ("查理·芒格", "cha li mang ge"),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_a_name_sorts_by_its_pinyin(name: str, key: str) -> None:
    assert sorting_name(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单田芳", "shan tian fang"),
        ("單田芳", "shan tian fang"),
        ("仇和", "qiu he"),
        ("区桂芝", "ou gui zhi"),
        ("查良镛", "zha liang yong"),
        ("曾国藩", "zeng guo fan"),
        ("解晓东", "xie xiao dong"),
        ("任正非", "ren zheng fei"),
        ("翟天临", "zhai tian lin"),
        ("朴树", "piao shu"),
        ("缪建民", "miao jian min"),
        ("尉迟恭", "yu chi gong"),
        ("尉遲敬德", "yu chi jing de"),
        ("万俟卨", "mo qi xie"),
        ("长孙无忌", "zhang sun wu ji"),
        ("單于丹", "chan yu dan"),
        ("澹台灭明", "tan tai mie ming"),
        ("欧阳修", "ou yang xiu"),
        ("曾", "zeng"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, key: str) -> None:
    assert sorting_name(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单位", "dan wei"),
        ("解放军", "jie fang jun"),
        ("区域发展银行", "qu yu fa zhan yin hang"),
        ("黑龙江", "hei long jiang"),
    ],
)
def test_a_word_is_not_read_as_a_surname(name: str, key: str) -> None:
    assert sorting_name(name) == key


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张三", "zs"),
        ("单田芳", "stf"),
        ("阿里Cloud", "alc"),
        ("Jay Chou", "jc"),
        ("3M中国", "3zg"),
        ("", ""),
    ],
)
def test_initials_are_the_first_letters_of_the_words(name: str, initials: str) -> None:
    assert pinyin_initials(name) == initials


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crème Brûlée", "creme brulee"),
        ("Straße", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("Søren Ærø", "soren aero"),
        ("İSTANBUL", "istanbul"),
        ("ＡＢＣ１２３", "abc123"),
        ("ﬁ", "fi"),
        ("za\u200bp\ufeff", "zap"),
        ("ガラス", "ガラス"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
        ("我爱中国", "我爱中国"),
    ],
)
def test_folding_takes_case_accents_and_width_off(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("我爱 Apple", ["我", "我爱", "爱", "apple"]),
        ("周杰伦 Jay Chou", ["周", "周杰", "杰", "杰伦", "伦", "jay", "chou"]),
        ("iPhone4店", ["iphone4", "店"]),
        ("東京タワー", ["東", "東京", "京", "京タ", "タ", "タワ", "ワ", "ワー", "ー"]),
        ("서울", ["서", "서울", "울"]),
        ("हिन्दी", ["हिन्दी"]),
        ("好好", ["好", "好好", "好"]),
        ("li.wei@Example.com", ["li", "wei", "example", "com"]),
        ("@\"''._-&%", []),
        ("", []),
    ],
)
def test_text_is_searched_by_words_and_by_pairs_of_characters(text: str, terms: list[str]) -> None:
    assert bigrams(text) == terms


@given(st.text("我爱中国北京", min_size=2, max_size=12), st.data())
def test_every_part_of_a_chinese_text_is_found_by_its_terms(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    assert set(bigrams(text[start:end])) <= set(bigrams(text))
