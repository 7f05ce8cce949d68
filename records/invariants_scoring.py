"""Rules of the rounds: scores, who may give them, and the frozen tally."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlmodel import Session, col, select

from records.invariant_rule import Asked, Id, ids, rule
from records.tables.scoring import Panel

_CENTIPOINTS = 100


@rule("评分的版本号不连续（项目编号）。")
def score_revisions_are_unbroken(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT DISTINCT application_id FROM (
          SELECT application_id FROM score GROUP BY panel_id, application_id, expert_id
          HAVING min(revision) <> 1 OR max(revision) <> count(*)) s
        """,
    )


@rule("同一专家对同一项目的现行评分不是恰好一个（项目编号）。")
def one_score_is_current(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT DISTINCT application_id FROM (
          SELECT application_id FROM score GROUP BY panel_id, application_id, expert_id
          HAVING sum(CASE WHEN current THEN 1 ELSE 0 END) <> 1) s
        """,
    )


@rule("现行评分不是最新的一版（评分编号）。")
def current_scores_are_the_newest(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT s.id FROM score s WHERE s.current AND EXISTS (
          SELECT 1 FROM score n WHERE n.panel_id = s.panel_id AND n.application_id = s.application_id
          AND n.expert_id = s.expert_id AND n.revision > s.revision)
        """,
    )


