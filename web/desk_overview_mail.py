"""Names the letters of the last days for the overview: one line for each kind, as people call it."""

from collections.abc import Iterable
from dataclasses import dataclass

from office.board import Mail
from states.lifecycle import Trigger
from states.occasions import OCCASIONS
from states.words import Words

RECIPIENTS = {
    "applicant": "申报单位", "endorser": "推荐方", "expert": "评审专家", "society": "学会", "office": "办公室",
    "objector": "异议人", "visitor": "来访者", "officer": "工作人员",
}  # fmt: skip
_OCCASIONS = {each.template: each.label for each in OCCASIONS}


@dataclass(frozen=True, slots=True)
class MailLine:
    """Letters of one kind: their name, to whom, how many the relay accepted, wait, failed."""

    label: str
    recipient: str
    mail: Mail

    @property
    def total(self) -> int:
        """All of them."""
        return self.mail.sent + self.mail.queued + self.mail.failed


def mail_lines(mail: Iterable[Mail], words: Words) -> list[MailLine]:
    """The kinds of letters, those with the most first."""
    lines = [
        MailLine(_name(each.template, words), RECIPIENTS.get(each.template.rpartition(".")[2], ""), each)
        for each in mail
    ]
    return sorted(lines, key=lambda line: -line.total)


def _name(template: str, words: Words) -> str:
    trigger = template.partition(".")[0]
    return _OCCASIONS.get(template) or (Trigger(trigger).named(words) if trigger in set(Trigger) else template)
