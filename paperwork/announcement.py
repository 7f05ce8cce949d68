"""Writes the announcement of the result: who was selected, on which occasion it is told (R36, R115, R135)."""

from dataclasses import dataclass, replace

from paperwork.case_facts import Issued
from paperwork.notice_paper import Listed, list_table
from paperwork.official_paper import TABLE_GAP, contact_of, official, signature_of
from paperwork.red_head import RedHead, addressed, attached, attachment, printed_by

TITLE = "入选结果的公布"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a signed decision announces; ``held`` are those that an open objection holds, by number."""

    award: str
    entry_name: str
    organizer: str
    number: str
    societies: bool
    window: str
    occasion: str
    forum: str
    contact: str
    day: str
    items: tuple[Listed, ...]
    held: tuple[str, ...]


def announcement(facts: Announcement, issued: Issued) -> bytes:
    """The announcement as .docx, dated on the day of the result."""
    told = replace(issued, day=facts.day)
    word = official(f"关于公布“{facts.award}”的通知", issued, facts, head=RedHead(issued.office, facts.number, ""))
    addressed(word, *(["各成员学会"] if facts.societies else []), "各有关单位")
    word.text(
        f"{facts.entry_name}遴选工作已经完成。入选结果于{facts.window}公示，公示期满无异议或异议已经办结。现公布"
        f"“{facts.items[0].title}”等 {len(facts.items)} 项为“{facts.award}”。"
    )
    if facts.held:
        word.text(f"{'、'.join(facts.held)}尚有未办结的异议，暂缓公布，办结之后另行公布。")
    word.text(f"结果于{facts.day}在{facts.occasion}上发布，作为{facts.organizer}的重大研究成果予以宣传。")
    if facts.forum:
        word.text(f"部分入选成果将在{facts.forum}等活动上交流，具体安排另行通知。")
    word.text("希望各入选单位继续推进成果的完善和推广应用；请各有关单位结合实际学习借鉴。")
    contact_of(word, facts.contact)
    name = f"{facts.award}名单"
    attached(word, [name])
    signature_of(word, told)
    printed_by(word, told)
    attachment(word, None, facts.award, "名单")
    word.text("（排名不分先后）", style="Normal", align="center", after=TABLE_GAP)
    word.table(list_table(facts.items))
    return word.to_bytes()