@rule("评分在锁定之后写入（评分编号）。")
def no_score_after_the_lock(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT s.id FROM score s JOIN panel p ON p.id = s.panel_id WHERE s.at > p.locked_at")


@rule("评分在本轮开始之前写入（评分编号）。")
def no_score_before_the_opening(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT s.id FROM score s JOIN panel p ON p.id = s.panel_id WHERE p.opened_at IS NULL OR s.at < p.opened_at"
    return ids(session, sql)


@rule("应当回避的专家评了分（评分编号）。")
def recused_experts_do_not_score(session: Session, asked: Asked) -> Iterable[Id]:
    """R29: a recusal that blocks and was not overridden leaves no counted score."""
    return ids(
        session,
        """
        SELECT s.id FROM score s WHERE s.current AND s.total IS NOT NULL AND EXISTS (
          SELECT 1 FROM recusal r WHERE r.panel_id = s.panel_id AND r.expert_id = s.expert_id
          AND r.application_id = s.application_id AND r.blocks AND r.overridden_at IS NULL)
        """,
    )


@rule("评分的专家不在该轮评审组（评分编号）。")
def only_members_score(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT s.id FROM score s LEFT JOIN panelmember m ON m.panel_id = s.panel_id AND m.expert_id = s.expert_id
        WHERE m.id IS NULL
        """,
    )


@rule("只评分派项目的轮次中，评分的专家没有分到该项目（评分编号）。")
def only_who_was_asked_scores(session: Session, asked: Asked) -> Iterable[Id]:
    """Where only chosen pairs are asked (A12); a pair that ended since then was asked all the same."""
    return ids(
        session,
        """
        SELECT s.id FROM score s JOIN panel p ON p.id = s.panel_id WHERE p.pairing = 'chosen' AND s.current
          AND s.total IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM assigned a WHERE a.panel_id = s.panel_id AND a.expert_id = s.expert_id
          AND a.application_id = s.application_id)
        """,
    )


@rule("纸质评分表与据以录入的评分不是同一专家、同一项目（评分表编号）。")
def sheets_speak_of_their_score(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT t.id FROM papersheet t JOIN score s ON s.id = t.score_id
        WHERE t.second_by IS NULL OR s.panel_id <> t.panel_id OR s.expert_id <> t.expert_id
          OR s.application_id <> t.application_id
        """,
    )


@rule("高于上限或低于下限的评分缺少书面理由（评分编号）。")
def extreme_scores_have_reasons(session: Session, asked: Asked) -> Iterator[Id]:
    """By the rules that the panel froze at its opening, strictly above and below (R106, R107, A15)."""
    panels = session.execute(select(col(Panel.id), col(Panel.rules))).all()
    for panel_id, rules in panels:
        if rules.get("reasons_required"):
            yield from ids(
                session,
                """
                SELECT id FROM score WHERE panel_id = :panel AND current AND reason = ''
                  AND (total > :above OR total < :below)
                """,
                panel=panel_id,
                above=int(Decimal(str(rules["reason_above"])) * _CENTIPOINTS),
                below=int(Decimal(str(rules["reason_below"])) * _CENTIPOINTS),
            )


@rule("已开始的评审没有冻结规则（评审编号）。")
def opened_rounds_have_frozen_rules(session: Session, asked: Asked) -> Iterable[Id]:
    rows = session.execute(select(col(Panel.id), col(Panel.rules)).where(col(Panel.opened_at).is_not(None)))
    return [id_ for id_, rules in rows if not rules]


@rule("评审的各个时刻次序不对（评审编号）。")
def rounds_go_forward(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM panel WHERE opened_at < criteria_confirmed_at OR locked_at < opened_at
          OR released_at < locked_at OR (locked_at IS NOT NULL AND opened_at IS NULL)
          OR (released_at IS NOT NULL AND locked_at IS NULL)
        """,
    )


@rule("名次表中的项目没有任何有效评分（项目编号）。")
def places_follow_from_scores(session: Session, asked: Asked) -> Iterable[Id]:
    """A place that counts has points to stand on."""
    return ids(
        session,
        """
        SELECT t.application_id FROM standing t WHERE (t.in_quorum OR t.chosen) AND NOT EXISTS (
          SELECT 1 FROM score s WHERE s.panel_id = t.panel_id AND s.application_id = t.application_id
          AND s.current AND s.total IS NOT NULL)
        """,
    )


@rule("有评分的项目不在名次表中（项目编号）。")
def scored_items_have_their_place(session: Session, asked: Asked) -> Iterable[Id]:
    """Once a round has its tally; who withdrew or was disqualified has none."""
    return ids(
        session,
        """
        SELECT DISTINCT s.application_id FROM score s JOIN application a ON a.id = s.application_id
        LEFT JOIN standing t ON t.panel_id = s.panel_id AND t.application_id = s.application_id
        WHERE s.current AND s.total IS NOT NULL AND t.id IS NULL AND a.state NOT IN ('withdrawn', 'disqualified')
          AND EXISTS (SELECT 1 FROM standing o WHERE o.panel_id = s.panel_id)
        """,
    )


@rule("名次与排在前面的项目数不符（名次编号）。")
def places_count_who_is_before(session: Session, asked: Asked) -> Iterable[Id]:
    """1, 2, 2, 4: one more than how many stand before; asked of those in quorum."""
    return ids(
        session,
        """
        SELECT id FROM (SELECT id, place, rank() OVER (PARTITION BY panel_id ORDER BY place) AS wanted
                        FROM standing WHERE in_quorum) t WHERE place <> wanted
        """,
    )


@rule("名次靠后的项目入选，靠前的却没有（评审编号）。")
def the_chosen_are_the_first(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT panel_id FROM standing WHERE in_quorum GROUP BY panel_id
        HAVING max(CASE WHEN chosen THEN place ELSE 0 END) > min(CASE WHEN chosen THEN 1000000 ELSE place END)
        """,
    )


_CHOSEN = ("finalist", "top_ten", "publicized", "announced", "not_selected")


@rule("项目的状态与第一轮名次表不符（项目编号）。")
def first_round_states_follow_the_tally(session: Session, asked: Asked) -> Iterable[Id]:
    """Who went on was chosen, who stayed behind was not (R98, R99); not who moved up for another since (A18)."""
    return _against_the_tally(session, "first_round", _CHOSEN, ("not_shortlisted",))


@rule("项目的状态与末轮名次表不符（项目编号）。")
def final_states_follow_the_tally(session: Session, asked: Asked) -> Iterable[Id]:
    """The ten, and who was passed over (R110); not who moved up for another since (A18)."""
    return _against_the_tally(session, "final", ("top_ten", "publicized", "announced"), ("not_selected",))


def _against_the_tally(session: Session, round_: str, chosen: tuple[str, ...], left: tuple[str, ...]) -> list[Id]:
    return ids(
        session,
        """
        SELECT a.id FROM application a JOIN panel p ON p.edition = a.edition AND p.round = :round
        LEFT JOIN standing t ON t.panel_id = p.id AND t.application_id = a.id
        WHERE EXISTS (SELECT 1 FROM standing o WHERE o.panel_id = p.id)
          AND ((a.state IN :chosen AND (t.id IS NULL OR NOT t.chosen)) OR (a.state IN :left AND t.chosen))
          AND NOT EXISTS (SELECT 1 FROM event e WHERE e.application_id = a.id AND (e.kind = 'imported'
            OR (e.kind = 'publicize' AND e.state_from = 'not_selected')
            OR (e.kind = 'shortlist' AND e.state_from = 'not_shortlisted')))
        """,
        round=round_,
        chosen=chosen,
        left=left,
    )


RULES = (
    score_revisions_are_unbroken,
    one_score_is_current,
    current_scores_are_the_newest,
    no_score_after_the_lock,
    no_score_before_the_opening,
    recused_experts_do_not_score,
    only_members_score,
    only_who_was_asked_scores,
    sheets_speak_of_their_score,
    extreme_scores_have_reasons,
    opened_rounds_have_frozen_rules,
    rounds_go_forward,
    places_follow_from_scores,
    scored_items_have_their_place,
    places_count_who_is_before,
    the_chosen_are_the_first,
    first_round_states_follow_the_tally,
    final_states_follow_the_tally,
)
