"""The desk 专家与学会: lists, one person, a list from Excel, invitations, erasing, the office's own accounts."""

import re
from io import BytesIO
from pathlib import Path

import pyotp
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from visitors_of import Browser

from office import office_account, person_desk, roster
from office.visitors import Part
from records.tables.person import Officer, Person

from cast import SOCIETY, Office, experts

pytestmark = pytest.mark.slow

NEW = {"name": "钱工", "email": "qian@office.example", "role": "office"}
TOLD = {"name": "专家1", "unit": "评审大学1", "emails": "expert1@experts.example", "fields": "数控机床、机器人"}


def ids(office: Office, kind: person_desk.Kind) -> list[int]:
    with office.desk.database.read() as session:
        return [line.person.id or 0 for line in person_desk.lines(session, office.desk, kind)]


def person(office: Office, person_id: int) -> Person:
    with office.desk.database.read() as session:
        return session.get_one(Person, person_id)


def do(browser: Browser, person_id: int, deed: str, **words: str) -> tuple[int, str]:
    """Send a form of a person's page, with the record that the page shows."""
    page = browser.client.get(f"/people/{person_id}").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    told = {"seen": seen[1]} if seen else {}
    answer = browser.client.post(f"/people/{person_id}/{deed}", data={"form_secret": browser.secret()} | told | words)
    return answer.status_code, answer.text


def book(path: Path, *rows: list[str]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("名单")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def bring(browser: Browser, path: Path) -> str:
    with path.open("rb") as file:
        answer = browser.client.post(
            "/people/import", data={"form_secret": browser.secret(), "kind": "experts"}, files={"list": file}
        )
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_list_is_searched_and_taken_away_as_it_is_shown(office: Office) -> None:
    experts(office, 3)
    wang = Browser(office, Part.OFFICE)
    assert "expert3@experts.example" in wang.client.get("/people").text
    page = wang.client.get("/people?q=expert2", headers={"hx-request": "true"}).text
    assert ("专家2" in page, "专家3" in page, "<html" in page) == (True, False, False)
    answer = wang.client.get("/people/list.xlsx?q=expert2")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows if "experts.example" in str(row[4])] == ["专家2"]
    assert SOCIETY in wang.client.get("/people?kind=societies").text
    assert "任组长" in wang.client.get("/people?kind=officers").text


def test_one_is_changed_with_several_addresses(office: Office) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    wang = Browser(office, Part.OFFICE)
    told = TOLD | {"emails": "New@experts.example\r\nexpert1@experts.example", "officer_of": SOCIETY}
    assert do(wang, expert, "change", **told)[0] == 303
    with office.desk.database.read() as session:
        line = person_desk.line(session, office.desk, expert)
    assert line.emails == ("new@experts.example", "expert1@experts.example")
    assert (line.about, line.officer_of) == ("数控机床,机器人", SOCIETY)


@pytest.mark.parametrize(
    ("words", "told"),
    [({"emails": "不是邮箱"}, "不是一个邮箱地址"), ({"emails": " "}, "没有填写邮箱"), ({"name": ""}, "没有填写姓名")],
)
def test_what_is_wrong_is_said_and_stays_typed(office: Office, words: dict[str, str], told: str) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    status, page = do(Browser(office, Part.OFFICE), expert, "change", **(TOLD | {"unit": "另一所大学"} | words))
    assert (status, told in page, "另一所大学" in page) == (422, True, True)
    assert person(office, expert).unit == "评审大学1"


def test_a_stale_form_shows_both(office: Office) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    wang, lead = Browser(office, Part.OFFICE), Browser(office, Part.LEAD)
    seen = re.search(r'name="seen" value="(\w+)"', wang.client.get(f"/people/{expert}").text)
    assert seen is not None
    assert do(lead, expert, "change", **(TOLD | {"unit": "甲大学"}))[0] == 303
    status, page = do(wang, expert, "change", **(TOLD | {"unit": "乙大学", "seen": seen[1]}))
    assert (status, "甲大学" in page, "乙大学" in page) == (409, True, True)
    assert person(office, expert).unit == "甲大学"


