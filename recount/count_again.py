"""Counts an exported score file again, with nothing but the standard library and the file itself.

    python count_again.py scores.jsonl

Prints the list, the SHA-256 of the file and of its rule, and every difference from the places in the file. Ends with 0
where nothing differs, 1 where something does, 2 where the file cannot be counted. The format stands in README.md.
"""

import hashlib
import json
import sys
from fractions import Fraction
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

FORMAT = "linxuan-scores/1"
TRIMMED_FROM = 5  # scores
Line = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Count the one file that is named; the exit code."""
    try:
        data = Path(*arguments).read_bytes()
        rule, items, said = read(data)
        names = {item: repr(line["number"])[1:-1] for item, line in items.items()}  # without control characters
        places = count(rule["frozen"], items, rule["votes"])
        pairs = zip_longest(places, said)  # in their order
        faults = faults_of(rule, items) + [f"counted {ours}, file {theirs}" for ours, theirs in pairs if ours != theirs]
    except (OSError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        print(f"无法重算 / cannot be counted: {error!r}\n→ count_again.py FILE", file=sys.stderr)
        return 2
    for place in places:
        print(f"{place['rank'] or '-':>5}  {names[place['item']]}  {place['printed'] or '-':>8}  {place['outcome']}")
    print(f"数据 / data SHA-256: {hashlib.sha256(data).hexdigest()}")
    print(f"规则 / rule SHA-256: {digest(rule['frozen'])}")
    print(*(f"不一致 / differs: {fault}" for fault in faults), sep="\n", end="\n" if faults else "")
    print(f"{len(places)} 项，{len(faults)} 处不一致 / {len(places)} items, {len(faults)} differences")
    return 1 if faults else 0


def read(data: bytes) -> tuple[Line, dict[int, Line], list[Line]]:
    """The rule with its votes, the items with their ballots, the places; `ValueError` for what is no line of these."""
    first, *others = map(json.loads, data.splitlines())
    of_kind = {kind: [line for line in others if line["kind"] == kind] for kind in ("item", "ballot", "vote", "place")}
    keys = [(line["kind"], line["item"], line.get("expert")) for line in others if line["kind"] != "vote"]
    if first["format"] != FORMAT or sum(map(len, of_kind.values())) != len(others) or len(set(keys)) != len(keys):
        raise ValueError(f"not {FORMAT}, or an unknown line, or the same line twice")
    items = {line["item"]: line | {"ballots": []} for line in of_kind["item"]}
    for ballot in of_kind["ballot"]:
        items[ballot["item"]]["ballots"].append(ballot)
    said = [{key: value for key, value in line.items() if key != "kind"} for line in of_kind["place"]]
    return first | {"votes": of_kind["vote"]}, items, said


def digest(frozen: Line) -> str:
    """The SHA-256 of a rule, written in its one way: keys in order, no spaces."""
    written = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def faults_of(rule: Line, items: dict[int, Line]) -> list[str]:
    """Where the data contradicts itself: the rule's digest, bounds, a total that its aspects do not make."""
    faults = [] if digest(rule["frozen"]) == rule["sha256"] else ["the rule is not the one whose SHA-256 it carries"]
    low, high = Fraction(rule["frozen"]["lowest"]), Fraction(rule["frozen"]["highest"])
    for ballot in (ballot for item in items.values() for ballot in item["ballots"]):
        points = [] if ballot["points"] is None else [Fraction(ballot["points"])]
        parts = [Fraction(part) for part in ballot["aspects"].values()] or points
        outside = [score for score in points if not low <= score <= high]
        if bool(points) == bool(ballot["absent"]) or sum(parts) != sum(points) or outside:
            faults.append(f"no score of this round: {ballot}")
    return faults


