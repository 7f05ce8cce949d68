"""Proves the notice, objections and the result as the public and the members see them (R27, R112–R115, A16, A17)."""

import hashlib
import io
from dataclasses import replace
from datetime import datetime, timedelta

import pypdfium2
import pytest
from contest import ANNOUNCED, CLOSES, POSTED, Contest
from PIL import Image
from sqlmodel import select
from visitors_of import Browser

from office import notice, notice_link, objections
from office.visitors import Part
from records.tables.decision import Objection, ObjectionFile
from states.refusals import NotAllowed

from cast import Office

pytestmark = pytest.mark.slow

IN_TIME = POSTED + timedelta(days=2)
NAME = "骆闻达"
INSTANT = timedelta(microseconds=1)


def opened(office: Office) -> Office:
    """The same office in an edition whose notice everybody may read (A16)."""
    desk = office.desk
    rules = desk.edition.notice.model_copy(update={"public_page": True})
    return replace(office, desk=replace(desk, loaded=replace(desk.loaded, edition=desk.edition.model_copy(
        update={"notice": rules}))))  # fmt: skip


def at(contest: Contest, now: datetime = IN_TIME, *, public: bool = True) -> Browser:
    return Browser(opened(contest.office) if public else contest.office, now=now)


def pdf() -> bytes:
    file = io.BytesIO()
    made = pypdfium2.PdfDocument.new()
    made.new_page(595, 842)
    made.save(file)
    made.close()
    return file.getvalue()


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(file, kind)
    return file.getvalue()


def form(about: int, **changed: str) -> dict[str, str]:
    told = {
        "item": str(about), "body": "person", "name": NAME, "unit": "", "phone": "13900000000",
        "email": "luo@objectors.example", "ground": "知识产权", "statement": "核心专利权属已判归他人。",
        "own": "yes",
    }  # fmt: skip
    return told | changed


def send(browser: Browser, about: int, *, proof: bytes | None = None, file: str = "证据.pdf", **changed: str):
    files = {"proof": (file, pdf() if proof is None else proof)} if proof != b"none" else None
    data = {"form_secret": browser.secret()} | form(about, **changed)
    return browser.client.post("/objection", data=data, files=files)


def cases(contest: Contest) -> list[Objection]:
    with contest.office.desk.database.read() as session:
        return list(session.exec(select(Objection)))


def files(contest: Contest) -> list[ObjectionFile]:
    with contest.office.desk.database.read() as session:
        return list(session.exec(select(ObjectionFile)))


# --- the notice -----------------------------------------------------------------------------------------------------


def test_members_read_by_their_link_what_is_not_for_everybody(selected: Contest) -> None:
    """R112, A16: 2024 keeps its notice inside; the letter to the societies carries the address."""
    selected.post()
    browser = at(selected, public=False)
    assert browser.client.get("/notice").status_code == 404
    assert browser.client.get("/objection").status_code == 404
    token = notice_link.token(selected.office.desk)
    page = browser.client.get(f"/notice/{token}").text
    assert f'href="/notice/{token}/objection"' in page
    assert browser.client.get(f"/notice/{token}/objection").status_code == 200
    assert browser.client.get(f"/notice/{token[:-1]}x").status_code == 404
    (letter, *_) = selected.office.letters("notice_posted.society")
    assert letter.facts["link"].endswith(f"/notice/{token}")


def test_the_office_reads_its_own_notice(selected: Contest) -> None:
    selected.post()
    assert Browser(selected.office, Part.OFFICE, now=IN_TIME).client.get("/notice").status_code == 200


def test_the_notice_is_an_official_paper_without_a_score(selected: Contest) -> None:
    selected.post()
    page = at(selected).client.get("/notice").text
    assert "关于“2024年中国智能制造十大科技进展”入选结果的公示" in page
    assert page.count("<tr><td>") == 10
    assert "得分" not in page
    assert 'href="/objection"' in page
    over = at(selected, CLOSES).client.get("/notice").text
    assert 'href="/objection"' not in over


def test_a_former_version_can_be_read_again(selected: Contest) -> None:
    selected.post()
    browser = at(selected)
    assert browser.client.get("/notice?version=1").status_code == 200
    assert browser.client.get("/notice?version=2").status_code == 404


# --- objections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("proof", "name"), [(pdf(), "a.pdf"), (picture("JPEG"), "a.jpg"), (picture("PNG"), "a.png")])
def test_an_objection_gets_its_number_and_a_receipt(selected: Contest, proof: bytes, name: str) -> None:
    item = selected.post().items[0]
    browser = at(selected)
    answer = send(browser, item, proof=proof, file=name)
    assert answer.status_code == 303
    page = browser.client.get(answer.headers["location"]).text
    (case,) = cases(selected)
    assert case.number in page
    assert case.evidence_sha256 == hashlib.sha256(proof).hexdigest()
    assert case.evidence_sha256 in page
    assert case.received_at == IN_TIME
    (file,) = files(selected)
    assert (file.label, selected.office.desk.vault.verify(file.sha256)) == ("书面意见", True)
    assert not selected.office.desk.vault.holds(case.evidence_sha256)  # sealed: nobody reads it in the vault
    assert NAME not in page
    assert browser.client.get(answer.headers["location"][:-1] + "!").status_code == 404


