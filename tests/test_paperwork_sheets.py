"""Excel lists of ours are safe to open and ready to print; the hash of data is of all of it."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from documents.findings import Picture
from paperwork.case_facts import CheckedFile, fingerprint
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties


def test_what_people_wrote_is_no_formula() -> None:
    told = Properties("表", "办公室", datetime(2024, 8, 1, tzinfo=UTC))
    steering = "\x1b[31m\u202e甲"
    wicked = ["=1+1", '=HYPERLINK("http://evil","x")', "@SUM(A1)", "http://evil.example", steering, "+1", "0012"]
    rows = [[words, 7, None] for words in wicked]
    sheet = List("a/b[c]" * 9, "=题", [Column("文", 20), Column("数", 8, "whole"), Column("空", 5)], rows)
    data = workbook([sheet], told, digest="0" * 64)
    with ZipFile(BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in package.namelist() if "rels" in name and "sheet1" in name]
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    for part in ('orientation="landscape"', 'paperSize="9"', "<autoFilter", 'ySplit="2"', "0" * 64, 'fitToHeight="0"'):
        assert part in xml
    read = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read[2:]] == [*wicked[:4], "\\u001b[31m\\u202e甲", "+1", "0012"]
    assert {row[1] for row in read[2:]} == {7}
    assert workbook([sheet], told, digest="0" * 64) == data


@given(st.text(st.characters(), max_size=80))
@settings(max_examples=60)
def test_any_words_at_all_give_a_list_that_opens(words: str) -> None:
    told = Properties(words, words, datetime(2024, 8, 1, tzinfo=UTC))
    data = workbook([List(words, words, [Column(words, 20)], [[words]])], told, digest="0" * 64)
    assert len(CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()) <= 3


def test_numbers_and_times_are_real_ones() -> None:
    """Excel can sort and add them; a time stands as the edition's clock shows it."""
    told = Properties("表", "办公室", datetime(2024, 8, 1, tzinfo=UTC))
    when = datetime(2024, 8, 15, 23, 59, 59, tzinfo=timezone(timedelta(hours=8)))
    columns = [Column("分", 8, "points"), Column("时", 19, "instant"), Column("数", 8, "whole")]
    data = workbook([List("表", "题", columns, [[91.6, when, 1234]])], told, digest="0" * 64)
    read = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert read[2] == [91.6, when.replace(tzinfo=None), 1234]
    with ZipFile(BytesIO(data)) as package:
        styles = package.read("xl/styles.xml").decode()
    assert "yyyy-mm-dd hh:mm:ss" in styles


def test_a_picture_that_was_exchanged_changes_the_hash() -> None:
    one, other = (CheckedFile("文件3 承诺书", "a.pdf", (), (Picture("seal-1", "印章", jpeg),)) for jpeg in (b"1", b"2"))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(CheckedFile("文件3 承诺书", "a.pdf", (), (Picture("seal-1", "印章", b"1"),)))
