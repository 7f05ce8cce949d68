"""Finds sets that have much in common among very many, without comparing each with each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from math import ceil


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets have in common, as a share of all that is in either, 0 to 1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if one or other else 0.0


def candidates(sets: Mapping[int, frozenset[str]], *, least: float) -> Iterator[tuple[int, int]]:
    """Every pair that may share ``least`` of their members, the smaller key first; no such pair is missing.

    Two sets that share so much share one of their rarest members: only these are looked up (prefix filtering).
    """
    seen_in = Counter(member for members in sets.values() for member in members)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for key in sorted(sets):
        members = sorted(sets[key], key=lambda member: (seen_in[member], member))
        rarest = members[: len(members) - ceil(least * len(members)) + 1]
        met = {other for member in rarest for other in holders[member]}
        yield from ((other, key) for other in sorted(met))
        for member in rarest:
            holders[member].append(key)
