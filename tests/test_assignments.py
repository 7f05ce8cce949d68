"""Who scores what: looked at, carried out, drawn by lot, kept to by the tally, mended when an expert is lost."""

from datetime import timedelta

import pytest
from contest import LOCKS, PREPARED, SCORED, Contest
from sqlmodel import select, update

from config.refusal import Refusal
from office import assignments, expert_desk, panels, recusals, reminders, replacing, rounds, tally, unit_table
from office.assignments import Asked, Plan, PlanMoved
from office.panels import Wanted
from records.tables.application import Upload
from records.tables.event import Event
from records.tables.person import Expert, Person
from records.tables.scoring import Assigned, Panel, Recusal, Score
from review.assignment import AssignmentRule
from states.refusals import NotAllowed, NotYours

from cast import experts

THREE = Asked(AssignmentRule(per_item=3))
EVERYBODY = Asked(AssignmentRule())
ROUND = "first_round"


def seated(contest: Contest, *, most: int | None = None) -> None:
    """The five experts seated, the criteria confirmed."""
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        wanted = [Wanted(expert, "committee", most) for expert in contest.experts]
        panels.seat(session, desk, ROUND, wanted, officer_id=wang, now=PREPARED)
        rounds.confirm_criteria(session, desk, ROUND, officer_id=wang, now=PREPARED)


def planned(contest: Contest, asked: Asked = THREE) -> Plan:
    with contest.office.desk.database.read() as session:
        return assignments.plan(session, contest.office.desk, ROUND, asked)


def assigned(contest: Contest, asked: Asked = THREE, *, expected: str = "") -> Plan:
    desk = contest.office.desk
    digest = expected or planned(contest, asked).digest
    with desk.database.write() as session:
        return assignments.carry_out(
            session, desk, ROUND, asked, expected=digest, officer_id=contest.office.wang, now=PREPARED
        )


def asked_pairs(contest: Contest) -> frozenset[tuple[int, int]]:
    desk = contest.office.desk
    with desk.database.read() as session:
        panel = tally.panel_of(session, desk, ROUND)
        return tally.may_score(session, panel, tally.candidates(session, desk, ROUND))


def events(contest: Contest, kind: str) -> int:
    with contest.office.desk.database.read() as session:
        return len(session.exec(select(Event.id).where(Event.kind == kind)).all())


def test_three_an_item_with_even_loads_and_only_they_may_score(before_the_round: Contest) -> None:
    seated(before_the_round)
    told = events(before_the_round, "panel")
    plan = assigned(before_the_round)
    assert sorted(plan.found.loads.values()) == [10, 10, 10, 10, 11]
    pairs = asked_pairs(before_the_round)
    assert (len(pairs), events(before_the_round, "panel") - told) == (51, 1)
    before_the_round.open(ROUND)
    item = before_the_round.items[0]
    (stranger, *_) = [expert for expert in before_the_round.experts if (expert, item) not in pairs]
    with pytest.raises(NotYours, match="没有分给您"):
        before_the_round.enter(ROUND, stranger, item, "80")
    asked = [expert for expert in before_the_round.experts if (expert, item) in pairs]
    for expert in asked:
        before_the_round.enter(ROUND, expert, item, "80")
    placed = next(one for one in before_the_round.outcome(ROUND).ranking.places if one.item == item)
    assert (placed.counted, placed.missing, placed.in_quorum) == (3, 0, True)
    desk = before_the_round.office.desk
    with desk.database.read() as session:
        assert sum(reminders.unscored(session, desk, ROUND).values()) == 51 - 3


def test_every_pair_says_why(before_the_round: Contest) -> None:
    seated(before_the_round)
    assigned(before_the_round)
    desk = before_the_round.office.desk
    with desk.database.read() as session:
        lines = assignments.lines(session, desk, ROUND)
    assert len(lines) == 51
    assert all(line.pair.explanation.startswith(f"{line.expert}评审 {line.number}：") for line in lines)


def test_what_is_short_is_told_in_sentences_and_nothing_is_assigned(before_the_round: Contest) -> None:
    seated(before_the_round, most=4)
    plan = planned(before_the_round)
    assert len(plan.found.shortages) > 0
    assert "需要 3 名专家" in plan.found.shortages[0].explanation
    with pytest.raises(NotAllowed, match="需要 3 名专家"):
        assigned(before_the_round)
    assert len(asked_pairs(before_the_round)) == 17 * 5


def test_a_plan_that_was_overtaken_is_not_carried_out(before_the_round: Contest) -> None:
    """A conflict that is found between look and click changes the plan."""
    seated(before_the_round)
    plan = planned(before_the_round)
    (first, *_) = plan.found.pairs
    with before_the_round.office.desk.database.write() as session:
        own = session.get_one(Expert, first.expert)
        item = before_the_round.office.found(first.item)
        session.get_one(Person, own.person_id).unit = item.unit
    with pytest.raises(PlanMoved):
        assigned(before_the_round, expected=plan.digest)
    assigned(before_the_round)
    assert (first.expert, first.item) not in asked_pairs(before_the_round)


