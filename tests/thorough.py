"""How many examples a test takes: a sample that still can fail, or with THOROUGH=1 the numbers that were promised."""

import os
from typing import TypeVar

Whole = TypeVar("Whole")
THOROUGH = os.environ.get("THOROUGH", "0") != "0"


def at_most(sample: Whole, whole: Whole) -> Whole:
    """What a test goes through: the ``sample`` by `make test`, the ``whole`` of it by `make thorough`."""
    return whole if THOROUGH else sample
