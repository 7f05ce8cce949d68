"""Names what every award has by the words that one edition has for it."""

from dataclasses import dataclass
from typing import Self

from config.edition import Edition


@dataclass(frozen=True, slots=True)
class Words:
    """An edition's words for its rounds, for who stays behind in the first, and for who is selected (R2, R95, R101).

    The defaults serve where no edition is at hand, as in the drawing of the lifecycle.
    """

    first: str = "初评"
    last: str = "终评"
    left_out: str = "初评未入围"
    selected: str = "入选十大"

    @classmethod
    def of(cls, edition: Edition) -> Self:
        """The words of this edition; in one of a single round, who stays behind is simply not selected."""
        first, last = edition.rounds[0], edition.deciding_round
        left_out = f"{first.name}未入{'选' if first is last else '围'}"
        return cls(first.name, last.name, left_out, edition.award.selected)

    def fill(self, label: str) -> str:
        """A label with its ``{first}``, ``{last}``, ``{left_out}``, ``{selected}`` filled in."""
        return label.format(first=self.first, last=self.last, left_out=self.left_out, selected=self.selected)


PLAIN = Words()
