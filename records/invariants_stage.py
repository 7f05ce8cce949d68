"""Rules of the final's day: its order, its clocks, who came, which scores were taken when."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable

from sqlmodel import Session

from records.invariant_rule import Asked, Id, ids, rule


@rule("终评次序的序号不从 1 连续排列（现场编号）。")
def the_order_is_unbroken(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT stage_id FROM stageturn GROUP BY stage_id
        HAVING min(position) <> 1 OR max(position) <> count(*) OR count(DISTINCT position) <> count(*)
        """,
    )


@rule("项目的答辩序号与终评次序不符（项目编号）。")
def lots_follow_the_order(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT application_id FROM (
          SELECT t.application_id, a.lot, row_number() OVER (PARTITION BY t.stage_id ORDER BY t.position) AS wanted
          FROM stageturn t JOIN application a ON a.id = t.application_id) s
        WHERE lot IS NULL OR lot <> wanted
        """,
    )


@rule("列在终评次序中的项目从未进入本轮（项目编号）。")
def the_order_is_of_the_rounds_items(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT t.application_id FROM stageturn t JOIN stage s ON s.id = t.stage_id JOIN panel p ON p.id = s.panel_id
        WHERE t.application_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM event e WHERE e.application_id = t.application_id AND (e.kind = 'imported'
            OR e.state_to = CASE p.round WHEN 'final' THEN 'finalist' ELSE 'first_round' END))
        """,
    )


@rule("终评现场没有抽签就已开始，或正在进行的一项不在次序之中（现场编号）。")
def what_is_on_stands_in_the_order(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT s.id FROM stage s WHERE (s.began_at IS NOT NULL AND s.drawn_at IS NULL)
          OR (s.turn_id IS NOT NULL AND (s.began_at IS NULL OR s.ended_at IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM stageturn t WHERE t.id = s.turn_id AND t.stage_id = s.id AND t.left_at IS NULL)))
        """,
    )


@rule("现场的陈述、问询、打分、下一项没有依次进行（次序编号）。")
def steps_of_a_line_go_forward(session: Session, asked: Asked) -> Iterable[Id]:
    """R102–R105: the talk ends before the questions, both before the scoring, all before the next line is called."""
    return ids(
        session,
        """
        SELECT t.id FROM stageturn t
        LEFT JOIN stageclock k ON k.turn_id = t.id AND k.kind = 'talk'
        LEFT JOIN stageclock q ON q.turn_id = t.id AND q.kind = 'questions'
        LEFT JOIN stageclock r ON r.turn_id = t.id AND r.kind = 'rest'
        WHERE (q.id IS NOT NULL AND (k.ended_at IS NULL OR q.started_at < k.ended_at))
          OR (t.scoring_opened_at IS NOT NULL AND (k.ended_at IS NULL OR t.scoring_opened_at < k.ended_at))
          OR (t.scoring_opened_at IS NOT NULL AND q.id IS NOT NULL
              AND (q.ended_at IS NULL OR t.scoring_opened_at < q.ended_at))
          OR t.left_at < k.ended_at OR t.left_at < q.ended_at OR t.left_at < r.ended_at
          OR t.left_at < t.scoring_closed_at
        """,
    )


@rule("项目上有休息的时钟，或休息上有答辩的时钟、有打分（次序编号）。")
def clocks_fit_their_line(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT t.id FROM stageturn t WHERE (t.application_id IS NULL AND t.scoring_opened_at IS NOT NULL)
          OR EXISTS (SELECT 1 FROM stageclock c WHERE c.turn_id = t.id
                     AND (c.kind = 'rest') <> (t.application_id IS NULL))
        """,
    )


