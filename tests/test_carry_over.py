"""The next edition on the desk: drafted, confirmed date by date, adopted, and filled with the people of the last."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from visitors_of import Browser

from config.edition_edit import BadValue
from config.editions_file import assumptions
from config.refusal import Refusal
from office import carry_over, editions, new_edition, opening, people, person_desk, unit_table
from office.desk import Desk
from office.visitors import Part
from records.tables.event import Event
from records.tables.person import Expert, Person
from states.refusals import NotYours

from cast import FOUNDED, SOCIETY, Office, found_desk, office_at


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office whose store these tests only read."""
    desk = found_desk(tmp_path_factory.mktemp("carried") / "home")
    yield office_at(desk)
    desk.database.close()


def filled(office: Office) -> Desk:
    """The store of 2024 with two experts, a unit and a society's secretary, and the edition of 2025 beside it."""
    desk = office.desk
    with desk.database.write() as session:
        wen = people.Known("文专家", ["wen@x.example"], "13800000000", "清华大学", "教授")
        people.add_expert(session, desk.key, wen, officer_of=SOCIETY, fields=["装备", "软件"], now=FOUNDED)
        people.add_expert(session, desk.key, people.Known("钱专家", ["qian@x.example"]), now=FOUNDED)
        unit = unit_table.told("沈阳机床股份有限公司", "沈阳一机", "通用技术集团")
        unit_table.save(session, desk, unit, officer_id=office.ren, now=FOUNDED)
        secretary = next(each for each in person_desk.lines(session, desk, "societies") if each.about == SOCIETY)
        secretary.person.name, secretary.person.phone = "何秘书", "010-62000000"
        session.add(secretary.person)
    drafted = new_edition.draft(desk, 2025).loaded
    return new_edition.begin(desk, drafted, reason="通知〔2025〕1 号", officer_id=office.ren, now=FOUNDED)


def carried(office: Office, desk: Desk, *names: str, officer_id: int | None = None) -> dict[str, int]:
    with desk.database.write() as session:
        found = carry_over.preview(session, desk, office.desk)
        chosen = [row.key for row in found.rows if row.name in names]
        return dict(
            carry_over.carry_out(
                session, desk, office.desk, chosen, expected=found.digest, officer_id=officer_id or office.ren,
                now=FOUNDED,
            )
        )  # fmt: skip


def test_chosen_people_come_along_with_what_they_know(office: Office) -> None:
    desk = filled(office)
    assert carried(office, desk, "文专家", SOCIETY, "沈阳机床股份有限公司") == {
        "experts": 1,
        "societies": 1,
        "units": 1,
    }
    with desk.database.read() as session:
        before, after = session.exec(select(Expert).order_by(Expert.edition).where(Expert.officer_of == SOCIETY)).all()
        assert (before.person_id, before.fields) == (after.person_id, after.fields)
        assert [each.person.name for each in person_desk.lines(session, desk, "experts")] == ["文专家"]
        (society,) = person_desk.lines(session, desk, "societies", SOCIETY)
        assert (society.person.name, society.person.phone) == ("何秘书", "010-62000000")
        assert society.person.id not in {
            each.person.id for each in person_desk.lines(session, office.desk, "societies")
        }
        (unit,) = unit_table.units(session, desk)
        assert (unit.aliases, unit.parent) == ("沈阳一机", "通用技术集团")
        kinds = session.exec(select(Event.kind).where(Event.edition == "2025").order_by(Event.id)).all()
    assert kinds[-2:] == ["expert_add", "carried_over"]


def test_who_is_there_is_not_carried_twice(office: Office) -> None:
    desk = filled(office)
    carried(office, desk, "文专家", SOCIETY, "沈阳机床股份有限公司")
    with desk.database.read() as session:
        rows = {row.name: row.action for row in carry_over.preview(session, desk, office.desk).rows}
    assert [rows[name] for name in ("文专家", "钱专家", SOCIETY, "沈阳机床股份有限公司")] == [
        "same",
        "add",
        "same",
        "same",
    ]


def test_all_or_nothing_is_carried(office: Office) -> None:
    desk = filled(office)
    with pytest.raises(NotYours):
        carried(office, desk, "文专家", officer_id=office.wang)
    with pytest.raises(Refusal, match="一条也没有选"):
        carried(office, desk)
    with desk.database.read() as session:
        seen = carry_over.preview(session, desk, office.desk).digest
    told = {"officer_id": office.ren, "now": FOUNDED}
    with pytest.raises(Refusal, match="一条也没有带入"), desk.database.write() as session:
        carry_over.carry_out(session, desk, office.desk, ["experts-1", "experts-99"], expected=seen, **told)
    with desk.database.write() as session:
        session.get_one(Person, session.exec(select(Expert.person_id)).first()).unit = "北京大学"
    with pytest.raises(Refusal, match="变动"), desk.database.write() as session:
        carry_over.carry_out(session, desk, office.desk, ["experts-1"], expected=seen, **told)
    with desk.database.read() as session:
        assert person_desk.lines(session, desk, "experts") == []


