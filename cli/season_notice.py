"""The scenes after the final: the notice, two objections, the result made public."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from cli.season_stage import Scene, Stage
from config.edition import Edition
from office import announcement, decisions, defender, disqualification, notice, objection_desk, objections
from records.tables.decision import Objection


def scenes(edition: Edition) -> Iterator[Scene]:
    """Every scene from the draft of the notice to the day of the announcement; the clock posts and announces."""
    posted, announced = edition.notice.posted, edition.announcement.at
    for kind, at in (("notice", posted - timedelta(days=2)), ("announcement", announced - timedelta(days=7))):
        for step, hours in (("draft", 0), ("check", 2), ("sign", 5)):
            yield Scene(
                at + timedelta(hours=hours),
                f"{decisions.kind_label(kind)} {step}",
                partial(_paper, kind=kind, step=step),
            )
    yield Scene(posted + timedelta(days=4, hours=2), "收到异议（一）", partial(_lodge, story="objection_upheld"))
    yield Scene(posted + timedelta(days=5, hours=6), "收到异议（二）", partial(_lodge, story="objection_dismissed"))
    yield Scene(posted + timedelta(days=5, hours=7), "请申报单位说明", partial(_ask, story="objection_upheld"))
    yield Scene(posted + timedelta(days=5, hours=8), "请申报单位说明", partial(_ask, story="objection_dismissed"))
    yield Scene(posted + timedelta(days=7, hours=1), "申报单位答复", partial(_answer, story="objection_upheld"))
    yield Scene(posted + timedelta(days=7, hours=2), "申报单位答复", partial(_answer, story="objection_dismissed"))
    yield Scene(posted + timedelta(days=11), "异议不成立", _dismiss)
    yield Scene(posted + timedelta(days=13), "异议成立，取消资格", _sustain)
    yield Scene(announced - timedelta(days=8), "登记论坛发言、对接和汇编", _publicize)


def _paper(stage: Stage, now: datetime, *, kind: str, step: str) -> None:
    """One of 拟稿, 核稿, 签发 of the notice or the announcement."""

    def verb(session: Session) -> None:
        desk, officers = stage.desk, stage.officers
        if step == "draft":
            draft = notice.draft_posting if kind == "notice" else notice.draft_announcement
            draft(session, desk, officer_id=officers["wang"], now=now)
            return
        decision = decisions.waiting(session, desk, kind)
        if decision and step == "check":
            decisions.check(session, desk, decision.id or 0, officer_id=officers["li"], now=now)
        elif decision:
            decisions.sign(session, desk, decision.id or 0, officer_id=officers["lead"], now=now)

    stage.once(f"{kind}-{step}", now, verb)


_OBJECTIONS = {
    "objection_upheld": (
        "骆闻达",
        "luo.wenda@objectors.example",
        "附件所列核心专利的权属已于今年 6 月被判归他人，与承诺不符。",
    ),
    "objection_dismissed": ("易知秋", "yi.zhiqiu@objectors.example", "材料所述用户单位的应用规模与我方了解的不一致。"),
}


def _lodge(stage: Stage, now: datetime, *, story: str) -> None:
    name, email, statement = _OBJECTIONS[story]

    def verb(session: Session) -> None:
        objections.lodge(
            session,
            stage.desk,
            stage.item_id(session, story),
            name=name,
            phone="13500000000",
            email=email,
            unit="某同行单位",
            ground=stage.desk.edition.notice.objection_grounds[0],
            statement=statement,
            received_at=now,
            now=now,
        )

    stage.once(f"lodge-{story}", now, verb)


def _case(stage: Stage, session: Session, story: str) -> int:
    item_id = stage.item_id(session, story)
    query = select(Objection.id).where(Objection.application_id == item_id).order_by(col(Objection.id))
    return session.exec(query).one() or 0


def _ask(stage: Stage, now: datetime, *, story: str) -> None:
    """A handler asks the applicant, in words that do not say who objects."""

    def verb(session: Session) -> None:
        case, wang = _case(stage, session, story), stage.officers["wang"]
        objection_desk.assign(session, stage.desk, case, handler_id=wang, officer_id=stage.officers["lead"], now=now)
        question = _OBJECTIONS[story][2]
        objection_desk.ask(session, stage.desk, case, question=question, officer_id=wang, now=now)

    stage.once(f"ask-{story}", now, verb)


def _decide(stage: Stage, session: Session, story: str, verdict: str, outcome: str, now: datetime) -> int:
    """The handler proposes, the lead confirms; returns the case."""
    case = _case(stage, session, story)
    objections.propose(
        session, stage.desk, case, verdict, outcome=outcome, officer_id=stage.officers["wang"], now=now
    )  # fmt: skip
    objections.confirm(session, stage.desk, case, officer_id=stage.officers["lead"], now=now)
    return case


def _answer(stage: Stage, now: datetime, *, story: str) -> None:
    stage.once(
        f"answer-{story}",
        now,
        lambda session: objection_desk.answer(
            session, stage.desk, _case(stage, session, story), text="已核对原始材料，说明及证明见附件。", now=now
        ),
    )


def _dismiss(stage: Stage, now: datetime) -> None:
    outcome = "经核实，应用规模与证明材料一致，异议不成立。"
    stage.once(
        "dismiss",
        now,
        lambda session: _decide(stage, session, "objection_dismissed", objections.DISMISSED, outcome, now),
    )


def _sustain(stage: Stage, now: datetime) -> None:
    """The objection holds: a decision with its ground, signed by two, takes the title away (R85, R113)."""

    def verb(session: Session) -> None:
        desk, officers = stage.desk, stage.officers
        outcome = "判决书属实，专利权属与承诺不符，异议成立。"
        case = _decide(stage, session, "objection_upheld", objections.SUSTAINED, outcome, now)
        item_id = stage.item_id(session, "objection_upheld")
        decision = disqualification.draft_disqualification(
            session, desk, item_id, case_id=case, officer_id=officers["wang"], now=now
        )
        decisions.check(session, desk, decision.id or 0, officer_id=officers["li"], now=now)
        decisions.sign(session, desk, decision.id or 0, officer_id=officers["lead"], now=now)
        disqualification.disqualify(session, desk, decision.id or 0, now=now)

    stage.once("sustain", now, verb)


def _publicize(stage: Stage, now: datetime) -> None:
    """Most winners agree to the book, some speak at the forum, some would be matched with regions (R116–R118)."""

    def verb(session: Session) -> None:
        lines = announcement.lines(session, stage.desk)
        speakers = defender.of(session, [line.item.item.id for line in lines])
        for place, line in enumerate(lines):
            who = speakers[line.item.item.id or 0]
            called = f"{who.name} {who.post} {who.phone}"
            told = announcement.Told(
                forum=place % 3 == 0,
                speaker=called if place % 3 == 0 else "",
                matching=place % 2 == 1,
                wanted="可为同行企业提供成套改造方案" if place % 2 else "",
                matching_contact=called if place % 2 else "",
                printed=place != 1,
                consent="申报单位邮件同意" if place != 1 else "",
            )
            announcement.keep(
                session, stage.desk, line.item.item.number, told, officer_id=stage.officers["wang"], now=now
            )

    stage.once("publicity", now, verb)
