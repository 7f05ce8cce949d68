"""The same work handed in twice is hinted at and never judged: files, titles, units, texts (A23, A24)."""

import hashlib
import json
import random
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session
from thorough import at_most

from cli import specimens
from cli.main import main
from config.editions_file import load_edition, shipped_edition
from documents import likeness, recommendation
from documents.findings import Report, Verdict
from office import check_sheet, near, twins, uploads
from office.twins import Hint
from office.uploads import Checked, Incoming
from records import ledger
from records.tables.application import Application, Upload
from states.facts import Actor, State

from cast import HANDED_IN, Office, a_draft, an_application, check_through

RULES = load_edition(shipped_edition("2024")).edition
TEXTS = at_most(2_000, 10_000)


def other_text(seed: int, letters: int = 3_000) -> str:
    chosen = random.Random(seed)
    return "".join(chr(chosen.randint(0x4E00, 0x9000)) for _ in range(letters))


BODY = other_text(7)


def put_form(office: Office, item_id: int, text: str) -> None:
    """A form whose bytes and sketch are those of a text."""
    kept = office.desk.vault.keep(BytesIO(text.encode()))
    report = Report("推荐表.docx", "form", kept.sha256, {"likeness": likeness.sketch([text])})
    incoming = Incoming("form", "推荐表.docx", begun_at=HANDED_IN)
    with office.desk.database.write() as session:
        uploads.put_file(session, office.desk, item_id, incoming, Checked(kept, report), now=HANDED_IN)


def hints(office: Office, item_id: int) -> dict[str, Hint]:
    with office.desk.database.read() as session:
        return {hint.rule: hint for hint in twins.hints(session, office.desk, office.found(item_id))}


def past(session: Session, item: Application, **changed: object) -> None:
    """The same application, in the edition of the year before."""
    plain = item.model_dump(exclude={"id"}) | {"edition": "2023", "number": "IM23-004", "source": None} | changed
    former = Application(**plain)
    session.add(former)
    session.flush()
    ledger.record(
        session,
        [
            ledger.Entry(
                "2023", "imported", Actor.OFFICE, HANDED_IN, application_id=former.id, state_to=former.state,
                person_id=former.contact_id,
            )
        ],
    )  # fmt: skip


def test_an_entry_like_no_other_gets_no_hint(office: Office) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    a_draft(office, "乙", title="纺织车间能耗优化平台", unit="乙大学")
    assert hints(office, one) == {}


def test_the_same_file_is_named_with_its_holder_even_when_it_was_replaced_since(office: Office) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    other = a_draft(office, "乙", title="纺织车间能耗优化平台", unit="乙大学")
    for item_id in (one, other):
        put_form(office, item_id, BODY)
    assert f"{office.found(other).number} 乙大学“纺织车间能耗优化平台”" in hints(office, one)["twins.file"].sentence
    put_form(office, other, other_text(3))
    assert set(hints(office, one)) == {"twins.file"}


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("轮毂 铸造　数字孪生产线", "twins.title"),
        ("“轮毂铸造”数字孪生产线", "twins.title"),
        ("轮毂铸造数字孪生生产线", "twins.alike_title"),
        ("轮毂铸造数字孪生产线（二期）", "twins.alike_title"),
        ("轮毂锻造的质量检测", None),
    ],
)
def test_titles_are_compared_without_white_space_width_and_marks(office: Office, title: str, rule: str | None) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    a_draft(office, "乙", title=title, unit="乙大学")
    found = hints(office, one)
    assert set(found) == ({rule} if rule else set())
    if rule == "twins.alike_title":
        assert "相近约 " in found[rule].sentence
        assert found[rule].verdict is Verdict.LOOK


def test_one_unit_may_hand_in_several_which_stand_side_by_side(office: Office) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    a_draft(office, "乙", title="纺织车间能耗优化平台", unit="甲 重工")
    found = hints(office, one)
    assert set(found) == {"twins.unit"}
    assert found["twins.unit"].verdict is Verdict.ADVICE


def test_a_project_of_a_former_year_is_flagged_with_its_year(office: Office) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    with office.desk.database.write() as session:
        past(session, office.found(one), unit="甲重工集团")
    found = hints(office, one)["twins.title"]
    assert (found.r, "2023 届 IM23-004 甲重工集团" in found.sentence) == ("A24", True)


def test_texts_much_alike_are_hinted_with_their_share(office: Office) -> None:
    one = a_draft(office, "甲", title="轮毂铸造数字孪生产线", unit="甲重工")
    near_one = a_draft(office, "乙", title="纺织车间能耗优化平台", unit="乙大学")
    far = a_draft(office, "丙", title="船舶分段焊接机器人", unit="丙研究所")
    put_form(office, one, BODY)
    put_form(office, near_one, BODY[:2_500] + other_text(1, 500))
    put_form(office, far, BODY[:500] + other_text(2, 2_500))
    found = hints(office, one)["twins.text"]
    assert office.found(near_one).number in found.sentence
    assert office.found(far).number not in found.sentence
    with office.desk.database.read() as session:
        (pair,) = twins.alike_pairs(session, office.desk)
    assert {pair[0].id, pair[1].id} == {one, near_one}
    assert 0.55 < pair[2] < 0.9  # 2,500 of 3,500 letters: 71 %


