"""The drawer: who objects is found nowhere outside it, letters find their way by it, and it can be made unreadable."""

import asyncio
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from contest import Contest
from objectors import DURING, FILE_NAME, LUO, lodge, proof
from sqlmodel import select
from test_bounces import dsn
from visitors_of import Browser

from config.refusal import Refusal
from notifications.bounce_mailbox import Mail
from notifications.delivery import Delivery, deliver
from notifications.faults import MailFault
from notifications.outcome import Kind
from office import bounces, decision_desk, disqualification, drawer, objections
from office.desk import Desk
from office.visitors import Part
from records import ledger
from records.drawer import DrawerKey, make_key
from records.locked import Shut
from records.tables.bounce import MailboxWatch
from records.tables.decision import Objection, Objector
from records.tables.letter import Letter, LetterState
from states.refusals import NotYours
from web.admission import addresses

pytestmark = pytest.mark.slow

MARKS = (LUO["name"], LUO["unit"], LUO["phone"], LUO["email"], LUO["address"], "骆闻达的实名意见", "luo.wenda")


@dataclass
class Postbox:
    """A relay that keeps what it is given, or refuses it in words that repeat the address."""

    refuses: bool = False
    at_once: int = 1
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    async def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        if self.refuses:
            raise MailFault(Kind.PERMANENT, f"550 <{recipient}>: no such user {recipient.upper()}", answered=True)
        self.taken.append((recipient, message))
        return f"250 2.1.5 {recipient} ok"

    async def close(self) -> None:
        """Nothing to close."""


def delivered(desk: Desk, relay: Postbox) -> Delivery:
    return asyncio.run(
        deliver(desk.database, relay, edition=desk.edition, settings=desk.settings, now=DURING, worker="test")
    )


def found_case(contest: Contest, case_id: int) -> Objection:
    with contest.office.desk.database.read() as session:
        return session.get_one(Objection, case_id)


def all_bytes(home: Path) -> dict[str, bytes]:
    """Every file of a home as it lies there: the database, its log, the vault, the settings."""
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def leaks(data: bytes) -> list[str]:
    """The marks that stand in these bytes, in whichever way texts are written there."""
    packed = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            packed += [parts.read(name) for name in parts.namelist()]
    ways = {
        mark: {mark.encode(), mark.encode("utf-16-le"), mark.encode("gb18030"), mark.encode("unicode_escape")}
        for mark in MARKS
    }
    return [mark for mark, written in ways.items() if any(way in part for way in written for part in packed)]


@pytest.fixture
def noticed(selected: Contest) -> Contest:
    selected.post()
    return selected


def test_who_objects_is_found_nowhere_outside_the_drawer(noticed: Contest, caplog: pytest.LogCaptureFixture) -> None:
    """R114, A17: planted marks searched in every page, letter, export, log, in the ledger and the bytes of the home."""
    office, desk, item = noticed.office, noticed.office.desk, noticed.items[0]
    case_id = lodge(noticed)
    relay = Postbox()
    delivered(desk, relay)
    assert [to for to, _ in relay.taken if to == LUO["email"]] == [LUO["email"]]
    noticed.decide(case_id, "sustained", outcome="判决书属实。", now=DURING)
    with desk.database.write() as session:
        case = session.get_one(Objection, case_id)
        drawer.reveal(session, desk, case, reason=f"核实{LUO['name']}的身份", officer_id=office.ren, now=DURING)
        drafted = disqualification.draft_disqualification(
            session, desk, item, case_id=case_id, officer_id=office.wang, now=DURING
        )
    noticed.signed(drafted.id or 0, now=DURING)
    with desk.database.write() as session:
        decision_desk.carry_out(session, desk, drafted.id or 0, now=DURING)
    delivered(desk, Postbox(refuses=True))
    shown = dict(pages_of(noticed, case_id, item))
    assert {path: leaks(body) for path, body in shown.items() if leaks(body)} == {}
    assert len(shown) > 60
    with desk.database.read() as session:
        stored = [f"{letter.email} {letter.facts} {letter.answer}" for letter in session.exec(select(Letter))]
    assert leaks("".join(stored).encode()) == []
    assert leaks(caplog.text.encode()) == []
    lying = all_bytes(desk.settings.home)
    assert any(name.endswith("-wal") for name in lying)
    assert {name: leaks(data) for name, data in lying.items() if leaks(data)} == {}


