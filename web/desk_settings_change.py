"""Lets the lead change 本届设置: type, look at what it would do, try it on the files, put it into force, confirm."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from config.edition_edit import BadValue
from config.fact_choices import is_code
from config.fact_names import STAGES, name_of
from config.refusal import BadConfiguration, Refusal
from documents import judged
from documents.child import Readers, task_of
from office import edition_desk, edition_told
from office.dry_run import Outcome, try_rules
from office.edition_desk import Proposal
from office.edition_told import Looked
from office.visitors import Part
from states.refusals import NotAllowed
from web.admission import may
from web.desk_settings import for_the_form, from_the_form, open_page, row_of
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import FORM_FIELD, Visit

_LARGEST = 1_000_000  # bytes: the texts of the plan stand in the form
_OURS = {FORM_FIELD, "seen", "stage", "reason", "step"}
_TOLD_AT_ONCE = 50  # lines of a trial that the page shows


@dataclass(frozen=True, slots=True)
class Asked:
    """What the lead asks for: the words of the form against what they looked at, and what it would do."""

    looked: Looked
    proposal: Proposal
    refusal: Refusal | None = None
    outcome: Outcome | None = None


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/settings`` that change something; the lead's alone."""
    router = APIRouter()

    @router.get("/settings/edit")
    def edit(stage: str = "submission", visit: Visit = may(Part.LEAD)) -> Response:
        return _form(pages, visit, stage if stage in STAGES else "submission", {}, pages.desk.loaded.sha256)

    @router.post("/settings/preview")
    def preview(visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        words, seen, stage, _ = _typed(pages, visit)
        try:
            asked = _asked(pages, visit, words, seen)
        except (BadValue, BadConfiguration, NotAllowed) as refusal:
            return _form(pages, visit, stage, words, seen, refusal)
        return _shown(pages, visit, asked)

    @router.post("/settings/try")
    def try_out(visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        words, seen, stage, _ = _typed(pages, visit)
        try:
            asked = _asked(pages, visit, words, seen)
        except (BadValue, BadConfiguration) as refusal:
            return _form(pages, visit, stage, words, seen, refusal)
        with Readers(task=task_of(ocr=pages.desk.settings.ocr)) as readers:
            outcome = try_rules(pages.desk, _file_rules(asked.proposal), check=readers.check)
        return _shown(pages, visit, Asked(asked.looked, asked.proposal, outcome=outcome))

    @router.post("/settings/change")
    def change(visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        return _changed(pages, visit)

    @router.post("/settings/confirm")
    def confirm(visit: Visit = may(Part.LEAD)) -> Response:
        keys = frozenset(name for name, said in visit.typed.items() if said == "yes")
        try:
            edition_desk.confirm(
                pages.desk, keys, expected=visit.typed.get("seen", ""), officer_id=visit.visitor.officer_id or 0,
                now=visit.now,
            )  # fmt: skip
        except Refusal as refusal:
            return open_page(pages, visit, refusal, keys)
        return pages.go(visit, "/settings/open")

    return router


def _changed(pages: Pages, visit: Visit) -> Response:
    """The versions with the new one, or the preview again with what stands in its way; the form for a contradiction."""
    words, seen, stage, reason = _typed(pages, visit)
    try:
        asked = _asked(pages, visit, words, seen)
    except (BadValue, BadConfiguration) as refusal:
        return _form(pages, visit, stage, words, seen, refusal)
    try:
        if not reason:
            raise NotAllowed("没有写明理由。", next_step="请写明为什么要改，再采用。")
        edition_desk.change(
            pages.desk, asked.looked.words, reason=reason, expected=seen, officer_id=visit.visitor.officer_id or 0,
            now=visit.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _shown(pages, visit, Asked(asked.looked, asked.proposal, refusal))
    return pages.go(visit, "/settings/versions")


def _typed(pages: Pages, visit: Visit) -> tuple[dict[str, str], str, str, str]:
    """The facts that were typed, the version looked at, the stage of the form, the reason."""
    said = visit.typed
    stage = said.get("stage", "")
    words = from_the_form(pages, {name: words for name, words in said.items() if name not in _OURS})
    return words, said.get("seen", ""), stage if stage in STAGES else "submission", said.get("reason", "").strip()


def _asked(pages: Pages, visit: Visit, words: dict[str, str], seen: str) -> Asked:
    with pages.desk.database.read() as session:
        looked = edition_told.looked(session, pages.desk, words, seen=seen)
    if not looked.words:
        raise NotAllowed("没有改动任何一项。", next_step="请改动后再预览。")
    return Asked(looked, edition_desk.propose(pages.desk, looked.words, now=visit.now))


def _form(
    pages: Pages, visit: Visit, stage: str, words: dict[str, str], seen: str, refusal: Refusal | None = None
) -> Response:
    """The form of one stage; after a refusal with what was typed, the fault beside its field."""
    held = edition_desk.settings(pages.desk, now=visit.now)
    facts = [fact for fact in held if fact.stage == stage and not is_code(fact.key)]
    key = refusal.key if isinstance(refusal, BadValue | BadConfiguration) else ""
    faults = {key: refusal.sentence} if refusal and key in {fact.key for fact in facts} else {}
    rows = [
        row_of(pages, fact) | {"typed": for_the_form(pages, fact.key, words.get(fact.key, fact.typed))}
        for fact in facts
    ]
    status = 200 if refusal is None else status_of(NotAllowed("", next_step="")) if key else status_of(refusal)
    return pages.show(
        visit, "desk/setting_edit", status=status, refusal=refusal, faults=faults, rows=rows, stage=stage,
        name=STAGES[stage], seen=seen,
    )  # fmt: skip


def _shown(pages: Pages, visit: Visit, asked: Asked) -> Response:
    """What would change, before and after, with the words ready to be put into force."""
    desk, proposal = pages.desk, asked.proposal
    status = status_of(asked.refusal) if asked.refusal else 200
    changes = [
        {
            "name": name_of(each.key), "key": each.key, "clause": str(each.clause),
            "before": edition_told.value_told(desk, each.before, each.key),
            "after": edition_told.value_told(desk, each.after, each.key),
            "frozen": each in proposal.frozen, "overtaken": each.key in asked.looked.overtaken,
            "theirs": asked.looked.theirs.get(each.key, ""),
        }
        for each in proposal.differences
    ]  # fmt: skip
    outcome = asked.outcome
    return pages.show(
        visit, "desk/setting_preview", status=status, refusal=asked.refusal, looked=asked.looked, changes=changes,
        shifts=proposal.shifts, frozen=proposal.frozen, seen=desk.loaded.sha256, outcome=outcome,
        lines=outcome.differences[:_TOLD_AT_ONCE] if outcome else (), may_try=bool(_file_rules(proposal)),
        reason=visit.typed.get("reason", ""),
    )  # fmt: skip


def _file_rules(proposal: Proposal) -> list[str]:
    """The changes that bear on the checks of files, ready to be tried."""
    trials = zip(proposal.differences, edition_told.trials_of(proposal), strict=True)
    return [trial for each, trial in trials if judged.concerns_files(each.key)]
