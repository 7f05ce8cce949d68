"""Rules of the files: versions, what must be there, and the bytes in the vault."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable, Iterator

from sqlmodel import Session

from records import vault_digests
from records.invariant_rule import Asked, Id, ids, rule
from states.facts import State

# Who stands here was handed in with every required file and has not got it back since.
HANDED_IN = (
    State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.FIRST_ROUND, State.FINALIST, State.TOP_TEN,
    State.PUBLICIZED, State.ANNOUNCED, State.NOT_SHORTLISTED, State.NOT_SELECTED,
)  # fmt: skip


@rule("文件的版本号不连续（项目编号）。")
def revisions_are_unbroken(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT DISTINCT application_id FROM (
          SELECT application_id FROM upload GROUP BY application_id, slot, ordinal
          HAVING min(revision) <> 1 OR max(revision) <> count(*)) u
        """,
    )


@rule("同一栏同一序号有不止一份现行文件（项目编号）。")
def one_file_is_current(session: Session, asked: Asked) -> Iterable[Id]:
    """An upload in flight is not current yet."""
    return ids(
        session,
        """
        SELECT DISTINCT application_id FROM (
          SELECT application_id FROM upload WHERE finished_at IS NOT NULL AND superseded_at IS NULL
          GROUP BY application_id, slot, ordinal HAVING count(*) > 1) u
        """,
    )


@rule("现行文件比已被替换的文件旧（文件编号）。")
def superseded_files_are_older(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT c.id FROM upload c JOIN upload o
          ON o.application_id = c.application_id AND o.slot = c.slot AND o.ordinal = c.ordinal
        WHERE c.finished_at IS NOT NULL AND c.superseded_at IS NULL
          AND o.finished_at IS NOT NULL AND o.superseded_at IS NOT NULL AND o.revision > c.revision
        """,
    )


@rule("文件的上传时刻前后颠倒（文件编号）。")
def uploads_end_after_they_begin(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM upload WHERE finished_at < begun_at OR superseded_at < begun_at")


@rule("已收到的文件没有摘要或大小（文件编号）。")
def received_files_have_a_digest(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM upload WHERE finished_at IS NOT NULL AND (length(sha256) <> 64 OR size <= 0)")


@rule("已提交的项目缺少必交文件（项目编号）。")
def handed_in_has_its_files(session: Session, asked: Asked) -> Iterator[Id]:
    """Entries imported from former years have none (R42, R119)."""
    for edition, expected in asked.editions.items():
        if expected.required_slots:
            yield from ids(
                session,
                """
                SELECT a.id FROM application a LEFT JOIN upload u ON u.application_id = a.id AND u.slot IN :slots
                  AND u.finished_at IS NOT NULL AND u.superseded_at IS NULL
                WHERE a.edition = :edition AND a.state IN :states AND NOT EXISTS (
                  SELECT 1 FROM event e WHERE e.application_id = a.id AND e.kind = 'imported')
                GROUP BY a.id HAVING count(DISTINCT u.slot) < :wanted
                """,
                edition=edition,
                slots=expected.required_slots,
                states=[state.value for state in HANDED_IN],
                wanted=len(expected.required_slots),
            )


@rule("已提交的项目带有不能提交的文件（文件编号）。")
def handed_in_is_not_blocked(session: Session, asked: Asked) -> Iterable[Id]:
    """What came with an import was accepted elsewhere; what was put in its place since is asked like any other."""
    return ids(
        session,
        """
        SELECT u.id FROM upload u JOIN application a ON a.id = u.application_id
        WHERE u.blocks_submit AND u.finished_at IS NOT NULL AND u.superseded_at IS NULL AND a.state IN :states
          AND NOT EXISTS (SELECT 1 FROM event e WHERE e.application_id = a.id AND e.kind = 'imported'
                          AND u.revision = 1 AND u.finished_at <= e.at)
        """,
        states=[state.value for state in HANDED_IN],
    )


@rule("对机检不通过项的放行缺少理由，或没有另一人确认（审查行编号）。")
def waivers_have_two_persons(session: Session, asked: Asked) -> Iterable[Id]:
    """Asked of what passed the check; before, the second person may still be to come (R20)."""
    passed = [state.value for state in HANDED_IN if state not in (State.SUBMITTED, State.ENDORSED)]
    return ids(
        session,
        """
        SELECT c.id FROM checkline c JOIN application a ON a.id = c.application_id
        WHERE c.waiver AND a.state IN :passed
          AND (c.reason = '' OR c.confirmed_by IS NULL OR c.confirmed_by = c.officer_id)
        """,
        passed=passed,
    )


@rule("审查行说的是另一项目的文件（审查行编号）。")
def check_lines_speak_of_their_own_file(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT c.id FROM checkline c JOIN upload u ON u.id = c.upload_id WHERE u.application_id <> c.application_id"
    return ids(session, sql)


@rule("记录中的文件不在文件库里（文件摘要）。")
def files_are_in_the_vault(session: Session, asked: Asked) -> Iterable[Id]:
    """Every digest that a row must have, see `vault_digests`; what was cleared at the end of its term may be gone."""
    if asked.vault_paths is None:
        return []
    digests = vault_digests.required(session)
    return [digest for digest in digests if not asked.vault_paths(str(digest))]


RULES = (
    revisions_are_unbroken,
    one_file_is_current,
    superseded_files_are_older,
    uploads_end_after_they_begin,
    received_files_have_a_digest,
    handed_in_has_its_files,
    handed_in_is_not_blocked,
    waivers_have_two_persons,
    check_lines_speak_of_their_own_file,
    files_are_in_the_vault,
)
