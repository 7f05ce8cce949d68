"""A finalist lost before the final: nobody moves up unless the edition says so, and then until the order is drawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import small_final
from contest import FINAL, SIGNED, Contest
from sqlmodel import col, select
from stage_day import StageDay
from visitors_of import Browser

from config.editions_file import load_edition, shipped_edition
from config.refusal import Refusal
from notifications import letters
from office import corrections, decision_desk, people, standby, undo
from office.visitors import Part
from records.tables.event import Batch
from records.tables.scoring import Recusal
from states.facts import State
from states.refusals import NotAllowed

LOST = SIGNED + timedelta(days=2)


@pytest.fixture(scope="module")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_final.released(tmp_path_factory.mktemp("standby"))


@pytest.fixture
def contest(released_home: Path, tmp_path: Path) -> Iterator[Contest]:
    yield from small_final.fresh(released_home, tmp_path)


def lose(contest: Contest, item: int) -> None:
    office = contest.office
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, item, units_letter="〔2024〕5号", officer_id=office.wang, now=LOST
        )  # fmt: skip


def draft(contest: Contest, **told: object) -> int:
    office = contest.office
    with office.desk.database.write() as session:
        return standby.draft(session, office.desk, officer_id=office.wang, now=LOST, **told).id or 0  # type: ignore[arg-type]


def let_in(contest: Contest, **told: object) -> int:
    """Drafted, checked, signed and carried out; returns the decision."""
    decision_id = contest.signed(draft(contest, **told), now=LOST)
    with contest.office.desk.database.write() as session:
        decision_desk.carry_out(session, contest.office.desk, decision_id, now=LOST)
    return decision_id


def vacancy(contest: Contest) -> standby.Vacancy | None:
    with contest.office.desk.database.read() as session:
        found = standby.vacancy(session, contest.office.desk)
        session.expunge_all()
    return found


def take_back(contest: Contest, trigger: str, item: int) -> None:
    office = contest.office
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.trigger == trigger).order_by(col(Batch.id).desc())).first()
        undo.undo(
            session, office.desk, batch or 0, item_ids=[item], reason="登记有误", officer_id=office.ren, now=LOST
        )  # fmt: skip


def with_rule(contest: Contest, **told: object) -> Contest:
    """The same contest under another rule of its final."""
    desk = contest.office.desk
    first, last = desk.edition.rounds
    edition = desk.edition.model_copy(update={"rounds": (first, last.model_copy(update=told))})
    changed = replace(desk, loaded=replace(desk.loaded, edition=edition))
    return replace(contest, office=replace(contest.office, desk=changed))


def test_nobody_moves_up_by_default(contest: Contest) -> None:
    """A18: as shipped; not even by a decision that was made by hand."""
    shipped = load_edition(shipped_edition("2024")).edition
    assert [round_.substitute for round_ in shipped.rounds] == [False, False]
    contest = with_rule(contest, substitute=False)
    lose(contest, contest.items[0])
    assert vacancy(contest) is None
    with pytest.raises(NotAllowed, match="不递补"):
        draft(contest)
    by_hand = contest.signed(contest.draft("standby", {"shortlist": [contest.items[3]]}, now=LOST), now=LOST)
    with contest.office.desk.database.write() as session, pytest.raises(NotAllowed, match="不能递补"):
        standby.let_in(session, contest.office.desk, by_hand, now=LOST)


def test_the_next_of_the_first_round_moves_up(contest: Contest) -> None:
    desk, item = contest.office.desk, contest.items[3]
    assert vacancy(contest) is None
    with pytest.raises(NotAllowed, match="没有空出的名额"):
        draft(contest)
    lose(contest, contest.items[1])
    free = vacancy(contest)
    assert free is not None
    assert [lost.id for lost in free.lost] == [contest.items[1]]
    assert [(one.item.id, one.place, one.printed) for one in free.candidates] == [(item, 4, "92.00")]
    with desk.database.read() as session:
        assert decision_desk.drafts_due(session, desk)["standby"] == "递补入围终评"
    decision_id = draft(contest)
    assert contest.decision(decision_id).ground == "入围项目 IM24-002 已退出，按初评名次由第 4 名递补。"
    with pytest.raises(NotAllowed, match="已有一份递补入围的决定在办"):
        draft(contest)
    with desk.database.read() as session:
        assert "standby" not in decision_desk.drafts_due(session, desk)
    seen = decision_desk.preview(desk, decision_id, now=LOST)
    assert [letter.template for letter in seen.letters] == ["shortlist.applicant"]
    assert contest.state(item) is State.NOT_SHORTLISTED
    contest.signed(decision_id, now=LOST)
    with desk.database.write() as session:
        standby.let_in(session, desk, decision_id, now=LOST)
        assert standby.let_in(session, desk, decision_id, now=LOST).count == 1  # twice is once
    assert contest.state(item) is State.FINALIST
    assert vacancy(contest) is None


def test_its_letter_names_neither_who_was_lost_nor_a_rank(contest: Contest) -> None:
    desk = contest.office.desk
    lose(contest, contest.items[1])
    let_in(contest)
    letter = contest.office.letters("shortlist.applicant", item_id=contest.items[3])[-1]
    words = letters.render(letter, edition=desk.edition, settings=desk.settings).text
    assert "有入围项目退出，按初评的名次，贵单位的项目递补入围终评" in words
    assert "此前未入围的通知不再有效" in words
    assert "IM24-002" not in words
    assert "第 4 名" not in words
    assert letter.next_try_at == LOST + desk.edition.decisions.cooling_off


def test_of_two_on_the_next_rank_the_panel_chooses(contest: Contest) -> None:
    lose(contest, contest.items[0])
    lose(contest, contest.items[1])
    let_in(contest)
    fifth, sixth = contest.items[4:]
    free = vacancy(contest)
    assert free is not None
    assert [one.item.id for one in free.candidates] == [fifth, sixth]
    for chosen in (None, contest.items[2]):
        with pytest.raises(NotAllowed, match="并列"):
            draft(contest, chosen=chosen)
    with pytest.raises(Refusal, match="选定的经过"):
        draft(contest, chosen=sixth, minutes=" ")
    decision_id = let_in(contest, chosen=sixth, minutes="10月16日专家组 5 人表决，3 票。")
    assert contest.decision(decision_id).ground.endswith("第 5 名递补。10月16日专家组 5 人表决，3 票。")
    assert (contest.state(sixth), contest.state(fifth)) == (State.FINALIST, State.NOT_SHORTLISTED)


def test_once_the_order_is_drawn_nobody_moves_up_and_nothing_is_taken_back(contest: Contest) -> None:
    lose(contest, contest.items[0])
    let_in(contest)
    lose(contest, contest.items[1])
    signed = contest.signed(draft(contest, chosen=contest.items[4], minutes="表决"), now=LOST)
    contest.prepare("final", now=FINAL - timedelta(days=3))
    StageDay(contest, now=FINAL - timedelta(days=1)).drawn()
    assert vacancy(contest) is None
    with pytest.raises(NotAllowed, match="已经抽签"):
        draft(contest, chosen=contest.items[4], minutes="表决")
    with contest.office.desk.database.write() as session, pytest.raises(NotAllowed, match="已经抽签"):
        standby.let_in(session, contest.office.desk, signed, now=LOST)
    with pytest.raises(NotAllowed, match="后面的公开步骤"):
        take_back(contest, "shortlist", contest.items[3])


@pytest.mark.parametrize("mode", ["online", "on_site"])
def test_without_lots_it_ends_with_the_scoring(contest: Contest, mode: str) -> None:
    """A final on line has no order: its opening ends it; in a hall without lots the first score does."""
    contest = with_rule(contest, mode=mode)
    lose(contest, contest.items[0])
    contest.prepare("final", now=FINAL - timedelta(days=3))
    contest.open("final", now=FINAL)
    assert (vacancy(contest) is None) is (mode == "online")
    contest.enter("final", contest.experts[0], contest.items[1], "90", now=FINAL)
    assert vacancy(contest) is None


def test_it_is_taken_back_and_only_then_the_loss(contest: Contest) -> None:
    lose(contest, contest.items[1])
    let_in(contest)
    with pytest.raises(NotAllowed, match="后面的公开步骤"):
        take_back(contest, "withdraw", contest.items[1])
    take_back(contest, "shortlist", contest.items[3])
    assert contest.state(contest.items[3]) is State.NOT_SHORTLISTED
    assert contest.office.letters("shortlist.applicant", item_id=contest.items[3])[-1].state == "cancelled"
    assert vacancy(contest) is not None
    take_back(contest, "withdraw", contest.items[1])
    assert vacancy(contest) is None


def test_conflicts_with_who_came_in_are_looked_for_at_once(contest: Contest) -> None:
    """R29: the panel was assigned before."""
    office, item = contest.office, contest.items[3]
    with office.desk.database.write() as session:
        known = people.Known("同事", ["same@experts.example"], unit=office.found(item).unit)
        same = people.add_expert(session, office.desk.key, known, now=LOST).id or 0
    contest.experts.append(same)
    lose(contest, contest.items[1])
    contest.prepare("final", now=LOST)
    let_in(contest)
    with office.desk.database.read() as session:
        held = session.exec(select(Recusal.expert_id, Recusal.application_id).where(Recusal.blocks)).all()
    assert (same, item) in held


def test_a_decision_of_another_kind_is_not_carried_out_here(contest: Contest) -> None:
    other = contest.draft("disqualification", {"disqualify": [contest.items[0]]}, ground="违反承诺", now=LOST)
    with contest.office.desk.database.write() as session, pytest.raises(Refusal, match="不是递补入围"):
        standby.let_in(session, contest.office.desk, other, now=LOST)


def test_the_desk_shows_who_is_next_and_leads_to_the_preview(contest: Contest) -> None:
    wang = Browser(contest.office, Part.OFFICE, now=LOST)
    card = "入围项目退出，可以递补"
    assert card not in wang.client.get("/stage").text
    lose(contest, contest.items[0])
    page = wang.client.get("/stage").text
    assert card in page
    assert "第 4 名" in page
    assert "IM24-004" in page
    assert 'action="/stage/standby"' not in Browser(contest.office, Part.SUPERVISOR, now=LOST).client.get("/stage").text
    made = wang.client.post("/stage/standby", data={"form_secret": wang.secret()})
    assert made.status_code == 303
    assert "递补入围终评" in wang.client.get(made.headers["location"]).text
    assert "递补入围的决定在办" in wang.client.get("/stage").text
    again = wang.client.post("/stage/standby", data={"form_secret": wang.secret()})
    assert (again.status_code, "已有一份" in again.text) == (422, True)


def test_of_a_tie_the_desk_asks_for_the_choice_and_its_minutes(contest: Contest) -> None:
    lose(contest, contest.items[0])
    lose(contest, contest.items[1])
    let_in(contest)
    wang = Browser(contest.office, Part.OFFICE, now=LOST)
    assert "下一名次有并列" in wang.client.get("/stage").text
    said = {"form_secret": wang.secret(), "chosen": str(contest.items[5])}
    bare = wang.client.post("/stage/standby", data=said)
    assert (bare.status_code, "选定的经过" in bare.text) == (422, True)
    assert f'value="{contest.items[5]}" required checked' in bare.text
    assert wang.client.post("/stage/standby", data=said | {"minutes": "表决 3 比 2"}).status_code == 303


def test_the_decisions_ask_for_the_choice_too_and_where_nobody_moves_up_the_desk_says_so(contest: Contest) -> None:
    lose(contest, contest.items[0])
    lose(contest, contest.items[1])
    let_in(contest)
    wang = Browser(contest.office, Part.OFFICE, now=LOST)
    assert "入围项目退出，本届不递补" not in wang.client.get("/stage").text
    assert f'name="chosen" value="{contest.items[5]}"' in wang.client.get("/decisions").text
    said = {"form_secret": wang.secret(), "kind": "standby", "chosen": str(contest.items[5]), "minutes": "3 比 2"}
    assert wang.client.post("/decisions/draft", data=said | {"chosen": "x"}).status_code == 422
    assert wang.client.post("/decisions/draft", data=said).status_code == 303
    page = Browser(with_rule(contest, substitute=False).office, Part.OFFICE, now=LOST).client.get("/stage").text
    assert ("入围项目退出，本届不递补" in page, "IM24-001" in page) == (True, True)