def test_a_unit_speaks_under_its_seal(selected: Contest) -> None:
    item = selected.post().items[0]
    refused = send(at(selected), item, body="unit")
    assert "没有写明单位名称。" in refused.text
    assert send(at(selected), item, body="unit", unit="某同行单位").status_code == 303
    assert cases(selected)[0].by_unit


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "还有 1 项没有填写。"),
        ({"item": "", "ground": ""}, "还有 2 项没有填写。"),
        ({"name": "匿名"}, "匿名的异议不予受理。"),
        ({"phone": "", "email": ""}, "没有留下联系方式"),
        ({"ground": "看不惯"}, "不在可以提出异议的范围之内"),
        ({"item": "999999"}, "该项目不在公示之中。"),
        ({"item": "1; DROP"}, "该项目不在公示之中。"),
        ({"statement": "长" * 5_001}, "异议内容超过 5000 字。"),
        ({"own": ""}, "没有确认以本人或本单位的名义提出。"),
    ],
)
def test_a_refusal_keeps_what_was_typed(selected: Contest, changed: dict[str, str], said: str) -> None:
    item = selected.post().items[0]
    answer = send(at(selected), item, **changed)
    assert answer.status_code == 422
    assert said in answer.text
    told = form(item, **changed)
    assert told["statement"] in answer.text
    assert "已收到 1 份文件，不必再选" in answer.text
    assert cases(selected) == []


def test_the_file_need_not_be_chosen_twice(selected: Contest) -> None:
    item = selected.post().items[0]
    browser = at(selected)
    refused = send(browser, item, name="").text
    kept = refused.partition('name="kept" value="')[2].partition('"')[0]
    assert send(browser, item, proof=b"none", kept=kept).status_code == 303
    assert cases(selected)[0].evidence_sha256 == kept.split(".")[2]


def test_whose_name_was_used_says_so_on_the_receipt(selected: Contest) -> None:
    """A17: the receipt goes to the mailbox that was told; its owner knows whether they objected."""
    item = selected.post().items[0]
    browser = at(selected)
    path = send(browser, item).headers["location"]
    assert "这不是我提出的" in browser.client.get(path).text
    assert browser.client.post(f"{path}/disown").status_code == 303
    assert "冒用他人名义的异议不予受理" in browser.client.get(path).text
    (case,) = cases(selected)
    desk, office = selected.office.desk, selected.office
    with desk.database.write() as session:
        with pytest.raises(NotAllowed, match="只能不予受理"):
            objections.propose(
                session, desk, case.id or 0, "dismissed", officer_id=office.wang, outcome="查无", now=IN_TIME
            )
        objections.propose(
            session, desk, case.id or 0, "refused", officer_id=office.wang, outcome="冒用他人名义", now=IN_TIME
        )


def test_no_other_file_of_the_vault_can_be_named(selected: Contest) -> None:
    item = selected.post().items[0]
    secret = selected.office.desk.vault.keep(io.BytesIO(b"a paper of somebody else")).sha256
    for kept in (secret, f"PDF.{secret}.{secret}.9.AAAA.{'0' * 24}", f"{secret}."):
        answer = send(at(selected), item, proof=b"none", kept=kept)
        assert answer.status_code == 422
        assert "没有附证据。" in answer.text


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (b"", "空的"),
        (b"MZ\x90\x00 program", "不是 PDF、JPG 或 PNG"),
        (b"%PDF-1.7 broken", "PDF 文件损坏"),
        (b"\xff\xd8\xff\xe0 broken", "图片打不开"),
        (picture("PNG")[:60], "图片打不开"),
        (b"<script>alert(1)</script>", "不是 PDF、JPG 或 PNG"),
    ],
)
def test_a_proof_that_does_not_open_is_refused(selected: Contest, proof: bytes, said: str) -> None:
    item = selected.post().items[0]
    answer = send(at(selected), item, proof=proof)
    assert answer.status_code == 422
    assert said in answer.text
    assert cases(selected) == []


def test_the_window_binds_to_the_microsecond(selected: Contest) -> None:
    item = selected.post().items[0]
    assert send(at(selected, CLOSES - INSTANT), item).status_code == 303
    late = send(at(selected, CLOSES), item)
    assert late.status_code == 422
    assert "异议不在公示期之内" in late.text
    assert form(item)["statement"] in late.text
    assert len(cases(selected)) == 1
    assert at(selected, POSTED - INSTANT).client.get("/objection").status_code == 404
    assert "不再受理异议" in at(selected, CLOSES).client.get("/objection").text


def test_one_address_cannot_flood_the_office(selected: Contest) -> None:
    item = selected.post().items[0]
    browser = at(selected)
    browser.client._transport.client = ("203.0.113.9", 5000)  # type: ignore[attr-defined]
    codes = [send(browser, item).status_code for _ in range(11)]
    assert codes == [303] * 10 + [429]


# --- the result -----------------------------------------------------------------------------------------------------


def test_the_result_is_told_when_it_was_announced(selected: Contest) -> None:
    items = selected.post().items
    before = at(selected, ANNOUNCED)
    assert "结果尚未公布" in before.client.get("/results").text
    assert 'href="/results"' not in before.client.get("/").text
    decision = selected.signed(selected.draft("announcement", {"announce": items}, now=ANNOUNCED), now=ANNOUNCED)
    with selected.office.desk.database.write() as session:
        notice.announce(session, selected.office.desk, decision, now=ANNOUNCED)
    page = at(selected, ANNOUNCED).client
    assert page.get("/results").text.count('<li class="winner">') == 10
    assert 'href="/results"' in page.get("/").text
