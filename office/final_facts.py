"""Gathers what the papers of the final's day say: who is invited when, who sits, who scores what (R100–R105, R127)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.edition import Round
from config.lengths import length_shown
from office import defender, document_numbers, sheet_codes, stage_store, tally
from office.desk import Desk
from office.panels import MEMBER_TYPES
from office.paper_kinds import Key
from office.stage_store import Turn
from paperwork.invitation import Invitation, Speaker
from paperwork.list_of_finalists import Finalist, Finalists
from paperwork.name_plates import Plate
from paperwork.running_order import OrderLine, RunningOrder
from paperwork.score_sheet import ScoreSheet, SheetLine
from records.tables.application import Application
from records.tables.decision import Decision
from records.tables.defender import Defender
from records.tables.endorser import Endorser
from records.tables.person import Expert, Officer, Person
from records.tables.scoring import Panel, PanelMember
from states.refusals import NotAllowed


def the_final(desk: Desk) -> Round:
    """The round that is held in a hall; `NotAllowed` for an edition without one."""
    round_ = stage_store.the_round(desk)
    if round_ is None:
        raise NotAllowed("本届没有现场进行的评审。", next_step="请在本届设置中核对各轮的方式。")
    return round_


def finalists(session: Session, desk: Desk) -> list[Application]:
    """Who takes part in the final in a hall, by number; `NotAllowed` before the result of the round before."""
    return _of_round(session, desk, the_final(desk))


def going_on(session: Session, desk: Desk) -> list[Application]:
    """Who goes on to the second round, in a hall or at home; `NotAllowed` where there is none, or nobody yet (R98)."""
    if len(desk.edition.rounds) == 1:
        raise NotAllowed("本届只有一轮评审，没有入围名单。", next_step="入选的项目见评审会纪要。")
    return _of_round(session, desk, desk.edition.deciding_round)


def _of_round(session: Session, desk: Desk, round_: Round) -> list[Application]:
    ids = tally.items_of(session, desk, tally.panel_of(session, desk, round_.key))
    items = session.exec(select(Application).where(col(Application.id).in_(ids)).order_by(Application.number)).all()
    if not items:
        raise NotAllowed(f"还没有进入{round_.name}的项目。", next_step="上一轮的结果签发之后才有名单。")
    return list(items)


def invitation_of(session: Session, desk: Desk, number: str) -> Invitation:
    """One finalist's invitation; `NotAllowed` for who is none."""
    item = next((each for each in finalists(session, desk) if each.number == number), None)
    if item is None:
        raise NotAllowed(f"{number} 没有进入{the_final(desk).name}。", next_step="请从入围的项目中选择。")
    return invitations_of(session, desk, [item])[0]


def invitations_of(session: Session, desk: Desk, items: Sequence[Application]) -> list[Invitation]:
    """The invitations, with place and time where the lots are drawn already."""
    round_, head = the_final(desk), document_numbers.head_of(session, desk, "invitation")
    turns = {turn.item.id: turn for turn in _turns(session, desk) if turn.item}
    parts = desk.edition.form.parts if desk.edition.form else ()
    named = defender.of(session, [item.id for item in items])
    return [
        Invitation(
            head=head, number=item.number, title=item.title, unit=item.unit, round_name=round_.name,
            held=_held(session, desk, round_), venue=round_.venue,
            place=turns[item.id].place if item.id in turns else 0,
            begins=_clock(desk, turns[item.id].begins) if item.id in turns else "",
            talk=_length(round_.talk_seconds), questions=_length(round_.question_seconds),
            parts=tuple(part.word for part in parts), speaker=_speaker(named.get(item.id or 0)),
        )
        for item in items
    ]  # fmt: skip


def running_order_of(session: Session, desk: Desk) -> RunningOrder:
    """The order of the day; `NotAllowed` before the lots are drawn."""
    round_, turns = the_final(desk), drawn(session, desk)
    stage = stage_store.stage_of(session, desk)
    return RunningOrder(
        round_name=round_.name, held=_held(session, desk, round_), venue=round_.venue,
        talk=_length(round_.talk_seconds), questions=_length(round_.question_seconds),
        lines=tuple(_order_line(desk, turn) for turn in turns), seed=stage.seed,
        drawn=desk.shown(stage.drawn_at) if stage.drawn_at else "",
    )  # fmt: skip


def finalists_of(session: Session, desk: Desk) -> Finalists:
    """Who goes on to the final, and by which decision."""
    items = going_on(session, desk)
    before = desk.edition.rounds[0].key
    query = select(Decision.number).where(
        Decision.edition == desk.key, Decision.kind == f"{before}_result", col(Decision.executed_at).is_not(None),
        col(Decision.undone_at).is_(None),
    )  # fmt: skip
    endorsers = {each.id: each.name for each in session.exec(select(Endorser).where(Endorser.edition == desk.key))}
    return Finalists(
        desk.edition.deciding_round.name,
        session.exec(query).first() or "",
        tuple(Finalist(it.number, it.title, it.unit, endorsers.get(it.endorser_id, "")) for it in items),
    )


def plates_of(session: Session, desk: Desk) -> list[Plate]:
    """The name plates: experts by their seats, who speaks (R26; else their units), the office, leads first."""
    items = finalists(session, desk)
    named = defender.of(session, [item.id for item in items])
    speakers = [
        Plate(named[item.id or 0].name, item.unit) if item.id in named else Plate(item.unit, f"{item.number} 答辩席")
        for item in items
    ]
    panel = tally.panel_of(session, desk, the_final(desk).key)
    seats = [Plate(person.name, person.unit) for _, person, _ in seats_of(session, panel)]
    query = select(Person.name).join(Officer, col(Officer.person_id) == col(Person.id))
    officers = session.exec(
        query.where(col(Officer.disabled_at).is_(None)).order_by(col(Officer.role), col(Officer.id))
    )
    short = desk.edition.award.office_short or desk.edition.award.office
    return [*seats, *speakers, *(Plate(name, short) for name in officers)]


