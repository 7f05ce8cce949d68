"""Says whether the store is away in the hall: then nothing may happen at home, or the ledger would fork."""

from sqlmodel import Session, col, or_, select

from config.refusal import Refusal
from records.tables.hall import SERVER, HallPack


class Away(Refusal):
    """The final was packed for the hall, or this copy was closed for the way back: here it can only be read."""


def journey(session: Session) -> HallPack | None:
    """The journey for whose sake this store stands still, or ``None`` where work goes on."""
    on_the_way = (col(HallPack.returned_at).is_(None), col(HallPack.called_off_at).is_(None))
    still = or_(col(HallPack.holder) == SERVER, col(HallPack.closed_at).is_not(None))
    return session.exec(select(HallPack).where(*on_the_way, still).limit(1)).first()


def require_here(session: Session) -> None:
    """Refuse (`Away`) whatever would write into the ledger while the store is away."""
    found = journey(session)
    if found is None:
        return
    if found.holder == SERVER:
        raise Away(
            "终评已打包带到现场，主机上各届的事项现在都只能查看，您的操作没有保存。",
            next_step="请在现场数据带回后再办，通常是当天；办公室带回用 linxuan stage return，取消用 stage call-off。",
        )
    raise Away("现场已经收场，这台电脑上现在只能查看。", next_step="请把带回文件交回主机（linxuan stage return）。")
