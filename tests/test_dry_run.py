"""A changed rule is tried on everything that is held and changes nothing (second list, row 18)."""

import json
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from cli import specimens
from cli.main import main
from config.edition import Edition, Slot
from config.editions_file import load_edition, shipped_edition
from config.refusal import Refusal
from config.trial import trial
from config.workdays import Workdays
from documents.checks import check_file
from documents.findings import Declared, Report, Verdict
from documents.judged import restored
from documents.recommendation import FormFacts, read
from office import corrections, dry_run, uploads
from office.dry_run import Outcome
from office.uploads import Checked, Incoming
from records.tables.application import Upload
from records.tables.event import Event

from cast import HANDED_IN, Office, a_draft, put

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
WORKDAYS = Workdays()
CHECK = partial(check_file, in_child=False)


def checked(
    path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, sha256: str | None = None
) -> Report:
    return check_file(path, slot=slot, edition=edition, declared=declared, in_child=False)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("forms")
    found = {}
    for words in (4_400, 4_600, 5_050):
        found[words] = folder / f"{words}.docx"
        specimens.write_form(
            found[words], edition=EDITION, title=f"项目{words}", unit="甲", endorser="中国纺织工程学会", words=words
        )
    return found


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "video.mp4"
    specimens.write_video(path, seconds=12)
    return path


def put_real(office: Office, item_id: int, slot: str, path: Path) -> None:
    kept = office.desk.vault.keep(path)
    item = office.found(item_id)
    declared = Declared(item.title, item.unit, "中国纺织工程学会", "society")
    report = CHECK(path, slot=EDITION.slot(slot), edition=EDITION, declared=declared)
    uploads.keep_pictures(office.desk, report)
    with office.desk.database.write() as session:
        incoming = Incoming(slot, path.name, begun_at=HANDED_IN)
        uploads.put_file(session, office.desk, item_id, incoming, Checked(kept, report), now=HANDED_IN)


@pytest.fixture
def three(office: Office, forms: dict[int, Path]) -> dict[int, str]:
    """Three applications by the length of their form, with their numbers."""
    numbers = {}
    for words, path in forms.items():
        item_id = a_draft(office, f"第{words}", title=f"项目{words}", unit="甲")
        put_real(office, item_id, "form", path)
        numbers[words] = office.found(item_id).number
    return numbers


def tried(office: Office, *changes: str) -> Outcome:
    return dry_run.try_rules(office.desk, changes, check=checked)


def rows(office: Office) -> tuple[int, int]:
    with office.desk.database.read() as session:
        return session.exec(select(func.count()).select_from(Event)).one(), session.exec(
            select(func.count()).select_from(Upload)
        ).one()


def test_who_would_fail_is_named_and_no_file_is_read_for_it(office: Office, three: dict[int, str]) -> None:
    before = rows(office)
    found = tried(office, "form.words_limit=4200", "form.words_green_to=4100", "form.words_look_to=4500")
    assert found.failing == (three[4_600], three[5_050])
    assert found.looked_at == (three[4_400],)
    assert (found.applications, found.files, found.read_again) == (3, 9, 0)
    assert found.sentence.startswith(
        f"2 项将不通过：{three[4_600]}、{three[5_050]}；1 项的结论有其他变化：{three[4_400]}"
    )
    (line,) = [each for each in found.differences if each.number == three[4_600]]
    assert line.before is not None
    assert line.after is not None
    assert (line.rule, line.before.verdict, line.after.verdict) == ("form.words", Verdict.GREEN, Verdict.RED)
    assert "上限 4200 字" in line.after.evidence
    assert line.place == "文件1 推荐表 4600.docx"
    assert rows(office) == before


def test_a_rule_made_milder_says_who_would_be_helped(office: Office, forms: dict[int, Path], tmp_path: Path) -> None:
    path = tmp_path / "long.docx"
    specimens.write_form(path, edition=EDITION, title="长", unit="甲", endorser="中国纺织工程学会", words=5_300)
    item_id = a_draft(office, title="长", unit="甲")
    put_real(office, item_id, "form", path)
    found = tried(office, "form.words_look_to=5400")
    assert (found.failing, found.healing) == ((), (office.found(item_id).number,))


def test_a_contradicting_trial_runs_and_says_so(office: Office, three: dict[int, str]) -> None:
    found = tried(office, "form.words_limit=4500")
    assert found.looked_at == (three[4_600],)
    assert "次序不对" in found.warnings[0]


def test_the_same_rule_changes_nothing(office: Office, three: dict[int, str]) -> None:
    found = tried(office, "form.words_limit=5000")
    assert (found.differences, found.read_again) == ((), 0)
    assert found.sentence.startswith("没有一项的结论会改变")