def pages_of(contest: Contest, case_id: int, item: int) -> list[tuple[str, bytes]]:
    """Every address without a secret in it, as everybody who may read it."""
    number, found = contest.number(item), []
    told = {
        "number": number, "case_id": str(case_id), "file_id": "1", "decision_id": "1", "person_id": "2",
        "round_key": "first_round", "upload_id": "1", "letter_id": "1", "event_id": "1", "slot": "form",
        "name": "receipt", "key": "seal-1", "act": "send_back", "filter_id": "1", "deed": "check",
    }  # fmt: skip
    for part in (Part.PUBLIC, Part.OFFICE, Part.LEAD, Part.SUPERVISOR, Part.EXPERT):
        browser = Browser(contest.office, part, now=DURING)
        browser.client.follow_redirects = True
        for address in addresses(browser.client.app):  # type: ignore[arg-type]
            if not set(re.findall(r"{(\w+)}", address.path)) <= told.keys():
                continue
            path = address.path.format(**told)
            if address.method == "GET" and "live" not in path:
                found.append((f"{part} {path}", browser.client.get(path).content))
    return found


def test_a_letter_finds_its_reader_by_the_drawer_and_nobody_else_does(noticed: Contest) -> None:
    """The outbox has a pointer; the message has name and address; what the server repeats of it is left out."""
    lodge(noticed)
    desk, relay = noticed.office.desk, Postbox()
    delivered(desk, relay)
    ((_, message),) = [it for it in relay.taken if it[0] == LUO["email"]]
    assert b"To: " in message
    with desk.database.read() as session:
        letter = session.exec(select(Letter).where(Letter.template == "objection_received.objector")).one()
    assert (letter.state, letter.email, letter.answer) == (LetterState.SENT, "sealed:1", "250 2.1.5 （略） ok")


def test_a_refusal_of_the_mailbox_is_kept_without_the_address(noticed: Contest) -> None:
    lodge(noticed)
    desk = noticed.office.desk
    delivered(desk, Postbox(refuses=True))
    with desk.database.read() as session:
        letter = session.exec(select(Letter).where(Letter.template == "objection_received.objector")).one()
    assert (letter.state, letter.answer) == (LetterState.DEAD, "550 <（略）>: no such user （略）")


def test_without_its_key_the_drawer_stays_shut_and_the_rest_goes_on(noticed: Contest) -> None:
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    key = desk.settings.drawer_key
    kept = key.read_bytes()
    key.unlink()
    case = found_case(noticed, case_id)
    with desk.database.write() as session, pytest.raises(Shut, match="没有找到异议人身份的钥匙"):
        drawer.reveal(session, desk, case, reason="核实", officer_id=office.ren, now=DURING)
    relay = Postbox()
    done = delivered(desk, relay)
    assert (done.dead, LUO["email"] in [to for to, _ in relay.taken]) == (1, False)
    with desk.database.read() as session:
        dead = session.exec(select(Letter).where(Letter.state == LetterState.DEAD)).one()
    assert "没有找到异议人身份的钥匙" in dead.answer
    noticed.decide(case_id, "dismissed", outcome="查无此事。", now=DURING)  # the office can still decide
    assert make_key(key)
    with desk.database.write() as session, pytest.raises(Shut, match="另一把钥匙"):
        drawer.look(session, desk, session.get_one(Objection, case_id))
    key.write_bytes(kept)
    key.chmod(0o644)
    with desk.database.write() as session, pytest.raises(Shut, match="其他用户也能读"):
        drawer.look(session, desk, session.get_one(Objection, case_id))
    key.chmod(0o600)
    with desk.database.write() as session:
        assert drawer.look(session, desk, session.get_one(Objection, case_id)).name == LUO["name"]


def test_a_record_that_was_moved_to_another_case_does_not_open(noticed: Contest) -> None:
    first, second = lodge(noticed), lodge(noticed, noticed.items[1], name="易知秋")
    desk = noticed.office.desk
    with desk.database.write() as session:
        query = select(Objector).order_by(Objector.id)
        mine, other = session.exec(query).all()
        kept = (mine.sealed, mine.wrapped_key)
        mine.sealed, mine.wrapped_key = other.sealed, other.wrapped_key
        session.add(mine)
        session.flush()
        case = session.get_one(Objection, first)
        with pytest.raises(Shut, match="与封存时不一致"):
            drawer.look(session, desk, case)
        mine.sealed, mine.wrapped_key = kept
        session.add(mine)
        session.flush()
        assert drawer.look(session, desk, session.get_one(Objection, second)).name == "易知秋"


