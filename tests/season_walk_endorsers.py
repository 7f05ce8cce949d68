"""The endorsers' part of the walk: societies and an expert answer by the link in their letter, or in their own list."""

from pathlib import Path

import season_walk_applicants as applicants
from season_walk_applicants import EXPERT, JOINT, MACHINES, TEXTILE, Entry
from season_walk_office import SOCIETIES
from season_walk_people import Cast, Person

from cast import at


def endorsers_answer_by_the_link_in_the_letter(cast: Cast, _folder: Path) -> None:
    """R38 to R40: a society, another one, and a recommending expert, none of them with an account."""
    cast.house.until(at("2024-06-05 15:00"))
    for name, entries in {
        TEXTILE: [applicants.ENTERPRISE],
        MACHINES: [applicants.UNIVERSITY],
        EXPERT["name"]: [applicants.INSTITUTE],
    }.items():
        endorser = cast.add(name, SOCIETIES.get(name, EXPERT["email"]))
        for entry in entries:
            _endorses_by_link(endorser, entry)
        if name != TEXTILE:
            cast.leave(name)


def _endorses_by_link(endorser: Person, entry: Entry) -> None:
    endorser.follows_the_letter(entry.title)
    endorser.sees(entry.title, entry.unit, "推荐表.docx")
    endorser.presses("不予推荐", then="尚未填写推荐意见。")
    endorser.page.get_by_label("推荐意见（可不填）").fill("同意推荐，材料属实。")
    endorser.presses("确认推荐", then="已确认推荐")


def a_society_answers_in_its_own_list(cast: Cast, _folder: Path) -> None:
    """Signed in by a letter, it sees what waits and what it answered."""
    society = cast[TEXTILE]
    society.signs_in_by_letter()
    society.goes("/endorser")
    society.sees(applicants.ENTERPRISE.title, JOINT.title, "待推荐", "已推荐")
    society.taps(JOINT.title)
    society.sees(JOINT.partners)
    society.page.locator("#opinion-endorse").fill("同意推荐。")
    society.presses("确认推荐", then="已办理：已推荐")
    cast.leave(TEXTILE)
