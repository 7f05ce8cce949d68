"""Adopts a changed edition file: shows the difference, refuses what a running or past stage froze."""

from datetime import datetime

from sqlmodel import select

from config.editions_file import Difference, LoadedEdition, differences, frozen_differences, shipped_keys
from config.refusal import Refusal
from office import opening
from office.desk import Desk
from records.tables.edition import AdoptedEdition
from records.tables.scoring import Panel


def frozen_stages(desk: Desk, *, now: datetime) -> frozenset[str]:
    """The stages that are running or over at ``now``: their facts cannot change any more."""
    edition = desk.edition
    begun = {
        "award": edition.submission.opens,
        "submission": edition.submission.opens,
        "endorsement": edition.submission.opens,
        "check": edition.submission.closes,
        "notice": edition.notice.posted,
        "announcement": edition.announcement.at,
    } | {round_.key: round_.opens for round_ in edition.rounds}
    with desk.database.read() as session:
        panels = session.exec(select(Panel).where(Panel.edition == desk.key)).all()
    opened = {panel.round for panel in panels if panel.opened_at is not None}
    return frozenset({stage for stage, instant in begun.items() if instant <= now} | opened)


def not_adopted(desk: Desk) -> tuple[Difference, ...]:
    """What the configured file would change, and does not until adopted; an edition may stand in the store alone."""
    if not desk.settings.edition_file and desk.settings.edition not in shipped_keys():
        return ()
    configured = opening.configured_edition(desk.settings)
    return differences(desk.loaded, configured) if configured.edition.award.key == desk.key else ()


def adopt(desk: Desk, changed: LoadedEdition, *, reason: str, officer_id: int | None, now: datetime) -> AdoptedEdition:
    """Put a changed file into force with a reason; refuses an empty reason, no difference, a frozen fact."""
    found = differences(desk.loaded, changed)
    if changed.edition.award.key != desk.key:
        raise Refusal(
            f"文件写的是“{changed.edition.award.key}”，不是“{desk.key}”。",
            next_step="另一届请用 linxuan edition add 采用，与本届并行。",
        )
    if not found:
        raise Refusal("与已采用的内容没有差别。", next_step="不需要采用。")
    frozen = frozen_differences(found, frozen_stages(desk, now=now))
    if frozen:
        raise Refusal(
            f"{_told(frozen)} 属于已开始或已结束的阶段，不能再改。",
            next_step="请在文件中改回；确需变动请以延期或更正办理。",
        )
    if not reason.strip():
        raise Refusal("没有写明采用理由。", next_step="请用 --reason 写明理由。")
    with desk.database.write() as session:
        return opening.adopt_text(session, changed, desk.workdays, reason=reason, officer_id=officer_id, now=now)


def _told(found: tuple[Difference, ...]) -> str:
    return "、".join(difference.key for difference in found)
