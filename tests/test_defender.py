"""Who defends a finalist (R26): named by the unit or the office until the final begins, printed where they speak."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
import small_final
from contest import FINAL, SIGNED, Contest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select
from stage_day import StageDay
from visitors_of import Browser

from config.refusal import Refusal
from office import defender, final_facts, papers, people, personal_data, stage_door, stage_run, stage_store, tasks
from office.defender import Speaker
from office.visitors import Part
from records import ledger
from records.tables.all_tables import METADATA
from records.tables.application import Application
from records.tables.defender import Defender
from records.tables.event import Event, Note
from records.tables.person import Officer
from records.tables.stage import PassKind
from states.facts import State
from states.refusals import NotAllowed, NotYours

NOW = FINAL + timedelta(minutes=10)
SPEAKER = Speaker(" 欧阳答 ", "总工程师", "１３８ 0013-8000")
FIELDS = {"speaker": "欧阳答", "post": "总工程师", "telephone": "13800138000"}


@pytest.fixture(scope="module")
def opened_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_final.opened(tmp_path_factory.mktemp("defender"))


@pytest.fixture
def final(opened_home: Path, tmp_path: Path) -> Iterator[Contest]:
    """Three finalists, the final open, its stage not begun."""
    yield from small_final.fresh(opened_home, tmp_path)


def name(contest: Contest, item: int, told: Speaker = SPEAKER, **by: object) -> None:
    with contest.office.desk.database.write() as session:
        found = session.get_one(Application, item)
        defender.name(session, contest.office.desk, found, told, **{"now": NOW, **by})  # type: ignore[arg-type]


def waiting(contest: Contest) -> dict[str, tasks.Task]:
    with contest.office.desk.database.read() as session:
        officer = session.get_one(Officer, contest.office.wang)
        return {task.key: task for task in tasks.tasks(session, contest.office.desk, officer, now=NOW)}


def post(browser: Browser, path: str, fields: dict[str, str]) -> tuple[int, str]:
    answer = browser.client.post(path, data=fields | {"form_secret": browser.secret()})
    return answer.status_code, answer.text


def texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def whole_store(contest: Contest) -> str:
    with contest.office.desk.database.read() as session:
        rows = [list(row) for table in METADATA.sorted_tables for row in session.execute(table.select())]
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_a_change_keeps_the_older_one_beside_the_ledger(final: Contest) -> None:
    name(final, final.items[0])
    name(final, final.items[0], Speaker("上官替", "", "010-62345678转12"))
    with final.office.desk.database.read() as session:
        row = defender.of(session, final.items)[final.items[0]]
        assert (row.name, row.post, row.phone, row.officer_id) == ("上官替", "", "010-62345678转12", None)
        query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(Event.kind == defender.KIND)
        told = [body or {} for body in session.exec(query.order_by(col(Event.id)))]
        assert [(each["name"], each["phone"]) for each in told] == [
            ("欧阳答", "138 0013-8000"),
            ("上官替", "010-62345678转12"),
        ]
        assert ledger.verify(session).faults == ()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Speaker("  ", "", "13800138000"), "没有填写答辩人的姓名"),
        (Speaker("欧阳答", "", "请找办公室"), "手机号码不能辨认"),
        (Speaker("欧阳答", "", "12345"), "手机号码不能辨认"),
        (Speaker("欧" * 61, "", "13800138000"), "太长"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_way_on(final: Contest, told: Speaker, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        name(final, final.items[0], told)
    assert refused.value.next_step


def test_only_finalists_name_somebody_and_only_once_they_are_told(final: Contest) -> None:
    """R111: while the letter waits out the cooling-off, nobody's page and nobody's form knows of it."""
    for item, now in ((final.items[5], NOW), (final.items[0], SIGNED + timedelta(minutes=1))):
        with pytest.raises(NotAllowed, match="没有需要现场答辩的事项"):
            name(final, item, now=now)
    early = Browser(final.office, Part.APPLICANT, now=SIGNED + timedelta(minutes=1), name="第001")
    assert "答辩人" not in early.client.get(f"/mine/{final.number(final.items[0])}").text


def test_when_the_final_has_begun_nothing_changes_any_more(final: Contest) -> None:
    StageDay(final).begun()
    with pytest.raises(NotAllowed, match="答辩已经开始"):
        name(final, final.items[0])
    assert "defenders" not in waiting(final)


def test_the_office_does_it_on_what_the_unit_said(final: Contest) -> None:
    item, office = final.items[0], final.office
    with pytest.raises(Refusal, match="依据"):
        name(final, item, officer_id=office.wang)
    with pytest.raises(NotYours):
        name(final, item, officer_id=office.supervisor, reason="来电")
    name(final, item, officer_id=office.wang, reason="10 月 20 日来电")
    page = Browser(office, Part.APPLICANT, now=NOW, name="第001").client.get(f"/mine/{final.number(item)}").text
    assert "由遴选办公室代为登记" in page
    told = Browser(office, Part.SUPERVISOR, now=NOW).client.get(f"/cases/{final.number(item)}").text
    assert ("填写答辩人" in told, "10 月 20 日来电" in told, 'name="speaker"' in told) == (True, True, False)


def test_who_stands_in_for_the_unit_is_told_as_the_office(final: Contest) -> None:
    with final.office.desk.database.write() as session:
        stand_in = ledger.StandIn(final.office.li, "applicant", {"acting_reason": "来函委托"})
        session.info[ledger.STAND_IN] = stand_in
        item = session.get_one(Application, final.items[0])
        row = defender.name(session, final.office.desk, item, SPEAKER, now=NOW)
        event = session.exec(select(Event).where(Event.kind == defender.KIND)).one()
        assert (row.officer_id, event.actor, event.officer_id) == (final.office.li, "office", final.office.li)


def test_the_unit_names_its_speaker_on_its_own_page(final: Contest) -> None:
    number, jia = final.number(final.items[0]), Browser(final.office, Part.APPLICANT, now=NOW, name="第001")
    assert "填写答辩人，按邀请函参加答辩。" in jia.client.get(f"/mine/{number}").text
    status, page = post(jia, f"/mine/{number}/defender", FIELDS | {"telephone": "没有"})
    assert (status, "不能辨认" in page, 'value="欧阳答"' in page) == (422, True, True)
    assert post(jia, f"/mine/{number}/defender", FIELDS)[0] == 303
    page = jia.client.get(f"/mine/{number}").text
    assert ("欧阳答" in page, "填写答辩人，按邀请函参加答辩。" in page) == (True, False)
    assert post(jia, f"/mine/{final.number(final.items[1])}/defender", FIELDS)[0] == 404


def test_the_office_sees_who_is_missing_and_names_them_on_the_case(final: Contest) -> None:
    assert (waiting(final)["defenders"].count, waiting(final)["defenders"].tone) == (3, "warn")
    wang, number = Browser(final.office, Part.OFFICE, now=NOW), final.number(final.items[1])
    status, page = post(wang, f"/cases/{number}/defender", FIELDS)
    assert (status, "没有写明代为登记的依据" in page, 'value="欧阳答"' in page) == (422, True, True)
    assert post(wang, f"/cases/{number}/defender", FIELDS | {"reason": "来电"})[0] == 303
    assert waiting(final)["defenders"].count == 2
    assert "13800138000" in wang.client.get(f"/cases/{number}").text


def test_the_hall_and_its_papers_call_the_speaker_by_name(final: Contest) -> None:
    """The name for everybody, the telephone for the office alone."""
    day, desk = StageDay(final).drawn(), final.office.desk
    for item in final.standing(State.FINALIST):
        name(final, item)
    with desk.database.write() as session:
        token = stage_door.issue(session, desk, PassKind.SCREEN, now=day.now)
        assert [plate.name for plate in final_facts.plates_of(session, desk)].count("欧阳答") == 3
        order, invited = (
            texts(papers.make(session, desk, paper, of=of, now=NOW).data)
            for paper, of in (("running-order", ""), ("invitation", final.number(final.items[0])))
        )
    assert ("欧阳答" in order, "138 0013-8000" in order) == (True, False)
    assert ("欧阳答" in invited, "填写答辩人的姓名、职务和手机" in invited) == (True, True)
    wang = Browser(final.office, Part.OFFICE, now=NOW)
    assert "欧阳答 138 0013-8000" in wang.client.get("/stage").text
    book = CalamineWorkbook.from_filelike(BytesIO(wang.client.get("/stage/order.xlsx").content))
    assert "138 0013-8000" in [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
    with desk.database.write() as session:
        seen = stage_store.stage_of(session, desk).revision
        stage_run.begin(session, desk, day.console, expected=seen, now=day.now)
    for view in ("next", "tablet"):
        wall = Browser(final.office, now=day.now).client.get(f"/stage/screen/{token}/{view}").text
        assert ("欧阳答" in wall, "138 0013-8000" in wall) == (True, False)


def test_the_words_go_with_the_contact_and_are_told_to_them_before(final: Contest) -> None:
    item, desk = final.office.found(final.items[0]), final.office.desk
    name(final, final.items[0])
    with desk.database.read() as session:
        held = personal_data.gather(session, desk, [item.contact_id], now=NOW)
    rows = [row for part in held.parts if part.title == "答辩人" for row in part.rows]
    assert [row[:4] for row in rows] == [(item.number, "欧阳答", "总工程师", "138 0013-8000")]
    with desk.database.write() as session:
        people.erase_person(session, desk.key, item.contact_id, by=final.office.ren, now=NOW)
    with desk.database.read() as session:
        assert session.exec(select(Defender)).all() == []
        assert ledger.verify(session).faults == ()
    assert "欧阳答" not in whole_store(final)
