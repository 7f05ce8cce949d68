"""Several people of a unit work on its applications: invited by letter, seen, named in the history, ended again."""

import pytest
from sqlmodel import col, select
from visitors_of import Browser, of_jia

from office import endorsement, history, people
from office.visitors import Part
from records.tables.application import Application
from records.tables.colleague import Colleague
from records.tables.typed_words import TypedWords
from states.facts import State

from cast import HANDED_IN, SOCIETY, Office, a_draft, files

pytestmark = pytest.mark.slow

LI = "li@unit.example"


def post(browser: Browser, path: str, **told: object):
    return browser.client.post(path, data={"form_secret": browser.secret()} | told)


def invite(browser: Browser, number: str, *, role: str = "filler", name: str = "李工", email: str = LI):
    return post(browser, f"/mine/{number}/people", colleague=name, address=email, role=role)


def join(office: Office) -> Browser:
    """The one who was invited last, having pressed the button behind the letter's link."""
    link = office.letters("invite_colleague.applicant")[-1].facts["link"]
    browser = Browser(office)
    path = link[link.index("/", 8) :]
    assert "接受邀请" in browser.client.get(path).text
    answer = browser.client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    return browser


def jias(office: Office) -> tuple[Browser, Application]:
    item = office.found(a_draft(office))
    return Browser(office, Part.APPLICANT), item


def test_a_colleague_fills_in_and_is_named_but_does_not_hand_in(office: Office) -> None:
    """Row 16."""
    jia, item = jias(office)
    assert invite(jia, item.number).status_code == 303
    assert "已邀请，尚未接受" in jia.client.get(f"/mine/{item.number}").text
    li = join(office)
    page = li.client.get(f"/mine/{item.number}").text
    assert ("提交申报</button>" in page, "撤回申报" in page) == (False, False)
    told = {"case_partners": "丁单位", "was_partners": ""}
    assert post(li, f"/mine/{item.number}/draft", **told).status_code == 303
    assert li.client.get(f"/files/{files(office, item.id or 0)['video']}").status_code == 200
    for deed in ("submit", "withdraw", "people"):
        refused = post(li, f"/mine/{item.number}/{deed}", colleague="某", address="x@y.example", role="filler")
        assert (refused.status_code, "应由联系人或单位管理员办理" in refused.text) == (403, True)
    assert office.found(1).state == State.DRAFT
    with office.desk.database.read() as session:
        done = {step.what: step.who for step in history.for_office(session, office.desk, 1)}
    assert done["更改登记信息"] == "申报单位 · 李工"
    assert done["邀请同事"] == "申报单位 · 甲联系人"
    assert "· 李工" in jia.client.get(f"/mine/{item.number}").text


def test_an_administrator_of_the_unit_has_all_of_a_contacts_applications(office: Office) -> None:
    jia, item = jias(office)
    invite(jia, item.number, role="admin")
    li = join(office)
    later = office.found(a_draft(office, title="甲的另一个项目"))
    others = office.found(a_draft(office, "乙"))
    page = li.client.get("/mine").text
    assert [each.number in page for each in (item, later, others)] == [True, True, False]
    assert post(li, f"/mine/{later.number}/submit").status_code == 303
    assert office.found(later.id or 0).state == State.SUBMITTED
    assert li.client.get(f"/mine/{others.number}").status_code == 404
    assert invite(li, item.number, role="admin", email="x@y.example").status_code == 403


def test_who_is_removed_sees_nothing_any_more(office: Office) -> None:
    jia, item = jias(office)
    invite(jia, item.number)
    li = join(office)
    assert post(jia, f"/mine/{item.number}/people/1/remove").status_code == 303
    assert li.client.get(f"/mine/{item.number}").status_code == 404
    assert "李工" not in jia.client.get(f"/mine/{item.number}").text.partition('id="changes"')[0]
    assert post(jia, f"/mine/{item.number}/people/1/remove").status_code == 422


