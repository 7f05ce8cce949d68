"""The settings of a machine: defaults, the file under the environment, and what start refuses."""

import os
import stat
from pathlib import Path

import pytest

from config.refusal import BadConfiguration
from config.settings import ENV_FILE, Settings, read_env_file, write_env_file

GOOD_SECRET = "mT4kQ9vL2xR7pW1zB6nH3cJ8sD5fG0yA"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LINXUAN_")]:
        monkeypatch.delenv(name)


def refusal_of(home: Path) -> BadConfiguration:
    with pytest.raises(BadConfiguration) as caught:
        Settings.for_home(home)
    assert caught.value.next_step.endswith("。")
    return caught.value


def test_a_bare_machine_has_everything_in_its_home(tmp_path: Path) -> None:
    settings = Settings.for_home(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/linxuan.db"
    assert (settings.vault, settings.mailbox) == (tmp_path / "vault", tmp_path / "mailbox")
    assert (settings.mail_host, settings.mail_tls, settings.mail_port) == (None, "starttls", 587)
    assert (settings.edition, settings.public_url) == ("2024", "http://127.0.0.1:8000")


def test_the_home_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINXUAN_HOME", str(tmp_path / "here"))
    assert Settings.from_environment().home == tmp_path / "here"
    monkeypatch.delenv("LINXUAN_HOME")
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment().home == tmp_path / "var"


def test_the_environment_goes_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_env_file(tmp_path, {"edition": "2025", "mail_host": "smtp.example.cn", "mail_from": "office@example.cn"})
    monkeypatch.setenv("LINXUAN_EDITION", "2026")
    monkeypatch.setenv("LINXUAN_MAIL_HOST", "")  # an empty one is none
    settings = Settings.for_home(tmp_path)
    assert (settings.edition, settings.mail_host) == ("2026", "smtp.example.cn")


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("implicit", 465), ("none", 25)])
def test_the_port_follows_the_kind_of_tls(tmp_path: Path, tls: str, port: int) -> None:
    write_env_file(tmp_path, {"mail_tls": tls})
    assert Settings.for_home(tmp_path).mail_port == port


def test_an_address_loses_its_last_slash(tmp_path: Path) -> None:
    write_env_file(tmp_path, {"public_url": "https://award.example.cn/"})
    assert Settings.for_home(tmp_path).public_url == "https://award.example.cn"


class TestTheFile:
    """The file linxuan.env in the home folder."""

    def test_only_its_owner_reads_it_and_nothing_in_it_is_expanded(self, tmp_path: Path) -> None:
        path = write_env_file(tmp_path / "new", {"secret": "a$HOME${b}'\"#=c", "mail_user": "u"})
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_env_file(tmp_path / "new") == {"secret": "a$HOME${b}'\"#=c", "mail_user": "u"}
        assert [path.name for path in (tmp_path / "new").iterdir()] == [ENV_FILE]

    def test_writing_again_keeps_what_was_there(self, tmp_path: Path) -> None:
        write_env_file(tmp_path, {"edition": "2024", "mail_user": "u"})
        write_env_file(tmp_path, {"mail_user": "v"})
        assert read_env_file(tmp_path) == {"edition": "2024", "mail_user": "v"}

    def test_a_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        write_env_file(tmp_path, {"edition": "2024"}).chmod(0o640)
        assert "chmod 600" in refusal_of(tmp_path).next_step

    @pytest.mark.parametrize(
        ("text", "key", "cure"),
        [
            ("LINXUAN_EDITION", "第 1 行", "LINXUAN_MAIL_HOST="),
            ("# 注\n\nLINXUAN_MIAL_HOST=x", "LINXUAN_MIAL_HOST", "LINXUAN_MAIL_HOST"),
            ("LINXUAN_HOME=/elsewhere", "LINXUAN_HOME", "删去"),
        ],
    )
    def test_a_line_that_is_none_is_told(self, tmp_path: Path, text: str, key: str, cure: str) -> None:
        (tmp_path / ENV_FILE).write_text(text, encoding="utf-8")
        (tmp_path / ENV_FILE).chmod(0o600)
        refusal = refusal_of(tmp_path)
        assert refusal.key == key
        assert cure in refusal.next_step

    @pytest.mark.parametrize("values", [{"secret": "a\nLINXUAN_EDITION=1999"}, {"secret": " a"}, {"sekret": "a"}])
    def test_a_value_of_two_lines_or_an_unknown_name_is_not_written(
        self, tmp_path: Path, values: dict[str, str]
    ) -> None:
        with pytest.raises(BadConfiguration):
            write_env_file(tmp_path, values)
        assert list(tmp_path.iterdir()) == []