def experts(session: Session, desk: Desk) -> list[Key]:
    """Who holds a seat in the final's panel; `NotAllowed` where it is not formed, or the order not drawn."""
    drawn(session, desk)
    panel = tally.panel_of(session, desk, the_final(desk).key)
    return [Key(str(expert.id), person.name) for expert, person, _ in seats_of(session, panel)]


def sheet_of(session: Session, desk: Desk, key: str) -> ScoreSheet:
    """The score sheet of one expert; `NotAllowed` for who holds no seat."""
    found = [sheet for expert_id, sheet in _sheets(session, desk, key) if str(expert_id) == key]
    if not found:
        raise NotAllowed(f"专家 {key} 不在{the_final(desk).name}的专家组中。", next_step="请从专家组的名单中选择。")
    return found[0]


def sheets_of(session: Session, desk: Desk) -> list[ScoreSheet]:
    """The score sheets of the whole panel."""
    return [sheet for _, sheet in _sheets(session, desk)]


def drawn(session: Session, desk: Desk) -> list[Turn]:
    """The running order; `NotAllowed` before the lots are drawn."""
    turns = _turns(session, desk)
    if not turns:
        raise NotAllowed("答辩次序还没有抽签。", next_step="请先在“终评现场”中设立现场并抽签。")
    return turns


def seats_of(session: Session, panel: Panel) -> list[tuple[Expert, Person, PanelMember]]:
    """Who sits in a panel now, in the order of their numbers; `NotAllowed` before it is formed."""
    query = (
        select(Expert, Person, PanelMember)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .where(PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
        .order_by(col(Expert.id))
    )
    found = [(expert, person, seat) for expert, person, seat in session.execute(query)]
    if not found:
        raise NotAllowed("专家组还没有组成。", next_step="请先在“评审 · 专家组”中排定席位。")
    return found


def _sheets(session: Session, desk: Desk, only: str = "") -> list[tuple[int, ScoreSheet]]:
    round_ = the_final(desk)
    panel = tally.panel_of(session, desk, round_.key)
    turns = [turn for turn in drawn(session, desk) if turn.item and not turn.is_gone]
    rules = tally.rules_of(desk, panel)
    may = tally.may_score(session, panel, [turn.item.id or 0 for turn in turns if turn.item])
    held = _held(session, desk, round_)
    return [
        (
            expert.id or 0,
            ScoreSheet(
                round_name=round_.name, held=held, expert=person.name, unit=person.unit,
                kind=MEMBER_TYPES.get(seat.member_type, seat.member_type),
                code=sheet_codes.code_of(desk, panel, expert.id or 0),
                address=sheet_codes.address_of(desk, panel, expert.id or 0),
                criteria=tuple((each.name, each.points) for each in rules.criteria), rules=_rules(rules.round),
                lines=tuple(_sheet_line(turn, expert.id or 0, may) for turn in turns),
            ),
        )
        for expert, person, seat in seats_of(session, panel)
        if only in ("", str(expert.id))
    ]  # fmt: skip


def _sheet_line(turn: Turn, expert_id: int, may: frozenset[tuple[int, int]]) -> SheetLine:
    item = turn.item
    if item is None:
        raise LookupError(turn.id)
    return SheetLine(str(turn.place), item.number, item.title, item.unit, (expert_id, item.id or 0) not in may)


def _rules(round_: Round) -> tuple[str, ...]:
    lengths = f"总分 {round_.lowest:g} 至 {round_.highest:g} 分，以 {round_.step:g} 分为一档；可只填总分。"
    if not round_.reasons_required:
        return (lengths,)
    return (lengths, f"总分高于 {round_.reason_above:g} 分或低于 {round_.reason_below:g} 分的，请写明理由，存档备查。")


def _order_line(desk: Desk, turn: Turn) -> OrderLine:
    begins = _clock(desk, turn.begins)
    if turn.item is None:
        return OrderLine("", begins, "", f"{turn.row.label}（{turn.row.minutes} 分钟）", "")
    gone = "（已退出）" if turn.is_gone else ""
    return OrderLine(
        str(turn.place), begins, turn.item.number, f"{turn.item.title}{gone}", turn.item.unit, turn.speaker
    )


def _speaker(row: Defender | None) -> Speaker:
    """What is known of the speaker, so that the slip asks only for the rest."""
    return Speaker(row.name, row.post, row.phone) if row else Speaker()


def _turns(session: Session, desk: Desk) -> list[Turn]:
    """The running order as it is planned, empty before the lots are drawn."""
    stage = stage_store.find(session, desk)
    if stage is None or stage.drawn_at is None:
        return []
    return stage_store.turns(session, desk, stage, now=stage.starts_at)


def _held(session: Session, desk: Desk, round_: Round) -> str:
    """When the meeting begins, as the stage has it, else as the edition plans it."""
    stage = stage_store.find(session, desk)
    return desk.shown(stage.starts_at if stage else round_.opens)


def _clock(desk: Desk, instant: datetime | None) -> str:
    return f"{instant.astimezone(desk.zone):%H:%M}" if instant else ""


def _length(seconds: int | None) -> str:
    return length_shown(seconds) if seconds else ""
