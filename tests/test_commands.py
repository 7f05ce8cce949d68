"""Each of the operator's commands on a small founded home: answers, JSON, exit codes, bad input."""

import re
import shutil
import socket
import sqlite3
from pathlib import Path

import icalendar
import pytest
from command_line import run

from cli.main import app
from config.editions_file import shipped_edition

from cast import Office, an_application

BEFORE, OPEN, AFTER = "2024-05-20 09:00", "2024-06-01 10:00", "2024-08-16 00:00"
SHIPPED = shipped_edition("2024").read_text(encoding="utf-8")
COMMANDS = [
    "init", "serve", "demo", "intake", "check", "status", "due", "run-due", "deliver", "doctor", "calendar",
    "export-scores", "recount", "template", "paper", "twins", "rules try", "backup", "restore", "seal-keys",
    "retention show", "retention dry-run",
    "archive case", "archive edition", "archive verify",
    "stage pack", "stage open", "stage serve", "stage follow", "stage take-over", "stage close", "stage return",
    "stage call-off", "stage rehearse", "stage wipe",
    "ledger verify", "edition show", "edition check", "edition adopt", "edition new", "edition add",
    "user add", "user disable", "user list", "user link", "user reset-totp",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")


@pytest.fixture
def home(founded_home: Path, tmp_path: Path) -> Path:
    """A founded home of one's own, with four people of the office."""
    return shutil.copytree(founded_home, tmp_path / "home")


def change(home: Path, statement: str) -> None:
    """What somebody does to the store behind the program's back."""
    with sqlite3.connect(home / "linxuan.db") as store:
        store.execute(statement)
    store.close()


def changed_edition(folder: Path, *pairs: tuple[str, str]) -> Path:
    """The 2024 file with each first string replaced once by the second."""
    text = SHIPPED
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = folder / "changed.toml"
    file.write_text(text, encoding="utf-8")
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestHelp:
    """What the command line says of itself."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_helps_in_chinese_and_english(self, command: str) -> None:
        answer = run(*command.split(), "--help")
        assert answer.code == 0
        assert re.search(r"[\u4e00-\u9fff]{2}.*\| [A-Z][a-z]+", answer.out)

    def test_no_command_is_forgotten_here(self) -> None:
        names = {command.name or command.callback.__name__ for command in app.registered_commands}
        names |= {
            f"{group.name} {command.name or command.callback.__name__}"
            for group in app.registered_groups
            for command in group.typer_instance.registered_commands
        }
        assert names == set(COMMANDS)

    def test_an_unknown_command_is_a_usage_error(self) -> None:
        assert run("nosuch").code == 2


class TestFounding:
    """`linxuan init`, and where the home is."""

    def test_init_founds_a_home_and_says_what_next(self, tmp_path: Path) -> None:
        home = tmp_path / "new"
        answer = run("init", "--lead-name", "高远", "--lead-email", "Lead@Office.example", home=home, now=BEFORE)
        assert answer.code == 0
        assert f"linxuan serve --home {home}" in answer.out
        assert (home / "linxuan.env").stat().st_mode & 0o077 == 0
        assert re.search(r"\n  http://127\.0\.0\.1:8000/signin/setup/\S{40,}\n", answer.out)
        (lead,) = run("user", "list", "--json", home=home).told["users"]
        assert (lead["name"], lead["email"], lead["role"]) == ("高远", "lead@office.example", "lead")

    def test_init_twice_changes_nothing(self, tmp_path: Path) -> None:
        told = [run("init", home=tmp_path / "new", now=now).out for now in (BEFORE, OPEN)]
        secrets = (tmp_path / "new" / "linxuan.env").read_text()
        heads = [run("ledger", "verify", "--json", home=tmp_path / "new").told["head"]]
        run("init", home=tmp_path / "new", now=AFTER)
        heads.append(run("ledger", "verify", "--json", home=tmp_path / "new").told["head"])
        keys = [line for line in told[0].splitlines(keepends=True) if "keys.sealed" in line or "口令" in line]
        assert len(keys) == 3
        assert told[0].replace("".join(keys), "") == told[1]  # the passphrase is shown once
        assert heads[0] == heads[1]
        assert (tmp_path / "new" / "linxuan.env").read_text() == secrets

    @pytest.mark.parametrize("words", [["--lead-name", "高远"], ["--lead-name", "高远", "--lead-email", "lead"]])
    def test_half_a_lead_is_refused_before_anything_is_made(self, tmp_path: Path, words: list[str]) -> None:
        answer = run("init", *words, home=tmp_path / "new", now=BEFORE)
        assert answer.is_refusal(1, "负责人")
        assert not (tmp_path / "new").exists()

    def test_the_home_comes_from_the_option_then_the_environment_then_var(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert run("status", "--json", now=OPEN, LINXUAN_HOME=str(home)).code == 0
        assert run("status", home=home, now=OPEN, LINXUAN_HOME=str(tmp_path / "none")).code == 0
        assert run("status", now=OPEN, LINXUAN_HOME=str(tmp_path / "none")).is_refusal(1, "none", "linxuan init")
        monkeypatch.chdir(tmp_path)
        assert run("status", now=OPEN).is_refusal(1, "var", "linxuan init")
        shutil.copytree(home, tmp_path / "var")
        assert run("status", now=OPEN).code == 0

    @pytest.mark.parametrize("told", ["2024-08-16", "2024-08-16T00:00:00", "tomorrow"])
    def test_an_instant_without_offset_is_refused(self, home: Path, told: str) -> None:
        assert run("status", "--now", told, home=home).is_refusal(1, told)


class TestPeople:
    """`linxuan user`: each change is an event."""

    def test_add_list_and_disable(self, home: Path) -> None:
        before = run("ledger", "verify", "--json", home=home).told["events"]
        added = run("user", "add", "zhao@office.example", "--name", "赵工", "--json", home=home, now=OPEN)
        disabled = run("user", "disable", "ZHAO@office.example", "--json", home=home, now=OPEN)
        assert added.told["role"] == "office"
        assert disabled.told["disabled"] is True
        users = {user["email"]: user["disabled"] for user in run("user", "list", "--json", home=home).told["users"]}
        assert users["zhao@office.example"] is True
        assert users["ren@office.example"] is False
        assert "赵工" in run("user", "list", home=home).out
        assert run("ledger", "verify", "--json", home=home).told["events"] == before + 2

    def test_each_link_to_set_up_an_account_voids_the_one_before(self, home: Path) -> None:
        """A lost letter, a lost telephone: another link, and the old one is no use."""
        links = [
            run("user", *words, "ren@office.example", "--json", home=home, now=OPEN).told["link"]
            for words in (["link"], ["reset-totp"], ["link"])
        ]
        assert len(set(links)) == 3
        with sqlite3.connect(home / "linxuan.db") as store:
            standing = store.execute("SELECT count(*) FROM signinlink WHERE revoked_at IS NULL").fetchone()
        assert standing == (1,)

    @pytest.mark.parametrize("command", ["link", "reset-totp"])
    def test_nobody_gets_a_link_who_is_not_of_the_office(self, home: Path, command: str) -> None:
        assert run("user", command, "nobody@office.example", home=home, now=OPEN).is_refusal(1, "nobody", "user list")

    def test_the_last_lead_stays(self, home: Path) -> None:
        assert run("user", "disable", "ren@office.example", home=home).is_refusal(1, "最后一位", "另一位负责人")
        run("user", "add", "zhao@office.example", "--name", "赵工", "--role", "lead", home=home, now=OPEN)
        assert run("user", "disable", "ren@office.example", home=home, now=OPEN).code == 0

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            (["add", "wang@office.example", "--name", "王二"], "已经属于"),
            (["add", "zhao@office.example", "--name", "赵工", "--role", "king"], "king"),
            (["add", "zhao@", "--name", "赵工"], "邮箱"),
            (["add", "zhao @office.example", "--name", "赵工"], "邮箱"),
            (["add", "zhao@office.example", "--name", " "], "姓名"),
            (["disable", "nobody@office.example"], "nobody"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nobody_is_changed(self, home: Path, words: list[str], named: str) -> None:
        before = run("user", "list", "--json", home=home).told
        assert run("user", *words, home=home, now=OPEN).is_refusal(1, named)
        assert run("user", "list", "--json", home=home).told == before


class TestEdition:
    """`linxuan edition`: what is in force, and how it changes."""

    def test_show_lists_every_fact_with_its_clause(self, home: Path) -> None:
        facts = {fact["key"]: fact for fact in run("edition", "show", "--json", home=home).told["facts"]}
        assert facts["rounds[0].places"] == {
            "key": "rounds[0].places",
            "value": 15,
            "clause": "R98、A28",
            "assumed": False,
        }
        assumed = run("edition", "show", "--assumed", "--json", home=home).told["facts"]
        assert {fact["key"] for fact in assumed} == {key for key, fact in facts.items() if fact["assumed"]}

    def test_check_tells_what_is_assumed(self, tmp_path: Path) -> None:
        told = run("edition", "check", changed_edition(tmp_path), "--json").told
        assert (told["edition"], "announcement.at" in told["assumed"]) == ("2024", True)

    def test_a_changed_file_is_told_and_ignored_until_adopted_with_a_reason(self, home: Path, tmp_path: Path) -> None:
        file = str(changed_edition(tmp_path, ("places = { value = 15", "places = { value = 16")))
        shown = run("edition", "show", "--json", home=home, LINXUAN_EDITION_FILE=file).told
        assert shown["not_adopted"] == ["rounds[0].places"]
        assert {fact["key"]: fact["value"] for fact in shown["facts"]}["rounds[0].places"] == 15
        no_reason = run("edition", "adopt", "--reason", " ", home=home, now=OPEN, LINXUAN_EDITION_FILE=file)
        assert no_reason.is_refusal(1, "--reason")
        adopted = run("edition", "adopt", "--reason", "增加一席", home=home, now=OPEN, LINXUAN_EDITION_FILE=file)
        assert (adopted.code, "rounds[0].places：15 → 16" in adopted.out) == (0, True)
        shown = run("edition", "show", "--json", home=home, LINXUAN_EDITION_FILE=file).told
        assert shown["not_adopted"] == []
        assert {fact["key"]: fact["value"] for fact in shown["facts"]}["rounds[0].places"] == 16
        again = run("edition", "adopt", "--reason", "再来", home=home, now=OPEN, LINXUAN_EDITION_FILE=file)
        assert again.is_refusal(1, "没有差别")

    def test_a_running_stage_keeps_its_facts(self, home: Path, tmp_path: Path) -> None:
        file = changed_edition(tmp_path, ("places = { value = 15", "places = { value = 16"))
        late = run("edition", "adopt", "--reason", "x", "--file", file, home=home, now="2024-09-09 09:00")
        assert late.is_refusal(1, "rounds[0].places")
        early = run("edition", "adopt", "--reason", "x", "--file", file, "--json", home=home, now="2024-09-09 08:59")
        assert early.told["changed"] == ["rounds[0].places"]

    @pytest.mark.parametrize(
        ("old", "new", "key"),
        [
            ("places = { value = 15", "places = { value = 9", "rounds[1].places"),
            ("closes = { value = 2024-08-16", "closes = { value = 2024-05-01", "submission.closes"),
            ("places = { value = 15", "places = { value = 'fifteen'", "rounds[0].places"),
            ("[award]", "[award", "全文"),
        ],
    )
    def test_a_contradiction_names_file_key_and_cure(self, tmp_path: Path, old: str, new: str, key: str) -> None:
        file = changed_edition(tmp_path, (old, new))
        assert run("edition", "check", file).is_refusal(2, str(file), key)


class TestTime:
    """`calendar`, `status`, `due`, `run-due`, `deliver`."""

    def test_the_calendar_file_holds_every_instant_but_the_reminders(self, home: Path, tmp_path: Path) -> None:
        told = run("calendar", "--ics", tmp_path / "year.ics", "--json", home=home).told["deadlines"]
        due = {row["kind"]: row["due_at"] for row in told if not row["kind"].startswith("remind_")}
        calendar = icalendar.Calendar.from_ical((tmp_path / "year.ics").read_bytes())
        events = {str(event["uid"]).partition("@")[0]: event for event in calendar.events}
        assert events.keys() <= due.keys()
        closes = events["submission_closes"]  # an end is shown on its last day, and ends where the next begins
        assert closes.start.isoformat() == "2024-08-15T23:30:00+08:00"
        assert closes.end.isoformat() == due["submission_closes"] == "2024-08-16T00:00:00+08:00"
        assert all(due[kind] in {event.start.isoformat(), event.end.isoformat()} for kind, event in events.items())

    def test_the_calendar_names_the_day_and_needs_no_home(self, tmp_path: Path) -> None:
        answer = run("calendar", home=tmp_path / "none")
        assert (answer.code, (tmp_path / "none").exists()) == (0, False)
        assert "2024-10-12 18:00 周六 调休上班" in answer.out

    def test_a_calendar_file_that_cannot_be_written(self, home: Path, tmp_path: Path) -> None:
        assert run("calendar", "--ics", tmp_path / "none" / "year.ics", home=home).is_refusal(1, "year.ics")

    def test_status_and_due_tell_the_same_overdue(self, home: Path) -> None:
        status = run("status", "--json", home=home, now=OPEN).told
        due = run("due", "--json", home=home, now=OPEN).told
        assert [row["kind"] for row in status["overdue"]] == [row["kind"] for row in due["overdue"]]
        assert [row["kind"] for row in due["overdue"]] == ["submission_opens"]
        assert (due["next"][0]["kind"], len(due["next"])) == ("remind_submission_14", 10)
        assert "到期未办：征集开始" in run("status", home=home, now=OPEN).out

    def test_an_instant_is_due_at_its_very_microsecond(self, home: Path) -> None:
        early = run("due", "--json", home=home, now="2024-05-28 23:59:59.999999").told
        assert early["overdue"] == []
        assert [row["kind"] for row in run("due", "--json", home=home, now="2024-05-29 00:00").told["overdue"]] == [
            "submission_opens"
        ]

    def test_run_due_does_it_once_and_the_letters_go_into_the_mailbox(self, home: Path) -> None:
        first = run("run-due", "--json", home=home, now=OPEN).told["runs"]
        assert [(each["kind"], each["failed"]) for each in first] == [("submission_opens", ""), ("delivery", "")]
        assert first[0]["counts"]["letters"] == first[1]["counts"]["sent"] == len(mailbox(home)) == 15
        assert run("run-due", "--json", home=home, now=OPEN).told == {"runs": []}
        assert run("due", "--json", home=home, now=OPEN).told["overdue"] == []

    def test_run_due_tells_people_in_words(self, home: Path) -> None:
        lines = run("run-due", home=home, now=OPEN).out.splitlines()
        assert lines == ["征集开始：已办。写信 15，未确认事项 26", "信件投递：已办。已发 15"]
        assert run("run-due", home=home, now=OPEN).out == "现在没有到期未办的事。\n"

    def test_deliver_without_a_mail_server_fills_the_mailbox(self, office: Office) -> None:
        an_application(office)
        answer = run("deliver", "--json", home=office.desk.settings.home, now="2024-08-05 12:00")
        assert (answer.code, answer.told["sent"]) == (0, len(mailbox(office.desk.settings.home)))
        assert answer.told["sent"] > 0
        assert run("deliver", "--json", home=office.desk.settings.home, now="2024-08-05 12:00").told["sent"] == 0

    def test_a_mail_server_that_is_not_there_keeps_the_letters(self, office: Office) -> None:
        an_application(office)
        home, gone = office.desk.settings.home, {"LINXUAN_MAIL_HOST": "127.0.0.1", "LINXUAN_MAIL_TLS": "none"}
        gone["LINXUAN_MAIL_PORT"] = str(free_port())
        answer = run("deliver", home=home, now="2024-08-05 12:00", **gone)
        assert (answer.code, "邮件服务器暂时没有接收" in answer.out) == (1, True)
        assert "自动重试" in answer.out
        letters = run("status", "--json", home=home, now="2024-08-05 12:00").told["letters"]
        assert (letters["sent"], letters["waiting"]) == (0, len(office.letters()))
        assert run("deliver", "--json", home=home, now="2024-08-05 14:00").told["sent"] == len(office.letters())


def mailbox(home: Path) -> list[Path]:
    return sorted((home / "mailbox").glob("*.eml"))


class TestHealth:
    """`ledger verify` and `doctor`."""

    def test_a_whole_ledger_is_verified(self, home: Path) -> None:
        answer = run("ledger", "verify", "--json", home=home)
        assert (answer.code, answer.told["verified"], answer.told["faults"]) == (0, True, [])

    def test_a_tampered_ledger_is_told(self, home: Path) -> None:
        change(home, "UPDATE event SET actor = 'clock' WHERE id = 2")
        answer = run("ledger", "verify", "--json", home=home)
        assert (answer.code, answer.told["verified"]) == (1, False)
        assert "核验不一致" in run("ledger", "verify", home=home).out

    def test_a_sound_store_is_healthy(self, home: Path) -> None:
        answer = run("doctor", "--json", home=home, now=BEFORE)
        assert (answer.code, answer.told["healthy"], answer.told["broken"]) == (0, True, [])
        confined = answer.told["readers_confined"]
        assert list(confined) == ["network", "files", "processes"]
        hints = [line for line in run("doctor", home=home, now=BEFORE).out.splitlines() if "子进程" in line]
        assert len(hints) == list(confined.values()).count(False)

    def test_a_broken_store_is_told_with_its_rule(self, office: Office) -> None:
        item_id = an_application(office)
        home = office.desk.settings.home
        change(home, f"UPDATE application SET state = 'finalist' WHERE id = {item_id}")
        answer = run("doctor", "--json", home=home, now="2024-08-06 10:00")
        assert (answer.code, answer.told["healthy"]) == (1, False)
        assert any(item_id in broken["ids"] for broken in answer.told["broken"])
        change(home, f"UPDATE application SET state = 'endorsed' WHERE id = {item_id}")

    def test_a_file_that_is_gone_from_the_vault_is_told(self, office: Office) -> None:
        an_application(office)
        home = office.desk.settings.home
        shutil.move(home / "vault", home / "elsewhere")
        assert run("doctor", home=home, now="2024-08-06 10:00").code == 1
        shutil.rmtree(home / "vault", ignore_errors=True)
        shutil.move(home / "elsewhere", home / "vault")


class TestBadInput:
    """One sentence with the next step, a code that is not 0, nothing half made."""

    def test_an_unknown_edition(self, tmp_path: Path) -> None:
        assert run("init", home=tmp_path / "new", LINXUAN_EDITION="1999").is_refusal(1, "1999", "2024")
        assert not (tmp_path / "new").exists()
        assert run("check", tmp_path, "--edition", "1999").is_refusal(1, "1999")

    def test_a_broken_edition_file(self, tmp_path: Path) -> None:
        file = changed_edition(tmp_path, ("[award]", "[award"))
        answer = run("init", home=tmp_path / "new", LINXUAN_EDITION_FILE=str(file))
        assert answer.is_refusal(2, str(file), "TOML")
        assert not (tmp_path / "new").exists()

    def test_a_store_of_another_version_is_left_alone(self, home: Path) -> None:
        change(home, "UPDATE alembic_version SET version_num = '0099'")
        before = (home / "linxuan.db").read_bytes()
        for command in ("status", "run-due", "doctor", "init"):
            assert run(command, home=home, now=OPEN).is_refusal(4, "0099")
        assert (home / "linxuan.db").read_bytes() == before

    def test_a_file_that_is_no_store(self, home: Path) -> None:
        (home / "linxuan.db").write_bytes(b"no store at all " * 300)
        assert run("status", home=home, now=OPEN).is_refusal(4, "备份")

    @pytest.mark.parametrize("words", [["--port", "{taken}"], ["--port", "0", "--prefect-port", "{taken}"]])
    def test_a_taken_port(self, home: Path, words: list[str]) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            told = [word.format(taken=taken.getsockname()[1]) for word in words]
            assert run("serve", *told, home=home).is_refusal(1, told[-1], told[-2])

    @pytest.mark.parametrize("command", ["status", "run-due", "deliver", "serve", "doctor"])
    def test_a_missing_secret(self, home: Path, command: str) -> None:
        file = home / "linxuan.env"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("LINXUAN_SECRET")]
        file.write_text("\n".join(lines))
        assert run(command, home=home).is_refusal(2, "LINXUAN_SECRET", "linxuan init")

    def test_secrets_that_others_may_read(self, home: Path) -> None:
        (home / "linxuan.env").chmod(0o644)
        assert run("status", home=home, now=OPEN).is_refusal(2, "chmod 600")

    @pytest.mark.parametrize("command", ["status", "run-due", "deliver", "doctor", "due"])
    def test_a_home_that_was_not_founded(self, tmp_path: Path, command: str) -> None:
        assert run(command, home=tmp_path / "none", now=OPEN).is_refusal(1, "linxuan init")
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize("command", ["init", "demo"])
    def test_a_home_that_is_a_file(self, tmp_path: Path, command: str) -> None:
        (tmp_path / "file").write_text("words")
        assert run(command, home=tmp_path / "file").is_refusal(1, "file")
        assert (tmp_path / "file").read_text() == "words"

    def test_a_real_home_is_no_stage(self, home: Path) -> None:
        before = run("ledger", "verify", "--json", home=home).told
        assert run("demo", "--once", home=home).is_refusal(1, "--home")
        assert run("ledger", "verify", "--json", home=home).told == before
