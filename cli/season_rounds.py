"""The scenes of both rounds: panels, scores, a tie put to the vote, the day of the final, signatures."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from cli import season_scores
from cli.season_stage import Scene, Stage
from config.edition import Edition, Round
from office import corrections, decisions, recusals, rounds, scores, tally
from states.facts import Actor


def scenes(edition: Edition) -> Iterator[Scene]:
    """Every scene from the forming of the first panel to the signed result of the last round."""
    first, final = edition.rounds[0], edition.rounds[-1]
    yield Scene(first.opens - timedelta(days=3), "组成专家委员会", partial(_prepare, round_=first))
    yield Scene(first.opens + timedelta(hours=5), "专家申报回避", _declare)
    for place in range(12):
        at = first.opens + timedelta(days=1 + 2 * place, hours=place % 8, minutes=7 * place)
        yield Scene(at, f"专家 {place + 1} 初评打分", partial(_score_at_home, place=place))
    yield Scene(first.locks + timedelta(hours=1), "专家组就并列表决", partial(_vote, round_=first))
    yield from _signing(first, first.locks + timedelta(days=1, hours=16))
    yield Scene(final.opens - timedelta(days=7), "组成终评专家组", partial(_prepare, round_=final))
    yield Scene(final.opens - timedelta(days=4), "入围单位来函撤回", _withdraw)
    yield Scene(final.opens + timedelta(minutes=30), "终评现场打分", _score_on_site)
    yield Scene(final.opens + timedelta(hours=8), "现场锁定评分、统计", partial(_lock_on_site, round_=final))
    yield Scene(final.opens + timedelta(hours=8, minutes=20), "专家组就并列表决", partial(_vote, round_=final))
    yield from _signing(final, final.opens + timedelta(days=3, hours=1))


def _prepare(stage: Stage, now: datetime, *, round_: Round) -> None:
    """Seat the panel, confirm the criteria, assign everything to everybody less the conflicts."""

    def verb(session: Session) -> None:
        officer = stage.officers["wang"]
        members = [
            (expert, scorer.member_type) for expert, scorer in zip(stage.scorers, stage.cast.scorers, strict=True)
        ]
        rounds.form_panel(session, stage.desk, round_.key, members, officer_id=officer, now=now)
        rounds.confirm_criteria(session, stage.desk, round_.key, officer_id=stage.officers["lead"], now=now)
        rounds.assign(session, stage.desk, round_.key, officer_id=officer, now=now)

    stage.once(f"prepare-{round_.key}", now, verb)


def _declare(stage: Stage, now: datetime) -> None:
    """One expert says by themselves that they must stay out of one item."""

    def verb(session: Session) -> None:
        panel = tally.panel_of(session, stage.desk, "first_round")
        item_id = stage.item_id(session, "paper_endorsement")
        recusals.declare_conflict(
            session, stage.desk, panel, stage.scorers[3], item_id, reason="曾任该项目技术顾问", now=now
        )

    stage.once("declare-conflict", now, verb)


def _score_at_home(stage: Stage, now: datetime, *, place: int) -> None:
    """One expert scores everything that they may, each item saved by itself."""
    expert = stage.scorers[place]
    if not stage.planned:  # the same for every expert: drawn once a run of the demo
        with stage.desk.database.read() as session:
            stage.planned.update(season_scores.first_round(stage, session))
    planned = stage.planned
    for step, (_, item) in enumerate(sorted(pair for pair in planned if pair[0] == expert)):
        aspects = season_scores.split(planned[expert, item], stage.desk.edition.criteria)
        at = now + timedelta(minutes=step)
        enter = partial(_enter, stage, "first_round", at, expert=expert, item=item, aspects=aspects)
        stage.once(f"first-{expert}-{item}", at, enter)


def _enter(
    stage: Stage,
    round_key: str,
    now: datetime,
    session: Session,
    *,
    expert: int,
    item: int,
    total: str | None = None,
    aspects: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    scores.enter(
        session,
        stage.desk,
        round_key,
        expert_id=expert,
        item_id=item,
        total=total,
        aspects=aspects,
        reason=reason,
        now=now,
    )


def _vote(stage: Stage, now: datetime, *, round_: Round) -> None:
    """Where a tie crosses the cut, the panel decides, and the minutes say so; else nothing."""

    def verb(session: Session) -> None:
        tied = tally.frozen(session, stage.desk, round_.key).open_tie
        if tied:
            tally.record_tie_vote(
                session,
                stage.desk,
                round_.key,
                sorted(tied),
                minutes="得分、中位数、创新性均分、极端分数均相同，经专家组无记名投票 8:4 决定先后。",
                officer_id=stage.officers["wang"],
                now=now,
            )

    stage.once(f"vote-{round_.key}", now, verb)


def _signing(round_: Round, at: datetime) -> Iterator[Scene]:
    """拟稿, 核稿, 签发 by two persons, then the act itself."""
    yield Scene(at, f"{round_.name}结果 拟稿", partial(_draft, round_=round_))
    yield Scene(at + timedelta(hours=1), f"{round_.name}结果 核稿", partial(_check, round_=round_))
    yield Scene(at + timedelta(hours=5), f"{round_.name}结果 签发", partial(_sign, round_=round_))


def _draft(stage: Stage, now: datetime, *, round_: Round) -> None:
    stage.once(
        f"draft-{round_.key}",
        now,
        lambda session: decisions.draft_result(
            session, stage.desk, round_.key, officer_id=stage.officers["wang"], now=now
        ),
    )


def _check(stage: Stage, now: datetime, *, round_: Round) -> None:
    def verb(session: Session) -> None:
        waiting = _waiting(stage, session, round_)
        decisions.check(session, stage.desk, waiting, officer_id=stage.officers["li"], now=now)

    stage.once(f"check-{round_.key}", now, verb)


def _sign(stage: Stage, now: datetime, *, round_: Round) -> None:
    def verb(session: Session) -> None:
        waiting = _waiting(stage, session, round_)
        decisions.sign(session, stage.desk, waiting, officer_id=stage.officers["lead"], now=now)
        decisions.execute(session, stage.desk, waiting, now=now)

    stage.once(f"sign-{round_.key}", now, verb)


def _waiting(stage: Stage, session: Session, round_: Round) -> int:
    """The decision of a round that waits to be checked, signed or executed."""
    decision = decisions.waiting(session, stage.desk, f"{round_.key}_result")
    if decision is None or decision.id is None:
        raise LookupError(f"no decision of {round_.key} waits")
    return decision.id


def _withdraw(stage: Stage, now: datetime) -> None:
    """A finalist gives up before the final; nobody moves up (A18)."""

    def verb(session: Session) -> None:
        corrections.withdraw_by_office(
            session,
            stage.desk,
            stage.item_id(session, "finalist_withdraws"),
            units_letter="单位公函〔2024〕17 号",
            officer_id=stage.officers["li"],
            now=now,
        )

    stage.once("withdraw-finalist", now, verb)


def _score_on_site(stage: Stage, now: datetime) -> None:
    """Item by item, 10 + 3 minutes each; every expert types a total with half points (R103–R107)."""
    with stage.desk.database.read() as session:
        planned = season_scores.final(stage, session)
    order = sorted({item for _, item in planned})
    for (expert, item), (total, reason) in sorted(planned.items(), key=lambda pair: (pair[0][1], pair[0][0])):
        at = now + timedelta(minutes=13 * (1 + order.index(item)))
        enter = partial(_enter, stage, "final", at, expert=expert, item=item, total=total, reason=reason)
        stage.once(f"final-{expert}-{item}", at, enter)


def _lock_on_site(stage: Stage, now: datetime, *, round_: Round) -> None:
    stage.once(
        f"lock-{round_.key}",
        now,
        lambda session: rounds.lock_round(
            session, stage.desk, round_.key, actor=Actor.OFFICE, officer_id=stage.officers["wang"], now=now
        ),
    )
