"""Finds what was handed in twice: the same file, title or unit, a title or a text much alike (A23, A24)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session, col, func, select

from documents import likeness
from documents.findings import Verdict
from office import adopted, near, past_winners
from office.desk import Desk
from records.tables.application import Application, Upload
from records.tables.past_winner import PastWinner
from states.facts import State

LEAST_OF_TITLES = 0.6  # of their pairs of letters
LEAST_OF_TEXTS = 0.3  # of their runs of six letters
_MOST_NAMED = 5  # applications in one sentence
_USUAL_SHARE = 0.05  # of all forms: what so many hold is how such forms are written, and hints at nothing
_USUAL_LEAST = 3  # forms that hold it too
_FEWEST_COMMON = 3  # values that two sketches share before anything is estimated
_FEWEST_VALUES = 12  # that are left of a sketch; from fewer no share is estimated


@dataclass(frozen=True, slots=True)
class Other:
    """Another application, of this edition or a past one, as a hint names it."""

    id: int
    edition: str
    number: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What an application has in common with others: a line that is told and never judged, so never red."""

    rule: str
    r: str
    sentence: str
    next_step: str
    verdict: Verdict = Verdict.LOOK


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds that an application is compared with, read once for as many as are asked about."""

    others: tuple[Other, ...]
    sketches: Mapping[int, str]
    winners: Sequence[Application]
    listed: Sequence[PastWinner]
    files: Mapping[int, frozenset[str]]  # the digests of what an application has now, as far as others hold them
    holders: Mapping[str, frozenset[int]]  # who holds such a digest, in any version


def known(session: Session, desk: Desk, *, of: Application | None = None) -> Known:
    """All that is compared with, as it stands now; files for one application alone where it is given."""
    return Known(
        tuple(_others(session)),
        dict(_sketches(session)),
        _winners_here(session, desk),
        past_winners.newest_first(session),
        *_shared(session, of),
    )


def hints(session: Session, desk: Desk, item: Application, *, among: Known | None = None) -> tuple[Hint, ...]:
    """Whatever one application has in common with any other in the store, the surest first."""
    store = among or known(session, desk, of=item)
    others = {other.id: other for other in store.others if other.id != item.id}
    return tuple(
        hint
        for hint in (
            _won_before(session, desk, item, store),
            _same_file(desk, item, others, store),
            _same_title(desk, item, others.values()),
            _alike_titles(desk, item, others.values()),
            _alike_texts(desk, item, others, store.sketches),
            _same_unit(desk, item, others.values()),
        )
        if hint
    )


def alike_pairs(session: Session, desk: Desk) -> tuple[tuple[Other, Other, float], ...]:
    """Every two applications of the edition whose texts are much alike, with the share; those most alike first."""
    others = {other.id: other for other in _others(session) if other.edition == desk.key}
    held = {id_: likeness.values_of(sketch) for id_, sketch in _sketches(session)}
    sketches = _own({id_: values for id_, values in held.items() if id_ in others}, _usual(held))
    found = [
        (others[one], others[other], share)
        for one, other in near.candidates(sketches, least=LEAST_OF_TEXTS)
        if (share := likeness.share(sketches[one], sketches[other])) >= LEAST_OF_TEXTS
    ]
    return tuple(sorted(found, key=lambda pair: (-pair[2], pair[0].id, pair[1].id)))


def _others(session: Session) -> Iterator[Other]:
    columns = (col(Application.id), col(Application.edition), col(Application.number), col(Application.title))
    query = select(*columns).add_columns(col(Application.unit))
    for id_, edition, number, title, unit in session.execute(query):
        yield Other(id_, edition, number, title, unit)


def _won_before(session: Session, desk: Desk, item: Application, store: Known) -> Hint | None:
    """A title that has won is to be looked into (R119, A24); a unit that has won may come again.

    Winners are those of the imported list, and of the other editions that this store holds.
    """
    listed = past_winners.returning(store.listed, title=item.title, unit=item.unit)
    mine, unit = _folded(item.title), _folded(item.unit)
    here = [won for won in store.winners if mine == _folded(won.title) or unit == _folded(won.unit)]
    told = list(dict.fromkeys(f"{each.year} 年“{each.title}”（{each.unit}）" for each in listed))
    told += [f"{_year_of(session, desk, each)} 年“{each.title}”（{each.unit}）" for each in here]
    if not told:
        return None
    more = f"；等 {len(told)} 项" if len(told) > _MOST_NAMED else ""
    told = told[:_MOST_NAMED]
    again = mine in {_folded(title) for title in (*(each.title for each in listed), *(each.title for each in here))}
    step = "请对照核实是否同一项目；是否受理由遴选办公室判断。" if again else ""
    verdict = Verdict.LOOK if again else Verdict.ADVICE
    return Hint("twins.past_winner", "A24", f"往届已入选：{'；'.join(told)}{more}", step, verdict)


def _winners_here(session: Session, desk: Desk) -> Sequence[Application]:
    query = select(Application).where(Application.edition != desk.key, Application.state == State.TOP_TEN.value)
    return session.exec(query.order_by(col(Application.id).desc())).all()


def _year_of(session: Session, desk: Desk, won: Application) -> int:
    return adopted.loaded(session, won.edition, desk.workdays).edition.award.year


def _shared(
    session: Session, of: Application | None
) -> tuple[dict[int, frozenset[str]], dict[str, frozenset[int]]]:  # fmt: skip
    """Which digests each application has now that others hold too, and who holds them."""
    digests = select(Upload.sha256).where(Upload.sha256 != "")
    if of is not None:
        digests = digests.where(Upload.application_id == of.id, col(Upload.superseded_at).is_(None))
    else:
        digests = digests.group_by(Upload.sha256).having(func.count(func.distinct(Upload.application_id)) > 1)
    query = select(Upload.application_id, Upload.sha256, col(Upload.superseded_at).is_(None))
    files, holders = defaultdict[int, set[str]](set), defaultdict[str, set[int]](set)
    for id_, sha256, is_current in session.execute(query.where(col(Upload.sha256).in_(digests))):
        holders[sha256].add(id_)
        if is_current:
            files[id_].add(sha256)
    return (
        {id_: frozenset(found) for id_, found in files.items()},
        {sha256: frozenset(ids) for sha256, ids in holders.items()},
    )


def _same_file(desk: Desk, item: Application, others: dict[int, Other], store: Known) -> Hint | None:
    """Among all versions, for a file that was replaced has been handed in too."""
    mine = store.files.get(item.id or 0, frozenset())
    holders = {id_ for sha256 in mine for id_ in store.holders[sha256]}
    found = [others[id_] for id_ in sorted(holders) if id_ in others]
    return _hint("twins.file", desk, "与以下项目有完全相同的文件", [(other, None) for other in found])


def _same_title(desk: Desk, item: Application, others: Iterable[Other]) -> Hint | None:
    mine = _folded(item.title)
    found = [(other, None) for other in others if _folded(other.title) == mine]
    return _hint("twins.title", desk, "项目名称与以下项目相同", found)


def _alike_titles(desk: Desk, item: Application, others: Iterable[Other]) -> Hint | None:
    mine, pieces = _folded(item.title), _pieces(item.title)
    shares = ((other, near.jaccard(pieces, _pieces(other.title))) for other in others)
    found = [(other, share) for other, share in shares if share >= LEAST_OF_TITLES and _folded(other.title) != mine]
    return _hint("twins.alike_title", desk, "项目名称与以下项目相近", found)


def _alike_texts(
    desk: Desk, item: Application, others: dict[int, Other], rows: Mapping[int, str]
) -> Hint | None:  # fmt: skip
    mine = likeness.values_of(rows.get(item.id or 0, ""))
    held = {
        id_: values for id_, told in rows.items() if len(mine & (values := likeness.values_of(told))) >= _FEWEST_COMMON
    }
    if len(held) < 2:  # noqa: PLR2004 - nobody beside itself
        return None
    among = frozenset().union(*held.values())
    sketches = _own(held, _usual({id_: likeness.values_of(told) & among for id_, told in rows.items()}))
    mine = sketches.pop(item.id or 0, frozenset())
    shares = ((others[id_], likeness.share(mine, values)) for id_, values in sketches.items())
    found = [(other, share) for other, share in shares if share >= LEAST_OF_TEXTS]
    return _hint("twins.text", desk, "推荐表正文与以下项目相近", found)


def _same_unit(desk: Desk, item: Application, others: Iterable[Other]) -> Hint | None:
    """One unit may hand in several (A23): shown side by side, nothing to look into."""
    mine = _folded(item.unit)
    found = [(other, None) for other in others if _folded(other.unit) == mine]
    return _hint("twins.unit", desk, "同一申报单位的项目", found, verdict=Verdict.ADVICE)


def _sketches(session: Session) -> Iterator[tuple[int, str]]:
    """The sketch of the form that holds now, by application; whoever has none is left out."""
    current = (col(Upload.superseded_at).is_(None), col(Upload.finished_at).is_not(None), Upload.likeness != "")
    yield from session.exec(select(Upload.application_id, Upload.likeness).where(*current))


def _usual(held: Mapping[int, frozenset[str]]) -> set[str]:
    """What so many forms hold that it is how such forms are written: it hints at nothing."""
    holders = Counter(value for values in held.values() for value in values)
    most = max(_USUAL_LEAST, int(_USUAL_SHARE * len(held)))
    return {value for value, count in holders.items() if count > most}


def _own(held: Mapping[int, frozenset[str]], usual: set[str]) -> dict[int, frozenset[str]]:
    """What is left of each sketch without the usual; too little of it tells nothing and is left out."""
    own = {id_: values - usual for id_, values in held.items()}
    return {id_: values for id_, values in own.items() if len(values) >= _FEWEST_VALUES}


def _hint(
    rule: str, desk: Desk, words: str, found: Iterable[tuple[Other, float | None]], *, verdict: Verdict = Verdict.LOOK
) -> Hint | None:
    """The line that names those found, the most alike first, this edition's before past ones."""
    ranked = sorted(found, key=lambda pair: (-(pair[1] or 0), pair[0].edition != desk.key, pair[0].id))
    if not ranked:
        return None
    named = "；".join(_named(desk, other, share) for other, share in ranked[:_MOST_NAMED])
    more = f"；等 {len(ranked)} 项" if len(ranked) > _MOST_NAMED else ""
    past = any(other.edition != desk.key for other, _ in ranked)
    step = "" if verdict is Verdict.ADVICE else "请对照核实是否同一项目；是否受理由遴选办公室判断。"
    return Hint(rule, "A24" if past else "A23", f"{words}：{named}{more}", step, verdict)


def _named(desk: Desk, other: Other, share: float | None) -> str:
    edition = "" if other.edition == desk.key else f"{other.edition} 届 "
    alike = "" if share is None else f"，相近约 {share:.0%}"
    return f"{edition}{other.number} {other.unit}“{other.title}”{alike}"


@lru_cache(maxsize=1 << 15)
def _folded(words: str) -> str:
    return likeness.folded(words)


@lru_cache(maxsize=1 << 15)
def _pieces(words: str) -> frozenset[str]:
    """All pairs of letters that follow one another."""
    letters = _folded(words)
    return frozenset(letters[place : place + 2] for place in range(len(letters) - 1))
