"""A list that was put out stays as it was put out: who leaves it without a decision is off the next version (R112)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import small_final
from contest import FINAL, FINAL_LOCKS, FINAL_SIGNED, POSTED, Contest, contest_at, descending
from sqlmodel import select

from notifications import letters
from office import corrections, notice, notice_papers, undo
from records.tables.decision import Notice
from records.tables.event import Batch
from states.facts import State

from cast import Office

LATER = POSTED + timedelta(days=3)
BACK = LATER + timedelta(hours=1)


@pytest.fixture(scope="module")
def posted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = small_final.opened(tmp_path_factory.mktemp("versions"))
    made = contest_at(home)
    made.score("final", descending(made.standing(State.FINALIST), experts=small_final.EXPERTS), now=FINAL)
    made.lock("final", now=FINAL_LOCKS)
    made.release("final", now=FINAL_SIGNED)
    made.post()
    made.office.desk.database.close()
    return home


@pytest.fixture
def posted(posted_home: Path, tmp_path: Path) -> Iterator[Contest]:
    yield from small_final.fresh(posted_home, tmp_path)


def withdraw(office: Office, item: int) -> None:
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, item, units_letter="公函〔2024〕9号", officer_id=office.li, now=LATER
        )


def take_back(office: Office, trigger: str, *items: int) -> None:
    """Undo the newest step of a kind, for these items alone where they are named."""
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch).where(Batch.trigger == trigger).order_by(Batch.id.desc())).first()  # type: ignore[union-attr]
        assert batch is not None
        chosen = list(items) or None
        undo.undo(
            session, office.desk, batch.id or 0, item_ids=chosen, reason="名单有误", officer_id=office.ren, now=BACK
        )


def lists(office: Office) -> list[list[int]]:
    with office.desk.database.read() as session:
        return [each.items for each in session.exec(select(Notice).order_by(Notice.version))]  # type: ignore[arg-type]


def test_who_withdraws_is_off_the_next_version_and_every_society_is_told(posted: Contest) -> None:
    """One number and one day must not stand over two lists."""
    office, (gone, stays) = posted.office, posted.standing(State.PUBLICIZED)
    withdraw(office, gone)
    assert lists(office) == [[gone, stays], [stays]]
    told = office.letters("notice_posted.society")
    assert len(told) == 2 * len(office.desk.edition.endorsement.societies)
    assert posted.number(gone) not in str(told[-1].facts["list"])
    words = letters.render(told[-1], edition=office.desk.edition, settings=office.desk.settings).text
    assert f"名单变更：第 2 版，申报单位来函撤回：删去 {posted.number(gone)}" in words
    with office.desk.database.read() as session:
        first, second = (notice_papers.told(session, office.desk, key, now=BACK) for key in ("1", "2"))
    assert [each.number for each in first.items] == [posted.number(gone), posted.number(stays)]
    assert [each.number for each in second.items] == [posted.number(stays)]
    assert (first.number, first.day, second.day) == (second.number, "2024年11月1日", "2024年11月4日")
    assert second.differences[-1] == "申报单位来函撤回"
    assert (first.opens, first.closes) == (second.opens, second.closes)


def test_the_letter_of_a_withdrawal_names_the_paper_that_asked_for_it(posted: Contest) -> None:
    gone = posted.standing(State.PUBLICIZED)[0]
    withdraw(posted.office, gone)
    (letter,) = posted.office.letters("withdraw.applicant", item_id=gone)
    assert letter.facts["reason"] == "依据贵单位来函（公函〔2024〕9号）"


def test_a_withdrawal_that_is_taken_back_comes_back_onto_the_list(posted: Contest) -> None:
    office, (gone, stays) = posted.office, posted.standing(State.PUBLICIZED)
    withdraw(office, gone)
    take_back(office, "withdraw")
    assert lists(office) == [[gone, stays], [stays], [stays, gone]]


def test_one_case_taken_off_the_notice_is_posted_again_beside_the_others(posted: Contest) -> None:
    """Its own notice must not make those that stand already disappear from the list."""
    office, (again, stays) = posted.office, posted.standing(State.PUBLICIZED)
    take_back(office, "publicize", again)
    assert lists(office) == [[again, stays], [stays]]
    late = posted.post(now=BACK + timedelta(hours=1))
    assert late.items == [stays, again]
    assert "增加" in late.reason
    with office.desk.database.read() as session:
        windows = {item: notice.newest(session, office.desk, covering=item) for item in (stays, again)}
    assert [windows[item] and windows[item].version for item in (stays, again)] == [1, 3]  # type: ignore[union-attr]


def test_a_notice_taken_back_as_a_whole_leaves_no_list_behind(posted: Contest) -> None:
    take_back(posted.office, "publicize")
    assert len(lists(posted.office)) == 1
    assert len(posted.standing(State.TOP_TEN)) == 2