def test_what_many_forms_share_is_no_hint_but_what_two_share_beside_it_is(office: Office) -> None:
    items = [a_draft(office, f"第{n}", title=f"{n}" * 9, unit=f"单位{n}") for n in range(6)]
    for number, item_id in enumerate(items):
        put_form(office, item_id, BODY[:1_500] + other_text(10 + number, 1_500))
    assert all("twins.text" not in hints(office, item_id) for item_id in items)
    put_form(office, items[5], BODY[:1_500] + other_text(10, 1_400) + other_text(99, 100))
    assert office.found(items[5]).number in hints(office, items[0])["twins.text"].sentence
    assert "twins.text" not in hints(office, items[1])
    with office.desk.database.read() as session:
        (pair,) = twins.alike_pairs(session, office.desk)
    assert [pair[0].id, pair[1].id] == [items[0], items[5]]
    assert f"相近约 {pair[2]:.0%}" in hints(office, items[0])["twins.text"].sentence


def test_the_command_lists_the_pairs(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (a_draft(office, name, title=name * 5, unit=name) for name in "甲乙")
    for item_id in (one, other):
        put_form(office, item_id, BODY)
    home = str(office.desk.settings.home)
    with pytest.raises(SystemExit):
        main(["twins", "--home", home])
    assert (
        f"100%　{office.found(one).number} 甲“甲甲甲甲甲”　{office.found(other).number} 乙" in capsys.readouterr().out
    )
    with pytest.raises(SystemExit):
        main(["twins", "--home", home, "--json"])
    assert [pair["share"] for pair in json.loads(capsys.readouterr().out)["pairs"]] == [1.0]


def test_hints_stand_on_the_sheet_and_keep_nobody_from_passing(office: Office) -> None:
    one = an_application(office, State.ENDORSED, "甲")
    a_draft(office, "乙", title=office.found(one).title)
    with office.desk.database.read() as session:
        lines = check_sheet.sheet(session, office.desk, office.found(one))
        told = [line for line in lines if line.rule == "twins.title"]
    assert [(line.slot, line.verdict, line.settled, line.refused) for line in told] == [("", Verdict.LOOK, True, False)]
    check_through(office, one)
    assert office.found(one).state == State.FORMALLY_CHECKED


def test_the_sketch_of_a_real_form_stands_beside_its_row(office: Office, tmp_path: Path) -> None:
    assert RULES.form is not None
    path = tmp_path / "form.docx"
    specimens.write_form(path, edition=RULES, title="题", unit="甲", endorser="某学会", words=3_000)
    facts = recommendation.read(path, RULES.form)
    item_id = a_draft(office)
    kept = office.desk.vault.keep(path)
    report = Report("f", "form", kept.sha256, facts.as_dict())
    with office.desk.database.write() as session:
        incoming = Incoming("form", "f", begun_at=HANDED_IN)
        upload = uploads.put_file(session, office.desk, item_id, incoming, Checked(kept, report), now=HANDED_IN)
    with office.desk.database.read() as session:
        stored = session.get_one(Upload, upload.id).likeness
    assert stored == facts.likeness
    assert len(stored) == likeness.SKETCH_VALUES * 8


def test_a_sketch_is_the_same_whatever_stands_between_the_letters() -> None:
    text = "智能产线的质量检测与工艺优化，能耗下降 12%。"
    assert likeness.sketch([text]) == likeness.sketch(["智能产线的，质量 检测与", "工艺优化能耗下降１２"])
    assert likeness.sketch(["短"]) == ""
    assert likeness.share(frozenset(), frozenset()) == 0.0


SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijkl"), max_size=9), max_size=12)


@given(SETS, st.sampled_from([0.3, 0.6, 0.9]))
def test_no_pair_that_shares_enough_is_missed(found: list[frozenset[str]], least: float) -> None:
    sets = dict(enumerate(found))
    offered = set(near.candidates(sets, least=least))
    wanted = {
        (one, other)
        for one, other in combinations(sets, 2)
        if sets[one] and near.jaccard(sets[one], sets[other]) >= least
    }
    assert wanted <= offered


@pytest.mark.slow
def test_thousands_of_texts_are_compared_without_comparing_each_with_each() -> None:
    sets = {
        number: frozenset(
            hashlib.blake2b(f"{number}-{place}".encode(), digest_size=4).hexdigest() for place in range(64)
        )
        for number in range(TEXTS)
    }
    sets[TEXTS] = frozenset(sorted(sets[5])[:40]) | frozenset(sorted(sets[6])[:24])
    offered = list(near.candidates(sets, least=twins.LEAST_OF_TEXTS))
    assert (5, TEXTS) in offered
    assert len(offered) < TEXTS // 5  # of some ten thousand times as many pairs
