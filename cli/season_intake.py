"""The scenes up to the formal check: folders arrive, endorsers answer, cases go back and forth."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session, col, select

from cli import season_words
from cli.season_cast import Endorsing, Entry
from cli.season_files import Parcel, corrected, parcel_of
from cli.season_stage import Scene, Stage
from config.edition import Edition
from config.refusal import Refusal
from office import application_folder, corrections, endorsement, formal_check, undo
from records.tables.event import Batch, Event
from states.facts import State

_SETTLED = 12  # days after closing when the special cases are through
_LAST_POST = 19  # what comes in later is written about on the next evening
_SPECIAL = {"wrong_rejection", "rejected", "withdrawal"}


def scenes(edition: Edition, entries: tuple[Entry, ...]) -> Iterator[Scene]:
    """Every scene until the first round opens."""
    for entry in entries:
        yield Scene(entry.handed_in, f"收到申报 {entry.unit}", partial(_arrive, parcel=parcel_of(entry)))
        yield from _answers(entry)
    yield from _corrections(edition, {entry.story: entry for entry in entries if entry.story})
    yield from _checks(edition)


def _arrive(stage: Stage, now: datetime, *, parcel: Parcel) -> None:
    """The office registers a folder; what is too late or not in order is refused, and that is the story."""
    take(stage, stage.folder_of(parcel), now)


def take(stage: Stage, folder: Path, now: datetime) -> str:
    """Take a folder in; the sentence of a refusal, or nothing."""
    try:
        check, officer = stage.readers.check, stage.officers["wang"]
        received = application_folder.receive_folder(stage.desk, folder, check=check, officer_id=officer, now=now)
    except Refusal as refusal:
        return refusal.sentence
    return received.refusal.sentence if received.refusal else ""


def _answers(entry: Entry) -> Iterator[Scene]:
    """The endorser's answer, some days after the letter; a paper seal is confirmed by the office instead."""
    if entry.story in {"begun_at_closing", "draft_lapses", "letter_without_seal", "form_5600_words"}:
        return
    days = 1 + entry.place % 3 + (entry.handed_in.hour > _LAST_POST)
    at = entry.handed_in.replace(hour=10, minute=entry.place % 60, second=0) + timedelta(days=days)
    if entry.story == "paper_endorsement":
        yield Scene(at, "凭纸面盖章代为确认推荐", partial(_endorse_from_paper, entry=entry))
    elif entry.story == "declined_then_expert":
        yield Scene(at, "学会不予推荐", partial(_decline, entry=entry))
    else:
        yield Scene(at, f"推荐方确认 {entry.endorsing.name}", partial(_endorse, entry=entry, turn=1))


def _endorse(stage: Stage, now: datetime, *, entry: Entry, turn: int) -> None:
    def verb(session: Session) -> None:
        item = stage.item(session, entry)
        token = stage.link_from_mail(session, item.id or 0) if item and item.state == State.SUBMITTED else None
        if token:
            opinion = season_words.OPINIONS[entry.place % len(season_words.OPINIONS)]
            endorsement.endorse_by_link(session, stage.desk, token, opinion=opinion, now=now)

    stage.once(f"endorse-{entry.place}-{turn}", now, verb)


def _decline(stage: Stage, now: datetime, *, entry: Entry) -> None:
    def verb(session: Session) -> None:
        token = stage.link_from_mail(session, stage.item_id(session, entry.story))
        if token:
            endorsement.decline_by_link(
                session, stage.desk, token, opinion="与本学会专业领域距离较远，建议另请专家推荐。", now=now
            )

    stage.once(f"decline-{entry.place}", now, verb)


def _endorse_from_paper(stage: Stage, now: datetime, *, entry: Entry) -> None:
    def verb(session: Session) -> None:
        endorsement.endorse_from_paper(
            session,
            stage.desk,
            stage.item_id(session, entry.story),
            officer_id=stage.officers["li"],
            reason="文件 3 已见推荐学会公章",
            now=now,
        )

    stage.once(f"paper-{entry.place}", now, verb)


