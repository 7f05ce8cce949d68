"""A small season as rows, consistent in every respect: five applications, two rounds, a notice, an announcement."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from records import ledger
from records.ledger import Entry
from records.tables.application import Application, CheckLine, Upload
from records.tables.deadline import Deadline, FlowRun
from records.tables.decision import Decision, Notice, Objection
from records.tables.defender import Defender
from records.tables.edition import AdoptedEdition
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.event import Batch, Note
from records.tables.letter import Letter
from records.tables.person import Address, Expert, Officer, Person
from records.tables.scoring import Panel, PanelMember, Recusal, Score, Standing
from records.tables.stage import Stage, StageClock, StagePass, StageSeat, StageSend, StageTurn
from states.facts import State
from states.lifecycle import Trigger, row_of

EDITION = "im24"
SLOTS = ("form", "video", "letter")
RULES = {"reasons_required": True, "reason_above": "99", "reason_below": "50"}
COOLING_OFF = timedelta(hours=2)
ANNOUNCED, NOT_SHORTLISTED, RETURNED, DRAFT, NOT_SELECTED = 1, 2, 3, 4, 5


def at(hour: int) -> datetime:
    """An hour of the season, which begins on 29 May 2024."""
    return datetime(2024, 5, 29, tzinfo=UTC) + timedelta(hours=hour)


NOW = at(400)


def write_season(session: Session) -> None:
    """Write the whole season; ids count from 1 in the order of writing."""
    _people(session)
    _applications(session)
    move(session, [1, 2, 3, 5], Trigger.SUBMIT, State.SUBMITTED, hour=10)
    move(session, [4], Trigger.WITHDRAW, State.WITHDRAWN, hour=11, undone=12)
    move(session, [4], Trigger.UNDO, State.DRAFT, hour=12)
    for item in (1, 2, 5):
        _add(session, EndorsementRequest(
            application_id=item, endorser_id=1, token_digest="t", fingerprint="f", asked_at=at(10), answered_at=at(20),
            answer="endorsed", route="link",
        ))  # fmt: skip
    move(session, [1, 2, 5], Trigger.ENDORSE, State.ENDORSED, hour=20)
    move(session, [3], Trigger.SEND_BACK, State.RETURNED, hour=21, due=500)
    _add(session, CheckLine(
        application_id=1, upload_id=1, rule="words", accepted=True, waiver=True, reason="口径不同", officer_id=1,
        at=at(25), confirmed_by=2, confirmed_at=at(26),
    ))  # fmt: skip
    move(session, [1, 2, 5], Trigger.PASS_CHECK, State.FORMALLY_CHECKED, hour=30)
    _first_round(session)
    _final(session)
    _public(session)
    _times(session)


def move(  # noqa: PLR0913  a step has that many facts
    session: Session, items: Sequence[int], trigger: Trigger, new: State, *, hour: int, decision: int | None = None,
    undone: int | None = None, due: int | None = None,
) -> None:  # fmt: skip
    """Write a step as the office does: one batch, one event and its letters for each, the new state."""
    batch = Batch(
        edition=EDITION, trigger=trigger.value, actor="office", at=at(hour), size=len(items), decision_id=decision,
        undone_at=at(undone) if undone else None,
    )  # fmt: skip
    _add(session, batch)
    for id_ in items:
        item = session.get_one(Application, id_, populate_existing=True)
        row = row_of(trigger, State(item.state), new)
        entry = Entry(
            EDITION, trigger.value, "office", at(hour), application_id=id_, batch_id=batch.id, state_from=item.state,
            state_to=new.value,
        )  # fmt: skip
        (event,) = ledger.record(session, [entry])
        hold = at(hour) + (COOLING_OFF if row.decision else timedelta())
        for recipient in row.letters if not row.inverse else ():
            _add(session, letter(event, f"{trigger}.{recipient}", id_, at(hour), hold, cancelled=undone is not None))
        values = {"state": new.value, "state_since": at(hour), "lapses_at": at(due) if due else None}
        if trigger is Trigger.SUBMIT:
            values["submitted_at"] = at(hour)
        session.execute(update(Application).where(col(Application.id) == id_).values(values))


def letter(event: int, template: str, item: int, at_: datetime, hold: datetime, *, cancelled: bool) -> Letter:
    """A letter of a step: sent after its hold, or cancelled."""
    key = f"event-{event}-{template.split('.')[1]}"
    sent = {"state": "sent", "sent_at": hold + timedelta(minutes=1), "answer": "250 ok"}
    return Letter(
        edition=EDITION, key=key, message_id=f"<{key}>", template=template, event_id=event, application_id=item,
        person_id=3, email="a@example.org", written_at=at_, next_try_at=hold,
        **({"state": "cancelled"} if cancelled else sent),
    )  # fmt: skip


def _add(session: Session, *rows: object) -> None:
    session.add_all(rows)
    session.flush()


def _people(session: Session) -> None:
    for name in ("负责人", "工作人员", "申报人", "学会联系人", "专家甲", "专家乙"):
        _add(session, Person(name=name))
    _add(session, Person(name="（已删除）", erased_at=at(1)))
    for id_ in range(1, 7):
        _add(session, Address(person_id=id_, email=f"p{id_}@example.org"))
    _add(session, Officer(person_id=1, role="lead", created_at=at(0)))
    _add(session, Officer(person_id=2, role="office", created_at=at(0)))
    _add(session, Endorser(edition=EDITION, kind="society", name="某学会", person_id=4))
    for id_ in (5, 6):
        _add(session, Expert(edition=EDITION, person_id=id_, created_at=at(0)))
    text = "[award]\n"
    adopted = AdoptedEdition(
        edition=EDITION, version=1, sha256=hashlib.sha256(text.encode()).hexdigest(), text=text, reason="首次", at=at(0)
    )
    _add(session, adopted)
    entry = Entry(EDITION, "edition_adopted", "office", at(0), subject="adoptededition", subject_id=adopted.id)
    erased = Entry(EDITION, "expert_add", "office", at(0), note={"name": "某人"}, person_id=7)
    _, event = ledger.record(session, [entry, erased])
    ledger.erase_notes(session, person_id=7, now=at(1))
    assert session.get(Note, 1), event


def add_draft(session: Session, *, number: str) -> None:
    """A new draft, with its birth in the ledger."""
    item = Application(
        edition=EDITION, number=number, state_since=at(2), title="某项目", unit="某大学", unit_type="university",
        category="technology", contact_id=3, endorser_id=1, received_at=at(2),
    )  # fmt: skip
    _add(session, item)
    ledger.record(session, [Entry(EDITION, "created", "applicant", at(2), application_id=item.id, state_to="draft")])


def _applications(session: Session) -> None:
    for id_ in range(1, 6):
        add_draft(session, number=f"IM24-{id_:03}")
    for id_ in (1, 2, 3, 5):
        for slot in SLOTS:
            _add(session, _upload(id_, slot, revision=1))
    first = session.get_one(Upload, 1)
    first.superseded_at = at(4)
    _add(session, _upload(1, "form", revision=2))


def _upload(item: int, slot: str, *, revision: int) -> Upload:
    digest = hashlib.sha256(f"{item} {slot} {revision}".encode()).hexdigest()
    hour = 2 + revision
    return Upload(
        application_id=item, slot=slot, revision=revision, name=f"{slot}.bin", size=9, sha256=digest,
        begun_at=at(hour), finished_at=at(hour),
    )  # fmt: skip


def _panel(session: Session, round_: str, *, opens: int) -> int:
    panel = Panel(
        edition=EDITION, round=round_, criteria_confirmed_at=at(5), assigned_at=at(6), opened_at=at(opens),
        locked_at=at(opens + 10), released_at=at(opens + 15), rules=RULES,
    )  # fmt: skip
    _add(session, panel)
    for expert in (1, 2):
        _add(session, PanelMember(panel_id=panel.id, expert_id=expert))
    return panel.id or 0


def _score(session: Session, panel: int, item: int, expert: int, total: int | None, hour: int, **other: object) -> None:
    absent = "" if total is not None else "recused"
    row = {"panel_id": panel, "application_id": item, "expert_id": expert, "total": total, "absent": absent}
    _add(session, Score(**row, at=at(hour), **other))


def _places(session: Session, panel: int, places: Sequence[tuple[int, bool]]) -> None:
    for place, (item, chosen) in enumerate(places, 1):
        _add(session, Standing(
            panel_id=panel, application_id=item, place=place, printed="90.00", chosen=chosen, in_quorum=True,
        ))  # fmt: skip


def _decision(session: Session, kind: str, *, hour: int) -> int:
    decision = Decision(
        edition=EDITION, kind=kind, number=f"〔2024〕{hour}号", drafted_by=1, drafted_at=at(hour - 3), checked_by=2,
        checked_at=at(hour - 2), signed_by=1, signed_at=at(hour - 1), executed_at=at(hour),
    )  # fmt: skip
    _add(session, decision)
    return decision.id or 0


def _first_round(session: Session) -> None:
    panel = _panel(session, "first_round", opens=40)
    move(session, [1, 2, 5], Trigger.OPEN_FIRST_ROUND, State.FIRST_ROUND, hour=40)
    _add(
        session, Recusal(panel_id=panel, expert_id=2, application_id=2, ground="unit", explanation="同单位", at=at(41))
    )
    _score(session, panel, 1, 1, 9000, 44, current=False)
    _score(session, panel, 1, 1, 9950, 45, revision=2, reason="国际领先")
    _score(session, panel, 1, 2, 9000, 45)
    _score(session, panel, 2, 1, 7000, 45)
    _score(session, panel, 2, 2, None, 45)
    _score(session, panel, 5, 1, 8500, 45)
    _score(session, panel, 5, 2, 8500, 45)
    _places(session, panel, [(1, True), (5, True), (2, False)])
    decision = _decision(session, "first_round_result", hour=55)
    move(session, [1, 5], Trigger.SHORTLIST, State.FINALIST, hour=55, decision=decision)
    move(session, [2], Trigger.LEAVE_OUT, State.NOT_SHORTLISTED, hour=55, decision=decision)


def _final(session: Session) -> None:
    panel = _panel(session, "final", opens=60)
    for item, total in ((1, 9100), (5, 8900)):
        for expert in (1, 2):
            _score(session, panel, item, expert, total, 65)
    _places(session, panel, [(1, True), (5, False)])
    _stage(session, panel)
    _add(session, Defender(edition=EDITION, application_id=5, name="答辩人", phone="13800138000", named_at=at(57)))
    decision = _decision(session, "final_result", hour=75)
    move(session, [1], Trigger.SELECT, State.TOP_TEN, hour=75, decision=decision)
    move(session, [5], Trigger.PASS_OVER, State.NOT_SELECTED, hour=75, decision=decision)


def _stage(session: Session, panel: int) -> None:
    """The meeting: item 5, a break, item 1; one expert came, one did not; one score came by telephone."""
    _add(session, Stage(
        panel_id=panel, starts_at=at(60), seed="12345678", drawn_at=at(60), began_at=at(61), ended_at=at(68),
        revision=9, revealed=1,
    ))  # fmt: skip
    for lot, (position, item, hour) in enumerate(((1, 5, 61), (3, 1, 63)), 1):
        session.execute(update(Application).where(col(Application.id) == item).values(lot=lot))
        minute = [at(hour) + timedelta(minutes=minutes) for minutes in (0, 10, 13, 14)]
        turn = StageTurn(
            stage_id=1, position=position, application_id=item, scoring_opened_at=minute[3], scoring_closed_at=at(66),
            left_at=at(67),
        )  # fmt: skip
        _add(session, turn)
        talk = {"kind": "talk", "limit_seconds": 600, "started_at": minute[0], "ended_at": minute[1]}
        asked = {"kind": "questions", "limit_seconds": 180, "started_at": minute[1], "ended_at": minute[2]}
        _add(session, StageClock(turn_id=turn.id, **talk), StageClock(turn_id=turn.id, **asked))
    _add(session, StageTurn(stage_id=1, position=2, label="茶歇", minutes=15, left_at=at(63)))
    _add(session, StageClock(turn_id=3, kind="rest", limit_seconds=900, started_at=at(62), ended_at=at(63)))
    _add(
        session, StageSeat(stage_id=1, expert_id=1, arrived_at=at(60)), StageSeat(stage_id=1, expert_id=2, absent="ill")
    )
    for kind, expert, revoked in (("expert", 1, None), ("expert", 1, 60), ("screen", None, None)):
        _add(session, StagePass(
            stage_id=1, kind=kind, expert_id=expert, token_digest=f"{kind} {revoked}", made_at=at(59),
            revoked_at=at(revoked) if revoked else None,
        ))  # fmt: skip
    score = session.exec(select(Score.id).where(Score.panel_id == panel).order_by(col(Score.id))).first()
    sent = {"stage_id": 1, "expert_id": 1, "application_id": 1, "at": at(65)}
    _add(session, StageSend(**sent, client_key="kept", outcome="kept", score_id=score))
    _add(session, StageSend(**sent, client_key="late", outcome="late"))


def _public(session: Session) -> None:
    decision = _decision(session, "notice", hour=80)
    _add(session, Notice(
        edition=EDITION, version=1, number="公示1号", posted_at=at(80), closes_at=at(260), reckoning="7 天", items=[1],
        decision_id=decision,
    ))  # fmt: skip
    move(session, [1], Trigger.PUBLICIZE, State.PUBLICIZED, hour=80, decision=decision)
    _add(session, Objection(
        edition=EDITION, number="异议1号", application_id=1, ground="truth", statement="…", received_at=at(82),
        status="dismissed", answer="不成立", decided_by=1, decided_at=at(85),
    ))  # fmt: skip
    decision = _decision(session, "announcement", hour=300)
    move(session, [1], Trigger.ANNOUNCE, State.ANNOUNCED, hour=300, decision=decision)


def _times(session: Session) -> None:
    _add(session, Deadline(edition=EDITION, kind="lapse", due_at=at(40), settled_at=at(41), outcome={"moved": 0}))
    _add(session, Deadline(edition=EDITION, kind="lapse", due_at=at(1000)))
    cut_off, ended = "进程中断", at(40) + timedelta(minutes=5)
    run = {"edition": EDITION, "deadline_id": 1, "kind": "lapse", "started_at": at(40), "due_at": at(40)}
    _add(session, FlowRun(**run, ended_at=ended, failed=cut_off))
    _add(session, FlowRun(**run, ended_at=at(41)))
    ledger.record(session, [Entry(EDITION, "deadline", "clock", at(41), subject="deadline", subject_id=1)])
    other = {"edition": EDITION, "template": "remind_submission.applicant", "person_id": 3, "email": "a@example.org"}
    held = {"written_at": at(5), "next_try_at": at(6)}
    _add(session, Letter(**other, **held, key="r-1", message_id="<r-1>", state="waiting"))
    lease = {"state": "sending", "claimed_by": "w", "claimed_until": at(401)}
    _add(session, Letter(**other, **held, key="r-2", message_id="<r-2>", **lease))
