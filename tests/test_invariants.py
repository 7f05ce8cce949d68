"""The checker finds each fault that rows can have, names that rule, and is silent over a consistent store."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from season_records import EDITION, NOW, SLOTS, add_draft, at, write_season
from sqlalchemy import MetaData, event, text
from sqlmodel import Session
from stores import KINDS

from records import ledger
from records.database import Database
from records.invariant_rule import Expected
from records.invariants import RULES, Broken, check
from records.tables.all_tables import METADATA

LATE, EARLY = "'2030-01-01 00:00:00.000000'", "'2020-01-01 00:00:00.000000'"
LOST = "f" * 64
LAST_OF_DRAFT = "(SELECT max(id) FROM event WHERE application_id = 4)"
ENDORSED = "(SELECT id FROM event WHERE kind = 'endorse' AND application_id = 1)"
LETTER = "SELECT edition, '{key}', '{id}', '{template}', event_id, application_id, person_id, email, facts, state"
LETTER += ", written_at, next_try_at, attempts, doubts, claimed_by, fence, sent_at, answer, by_day FROM letter"
COLUMNS = (
    "edition, key, message_id, template, event_id, application_id, person_id, email, facts, state,"
    " written_at, next_try_at, attempts, doubts, claimed_by, fence, sent_at, answer, by_day"
)
EVENT = (
    "INSERT INTO event (edition, kind, application_id, subject, state_from, state_to, actor, at)"
    f" SELECT edition, 'teleport', 4, '', '{{}}', '{{}}', actor, at FROM event WHERE id = {LAST_OF_DRAFT}"
)

DECIDED = (
    "drafted_by, drafted_at, checked_by, checked_at, signed_by, signed_at, sole_signer, executed_at, scan_sha256,"
    " edition, kind, payload, ground"
)
COPY_DECISION = f"INSERT INTO decision (number, {DECIDED}) SELECT 'x', {DECIDED} FROM decision WHERE id = 1"
ADDRESS = "INSERT INTO address (person_id, email, main)"

# What is done to the rows, and the rules that must then be named, and no other.
BREAKAGES: list[tuple[str, tuple[str, ...]]] = [
    ("state_is_the_last_step", ("UPDATE application SET state = 'withdrawn' WHERE id = 4",)),
    ("state_has_the_last_steps_instant", (f"UPDATE application SET state_since = {LATE} WHERE id = 4",)),
    ("history_begins_once", ("UPDATE event SET kind = 'born' WHERE kind = 'created' AND application_id = 4",)),
    ("history_is_gapless", ("UPDATE event SET state_from = 'endorsed' WHERE kind = 'send_back'",)),
    ("steps_are_in_the_table", (EVENT.format("draft", "announced"), EVENT.format("announced", "draft"))),
    ("history_goes_forward", (f"UPDATE event SET at = {LATE} WHERE id = {ENDORSED}",)),
    ("events_keep_to_their_edition",
     ("UPDATE event SET edition = 'im25' WHERE kind = 'created' AND application_id = 4",)),
    ("ledger_is_whole", ("UPDATE event SET officer_id = 9 WHERE id = 1",)),
    ("erased_notes_say_nothing", ("UPDATE note SET body = '{\"name\": \"x\"}' WHERE erased_at IS NOT NULL",)),
    ("steps_belong_to_batches",
     ("UPDATE event SET batch_id = NULL WHERE application_id = 3 AND kind = 'submit'",
      "UPDATE batch SET size = 3 WHERE id = 1")),
    ("batches_count_their_events", ("UPDATE batch SET size = 9 WHERE id = 1",)),
    ("batches_hold_one_trigger", ("UPDATE batch SET trigger = 'reject' WHERE id = 1",)),
    ("undone_batches_were_undone", (f"UPDATE batch SET undone_at = {LATE} WHERE id = 1",)),
    ("adopted_texts_match_their_digest", ("UPDATE adoptededition SET text = 'x'",)),
    ("adopted_versions_are_unbroken", ("UPDATE adoptededition SET version = 2",)),
    ("adoptions_are_in_the_ledger", ("UPDATE event SET subject = '' WHERE subject = 'adoptededition'",)),
    ("revisions_are_unbroken", ("UPDATE upload SET revision = 7 WHERE application_id = 2 AND slot = 'form'",)),
    ("one_file_is_current", ("UPDATE upload SET superseded_at = NULL WHERE id = 1",)),
    ("superseded_files_are_older",
     ("UPDATE upload SET superseded_at = finished_at WHERE revision = 2",
      "UPDATE upload SET superseded_at = NULL WHERE id = 1")),
    ("uploads_end_after_they_begin", (f"UPDATE upload SET begun_at = {LATE} WHERE id = 2",)),
    ("received_files_have_a_digest", ("UPDATE upload SET size = 0 WHERE id = 2",)),
    ("handed_in_has_its_files",
     ("UPDATE upload SET superseded_at = finished_at WHERE application_id = 2 AND slot = 'video'",)),
    ("handed_in_is_not_blocked", ("UPDATE upload SET blocks_submit = true WHERE id = 2",)),
    ("waivers_have_two_persons", ("UPDATE checkline SET confirmed_by = officer_id",)),
    ("check_lines_speak_of_their_own_file", ("UPDATE checkline SET upload_id = 5",)),
    ("files_are_in_the_vault", (f"UPDATE upload SET sha256 = '{LOST}' WHERE id = 2",)),
    ("endorsed_has_its_answer", ("UPDATE endorsementrequest SET answer = 'declined' WHERE application_id = 1",)),
    ("answers_have_their_instant", ("UPDATE endorsementrequest SET answered_at = NULL WHERE application_id = 1",)),
    ("returned_has_a_due_instant", ("UPDATE application SET lapses_at = NULL WHERE state = 'returned'",)),
    ("a_lead_is_active", ("UPDATE officer SET role = 'office'",)),
    ("one_address_is_the_main_one", (f"{ADDRESS} VALUES (3, 'b@example.org', true)",)),
    ("erased_people_left_nothing", ("UPDATE person SET phone = '1' WHERE erased_at IS NOT NULL",)),
    ("steps_have_their_letters", (f"DELETE FROM letter WHERE event_id = {ENDORSED}",)),
    ("letters_are_owed_by_their_step",
     (f"INSERT INTO letter ({COLUMNS}) " + LETTER.format(key="event-20-endorser", id="<x>", template="endorse.endorser")
      + f" WHERE event_id = {ENDORSED}",
      f"UPDATE letter SET key = 'event-' || CAST({ENDORSED} AS text) || '-endorser' WHERE message_id = '<x>'")),
    ("steps_write_once letter_keys_are_unique",
     (f"INSERT INTO letter ({COLUMNS}) "
      + LETTER.format(key="k", id="<x>", template="endorse.applicant") + f" WHERE event_id = {ENDORSED}",
      f"UPDATE letter SET key = 'event-' || CAST({ENDORSED} AS text) || '-applicant' WHERE message_id = '<x>'")),
    ("letter_keys_name_their_event", (f"UPDATE letter SET key = 'event-1-applicant' WHERE event_id = {ENDORSED}",)),
    ("letter_keys_are_unique", ("UPDATE letter SET message_id = '<r-1>' WHERE key = 'r-2'",)),
    ("sent_letters_have_an_answer", (f"UPDATE letter SET answer = '' WHERE event_id = {ENDORSED}",)),
    ("unsent_letters_have_no_instant", ("UPDATE letter SET sent_at = written_at WHERE state = 'waiting'",)),
    ("sending_letters_have_a_lease", ("UPDATE letter SET claimed_until = NULL WHERE state = 'sending'",)),
    ("decision_letters_waited",
     ("UPDATE letter SET sent_at = written_at WHERE template = 'leave_out.applicant'",)),
    ("undone_batches_were_undone undone_decisions_write_to_nobody",
     (f"UPDATE batch SET undone_at = {LATE} WHERE trigger = 'leave_out'",
      "UPDATE letter SET state = 'waiting', sent_at = NULL WHERE template = 'leave_out.applicant'")),
    ("score_revisions_are_unbroken",
     ("UPDATE score SET revision = 5 WHERE panel_id = 1 AND application_id = 2 AND expert_id = 1",)),
    ("one_score_is_current",
     ("UPDATE score SET current = false WHERE panel_id = 1 AND application_id = 1 AND expert_id = 2",)),
    ("current_scores_are_the_newest",
     ("UPDATE score SET current = NOT current WHERE panel_id = 1 AND application_id = 1 AND expert_id = 1",)),
    ("no_score_after_the_lock", (f"UPDATE score SET at = {LATE} WHERE id = 3",)),
    ("no_score_before_the_opening", (f"UPDATE score SET at = {EARLY} WHERE id = 3",)),
    ("recused_experts_do_not_score", ("UPDATE recusal SET application_id = 1",)),
    ("only_members_score", ("UPDATE score SET expert_id = 99 WHERE id = 3",)),
    ("only_who_was_asked_scores", ("UPDATE panel SET pairing = 'chosen' WHERE round = 'final'",)),
    ("sheets_speak_of_their_score",
     (("INSERT INTO papersheet (panel_id, expert_id, application_id, photo, first, first_by, first_at, second,"
       " score_id, dropped_why) SELECT 1, 1, 5, 'a', '{}', 1, at, '{}', id, '' FROM score WHERE id = 1"),)),
    ("extreme_scores_have_reasons", ("UPDATE score SET reason = '' WHERE total = 9950",)),
    ("opened_rounds_have_frozen_rules", ("UPDATE panel SET rules = '{}' WHERE round = 'final'",)),
    ("rounds_go_forward", (f"UPDATE panel SET released_at = {EARLY} WHERE round = 'final'",)),
    ("places_follow_from_scores", ("UPDATE score SET total = NULL, absent = 'ill' WHERE total = 7000",)),
    ("scored_items_have_their_place", ("DELETE FROM standing WHERE panel_id = 1 AND application_id = 2",)),
    ("places_count_who_is_before", ("UPDATE standing SET place = 7 WHERE panel_id = 1 AND application_id = 2",)),
    ("the_chosen_are_the_first", ("UPDATE standing SET place = 3 - place WHERE panel_id = 2",)),
    ("first_round_states_follow_the_tally",
     ("UPDATE standing SET chosen = true WHERE panel_id = 1 AND application_id = 2",)),
    ("final_states_follow_the_tally", ("UPDATE standing SET chosen = true WHERE panel_id = 2 AND application_id = 5",)),
    ("the_order_is_unbroken", ("UPDATE stageturn SET position = 9 WHERE position = 3",)),
    ("lots_follow_the_order", ("UPDATE application SET lot = 3 - lot WHERE lot IS NOT NULL",)),
    ("the_order_is_of_the_rounds_items", ("UPDATE stageturn SET application_id = 2 WHERE position = 3",
                                          "UPDATE application SET lot = 2 WHERE id = 2")),
    ("what_is_on_stands_in_the_order", ("UPDATE stage SET turn_id = 7",)),
    ("steps_of_a_line_go_forward", (f"UPDATE stageclock SET ended_at = {LATE} WHERE kind = 'talk' AND turn_id = 1",)),
    ("clocks_fit_their_line", ("UPDATE stageclock SET kind = 'other' WHERE kind = 'rest'",)),
    ("only_what_is_on_has_a_clock_that_runs", ("UPDATE stageclock SET ended_at = NULL WHERE kind = 'rest'",)),
    ("scores_wait_for_their_item", ("UPDATE stageturn SET scoring_opened_at = scoring_closed_at WHERE position = 1",)),
    ("who_came_holds_a_seat", ("UPDATE stageseat SET expert_id = 9 WHERE absent <> ''",)),
    ("one_link_of_the_stage_holds", ("UPDATE stagepass SET revoked_at = NULL",)),
    ("sent_scores_are_the_kept_ones", ("UPDATE stagesend SET expert_id = 2 WHERE outcome = 'kept'",)),
    ("only_the_chosen_are_revealed", ("UPDATE stage SET revealed = 2",)),
    ("who_speaks_is_of_a_finalist", ("UPDATE defender SET application_id = 2",)),
    ("steps_are_in_the_table state_has_the_last_steps_instant who_speaks_is_of_a_finalist",
     (EVENT.format("draft", "finalist"), EVENT.format("finalist", "withdrawn"), EVENT.format("withdrawn", "draft"),
      f"UPDATE event SET at = {LATE} WHERE id = (SELECT max(id) FROM event)",
      "UPDATE defender SET application_id = 4")),
    ("who_speaks_is_named_before_the_final",
     ("UPDATE defender SET named_at = (SELECT ended_at FROM stage WHERE id = 1)",)),
    ("executed_decisions_have_two_persons", ("UPDATE decision SET checked_by = drafted_by WHERE id = 1",)),
    ("decisions_go_forward", (f"UPDATE decision SET drafted_at = {LATE} WHERE id = 1",)),
    ("public_steps_have_a_decision", ("UPDATE batch SET decision_id = NULL WHERE trigger = 'leave_out'",)),
    ("executed_decisions_moved_somebody", (COPY_DECISION,)),
    ("notices_close_after_they_are_posted", ("UPDATE notice SET closes_at = posted_at",)),
    ("notice_versions_are_unbroken", ("UPDATE notice SET version = 3",)),
    ("public_items_stand_in_a_notice", ("UPDATE notice SET items = '[2]'",)),
    ("announced_after_the_window", (f"UPDATE notice SET closes_at = {LATE}",)),
    ("announced_without_open_objection", (f"UPDATE objection SET decided_at = {LATE}",)),
    ("objections_are_decided_by_somebody", ("UPDATE objection SET decided_by = NULL",)),
    ("objections_keep_to_their_edition", ("UPDATE objection SET edition = 'im25'",)),
    ("nothing_due_is_unsettled", (f"UPDATE deadline SET due_at = {EARLY} WHERE id = 2",)),
    ("nothing_overdue_stands", (f"UPDATE application SET lapses_at = {EARLY} WHERE state = 'returned'",)),
    ("settled_deadlines_have_an_outcome", ("UPDATE deadline SET outcome = '{}' WHERE id = 1",)),
    ("deadlines_are_settled_in_time", (f"UPDATE deadline SET settled_at = {EARLY} WHERE id = 1",)),
    ("deadlines_are_settled_once", ("UPDATE flowrun SET failed = '' WHERE id = 1",)),
    ("settled_deadlines_are_in_the_ledger", ("UPDATE event SET subject = '' WHERE subject = 'deadline'",)),
    ("runs_belong_to_their_deadline", ("UPDATE flowrun SET kind = 'other' WHERE id = 1",)),
    ("runs_end_after_they_start", (f"UPDATE flowrun SET ended_at = {EARLY} WHERE id = 1",)),
]  # fmt: skip


def checked(session: Session, **other: object) -> tuple[Broken, ...]:
    asked = {"editions": {EDITION: Expected(SLOTS)}, "vault_paths": lambda digest: digest != LOST, "now": NOW} | other
    return check(session, **asked)


@pytest.fixture(scope="module", params=KINDS)
def season(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The season in a store whose tables have lost their constraints: what breaks here, the database would refuse."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('season') / 'season.db'}"
    else:
        url = request.getfixturevalue("postgresql_database")("template0")
    database = Database(url)
    bare = MetaData()
    for table in METADATA.sorted_tables:
        copy = table.to_metadata(bare)
        copy.constraints.intersection_update({copy.primary_key})
    bare.create_all(database.engine)
    with database.write() as session:
        write_season(session)
    yield database
    database.close()


def test_a_season_under_every_constraint_is_consistent(store: Database) -> None:
    with store.write() as session:
        write_season(session)
    with store.read() as session:
        assert checked(session) == ()


def test_an_empty_store_is_consistent(store: Database) -> None:
    with store.read() as session:
        assert checked(session) == ()


def test_every_rule_is_broken_once() -> None:
    named = {name for names, _ in BREAKAGES for name in names.split()}
    assert named == {rule.name for rule in RULES}
    assert len(RULES) >= 60


def test_every_rule_says_its_own_sentence() -> None:
    assert len({rule.sentence for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.name for rule in RULES if not rule.sentence.endswith("。")] == []


@pytest.mark.parametrize(("names", "statements"), BREAKAGES, ids=[names.split()[-1] for names, _ in BREAKAGES])
def test_a_broken_rule_is_named_and_no_other(season: Database, names: str, statements: tuple[str, ...]) -> None:
    with Session(season.engine) as session:
        if not season.is_sqlite:
            session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for statement in statements:
            assert session.execute(text(statement)).rowcount > 0
        if names != "ledger_is_whole":
            session.execute(text("DELETE FROM block"))
            ledger.seal(session)
            session.flush()
        broken = checked(session)
        session.rollback()
    assert {it.rule for it in broken} == set(names.split())
    assert all(it.ids and it.sentence for it in broken)


def test_the_ids_are_those_of_the_rows(season: Database) -> None:
    with Session(season.engine) as session:
        session.execute(text("UPDATE application SET state = 'withdrawn' WHERE id IN (2, 4)"))
        (broken,) = checked(session)
        session.rollback()
    assert (broken.rule, sorted(broken.ids)) == ("state_is_the_last_step", [2, 4])


def test_what_is_not_given_is_not_asked(season: Database) -> None:
    """Without an edition, an instant or a vault the rules that need them pass."""
    with Session(season.engine) as session:
        session.execute(text("UPDATE upload SET superseded_at = finished_at, sha256 = :lost"), {"lost": LOST})
        session.execute(text("UPDATE endorsementrequest SET answer = 'declined'"))
        assert check(session) == ()
        session.rollback()


def test_what_is_due_has_its_grace(season: Database) -> None:
    """The returned case lapses at hour 500; the clock has ten minutes."""
    with season.read() as session:
        for minutes, wanted in ((10, set()), (11, {"nothing_overdue_stands"})):
            assert {it.rule for it in checked(session, now=at(500) + timedelta(minutes=minutes))} == wanted


def test_a_rule_asks_once_however_many_rows_there_are(store: Database) -> None:
    """Quick at a hundred thousand applications: the number of questions does not grow with the rows."""
    with store.write() as session:
        write_season(session)
    few = _questions(store)
    with store.write() as session:
        for number in range(500):
            add_draft(session, number=f"IM24-9{number:03}")
    assert _questions(store) <= few + 1, "only the walk over the ledger asks again for its second block"


def _questions(store: Database) -> int:
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with store.read() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", heard)
        assert checked(session) == ()
        event.remove(engine, "before_cursor_execute", heard)
    return len(asked)
