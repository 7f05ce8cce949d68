"""Counting 字 as the plan's limit means them (A8)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.wordcount import count, is_cjk

HARD_CASES = [
    ("", 0),
    (" \t\n\u3000\u00a0", 0),
    ("智能制造", 4),
    ("智能，制造。", 6),
    ("AI", 1),
    ("AI技术", 3),
    ("采用5G网络", 5),
    ("提升30%以上", 5),
    ("25℃", 1),
    ("3.5 kW/h", 2),
    ("http://example.org/a?b=c", 1),
    ("ＡＢ１", 3),  # full-width letters and digits
    ("ｱｲ", 2),  # half-width kana
    ("——", 2),
    ("……", 2),
    ("“智能”", 4),
    ("“AI”", 3),
    ("don’t", 1),  # the mark inside a Western word belongs to it
    ("他说‘好’", 5),
    ("1·5", 1),
    ("习·近", 3),
    ("1—2", 1),
    ("——AI", 3),
    ("《标准》（GB/T 39116）", 8),
    ("かな", 2),
    ("か\u3099な", 2),  # combining voiced mark
    ("한글", 2),
    ("e\u0301te\u0301", 1),
    ("\u0301", 0),
    ("葛\U000e0100", 1),  # ideograph with a variation selector
    ("😀", 1),
    ("好😀😀好", 3),
    ("👨\u200d👩\u200d👧", 1),
    ("𠀀𪜀", 2),  # beyond the basic plane
    ("\ud840", 1),  # half of a pair, in a broken file: one run
    ("①②", 1),
    ("a\u00a0b", 2),
    ("soft\u00adhyphen", 1),
    ("zero\u200bwidth", 1),
    ("一、本项", 4),
    ("(1)项目", 3),
]


@pytest.mark.parametrize(("text", "words"), HARD_CASES)
def test_hard_cases(text: str, words: int) -> None:
    assert count(text) == words


texts = st.text(alphabet=st.sampled_from("智能，。AIb19 \n“”’—…😀\u0301éか한Ａ%"), max_size=40)


@given(texts, texts)
def test_joining_two_texts_joins_at_most_one_run(one: str, other: str) -> None:
    """Joined, two runs may become one, and one mark between them may become a part of it: at most two 字 are lost."""
    assert count(one) + count(other) - 2 <= count(one + other) <= count(one) + count(other)


@given(texts, texts)
def test_a_paragraph_break_separates(one: str, other: str) -> None:
    assert count(f"{one}\n{other}") == count(one) + count(other)


@given(st.text(alphabet="智能制造，。か한", max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_cjk_characters_does_not_matter(text: str, dice: random.Random) -> None:
    letters = list(text)
    dice.shuffle(letters)
    assert count("".join(letters)) == count(text) == len(text)


@given(
    st.lists(st.text(alphabet="abcXYZ019-/", min_size=1, max_size=8), max_size=12), st.randoms(use_true_random=False)
)
def test_the_order_of_western_words_does_not_matter(words: list[str], dice: random.Random) -> None:
    shuffled = list(words)
    dice.shuffle(shuffled)
    assert count(" ".join(shuffled)) == count(" ".join(words)) == len(words)


@given(st.text(max_size=60))
def test_no_text_counts_less_than_its_cjk_characters_or_more_than_its_letters(text: str) -> None:
    assert sum(map(is_cjk, text)) <= count(text) + sum(not letter.isprintable() or is_cjk(letter) for letter in text)
    assert count(text) <= len(text)


@given(st.text(alphabet="智能AI 12", max_size=30))
def test_white_space_at_the_ends_counts_nothing(text: str) -> None:
    assert count(f" \u3000{text}\n") == count(text)