class TestWhatStartRefuses:
    """Values that contradict themselves."""

    @pytest.mark.parametrize(
        ("values", "key"),
        [
            ({"mail_port": "smtp"}, "LINXUAN_MAIL_PORT"),
            ({"mail_port": "70000"}, "LINXUAN_MAIL_PORT"),
            ({"mail_connections": "0"}, "LINXUAN_MAIL_CONNECTIONS"),
            ({"mail_tls": "maybe"}, "LINXUAN_MAIL_TLS"),
            ({"mail_tls": "none", "mail_host": "smtp.example.cn", "mail_from": "o@example.cn"}, "LINXUAN_MAIL_TLS"),
            ({"mail_user": "office"}, "LINXUAN_MAIL_PASSWORD"),
            ({"mail_password": "x"}, "LINXUAN_MAIL_USER"),
            ({"mail_host": "smtp.example.cn"}, "LINXUAN_MAIL_FROM"),
            ({"mail_from": "office"}, "LINXUAN_MAIL_FROM"),
            ({"mail_reply_to": "a@b, c@d"}, "LINXUAN_MAIL_REPLY_TO"),
            ({"database_url": "mysql://x"}, "LINXUAN_DATABASE_URL"),
            ({"public_url": "award.example.cn"}, "LINXUAN_PUBLIC_URL"),
            ({"public_url": "http://award.example.cn"}, "LINXUAN_PUBLIC_URL"),
            ({"prefect_api_url": "http://10.0.0.2:4200/api"}, "LINXUAN_PREFECT_API_URL"),
        ],
    )
    def test_each_bad_value_names_its_variable(self, tmp_path: Path, values: dict[str, str], key: str) -> None:
        write_env_file(tmp_path, values)
        refusal = refusal_of(tmp_path)
        assert refusal.key == key
        assert ENV_FILE in refusal.file

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
    def test_mail_in_clear_stays_on_this_machine(self, tmp_path: Path, host: str) -> None:
        write_env_file(tmp_path, {"mail_tls": "none", "mail_host": host})
        assert Settings.for_home(tmp_path).mail_host == host

    def test_no_refusal_shows_a_secret(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINXUAN_SECRET", GOOD_SECRET)
        monkeypatch.setenv("LINXUAN_DATABASE_URL", "postgresql://u:hunter2@db/x")
        assert GOOD_SECRET not in repr(Settings.for_home(tmp_path))
        assert "hunter2" not in repr(Settings.for_home(tmp_path))
        monkeypatch.setenv("LINXUAN_MAIL_PORT", "x")
        refusal = refusal_of(tmp_path)
        assert GOOD_SECRET not in f"{refusal} {refusal.__cause__}"
        assert "hunter2" not in f"{refusal} {refusal.__cause__}"


class TestTheSecret:
    """What signs links and sessions."""

    def test_a_long_random_one_is_given_out(self, tmp_path: Path) -> None:
        write_env_file(tmp_path, {"secret": GOOD_SECRET})
        assert Settings.for_home(tmp_path).require_secret() == GOOD_SECRET

    @pytest.mark.parametrize(
        ("secret", "why"),
        [
            (None, "没有设置密钥"),
            ("secret", "默认密钥"),
            ("ChangeMe123", "默认密钥"),
            (GOOD_SECRET[:31], "只有 31 位"),
            ("ab" * 20, "重复"),
        ],
    )
    def test_a_missing_known_or_short_one_is_refused(self, tmp_path: Path, secret: str | None, why: str) -> None:
        if secret:
            write_env_file(tmp_path, {"secret": secret})
        with pytest.raises(BadConfiguration, match=why) as caught:
            Settings.for_home(tmp_path).require_secret()
        assert caught.value.key == "LINXUAN_SECRET"
        assert "linxuan init" in caught.value.next_step