def test_a_link_is_void_once_used_replaced_or_too_old(office: Office) -> None:
    jia, item = jias(office)
    invite(jia, item.number)
    first = office.letters("invite_colleague.applicant")[0].facts["link"].partition("/join")[2]
    jia.later(hours=1)
    assert invite(jia, item.number).status_code == 303
    assert "被新的邀请取代" in Browser(office).client.get(f"/join{first}").text
    second = office.letters("invite_colleague.applicant")[-1].facts["link"].partition("/join")[2]
    late = Browser(office, now=office.desk.edition.submission.closes)
    assert late.client.post(f"/join{second}").status_code == 410
    join(office)
    again = Browser(office).client.post(f"/join{second}")
    assert (again.status_code, "已经接受了这个邀请" in again.text) == (410, True)
    assert Browser(office).client.get("/join/nothing").status_code == 410


def test_the_link_stands_in_the_colleagues_letter_alone(office: Office) -> None:
    """Whoever holds it is signed in under the address that was invited."""
    jia, item = jias(office)
    page = invite(jia, item.number)
    (letter,) = office.letters("invite_colleague.applicant")
    token = letter.facts["link"].rpartition("/")[2]
    assert letter.email == LI
    shown = [page.text, jia.client.get(f"/mine/{item.number}").text]
    shown.append(jia.client.get(f"/mine/{item.number}/letters/{letter.id}").text)
    assert [token in text for text in shown] == [False, False, False]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "不是邮箱"}, "姓名或邮箱不完整"),
        ({"name": " "}, "姓名或邮箱不完整"),
        ({"role": "chief"}, "没有选择请对方做什么"),
        ({"email": of_jia()}, "这是联系人自己的邮箱"),
    ],
)
def test_an_invitation_that_cannot_be_sent_keeps_what_was_typed(
    office: Office, wrong: dict[str, str], said: str
) -> None:
    jia, item = jias(office)
    refused = invite(jia, item.number, **({"name": "李工", "email": LI} | wrong))
    assert (refused.status_code, said in refused.text) == (422, True)
    assert (wrong.get("email") or LI) in refused.text
    assert office.letters("invite_colleague.applicant") == []


def test_who_is_erased_leaves_neither_a_seat_nor_what_was_typed(office: Office) -> None:
    jia, item = jias(office)
    invite(jia, item.number)
    li = join(office)
    form = {"case_title": "", "was_title": item.title}
    assert post(jia, f"/mine/{item.number}/draft", **form).status_code == 422
    with office.desk.database.write() as session:
        colleague = session.exec(select(Colleague)).one()
        people.erase_person(session, office.desk.key, colleague.person_id, by=office.ren, now=HANDED_IN)
    assert li.client.get(f"/mine/{item.number}").status_code == 401
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, item.contact_id, by=office.ren, now=HANDED_IN)
        assert session.exec(select(TypedWords)).all() == []
        assert session.exec(select(Colleague).where(col(Colleague.removed_at).is_(None))).all() == []


def test_a_colleague_becomes_the_contact(office: Office) -> None:
    """Letters go to an address that was proved; the former contact still works on the application."""
    jia, item = jias(office)
    invite(jia, item.number)
    assert post(jia, f"/mine/{item.number}/people/1/contact").status_code == 422
    li = join(office)
    assert post(jia, f"/mine/{item.number}/people/1/contact").status_code == 303
    assert "设为联系人" not in jia.client.get(f"/mine/{item.number}").text
    assert post(jia, f"/mine/{item.number}/submit").status_code == 403
    assert post(li, f"/mine/{item.number}/submit").status_code == 303
    assert [letter.email for letter in office.letters("submit.applicant")] == [LI]
    with office.desk.database.read() as session:
        assert endorsement.society_endorser(session, office.desk, SOCIETY).id == office.found(1).endorser_id
    assert office.found(1).state_since == HANDED_IN
