"""A whole season through pages alone: everybody in a browser of their own, letters from a real mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import season_walk_applicants as applicants
import season_walk_endorsers as endorsers
import season_walk_office as office
import season_walk_public as public
import season_walk_rounds as rounds
from chromium import chromium
from playwright.sync_api import Browser
from season_walk_house import standing_house
from season_walk_people import gathered

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


STAGES = (
    office.the_lead_sets_up_the_account_by_the_link_of_init,
    office.the_lead_confirms_what_the_plan_does_not_say,
    office.the_lead_gives_a_colleague_an_account,
    office.the_office_imports_societies_and_experts,
    applicants.applicants_of_every_kind_hand_in,
    applicants.one_comes_by_paper_and_the_office_acts_for_it,
    endorsers.endorsers_answer_by_the_link_in_the_letter,
    endorsers.a_society_answers_in_its_own_list,
    office.the_office_checks_the_files_by_keys,
    applicants.the_returned_one_comes_back,
    office.the_office_checks_what_came_back,
    rounds.the_office_prepares_the_first_round,
    rounds.three_experts_score_the_first_round,
    rounds.the_office_sees_only_who_is_done,
    rounds.the_result_of_the_first_round_is_signed_by_two,
    rounds.the_office_prepares_the_final,
    rounds.the_final_is_scored,
    rounds.the_result_of_the_final_is_signed_by_two,
    public.the_notice_is_signed_and_posted_by_the_clock,
    public.an_objector_files_by_the_link_of_the_notice,
    public.the_office_asks_the_applicant_and_decides,
    public.the_result_is_announced_on_its_day,
    public.everybody_reads_the_end_on_their_own_page,
    public.the_books_are_whole,
)


def test_a_season_is_walked_from_the_first_link_to_the_announcement(browser: Browser, tmp_path: Path) -> None:
    with standing_house(tmp_path) as house, gathered(house, browser, tmp_path) as cast:
        for stage in STAGES:
            stage(cast, tmp_path)
