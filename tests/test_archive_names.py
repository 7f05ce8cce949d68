"""File names of an archive: whatever strangers call themselves, every system can unpack it, and no two are alike."""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.archive_bundle import MANIFEST, Bundle
from office.archive_names import Names, plain

AT = datetime(2024, 11, 9, 8, 30)  # noqa: DTZ001 - a zip knows local time alone
NAUGHTY = (
    "", " ", "...", "..", "/", "a/b\\c", "CON", "con.txt", "NUL.tar.gz", "COM¹", "lpt9", "=1+1", "-rf", "~root",
    "@SUM(A1)", "a:b", "a\x00b", "a\nb", "\u202egnp.exe", "\u200b", "\ud800", "结尾。 .", "e\u0301", "é", "ﬁ", "Ａ",
    "👩‍👩‍👧‍👧" * 30, "很长的项目名称" * 60, "é" * 300, "𠀀" * 120, "undefined",
    "'; DROP TABLE upload; --", "<script>", "%2e%2e%2f", "$HOME",
)  # fmt: skip


@pytest.mark.parametrize("words", NAUGHTY)
def test_a_naughty_name_can_be_unpacked_anywhere(words: str) -> None:
    _can_be_unpacked(plain(words))


@given(st.text())
def test_any_words_can_be_unpacked_anywhere(words: str) -> None:
    _can_be_unpacked(plain(words))


def _can_be_unpacked(name: str) -> None:
    assert 0 < len(name) <= 81
    assert len(name.encode()) <= 201
    assert not set(name) & set('<>:"/\\|?*')
    assert name.isprintable()
    assert name == name.strip(" .")
    assert not PureWindowsPath(name).is_reserved()
    assert not name.startswith(("-", "~"))


def test_reserved_signs_stay_visible_and_good_names_stay_as_they_are() -> None:
    assert plain("IM24-001-某大学（南校区）-数字孪生《产线》") == "IM24-001-某大学（南校区）-数字孪生《产线》"
    assert plain("a/b:c") == "a_b_c"
    assert plain("CON") == "_CON"
    assert plain("e\u0301" * 50, most=10) == "é" * 10
    assert plain("\u200b", empty="无") == "无"


@pytest.mark.parametrize(
    ("first", "second"), [("a.docx", "a.docx"), ("A.docx", "a.DOCX"), ("é.pdf", "e\u0301.pdf"), ("Ａ.pdf", "a.pdf")]
)
def test_names_that_a_system_takes_for_one_are_told_apart(first: str, second: str) -> None:
    names = Names()
    assert names.free(f"x/{first}") == f"x/{first}"
    stem, _, ending = second.rpartition(".")
    assert names.free(f"x/{second}") == f"x/{stem} (2).{ending}"
    assert names.free(f"x/{second}") == f"x/{stem} (3).{ending}"
    assert names.free(f"y/{second}") == f"y/{second}"
    assert names.free("dot.in/folder") == "dot.in/folder"


def test_two_equal_names_lie_both_in_the_archive_and_in_its_list() -> None:
    target = BytesIO()
    bundle = Bundle(target, at=AT)
    bundle.put("材料/同名.docx", b"first")
    bundle.put("材料/同名.docx", [b"sec", b"ond"])
    bundle.close()
    with zipfile.ZipFile(target) as found:
        assert found.read("材料/同名 (2).docx") == b"second"
        assert found.read(MANIFEST).decode().count("同名") == 2
        assert {each.compress_type for each in found.infolist() if each.filename.endswith("docx")} == {0}
        assert found.getinfo("材料/同名.docx").date_time == (2024, 11, 9, 8, 30, 0)