def test_an_invitation_is_sent_reissued_and_revoked(office: Office) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    wang = Browser(office, Part.OFFICE)
    assert do(wang, expert, "invite", until="2024-10-12 18:00")[0] == 303
    assert do(wang, expert, "invite", until="2024-10-12 18:00")[0] == 303
    first, second = (
        str(letter.facts["link"]).partition(":8000")[2] for letter in office.letters("invite_scoring.expert")
    )
    stranger = Browser(office)
    assert stranger.client.get(first).status_code == 410
    assert stranger.client.get(second).status_code == 200
    status, page = do(wang, expert, "invite", until="昨天")
    assert (status, "不是一个时刻" in page, 'value="昨天"' in page) == (422, True, True)
    assert do(wang, expert, "invite", until="2024-01-01 00:00")[0] == 422
    assert do(wang, expert, "revoke")[0] == 303
    assert stranger.client.get(second).status_code == 410
    status, page = do(wang, expert, "revoke")
    assert (status, "没有有效的邀请链接" in page) == (422, True)


def test_a_new_officer_gets_the_link_and_nobody_else_sees_it(office: Office) -> None:
    """A lead who saw it could sign in as the second person of a decision (签发)."""
    lead = Browser(office, Part.LEAD)
    assert lead.client.post("/people/officers", data=NEW | {"form_secret": lead.secret()}).status_code == 303
    new = ids(office, "officers")[-1]
    assert do(Browser(office, Part.OFFICE), new, "set-up")[0] == 403
    assert do(lead, new, "set-up")[0] == 303
    first, second = (
        str(letter.facts["link"]).partition(":8000")[2] for letter in office.letters("set_up.officer")
    )  # fmt: skip
    assert second not in lead.client.get(f"/people/{new}").text
    assert [Browser(office).client.get(link).status_code for link in (first, second)] == [410, 200]
    set_up = office_account.set_up(
        office.desk, second.rpartition("/")[2], "江风 渔火 客船 1357", "江风 渔火 客船 1357",
        pyotp.TOTP(office_account.offered_secret(office.desk, second.rpartition("/")[2])).at(lead.now), now=lead.now,
    )  # fmt: skip
    assert set_up
    status, page = do(lead, new, "set-up")
    assert (status, "这个账户已经启用。" in page) == (422, True)


def test_only_the_lead_erases_and_types_the_name(office: Office) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    assert do(Browser(office, Part.OFFICE), expert, "erase", confirmation="专家1")[0] == 403
    lead = Browser(office, Part.LEAD)
    status, page = do(lead, expert, "erase", confirmation="专家2")
    assert (status, "输入的姓名不符" in page) == (422, True)
    assert do(lead, expert, "erase", confirmation="专家1")[0] == 303
    assert person(office, expert).erased_at is not None
    assert ids(office, "experts") == []


def test_an_excel_list_is_looked_at_and_then_taken(office: Office, tmp_path: Path) -> None:
    wang = Browser(office, Part.OFFICE)
    page = bring(wang, book(tmp_path / "a.xlsx", ["姓名", "工作单位", "邮箱"], ["王一", "清华大学", "wang1@x.example"]))
    assert "新增 1 行" in page
    assert ids(office, "experts") == []
    kept = dict(re.findall(r'name="(sha256|digest)" value="(\w+)"', page))
    answer = wang.client.post("/people/import/take", data={"form_secret": wang.secret(), "kind": "experts"} | kept)
    assert answer.status_code == 303
    assert len(ids(office, "experts")) == 1


def test_one_wrong_row_keeps_the_whole_list_out(office: Office, tmp_path: Path) -> None:
    wang = Browser(office, Part.OFFICE)
    page = bring(wang, book(tmp_path / "a.xlsx", ["姓名", "邮箱"], ["王一", "wang1@x.example"], ["李二", "不是邮箱"]))
    assert "还不能导入" in page
    assert "/people/import/take" not in page
    assert "不是一个邮箱地址" in page


def test_the_template_has_the_headings_that_are_understood(office: Office) -> None:
    answer = Browser(office, Part.OFFICE).client.get("/people/template.xlsx?kind=societies")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [names[0] for names in roster.HEADINGS["societies"].values()] in [
        [word for word in row if word] for row in rows
    ]


def test_the_lead_adds_and_disables_officers(office: Office) -> None:
    lead = Browser(office, Part.LEAD)
    form = {"form_secret": lead.secret(), "name": "赵工", "email": "zhao@office.example", "role": "office"}
    assert lead.client.post("/people/officers", data=form | {"email": "zhao"}).status_code == 422
    assert lead.client.post("/people/officers", data=form).status_code == 303
    newest = ids(office, "officers")[-1]
    assert person(office, newest).name == "赵工"
    status, page = do(lead, newest, "erase", confirmation="赵工")
    assert (status, "请先停用" in page) == (422, True)
    assert do(lead, newest, "disable")[0] == 303
    assert do(Browser(office, Part.OFFICE), newest, "change", **TOLD)[0] == 403
    with office.desk.database.read() as session:
        assert session.get_one(Officer, office.wang).disabled_at is None