def count(rule: Line, items: dict[int, Line], votes: list[Line]) -> list[Line]:
    """The places, best first: by figure, then by each step of the chain; below the quorum last and without a rank."""
    order = list(dict.fromkeys(item for vote in reversed(votes) for item in vote["order"]))
    found = {item: figures(items[item], rule, order) for item in sorted(items)}
    groups = [[item for item in found if found[item]["in_quorum"]]]
    told: dict[int, list[list[Any]]] = {item: [] for item in items}
    for step in ("figure", *rule["ties"]):
        parts: list[list[int]] = []
        for group in groups:
            values = {item: found[item][step] for item in group}
            known = None not in values.values()
            for item in group if step != "figure" and len(group) > 1 else ():
                told[item].append([step, shown(values[item], step, rule) if known else None])
            ordered = sorted(group, key=values.__getitem__, reverse=True) if known else []
            parts += [list(equal) for _, equal in groupby(ordered, values.__getitem__)] if known else [group]
        groups = parts
    places: list[Line] = []
    for group in groups:
        before, after = len(places), len(places) + len(group)
        outcome = "chosen" if after <= rule["places"] else "left_out" if before >= rule["places"] else "open"
        places += [{"item": item, "rank": before + 1, "outcome": outcome, "steps": told[item]} for item in group]
    low = [item for item in found if not found[item]["in_quorum"]]
    places += [{"item": item, "rank": None, "outcome": "below_quorum", "steps": []} for item in low]
    return [place | {"printed": found[place["item"]]["printed"]} for place in places]


def figures(item: Line, rule: Line, order: list[int]) -> Line:
    """What one item is compared by at each step, the higher the better; None where something is missing."""
    able = [ballot for ballot in item["ballots"] if not ballot["barred"]]
    scored = [ballot for ballot in able if ballot["points"] is not None]
    points = sorted(Fraction(ballot["points"]) for ballot in scored)
    found: Line = dict.fromkeys(("figure", "median", "criterion_mean"), None) | {"printed": "", "in_quorum": False}
    found["panel"] = -order.index(item["item"]) - 1 if item["item"] in order else None
    low, high = Fraction(rule["reason_below"]), Fraction(rule["reason_above"])
    found["fewer_extremes"] = -sum(not low <= score <= high for score in points)
    if not points:
        return found
    found["median"] = (points[len(points) // 2] + points[(len(points) - 1) // 2]) / 2
    kept = points[1:-1] if rule["mean"] == "trimmed" and len(points) >= TRIMMED_FROM else points
    figure = found["median"] if rule["mean"] == "median" else sum(kept) / len(kept)
    share = Fraction(rule["carry_percent"], 100)
    found["figure"] = figure * (1 - share) + (Fraction(item["carried"]) * share if share else 0)
    keys = [part["key"] for one in rule["criteria"] if one["key"] == rule["tie_criterion"] for part in one["aspects"]]
    if keys and all(ballot["aspects"] for ballot in scored):
        found["criterion_mean"] = sum(Fraction(one["aspects"][key]) for one in scored for key in keys) / len(scored)
    found["printed"] = rounded(found["figure"], rule["print_decimals"])
    found["in_quorum"] = len(points) >= quorum(rule["quorum"]) * len(able)
    for step in ("figure", "median", "criterion_mean") if rule["rank_on"] == "printed" else ():
        found[step] = None if found[step] is None else Fraction(rounded(found[step], rule["print_decimals"]))
    return found


def shown(value: Fraction, step: str, rule: Line) -> str:
    """A step's value as printed: a count, or points with four decimals more where exact values decide."""
    decimals = rule["print_decimals"] + (4 if rule["rank_on"] == "exact" else 0)
    return rounded(value, decimals) if step in {"median", "criterion_mean"} else str(-value)


def rounded(points: Fraction, decimals: int) -> str:
    """Points, never below zero, with so many decimals; half a unit goes up."""
    digits = str(int(points * 10**decimals + Fraction(1, 2))).zfill(decimals + 1)
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def quorum(text: str) -> Fraction:
    """A share; thirds are written with at least two decimals, as 0.67 or 0.6667."""
    share, unit = Fraction(text), Fraction(1, 10 ** len(text.partition(".")[2]))
    third = share.limit_denominator(3)
    return third if unit < Fraction(1, 10) and abs(third - share) <= unit / 2 else share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