def test_everybody_again_takes_the_chosen_pairs_back_and_keeps_them_as_history(before_the_round: Contest) -> None:
    seated(before_the_round)
    first = assigned(before_the_round)
    assert (len(first.fresh), first.found.given_up) == (51, ())
    assigned(before_the_round, EVERYBODY)
    fewer = planned(before_the_round)  # nobody's pair is chosen, and yet most of what is asked now would be no more
    assert (len(fewer.fresh), len(fewer.found.given_up)) == (0, 17 * 5 - 51)
    assert len(asked_pairs(before_the_round)) == 17 * 5
    desk = before_the_round.office.desk
    with desk.database.read() as session:
        assert assignments.lines(session, desk, ROUND) == []
        assert len(assignments.lines(session, desk, ROUND, history=True)) == 51


def test_lots_tell_their_seed_and_minutes_and_are_the_same_again(before_the_round: Contest) -> None:
    seated(before_the_round)
    lots = Asked(AssignmentRule(per_item=3), seed="20240909-3D")
    plan = assigned(before_the_round, lots)
    assert plan.digest == planned(before_the_round, lots).digest
    assert "20240909-3D" in plan.minutes[0]
    assert {one.reason for one in plan.found.pairs} == {"lot"}
    before_the_round.open(ROUND)
    with pytest.raises(NotAllowed, match="不能再抽签"):
        planned(before_the_round, lots)


def test_assigning_again_moves_nothing_that_was_scored(before_the_round: Contest) -> None:
    seated(before_the_round)
    assigned(before_the_round)
    before_the_round.open(ROUND)
    before = asked_pairs(before_the_round)
    expert, item = min(before)
    before_the_round.enter(ROUND, expert, item, "80")
    four = planned(before_the_round, Asked(AssignmentRule(per_item=4)))
    pairs = {(one.expert, one.item) for one in four.found.pairs}
    assert before <= pairs
    assert (four.found.given_up, len(four.fresh)) == ((), 17)
    with pytest.raises(NotAllowed, match="不能改为全员"):
        assigned(before_the_round, EVERYBODY)


@pytest.mark.parametrize("asked", [THREE, EVERYBODY], ids=["chosen", "everybody"])
def test_a_lost_expert_is_replaced_and_only_what_is_unscored_moves(before_the_round: Contest, asked: Asked) -> None:
    """What was scored stays and counts; nobody else's items move; the history stays."""
    contest = before_the_round
    seated(contest)
    assigned(contest, asked)
    contest.open(ROUND)
    before = asked_pairs(contest)
    lost = contest.experts[0]
    mine = sorted(item for expert, item in before if expert == lost)
    contest.enter(ROUND, lost, mine[0], "80")
    (new,) = experts(contest.office, 1)
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        moved = replacing.replace_expert(session, desk, ROUND, lost, new, reason="住院", officer_id=wang, now=SCORED)
    after = asked_pairs(contest)
    assert moved == len(mine) - 1
    assert {pair for pair in after if pair[0] == lost} == {(lost, mine[0])}
    assert {pair for pair in after if pair[0] == new} == {(new, item) for item in mine[1:]}
    assert {pair for pair in before if pair[0] != lost} == {pair for pair in after if pair[0] not in {lost, new}}
    with pytest.raises(NotYours, match="不在本轮专家组"):
        contest.enter(ROUND, lost, mine[1], "70")
    contest.enter(ROUND, new, mine[1], "70")
    with desk.database.read() as session:
        ended = session.exec(select(Assigned).where(Assigned.ended_why == "更换专家：住院")).all()
        counted = tally.facts_of(session, desk, tally.panel_of(session, desk, ROUND)).ballots
    assert len(ended) == len(mine) - 1
    assert {(ballot.expert, ballot.item) for ballot in counted} == {(lost, mine[0]), (new, mine[1])}


def test_who_takes_over_stays_out_of_their_own_units_item(before_the_round: Contest) -> None:
    contest = before_the_round
    seated(contest)
    assigned(contest)
    contest.open(ROUND)
    lost = contest.experts[0]
    mine = sorted(item for expert, item in asked_pairs(contest) if expert == lost)
    (new,) = experts(contest.office, 1)
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        session.get_one(Person, session.get_one(Expert, new).person_id).unit = contest.office.found(mine[0]).unit
    with desk.database.write() as session:
        replacing.replace_expert(session, desk, ROUND, lost, new, reason="住院", officer_id=wang, now=SCORED)
    after = asked_pairs(contest)
    assert (new, mine[0]) not in after
    assert sum(item == mine[0] for _, item in after) == 3
    assert all((new, item) in after for item in mine[1:])


@pytest.mark.parametrize(
    ("lost", "instead", "reason", "said"),
    [(0, 5, " ", "没有写明更换的原因"), (9, 5, "病", "不在本轮专家组中"), (0, 0, "病", "没有选定接替")],
)
def test_a_replacement_is_refused_in_words(
    before_the_round: Contest, lost: int, instead: int, reason: str, said: str
) -> None:
    contest = before_the_round
    seated(contest)
    assigned(contest)
    everybody = [*contest.experts, *experts(contest.office, 1), *[0] * 4]
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session, pytest.raises(Refusal, match=said):
        replacing.replace_expert(
            session, desk, ROUND, everybody[lost], everybody[instead], reason=reason, officer_id=wang, now=PREPARED
        )