def test_a_film_is_judged_from_its_facts(office: Office, film: Path) -> None:
    item_id = a_draft(office)
    put_real(office, item_id, "video", film)
    assert tried(office, "video.seconds_limit=10.5").failing == (office.found(item_id).number,)
    assert tried(office, "video.seconds_limit=11.5").failing == ()
    assert tried(office, "video.seconds_limit=600").read_again == 0


def test_the_size_of_any_file_can_be_tried(office: Office, film: Path) -> None:
    item_id = a_draft(office)
    put_real(office, item_id, "video", film)
    with office.desk.database.write() as session:
        file = session.exec(select(Upload).where(Upload.name == film.name)).one()
        file.size = 3 << 20
    assert tried(office, "slots[video].max_megabytes=2").failing == (office.found(item_id).number,)
    assert tried(office, "slots[1].max_megabytes=4").failing == ()


def test_what_the_facts_do_not_tell_is_read_again(office: Office, three: dict[int, str]) -> None:
    found = tried(office, 'form.secrecy_words=["的"]')
    assert found.read_again == 3
    assert {each.rule for each in found.differences} == {"form.secrecy"}
    assert set(found.looked_at) == set(three.values())


def test_facts_of_an_older_reader_are_not_trusted(office: Office, three: dict[int, str]) -> None:
    with office.desk.database.write() as session:
        for file in session.exec(select(Upload).where(Upload.slot == "form", col(Upload.superseded_at).is_(None))):
            facts = {key: value for key, value in file.report["facts"].items() if key != "words"}
            file.report = file.report | {"facts": facts}
            session.add(file)
    found = tried(office, "form.words_limit=4200", "form.words_green_to=4100", "form.words_look_to=4500")
    assert found.read_again == 3
    assert found.failing == (three[4_600], three[5_050])


def test_withdrawn_applications_stay_out(office: Office, three: dict[int, str]) -> None:
    with office.desk.database.read() as session:
        (id_,) = [file.application_id for file in session.exec(select(Upload).where(Upload.name == "4600.docx"))]
    with office.desk.database.write() as session:
        corrections.withdraw_by_applicant(session, office.desk, id_, now=HANDED_IN)
    assert tried(office, "form.words_look_to=4500", "form.words_limit=4500").failing == (three[5_050],)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("form.word_limit=4500", "没有“form.word_limit”这一项"),
        ("form", "不是一项改动"),
        ("form=", "不是一项改动"),
        ("=3", "没有“”这一项"),
        ("form=3", "没有“form”这一项"),
        ("form.words_limit=viele", "类型不对"),
        ("form.words_limit=4500.5", "类型不对"),
        ("video.seconds_limit=-1", "超出范围"),
        ("slots[9].max_megabytes=1", "没有“slots[9].max_megabytes”这一项"),
        ("slots[form].max_megabytes=0", "超出范围"),
        ("notice.days=3", "与文件检查无关"),
        ("slots[form].required=false", "与文件检查无关"),
        ("form.words_limit.x=1", "没有“form.words_limit.x”这一项"),
    ],
)
def test_a_wrong_change_is_a_sentence(office: Office, change: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        tried(office, change)
    assert words in refused.value.sentence
    assert refused.value.next_step


def test_an_edition_that_nothing_is_changed_in_stays_as_it_is() -> None:
    same = trial(EDITION, [], workdays=WORKDAYS)
    assert (same.edition, same.changed, same.warnings) == (EDITION, (), ())
    one = trial(EDITION, ["slots[form].max_megabytes=7", "form.secrecy_words=['甲']"], workdays=WORKDAYS)
    assert one.edition.slot("form").max_megabytes == 7
    assert str(one.changed[0]) == "slots[0].max_megabytes：20 → 7"
    assert EDITION.slot("form").max_megabytes == 20


def test_facts_come_back_from_their_json_as_they_were(forms: dict[int, Path]) -> None:
    assert EDITION.form is not None
    facts = read(forms[4_400], EDITION.form)
    assert restored(FormFacts, json.loads(json.dumps(facts.as_dict()))) == facts


def test_the_command_answers_in_words_and_in_json(
    office: Office, three: dict[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(office.desk.settings.home)
    with pytest.raises(SystemExit):
        main(["rules", "try", "form.words_look_to=4500", "form.words_limit=4500", "--home", home])
    words = capsys.readouterr().out
    assert f"2 项将不通过：{three[4_600]}、{three[5_050]}" in words
    with pytest.raises(SystemExit):
        main(["rules", "try", "form.words_look_to=4500", "form.words_limit=4500", "--home", home, "--json"])
    assert json.loads(capsys.readouterr().out)["failing"] == [three[4_600], three[5_050]]
    with pytest.raises(SystemExit):
        main(["rules"])
    assert "form.words " in capsys.readouterr().out


def test_files_without_a_report_are_passed_over(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "form")
    with office.desk.database.write() as session:
        for file in session.exec(select(Upload)):
            file.report = {}
            session.add(file)
    assert tried(office, "form.words_limit=1").files == 0