def test_the_last_lead_stays(office: Office) -> None:
    lead = Browser(office, Part.LEAD)
    with office.desk.database.read() as session:
        me = session.get_one(Officer, office.ren).person_id
    status, page = do(lead, me, "disable")
    assert (status, "最后一位办公室负责人" in page) == (422, True)


def test_the_lead_passes_an_invitation_on_in_a_chat(office: Office) -> None:
    """Shown once, with its square code; links before it are void, and who took it out and why is kept."""
    experts(office, 1)
    (person_id,) = ids(office, "experts")
    ren, wang = Browser(office, Part.LEAD), Browser(office, Part.OFFICE)
    told = {"until": "2024-10-12 18:00", "reason": "信件被拦截，秘书要求微信发送"}
    assert do(wang, person_id, "share", **told)[0] == 403
    for bad, said in (
        ({"reason": " "}, "没有写明"),
        ({"until": "2024-01-01 00:00"}, "已经过去"),
        ({"until": "x"}, "不是一个时刻"),
    ):
        status, page = do(ren, person_id, "share", **told | bad)
        assert (status, said in page) == (422, True)
    status, page = do(ren, person_id, "share", **told)
    links = re.findall(r"https?://[^\s<\"]+/signin/invited/[\w-]+", page)
    assert (status, len(set(links)), "复制微信文字" in page, 'class="square"' in page) == (200, 1, True, True)
    again = do(ren, person_id, "share", **told)[1]
    assert links[0] not in again
    guest = Browser(office)
    assert guest.client.get(links[0].partition("8000")[2]).status_code != 200
    assert links[0].rpartition("/")[2] not in ren.client.get(f"/people/{person_id}").text
    assert "取出邀请链接" in ren.client.get("/ledger").text


def test_the_lead_makes_an_officer_something_else(office: Office) -> None:
    """With a reason, from the next click on, and never over somebody else's change."""
    ren, wang = Browser(office, Part.LEAD), Browser(office, Part.OFFICE)
    with office.desk.database.read() as session:
        person_id = session.get_one(Officer, office.wang).person_id
    to_reader = {"role": "supervisor", "seen": "office"}
    assert do(wang, person_id, "role", **to_reader, reason="x")[0] == 403
    status, page = do(ren, person_id, "role", **to_reader, reason=" ")
    assert (status, "没有写明理由" in page, 'value="supervisor" selected' in page) == (422, True, True)
    assert do(ren, person_id, "role", **to_reader, reason="转任监督")[0] == 303
    assert wang.client.get("/people").status_code == 200
    assert wang.client.post("/people/officers", data={"form_secret": wang.secret()}).status_code == 403
    assert do(ren, person_id, "role", role="lead", seen="office", reason="晚到")[0] == 409
    assert do(ren, person_id, "role", role="queen", seen="supervisor", reason="x")[0] == 422


def test_the_last_lead_cannot_become_anything_else(office: Office) -> None:
    ren = Browser(office, Part.LEAD)
    with office.desk.database.read() as session:
        rens, wangs = (session.get_one(Officer, each).person_id for each in (office.ren, office.wang))
    own = {"role": "office", "seen": "lead", "reason": "交班"}
    status, page = do(ren, rens, "role", **own)
    assert (status, "最后一位办公室负责人" in page) == (422, True)
    assert do(ren, wangs, "role", role="lead", seen="office", reason="接班")[0] == 303
    assert do(ren, rens, "role", **own)[0] == 303
    assert do(ren, wangs, "role", role="office", seen="lead", reason="x")[0] == 403, "no lead any more"


def test_a_supervisor_reads_and_changes_nothing(office: Office) -> None:
    experts(office, 1)
    (expert,) = ids(office, "experts")
    supervisor = Browser(office, Part.SUPERVISOR)
    page = supervisor.client.get(f"/people/{expert}").text
    assert ("expert1@experts.example" in page, "<textarea" in page) == (True, False)
    assert do(supervisor, expert, "change", **TOLD)[0] == 403
