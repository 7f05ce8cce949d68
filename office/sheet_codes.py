"""Names the paper score sheet of an expert by a code that only this office can have printed (R128, A36)."""

import hashlib
import hmac
import re

from sqlmodel import Session, select

from office.desk import Desk
from records.tables.scoring import Panel, PanelMember
from states.refusals import NotAllowed

_LETTERS = 8  # of the seal of a code
_CODE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9A-F]{8})")


def code_of(desk: Desk, panel: Panel, expert_id: int) -> str:
    """The code of a sheet: round and expert, and a seal of both; it opens nothing for who is no officer."""
    return f"{panel.id}-{expert_id}-{_seal(desk, panel.id or 0, expert_id)}"


def address_of(desk: Desk, panel: Panel, expert_id: int) -> str:
    """Where its square code leads: the desk at which sheets are typed in."""
    return f"{desk.settings.public_url}/rounds/{panel.round}/sheets?sheet={code_of(desk, panel, expert_id)}"


def expert_of(session: Session, desk: Desk, round_key: str, code: str) -> int:
    """Whose sheet of this round a code names; `NotAllowed` for one that was not printed here, or of another round."""
    found = _CODE.fullmatch(code.strip().upper())
    panel_id, expert_id, seal = (int(found[1]), int(found[2]), found[3]) if found else (0, 0, "")
    if not hmac.compare_digest(seal, _seal(desk, panel_id, expert_id)):
        raise NotAllowed("这不是本系统印出的评分表。", next_step="请核对评分表上的编码，或从名单中选择专家。")
    panel = session.get(Panel, panel_id)
    if panel is None or (panel.edition, panel.round) != (desk.key, round_key):
        raise NotAllowed("这份评分表不属于这一轮。", next_step="请从它自己的轮次打开“纸质评分表”。")
    seat = select(PanelMember.id).where(PanelMember.panel_id == panel_id, PanelMember.expert_id == expert_id)
    if session.exec(seat).first() is None:
        raise NotAllowed("这位专家不在本轮专家组中。", next_step="请核对专家组的名单。")
    return expert_id


def _seal(desk: Desk, panel_id: int, expert_id: int) -> str:
    words = f"sheet {desk.key} {panel_id} {expert_id}"
    sealed = hmac.new(desk.settings.require_secret().encode(), words.encode(), hashlib.sha256)
    return sealed.hexdigest()[:_LETTERS].upper()