def _corrections(edition: Edition, by_story: dict[str, Entry]) -> Iterator[Scene]:
    """The cases that are sent back, and what becomes of each."""
    closes = edition.submission.closes

    def day(days: float, hour: int = 10) -> datetime:
        return closes + timedelta(days=days, hours=hour)

    long_form = by_story["form_5600_words"]
    yield Scene(day(-8), "压缩后的推荐表", partial(_correct, entry=long_form, slots=("form",), words=4_700))
    yield Scene(day(-6), "推荐方确认", partial(_endorse, entry=long_form, turn=1))
    declined = by_story["declined_then_expert"]
    expert = Endorsing("expert", "顾长庚", "中州大学机械学院", "教授", "13700000009", "gu.changgeng@experts.example")
    yield Scene(day(-14), "改请专家推荐", partial(_correct, entry=declined, slots=("form", "letter"), endorsing=expert))
    yield Scene(day(-12), "推荐专家确认", partial(_endorse, entry=declined, turn=2))
    bare, changed, video = (by_story[key] for key in ("letter_without_seal", "changed_form", "video_12_07"))
    yield Scene(
        day(4),
        "退回：承诺书无章",
        partial(_send_back, entry=bare, slots=("letter",), reason="文件 3 未见申报单位和推荐学会的盖章。"),
    )
    yield Scene(
        day(5),
        "退回：推荐表需改",
        partial(_send_back, entry=changed, slots=("form",), reason="第三部分“引领性”与项目不对应，请改写。"),
    )
    yield Scene(
        day(10),
        "退回：视频超时",
        partial(_send_back, entry=video, slots=("video",), reason="视频时长 12:07，超过 12 分钟，请返回修改。"),
    )
    yield Scene(day(11, 16), "改写后的推荐表", partial(_correct, entry=changed, slots=("form",), words=4_310))
    yield Scene(day(14, 15), "剪短后的视频", partial(_correct, entry=video, slots=("video",), seconds=714.0))
    yield Scene(day(17), "推荐方再次确认", partial(_endorse, entry=changed, turn=2))
    withdrawn, wrong, rejected = (by_story[key] for key in ("withdrawal", "wrong_rejection", "rejected"))
    yield Scene(day(3), "申报单位撤回", partial(_withdraw, entry=withdrawn))
    yield Scene(day(11, 11), "误判不通过", partial(_reject, entry=wrong, reason="申报单位不属于征集范围。"))
    yield Scene(day(11, 12), "负责人撤销误判", partial(_undo_rejection, entry=wrong))
    yield Scene(
        day(12, 11), "形式审查不通过", partial(_reject, entry=rejected, reason="申报材料与另一届已公布成果相同。")
    )


def _correct(stage: Stage, now: datetime, *, entry: Entry, slots: tuple[str, ...], **changed: object) -> None:
    with stage.desk.database.read() as session:
        item = stage.item(session, entry)
    if item is None:
        return
    parcel = corrected(parcel_of(entry), item.number, now, *slots, **changed)
    take(stage, stage.folder_of(parcel), now)


def _send_back(stage: Stage, now: datetime, *, entry: Entry, slots: tuple[str, ...], reason: str) -> None:
    def verb(session: Session) -> None:
        item_id = stage.item_id(session, entry.story)
        officer = stage.officers["wang"]
        corrections.send_back(session, stage.desk, item_id, slots=slots, reason=reason, officer_id=officer, now=now)

    stage.once(f"send-back-{entry.place}", now, verb)


def _withdraw(stage: Stage, now: datetime, *, entry: Entry) -> None:
    def verb(session: Session) -> None:
        item_id = stage.item_id(session, entry.story)
        corrections.withdraw_by_applicant(session, stage.desk, item_id, reason="合作单位意见未统一", now=now)

    stage.once(f"withdraw-{entry.place}", now, verb)


def _reject(stage: Stage, now: datetime, *, entry: Entry, reason: str) -> None:
    def verb(session: Session) -> None:
        item_id = stage.item_id(session, entry.story)
        corrections.reject(session, stage.desk, item_id, reason=reason, officer_id=stage.officers["li"], now=now)

    stage.once(f"reject-{entry.place}", now, verb)


def _undo_rejection(stage: Stage, now: datetime, *, entry: Entry) -> None:
    def verb(session: Session) -> None:
        item_id = stage.item_id(session, entry.story)
        batch = session.exec(
            select(Batch.id)
            .join(Event, col(Event.batch_id) == col(Batch.id))
            .where(Event.application_id == item_id, Batch.trigger == "reject")
            .order_by(col(Batch.id).desc())
        ).first()
        undo.undo(session, stage.desk, batch or 0, reason="看错了单位类型", officer_id=stage.officers["lead"], now=now)

    stage.once(f"undo-rejection-{entry.place}", now, verb)


def _checks(edition: Edition) -> Iterator[Scene]:
    """Two officers work through the sheets on several days; what is ready is passed in one batch a day."""
    closes = edition.submission.closes
    for days in (10, 11, 12, 13, 18, 19):
        at = closes + timedelta(days=days, hours=16)
        yield Scene(at, "形式审查", partial(_check_day, key=f"check-{days}", all_cases=days > _SETTLED))


def _check_day(stage: Stage, now: datetime, *, key: str, all_cases: bool) -> None:
    def verb(session: Session) -> None:
        kept_back = {stage.item_id(session, story) for story in _SPECIAL} if not all_cases else set()
        for item_id in stage.ids_in(session, State.ENDORSED):
            if item_id not in kept_back:
                formal_check.tick_all_human(session, stage.desk, item_id, officer_id=stage.officers["wang"], now=now)
        ready = [item_id for item_id in formal_check.ready_ids(session, stage.desk) if item_id not in kept_back]
        if ready:
            formal_check.pass_check(session, stage.desk, ready, officer_id=stage.officers["li"], now=now)

    stage.once(key, now, verb)