def test_a_society_that_is_no_member_any_more_stays_behind(office: Office, tmp_path: Path) -> None:
    drafted = new_edition.draft(office.desk, 2025).loaded
    gone = next(line for line in drafted.text.splitlines() if SOCIETY in line and "short" in line)
    other = tmp_path / "2025.toml"
    other.write_text(drafted.text.replace(gone + "\n", ""), encoding="utf-8")
    loaded = opening.load_edition(other)
    desk = new_edition.begin(office.desk, loaded, reason="通知", officer_id=office.ren, now=FOUNDED)
    with office.desk.database.write() as session:
        known = people.Known("文专家", ["wen@x.example"])
        people.add_expert(session, "2024", known, officer_of=SOCIETY, now=FOUNDED)
    with desk.database.read() as session:
        rows = {row.name: row for row in carry_over.preview(session, desk, office.desk).rows}
    assert (rows[SOCIETY].action, rows[SOCIETY].may_come) == ("left", False)
    assert f"任职学会“{SOCIETY}”不在本届，不带入" in rows["文专家"].told


def test_no_edition_begins_before_each_date_is_confirmed(office: Office) -> None:
    desk = office.desk
    drafted = new_edition.draft(desk, 2025)
    keys = [each.key for each in drafted.made.moved]
    told = {"expected": drafted.loaded.sha256, "reason": "通知", "officer_id": office.ren, "now": FOUNDED}
    with pytest.raises(new_edition.DatesOpen, match="还有 1 个日期"):
        new_edition.adopt_draft(desk, 2025, {}, keys[1:], **told)
    with pytest.raises(BadValue, match="不是一个时刻"):
        new_edition.adopt_draft(desk, 2025, {"submission.closes": "八月中"}, keys, **told)
    with pytest.raises(Refusal, match="已经不同"):
        new_edition.adopt_draft(desk, 2025, {}, keys, **(told | {"expected": "0" * 64}))
    begun = new_edition.adopt_draft(desk, 2025, {"submission.closes": "2025-08-21T00:00"}, keys, **told)
    assert begun.edition.submission.closes.isoformat() == "2025-08-21T00:00:00+08:00"
    assert not {fact.key for fact in assumptions(begun.loaded)} & set(keys)
    assert "任组长 2024-" in begun.loaded.text
    assert [each.key for each in editions.of(desk)] == ["2024", "2025"]


def test_the_lead_begins_the_next_edition_on_the_desk(office: Office) -> None:
    """The page tells each date with why it moved, keeps what was typed, and leads into the list of people."""
    browser = Browser(office, Part.LEAD, now=FOUNDED)
    page = browser.client.get("/editions/new?year=2025").text
    for words in ("2024年8月15日 24:00", "顺延", "第 ", "portal", "改过年份的文字"):
        assert words in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    ticks = dict.fromkeys(re.findall(r'name="(ok-[^"]+)"', page), "yes")
    form = {"form_secret": browser.secret(), "year": "2025", "seen": seen[1] if seen else "", "reason": "通知 1 号"}
    others = list(ticks)[1:]
    answer = browser.client.post("/editions/new", data=form | dict.fromkeys(others, "yes"))
    assert answer.status_code == 422
    assert "还有 1 个日期没有确认" in answer.text
    assert answer.text.count(" checked") == len(others)
    assert "通知 1 号" in answer.text
    assert browser.client.post("/editions/new", data=form | ticks).headers["location"] == "/editions"
    page = browser.client.get("/editions").text
    assert "IM25" in page
    assert browser.client.get("/editions/carry?source=2025").status_code == 200
    assert browser.client.get("/editions/carry?source=2024").status_code == 422  # from itself


def test_the_draft_is_taken_away_as_a_file(shared: Office) -> None:
    browser = Browser(shared, Part.LEAD, now=FOUNDED)
    answer = browser.client.get("/editions/new.toml?year=2026")
    assert answer.headers["content-type"].startswith("application/toml")
    assert 'key = { value = "2026"' in answer.text
    for year, words in (("2024", "之后"), ("二〇二五", "不是一个年份"), ("25", "不是一个年份")):
        page = browser.client.get(f"/editions/new?year={year}")
        assert (page.status_code, words in page.text) == (422, True)


@pytest.mark.parametrize("part", [Part.OFFICE, Part.SUPERVISOR])
def test_only_the_lead_begins_an_edition(shared: Office, part: Part) -> None:
    browser = Browser(shared, part, now=FOUNDED)
    assert "新建下一届" not in browser.client.get("/editions").text
    assert browser.client.get("/editions/new?year=2025").status_code == 403


def test_people_are_carried_by_ticks_on_the_page(office: Office) -> None:
    desk = filled(office)
    browser = Browser(office, Part.LEAD, now=FOUNDED)
    browser.client.get("/e/2025/editions")
    page = browser.client.get("/editions/carry?source=2024").text
    assert "何秘书" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    form = {"form_secret": browser.secret(), "source": "2024", "seen": seen[1] if seen else ""}
    assert "一条也没有选" in browser.client.post("/editions/carry", data=form).text
    tick = next(name for name in re.findall(r'name="(ok-experts-\d+)"', page))
    assert browser.client.post("/editions/carry", data=form | {tick: "yes"}).headers["location"] == "/people"
    with desk.database.read() as session:
        assert [each.person.name for each in person_desk.lines(session, desk, "experts")] == ["文专家"]