def test_after_the_lock_nothing_is_assigned_any_more(contest: Contest) -> None:
    contest.lock(ROUND)
    with pytest.raises(NotAllowed, match="已经锁定"):
        assigned(contest)
    desk = contest.office.desk
    with desk.database.write() as session, pytest.raises(NotAllowed, match="已经锁定"):
        replacing.replace_expert(
            session, desk, ROUND, contest.experts[0], contest.experts[1], reason="病", officer_id=contest.office.wang,
            now=LOCKS,
        )  # fmt: skip


def test_a_unit_that_gets_an_alias_shuts_who_had_scored(contest: Contest) -> None:
    """Recomputed when the table of units changes: the score stays in the record and counts no more (R29)."""
    item, expert = contest.items[0], contest.experts[0]
    contest.score(ROUND, {item: ["90", "80", "80", "80", "80"]})
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        mine = session.get_one(Person, session.get_one(Expert, expert).person_id).unit
        line = unit_table.told(contest.office.found(item).unit, f"{mine}；曾用名", "")
        unit_table.save(session, desk, line, officer_id=wang, now=SCORED)
        assert recusals.recompute(session, desk, now=SCORED + timedelta(minutes=1)) >= 1
    with desk.database.read() as session:
        row = session.exec(select(Recusal).where(Recusal.expert_id == expert, Recusal.blocks)).one()
        kept = session.exec(select(Score).where(Score.expert_id == expert).order_by(Score.revision)).all()
        placed = tally.live(session, desk, ROUND).places[0]
    assert "据单位别名、曾用名表" in row.explanation
    assert [(score.total, score.absent) for score in kept] == [(9000, ""), (None, "recused")]
    assert (placed.item, placed.printed, placed.counted) == (item, "80.00", 4)


def test_a_ground_that_holds_no_more_goes_with_an_event(contest: Contest) -> None:
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        item = contest.office.found(contest.items[0])
        unit = unit_table.save(session, desk, unit_table.told(item.unit, "评审大学1", ""), officer_id=wang, now=SCORED)
        recusals.recompute(session, desk, now=SCORED)
        assert len(session.exec(select(Recusal)).all()) == 1
        unit_table.remove(session, desk, unit.id or 0, officer_id=wang, now=SCORED)
        recusals.recompute(session, desk, now=SCORED)
        assert session.exec(select(Recusal)).all() == []
    assert events(contest, "recusal") == 2


def test_nothing_is_looked_for_in_a_locked_round(contest: Contest) -> None:
    contest.lock(ROUND)
    desk = contest.office.desk
    with desk.database.write() as session:
        session.execute(update(Person).values(unit=contest.office.found(contest.items[0]).unit))
        recusals.recompute(session, desk, now=LOCKS)
        assert session.exec(select(Recusal)).all() == []


def test_who_leaves_the_panel_before_the_opening_is_asked_nothing_more(before_the_round: Contest) -> None:
    contest = before_the_round
    seated(contest)
    assigned(contest)
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        four = [Wanted(expert, "committee") for expert in contest.experts[1:]]
        panels.seat(session, desk, ROUND, four, officer_id=wang, now=PREPARED)
        assert session.exec(select(Panel.assigned_at).where(Panel.round == ROUND)).one() is None
    assert {expert for expert, _ in asked_pairs(contest)} == set(contest.experts[1:])
    plan = assigned(contest)
    assert sorted(plan.found.loads.values()) == [12, 13, 13, 13]
    assert plan.found.given_up == ()


def test_an_expert_finds_the_chosen_items_and_no_others(before_the_round: Contest) -> None:
    contest = before_the_round
    seated(contest)
    plan = assigned(contest)
    contest.open(ROUND)
    desk, expert = contest.office.desk, contest.experts[0]
    with desk.database.read() as session:
        own = expert_desk.own_round(session, desk, ROUND, expert, now=SCORED)
    mine = {one.item for one in plan.found.pairs if one.expert == expert}
    assert {item.item_id for item in own.items} == mine
    assert 0 < len(mine) < 17


def test_a_name_in_the_evidence_is_told_to_the_office_and_shuts_nobody(contest: Contest) -> None:
    """R93: co-developers are named in file 4; only a person can tell."""
    desk = contest.office.desk
    with desk.database.write() as session:
        item = contest.items[0]
        upload = session.exec(select(Upload).where(Upload.application_id == item)).first()
        assert upload is not None
        upload.report = upload.report | {"facts": {"text": "本项目由第一单位与评审大学 2 联合开发"}}
        session.add(upload)
        recusals.recompute(session, desk, now=SCORED)
        (row,) = session.exec(select(Recusal)).all()
        may = tally.may_score(session, tally.panel_of(session, desk, ROUND), [item])
    assert (row.expert_id, row.ground, row.blocks) == (contest.experts[1], "named_in_evidence", False)
    assert "“评审大学2”" in row.explanation
    assert len(may) == 5
