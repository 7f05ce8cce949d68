"""The press kit (R115, R116): a picture and a paragraph for each winner, who presented it, files to be sent on."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from after_the_final import copied, tell, words_of
from contest import CLOSES, FINAL, Contest
from docx import Document
from PIL import Image
from python_calamine import CalamineWorkbook
from test_result_papers import with_form
from test_versions import form
from visitors_of import Browser
from word_schema import disorder

from documents.findings import Picture, Report
from office import announcement, press
from office.applications import current_files
from office.uploads import keep_pictures
from office.visitors import Part
from paperwork.press_kit import Winner, plain_text, wechat_text
from records.tables.application import Application, Upload
from records.tables.defender import Defender

PHONE = "13800138000"


def jpeg(colour: str, size: tuple[int, int] = (480, 270)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


FRAMES = tuple(
    Picture(f"frame-{number}", f"视频 {number}:00 处的画面", jpeg(f"#{number}{number}5577")) for number in (1, 2, 3)
)


@pytest.fixture(scope="module")
def posted(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """Ten under notice: of two the film's frames are kept, of two the form has a picture, one of these agreed."""
    folder = tmp_path_factory.mktemp("press")
    with copied(selected_home, folder) as contest:
        contest.post()
        filmed(contest, contest.items[0], poster="frame-2")
        filmed(contest, contest.items[1], poster="")
        pictured = form(folder / "form.docx", two=["一段。"])
        document = Document(str(pictured))
        document.add_picture(BytesIO(jpeg("green", (640, 400))))
        document.save(str(pictured))
        for item in contest.items[2:4]:
            with_form(contest, item, pictured)
        tell(contest, contest.items[2], printed=True, consent="邮件同意")
        presented(contest, contest.items[0], "周总工", "总工程师")
        presented(contest, contest.items[1], "吴研究员", "")
        renamed(contest, contest.items[0], "铸造/数字孪生:产线")
        yield contest


def filmed(contest: Contest, item: int, *, poster: str) -> None:
    """The check of the item's film kept its frames."""
    desk = contest.office.desk
    report = Report("video", "video", "0" * 64, {"poster": poster}, (), FRAMES)
    keep_pictures(desk, report)
    with desk.database.write() as session:
        upload = next(each for each in current_files(session, item) if each.slot == "video")
        row = session.get_one(Upload, upload.id)
        row.report = row.report | {"facts": report.facts, "pictures": report.as_dict()["pictures"]}
        session.add(row)


def presented(contest: Contest, item: int, name: str, post: str) -> None:
    desk = contest.office.desk
    row = Defender(
        edition=desk.key, application_id=item, name=name, post=post, phone=PHONE, named_at=FINAL - timedelta(days=1)
    )
    with desk.database.write() as session:
        session.add(row)


def renamed(contest: Contest, item: int, title: str) -> None:
    with contest.office.desk.database.write() as session:
        row = session.get_one(Application, item)
        row.title = title
        session.add(row)


def winners(contest: Contest) -> tuple[Winner, ...]:
    with contest.office.desk.database.read() as session:
        return press.kit(session, contest.office.desk).winners


def test_the_cover_is_the_telling_frame_of_the_film_else_a_picture_of_a_form_that_may_be_printed(
    posted: Contest,
) -> None:
    covers = [each.cover for each in winners(posted)]
    first, second, third = filter(None, covers)
    assert (first.jpeg, first.origin) == (FRAMES[1].jpeg, "视频 2:00 处的画面")
    assert second.jpeg == FRAMES[0].jpeg
    red, green, _ = Image.open(BytesIO(third.jpeg)).getpixel((5, 5))
    assert green > red
    assert covers[3:] == [None] * 7


def test_who_presented_is_told_by_name_and_post_never_by_telephone(posted: Contest) -> None:
    assert [each.presenter for each in winners(posted)[:3]] == ["周总工（总工程师）", "吴研究员", ""]
    wang = Browser(posted.office, Part.OFFICE, now=CLOSES)
    data = wang.client.get("/announcement/press.docx").content
    said = words_of(data)
    assert said.count("终评现场汇报：周总工（总工程师）。") == 1
    assert said.count("终评现场汇报：") == 2
    assert [cell.text for cell in docx.Document(BytesIO(data)).tables[0].rows[2].cells][-1] == "吴研究员"
    with posted.office.desk.database.read() as session:
        kit = announcement.press(session, posted.office.desk)
    for text in (said, plain_text(kit), wechat_text(kit)):
        assert PHONE not in text
    assert "终评现场汇报：吴研究员。" in plain_text(kit)


def test_the_release_shows_the_pictures_and_describes_them(posted: Contest) -> None:
    wang = Browser(posted.office, Part.OFFICE, now=CLOSES)
    data = wang.client.get("/announcement/press.docx").content
    assert list(disorder(data)) == []
    shapes = docx.Document(BytesIO(data)).inline_shapes
    assert len(shapes) == 3
    described = [shape._inline.docPr.get("descr") for shape in shapes]
    assert described[0] == "铸造/数字孪生:产线：视频 2:00 处的画面"
    assert all(shape.width.mm <= 100.1 and shape.height.mm <= 58.1 for shape in shapes)


def test_the_archive_holds_every_text_and_a_picture_by_its_project(posted: Contest) -> None:
    answer = Browser(posted.office, Part.OFFICE, now=CLOSES).client.get("/announcement/press.zip")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert names[:4] == ["新闻通稿.docx", "入选名单.xlsx", "新闻通稿.txt", "微信文字.txt"]
        assert [name[:5] for name in names[4:7]] == ["图片/01", "图片/02", "图片/03"]
        assert names[4] == "图片/01 铸造_数字孪生_产线.jpg"
        assert archive.read(names[4]) == FRAMES[1].jpeg
        listed = CalamineWorkbook.from_filelike(BytesIO(archive.read(names[1]))).get_sheet_by_index(0).to_python()
        wechat = archive.read("微信文字.txt")
    assert [row[5] for row in listed[2:5]] == ["周总工（总工程师）", "吴研究员", ""]
    assert wechat.startswith(b"\xef\xbb\xbf")
    assert "（排名不分先后）\r\n" in wechat.decode("utf-8-sig")


def test_the_page_leads_to_the_archive_and_outsiders_get_none(posted: Contest) -> None:
    page = Browser(posted.office, Part.OFFICE, now=CLOSES).client.get("/announcement").text
    assert 'href="/announcement/press.zip"' in page
    assert Browser(posted.office, now=CLOSES).client.get("/announcement/press.zip").status_code == 401
