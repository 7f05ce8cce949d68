"""How many examples a test takes: a sample that still can fail, or with THOROUGH=1 the numbers that were promised."""

import os

THOROUGH = os.environ.get("THOROUGH", "0") != "0"


def at_most(sample: int, whole: int) -> int:
    """So many examples: ``sample`` of them by `make test`, the ``whole`` number by `make thorough`."""
    return whole if THOROUGH else sample