@rule("不在进行的一项还有没结束的时钟（次序编号）。")
def only_what_is_on_has_a_clock_that_runs(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT t.id FROM stageturn t JOIN stage s ON s.id = t.stage_id
        WHERE (s.turn_id IS NULL OR s.turn_id <> t.id)
          AND EXISTS (SELECT 1 FROM stageclock c WHERE c.turn_id = t.id AND c.ended_at IS NULL)
        """,
    )


@rule("现场没有开放打分，项目却有评分（评分编号）。")
def scores_wait_for_their_item(session: Session, asked: Asked) -> Iterable[Id]:
    """R105; what the office set aside for a recusal is no score, and before the lots no item waits for its turn."""
    return ids(
        session,
        """
        SELECT c.id FROM score c JOIN stage s ON s.panel_id = c.panel_id
        JOIN stageturn t ON t.stage_id = s.id AND t.application_id = c.application_id
        WHERE c.absent <> 'recused' AND c.at >= s.drawn_at
          AND (t.scoring_opened_at IS NULL OR c.at < t.scoring_opened_at)
        """,
    )


@rule("签到或登记缺席的人不在本场专家组中（签到编号）。")
def who_came_holds_a_seat(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT c.id FROM stageseat c JOIN stage s ON s.id = c.stage_id WHERE NOT EXISTS (
          SELECT 1 FROM panelmember m WHERE m.panel_id = s.panel_id AND m.expert_id = c.expert_id)
        """,
    )


@rule("同一位专家或大屏有两个有效的现场链接（链接编号）。")
def one_link_of_the_stage_holds(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT a.id FROM stagepass a WHERE a.revoked_at IS NULL AND EXISTS (
          SELECT 1 FROM stagepass b WHERE b.id <> a.id AND b.stage_id = a.stage_id AND b.kind = a.kind
          AND b.revoked_at IS NULL AND coalesce(b.expert_id, 0) = coalesce(a.expert_id, 0))
        """,
    )


@rule("手机送来的评分与它所记的评分不符（项目编号）。")
def sent_scores_are_the_kept_ones(session: Session, asked: Asked) -> Iterable[Id]:
    """What was taken names a score of the same expert and item; what came late, or was declined, names none."""
    return ids(
        session,
        """
        SELECT d.application_id FROM stagesend d JOIN stage s ON s.id = d.stage_id
        LEFT JOIN score c ON c.id = d.score_id AND c.panel_id = s.panel_id
          AND c.expert_id = d.expert_id AND c.application_id = d.application_id
        WHERE (d.outcome IN ('kept', 'admitted')) <> (c.id IS NOT NULL)
          OR (d.outcome IN ('late', 'declined') AND d.score_id IS NOT NULL)
        """,
    )


@rule("揭晓的名次比入选的项目多（现场编号）。")
def only_the_chosen_are_revealed(session: Session, asked: Asked) -> Iterable[Id]:
    """Asked of a result that stands: where it was taken back the walls show nothing of it."""
    return ids(
        session,
        """
        SELECT s.id FROM stage s JOIN panel p ON p.id = s.panel_id WHERE p.released_at IS NOT NULL
          AND s.revealed > (SELECT count(*) FROM standing t WHERE t.panel_id = p.id AND t.chosen)
        """,
    )


@rule("登记了答辩人的项目当时没有入围，或已经撤回（项目编号）。")
def who_speaks_is_of_a_finalist(session: Session, asked: Asked) -> Iterable[Id]:
    """Asked of the instant of naming: what became of the finalist afterwards leaves the name as it stood (R26)."""
    return ids(
        session,
        """
        SELECT d.application_id FROM defender d JOIN application a ON a.id = d.application_id
        WHERE a.edition <> d.edition
          OR NOT EXISTS (SELECT 1 FROM event e WHERE e.application_id = d.application_id AND e.state_to = 'finalist'
                         AND e.at <= d.named_at)
          OR 'withdrawn' = (SELECT e.state_to FROM event e WHERE e.application_id = d.application_id
                            AND e.state_to IS NOT NULL AND e.at <= d.named_at ORDER BY e.id DESC LIMIT 1)
        """,
    )


@rule("答辩开始之后还更改了答辩人（项目编号）。")
def who_speaks_is_named_before_the_final(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT d.application_id FROM defender d JOIN panel p ON p.edition = d.edition JOIN stage s ON s.panel_id = p.id
        WHERE d.named_at > s.began_at
        """,
    )


RULES = (
    the_order_is_unbroken,
    lots_follow_the_order,
    the_order_is_of_the_rounds_items,
    what_is_on_stands_in_the_order,
    steps_of_a_line_go_forward,
    clocks_fit_their_line,
    only_what_is_on_has_a_clock_that_runs,
    scores_wait_for_their_item,
    who_came_holds_a_seat,
    one_link_of_the_stage_holds,
    sent_scores_are_the_kept_ones,
    only_the_chosen_are_revealed,
    who_speaks_is_of_a_finalist,
    who_speaks_is_named_before_the_final,
)