def test_who_objected_can_be_made_unreadable_while_the_chain_stays_whole(noticed: Contest) -> None:
    """The record's own key is destroyed: neither words nor files can be read, with the drawer's key in hand."""
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    with desk.database.write() as session:
        case = session.get_one(Objection, case_id)
        with pytest.raises(NotYours):
            drawer.erase(session, desk, case, reason="保存期满", officer_id=office.wang, now=DURING)
        with pytest.raises(Refusal, match="还没有答复"):
            drawer.erase(session, desk, case, reason="保存期满", officer_id=office.ren, now=DURING)
    noticed.decide(case_id, "dismissed", outcome="查无此事。", now=DURING)
    with desk.database.read() as session:
        record = drawer.record_of(session, session.get_one(Objection, case_id))
        wrapped = (record.wrapped_key or "").encode()
    with desk.database.write() as session:
        case = session.get_one(Objection, case_id)
        with pytest.raises(Refusal, match="为什么删除"):
            drawer.erase(session, desk, case, reason="", officer_id=office.ren, now=DURING)
        drawer.erase(session, desk, case, reason="保存期满", officer_id=office.ren, now=DURING)
        drawer.erase(session, desk, case, reason="再一次", officer_id=office.ren, now=DURING)
    with desk.database.write() as session:
        case = session.get_one(Objection, case_id)
        (file,) = drawer.files_of(session, case)
        for read in (lambda: drawer.look(session, desk, case), lambda: drawer.file_bytes(session, desk, case, file)):
            with pytest.raises(Shut, match="已经删除"):
                read()
        assert ledger.verify(session).verified
        assert len(drawer.openings(session, desk, case)) == 1
    desk.database.close()  # the last connection folds the log into the file
    assert wrapped not in b"".join(all_bytes(desk.settings.home).values())
    assert DrawerKey.load(desk.settings.drawer_key)
    assert found_case(noticed, case_id).statement.startswith("本人（略）")


def test_a_file_of_the_drawer_comes_out_as_it_came_in(noticed: Contest) -> None:
    case_id, desk = lodge(noticed), noticed.office.desk
    with desk.database.read() as session:
        case = session.get_one(Objection, case_id)
        (file,) = drawer.files_of(session, case)
        assert drawer.file_bytes(session, desk, case, file) == proof()
        assert drawer.look(session, desk, case).files == (FILE_NAME,)
        assert (
            objections.find(session, desk, case_id).statement
            == "本人（略）（（略））证明：核心专利已于 6 月被判归他人。"
        )


@dataclass
class OneMail:
    """A folder of a mailbox with one mail in it."""

    bytes_: bytes
    uid_validity: int = 1

    def mail(self, uid: int) -> Mail:
        return Mail(uid, self.bytes_, is_cut=False)


def test_a_mail_that_comes_back_from_an_objector_is_noted_and_not_kept(noticed: Contest) -> None:
    """It names the reader, in its own words and in what it quotes."""
    lodge(noticed)
    desk, relay = noticed.office.desk, Postbox()
    delivered(desk, relay)
    with desk.database.write() as session:
        letter = session.exec(select(Letter).where(Letter.template == "objection_received.objector")).one()
        session.add(MailboxWatch(mailbox="office", uid_validity=1, last_uid=0, looked_at=DURING))
    told = letter.model_copy(update={"email": LUO["email"]})
    came_back = dsn(told, said=f"550 5.1.1 <{LUO['email']}> User unknown")
    bounces._take(desk, OneMail(came_back), "office", 1, now=DURING)  # type: ignore[arg-type]
    with desk.database.read() as session:
        kept = session.get_one(Letter, letter.id)
        assert (kept.state, leaks(kept.answer.encode())) == (LetterState.BOUNCED, [])
    assert kept.answer
    lying = all_bytes(desk.settings.home)
    assert {name: leaks(data) for name, data in lying.items() if leaks(data)} == {}
