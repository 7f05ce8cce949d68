"""What was seen on a page of a scan: seals and handwriting, with their places in millimetres of an A4 page."""

from dataclasses import dataclass
from typing import Literal

Answer = Literal["yes", "unsure"]
Shape = Literal["round", "oval", "square", "black_and_white"]


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal: its page, centre and size; ``unsure`` asks for a person's eyes.

    ``coverage`` is the share of its rim that carries ink, 0 to 1. Millimetres count from the page's upper left corner.
    """

    answer: Answer
    shape: Shape
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    coverage: float
    page: int = 1


@dataclass(frozen=True, slots=True)
class Strokes:
    """A patch of handwriting: its page, centre and size in millimetres."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    page: int = 1
