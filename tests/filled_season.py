"""A season with something on every page: in the middle of the first round, and while the notice is posted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import objectors
from contest import SCORED, Contest
from objectors import DURING
from test_routes import FILLED
from visitors_of import of_jia, signed_in

from office import (
    endorsement,
    notice_link,
    objection_desk,
    objection_link,
    objections,
    rounds,
    signin_links,
    stage_door,
    stage_order,
)
from office.visitors import Part
from records.tables.person import Expert, Officer
from records.tables.stage import PassKind
from states.facts import State
from web.admission import Address

from cast import HANDED_IN, Office, a_draft, an_application, files, put, submit

APPLICANT = "丁"
WEEK = timedelta(days=7)
AS_WHOM = (Part.PUBLIC, Part.LEAD, Part.APPLICANT, Part.ENDORSER, Part.EXPERT)
Words = dict[str, str]


@dataclass(frozen=True)
class Season:
    """An office at an instant, and what stands for the words in braces: of every address, of those that begin so."""

    office: Office
    now: datetime
    filled: Words
    below: dict[str, Words]

    def tokens(self) -> dict[Part, str]:
        """A sign-in for each part of `AS_WHOM`."""
        return {part: signed_in(self.office, part, now=self.now, name=APPLICANT) for part in AS_WHOM}

    def path(self, address: str) -> str:
        """The address with its braces filled."""
        words = self.filled.copy()
        for beginning in sorted(self.below, key=len):
            if address.startswith(beginning):
                words |= self.below[beginning]
        return address.format(**words)


def as_whom(address: Address) -> Part:
    """The first of `AS_WHOM` that may open it; what the office may open is the lead's."""
    if {Part.OFFICE, Part.SUPERVISOR} & set(address.parts) and Part.PUBLIC not in address.parts:
        return Part.LEAD
    return next(part for part in AS_WHOM if part in address.parts)


def in_the_round(contest: Contest) -> Season:
    """Six items scored, one left half; beside them a case in each earlier state, and a decision that waits."""
    office, desk = contest.office, contest.office.desk
    contest.score("first_round", {item: ["91", "88", "90", "86", "93"] for item in contest.items[:6]})
    contest.score("first_round", {contest.items[6]: ["80", "81", "", "", ""]})
    a_draft(office, "甲")
    waiting, endorsed = an_application(office, State.SUBMITTED, "乙"), an_application(office, State.ENDORSED, "丙")
    returned = _sent_back(office)
    item = contest.items[-1]
    decided = contest.draft("disqualification", {"disqualify": [item]}, ground="申报单位已注销。", now=SCORED)
    links = dict(_links(contest, SCORED))
    number = {item: office.found(item).number for item in (waiting, endorsed, returned)}
    own = office.letters(item_id=returned)
    links["/stage/screen/"] = _the_hall(contest)
    below = {beginning: {"token": token} for beginning, token in links.items()} | {
        "/endorse/": {"token": office.link(waiting), "upload_id": str(_first_file(office, waiting))},
        "/endorser/": {"number": number[waiting]},
        "/check/": {"number": number[endorsed]},
        "/cases/{number}/acts": {"number": number[endorsed]},
        "/cases/{number}/share": {"number": number[waiting]},
        "/cases/{number}/files": {"number": number[returned], "upload_id": str(_first_file(office, returned))},
        "/mine/": {"number": number[returned], "letter_id": str(own[-1].id)},
    }
    assert desk.edition.notice.public_page is False
    return Season(office, SCORED, FILLED | {"decision_id": str(decided)}, below)


def in_the_notice(selected: Contest) -> Season:
    """The ten posted, and one objection that came by the public form."""
    office, wang = selected.office, selected.office.wang
    selected.post()
    case_id = objectors.lodge(selected)
    with office.desk.database.write() as session:
        receipt = objection_link.token(office.desk, objections.find(session, office.desk, case_id))
        objection_desk.assign(session, office.desk, case_id, handler_id=wang, officer_id=wang, now=DURING)
        objection_desk.ask(session, office.desk, case_id, question="请说明专利权属。", officer_id=wang, now=DURING)
    below = {
        "/notice/": {"token": notice_link.token(office.desk)},
        "/objection/receipt/": {"token": receipt},
    }
    return Season(office, DURING, FILLED, below)


def _sent_back(office: Office) -> int:
    """A case with two versions of its form that its endorser sent back, with words."""
    item_id = a_draft(office, APPLICANT)
    put(office, item_id, "form", words="（改）")
    submit(office, item_id)
    opinion = "主要指标缺少第三方检测依据，请补充后重新提交。"
    with office.desk.database.write() as session:
        endorsement.decline_by_link(session, office.desk, office.link(item_id), opinion=opinion, now=HANDED_IN)
    return item_id


def _links(contest: Contest, now: datetime) -> Iterator[tuple[str, str]]:
    """A fresh link of each kind, by the beginning of its address."""
    office, desk = contest.office, contest.office.desk
    with desk.database.write() as session:
        signin_links.send(session, desk, of_jia("甲"), host="192.0.2.7", now=now)
        set_up = signin_links.set_up(session, desk, session.get_one(Officer, office.li), now=now)
        person = session.get_one(Expert, contest.experts[1]).person_id
        invited = signin_links.invite(session, desk, person, until=now + WEEK, now=now)
    sent = str(office.letters("sign_in.visitor")[-1].facts["link"])
    for beginning, link in (("/signin/link/", sent), ("/signin/setup/", set_up), ("/signin/invited/", invited)):
        yield beginning, link.rpartition("/")[2]


def _the_hall(contest: Contest) -> str:
    """The final set up before its order can be drawn, its panel formed; gives the link of the screens."""
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        members = [(expert, "committee") for expert in contest.experts]
        rounds.form_panel(session, desk, "final", members, officer_id=wang, now=SCORED)
        stage_order.set_up(session, desk, officer_id=wang, now=SCORED)
        return stage_door.issue(session, desk, PassKind.SCREEN, now=SCORED)


def _first_file(office: Office, item_id: int) -> int:
    return files(office, item_id)["form"]
