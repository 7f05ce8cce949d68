"""Signing in: links that work once, codes that work once, waits that grow, and nothing that tells who is known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import Session, select

from config.refusal import Refusal
from config.settings import write_env_file
from office import attempts, office_account, people, signin, signin_links, visitors
from office.attempts import TooMany
from office.office_account import NotSignedIn
from office.signin_links import LinkSpent, digest
from office.visitors import STRANGER, Part, Visitor
from records.tables.endorser import Endorser
from records.tables.event import Event, Note
from records.tables.letter import Letter
from records.tables.person import Officer
from records.tables.signin import LinkPurpose, OfficePassword, SignIn, SignInLink, SignInPurpose, Totp
from states.facts import State
from states.refusals import NotAllowed

from cast import (
    HANDED_IN,
    SOCIETY,
    Office,
    a_draft,
    an_application,
    ascii_of,
    broken_rules,
    experts,
    found_desk,
    office_at,
)

pytestmark = pytest.mark.slow

NOW = HANDED_IN
INSTANT = timedelta(microseconds=1)
JIA = f"{ascii_of('甲')}@applicants.example"
REN = "ren@office.example"
PASSWORD = "quiet river under nine bridges"


def ask(office: Office, email: str, *, host: str = "192.0.2.7", now: datetime = NOW) -> str:
    """Ask for a letter; gives the token that stands in it."""
    with office.desk.database.write() as session:
        signin_links.send(session, office.desk, email, host=host, now=now)
    return str(office.letters("sign_in.visitor")[-1].facts["link"]).rpartition("/")[2]


def enter(office: Office, email: str, *, now: datetime = NOW) -> str:
    """Sign in by letter; gives the token of the sign-in."""
    token = ask(office, email, now=now)
    with office.desk.database.write() as session:
        return signin.take_mail_link(session, token, now=now)


def visitor(office: Office, token: str, *, now: datetime = NOW) -> Visitor:
    with office.desk.database.read() as session:
        found = signin.find(session, token, now=now)
        return visitors.recognise(session, office.desk, found) if found else STRANGER


def setup_token(office: Office, officer_id: int, *, now: datetime = NOW) -> str:
    with office.desk.database.write() as session:
        link = signin_links.set_up(session, office.desk, session.get_one(Officer, officer_id), now=now)
    return link.rpartition("/")[2]


def code_of(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


def set_up(office: Office, officer_id: int, *, now: datetime = NOW) -> str:
    """Set an account up; gives the secret in the telephone."""
    token = setup_token(office, officer_id, now=now)
    secret = office_account.offered_secret(office.desk, token)
    office_account.set_up(office.desk, token, PASSWORD, PASSWORD, code_of(secret, now), now=now)
    return secret


def office_enters(
    office: Office, code: str, *, password: str = PASSWORD, email: str = REN, host: str = "192.0.2.7", now: datetime
) -> str:
    return office_account.sign_in(office.desk, email, password, code, host=host, now=now)


def all_words(session: Session) -> str:
    """Everything that the ledger says, in numbers and in words."""
    events = [str(event.model_dump()) for event in session.exec(select(Event))]
    return "".join(events + [str(note.body) for note in session.exec(select(Note))])


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_letter_signs_in_whoever_reads_it(office: Office) -> None:
    an_application(office, State.DRAFT)
    who = visitor(office, enter(office, f" {JIA.upper()} "))
    assert who.parts == {Part.PUBLIC, Part.APPLICANT}
    assert (who.name, who.email) == ("甲联系人", JIA)


def test_every_link_has_a_letter_of_its_own_when_older_links_were_cleared_away(office: Office) -> None:
    """A store gives a cleared link's number again; the letter that went under it must not count as this one."""
    for days, email in enumerate(("jia@applicants.example", "yi@applicants.example", "bing@applicants.example")):
        ask(office, email, now=NOW + timedelta(days=2 * days))
    assert [letter.email.partition("@")[0] for letter in office.letters("sign_in.visitor")] == ["jia", "yi", "bing"]


def test_somebody_new_can_sign_in_to_apply(office: Office) -> None:
    who = visitor(office, enter(office, "new@applicants.example"))
    assert who.parts == {Part.PUBLIC, Part.APPLICANT}
    with office.desk.database.read() as session:
        assert visitors.own_applications(session, office.desk, who) == []


def test_known_or_not_gets_the_same_letter(office: Office) -> None:
    """Nobody learns from us which addresses we know."""
    an_application(office, State.DRAFT)
    ask(office, JIA)
    ask(office, "nobody@elsewhere.example")
    known, unknown = office.letters("sign_in.visitor")
    assert {key: bool(value) for key, value in known.facts.items()} == {"link": True, "contact": True, "due": True}
    assert unknown.facts.keys() == known.facts.keys()
    assert known.next_try_at == unknown.next_try_at == NOW


def test_a_link_works_once(office: Office) -> None:
    token = ask(office, JIA)
    with office.desk.database.write() as session:
        signin.take_mail_link(session, token, now=NOW)
    with office.desk.database.write() as session, pytest.raises(LinkSpent, match="已经用过"):
        signin.take_mail_link(session, token, now=NOW)


def test_a_link_ends_after_fifteen_minutes_to_the_microsecond(office: Office) -> None:
    token, end = ask(office, JIA), NOW + timedelta(minutes=15)
    with office.desk.database.write() as session, pytest.raises(LinkSpent, match="过期"):
        signin.take_mail_link(session, token, now=end)
    with office.desk.database.write() as session:
        assert signin.take_mail_link(session, token, now=end - INSTANT)


def test_a_new_letter_voids_the_one_before(office: Office) -> None:
    old = ask(office, JIA)
    ask(office, JIA, now=NOW + timedelta(minutes=2))
    with office.desk.database.write() as session, pytest.raises(LinkSpent, match="取代"):
        signin.take_mail_link(session, old, now=NOW + timedelta(minutes=2))


def test_a_link_of_one_kind_opens_no_other(office: Office) -> None:
    token = setup_token(office, office.ren)
    with office.desk.database.write() as session:
        with pytest.raises(LinkSpent, match="无效"):
            signin.take_mail_link(session, token, now=NOW)
        with pytest.raises(LinkSpent, match="无效"):
            signin.take_invitation(session, token, now=NOW)


def test_the_token_stands_in_the_letter_and_nowhere_else(office: Office) -> None:
    token = ask(office, JIA)
    signed_in = enter(office, "other@applicants.example")
    with office.desk.database.read() as session:
        everything = all_words(session) + "".join(
            str(row.model_dump()) for table in (SignInLink, SignIn) for row in session.exec(select(table))
        )
        letters = [str(letter.facts) for letter in session.exec(select(Letter))]
    assert token not in everything
    assert signed_in not in everything
    assert digest(token) in everything
    assert sum(token in facts for facts in letters) == 1


def test_an_invitation_stays_good_until_its_deadline(office: Office) -> None:
    """Each opening signs in anew; the sign-in ends with the invitation at the latest."""
    (expert_id,) = experts(office, 1)
    until = NOW + timedelta(days=2)
    with office.desk.database.write() as session:
        person = people.at_address(session, "expert1@experts.example")[0]
        token = signin_links.invite(session, office.desk, person.id or 0, until=until, now=NOW).rpartition("/")[2]
    for now in (NOW, NOW + timedelta(days=1), until - INSTANT):
        with office.desk.database.write() as session:
            who = signin.take_invitation(session, token, now=now)
        assert visitor(office, who, now=now).expert_id == expert_id
        assert visitor(office, who, now=now).parts == {Part.PUBLIC, Part.EXPERT}
    with office.desk.database.write() as session, pytest.raises(LinkSpent, match="过期"):
        signin.take_invitation(session, token, now=until)
    assert visitor(office, who, now=until) == STRANGER


def test_one_click_voids_and_reissues_an_invitation(office: Office) -> None:
    experts(office, 1)
    with office.desk.database.write() as session:
        person = people.at_address(session, "expert1@experts.example")[0].id or 0
        links = [
            signin_links.invite(session, office.desk, person, until=NOW + timedelta(days=2), now=NOW) for _ in "ab"
        ]
        with pytest.raises(LinkSpent, match="取代"):
            signin.take_invitation(session, links[0].rpartition("/")[2], now=NOW)
        assert signin.take_invitation(session, links[1].rpartition("/")[2], now=NOW)
        signin_links.revoke(session, person, LinkPurpose.INVITATION, now=NOW)
        with pytest.raises(LinkSpent, match="取代"):
            signin.take_invitation(session, links[1].rpartition("/")[2], now=NOW)


# --- who somebody is ------------------------------------------------------------------------------------------------


def test_yi_never_gets_jias_papers(office: Office) -> None:
    jias = office.found(an_application(office, State.DRAFT, "甲"))
    yis = office.found(an_application(office, State.DRAFT, "乙"))
    who = visitor(office, enter(office, f"{ascii_of('乙')}@applicants.example"))
    with office.desk.database.read() as session:
        assert visitors.own_application(session, office.desk, who, yis.number).id == yis.id
        with pytest.raises(NotAllowed, match="您的名下没有这个项目") as of_jia:
            visitors.own_application(session, office.desk, who, jias.number)
        with pytest.raises(NotAllowed) as of_nobody:
            visitors.own_application(session, office.desk, who, "IM24-999")
    assert str(of_jia.value) == str(of_nobody.value)


def test_two_applications_of_one_address_are_one_persons(office: Office) -> None:
    for title in ("第一项", "第二项"):
        a_draft(office, "甲", title=title)
    who = visitor(office, enter(office, JIA))
    with office.desk.database.read() as session:
        assert [item.title for item in visitors.own_applications(session, office.desk, who)] == ["第二项", "第一项"]


def test_a_society_signs_in_as_endorser(office: Office) -> None:
    with office.desk.database.read() as session:
        society = session.exec(select(Endorser).where(Endorser.name == SOCIETY)).one()
        address = people.email_of(session, society.person_id)
    assert Part.ENDORSER in visitor(office, enter(office, address or "")).parts


def test_a_letter_never_opens_the_office(office: Office) -> None:
    """Password and code do; who reads an officer's letters is an applicant at most."""
    assert visitor(office, enter(office, REN)).parts == {Part.PUBLIC, Part.APPLICANT}


def test_who_is_erased_is_signed_out_and_their_links_are_void(office: Office) -> None:
    an_application(office, State.DRAFT)
    signed_in = enter(office, JIA)
    unused = ask(office, JIA, now=NOW + timedelta(hours=1))
    with office.desk.database.write() as session:
        person = people.at_address(session, JIA)[0].id or 0
        people.erase_person(session, office.desk.key, person, by=office.ren, now=NOW)
    assert visitor(office, signed_in) == STRANGER
    with office.desk.database.write() as session, pytest.raises(LinkSpent):
        signin.take_mail_link(session, unused, now=NOW + timedelta(hours=1))


# --- sign-ins -------------------------------------------------------------------------------------------------------


def test_an_idle_browser_is_signed_out(office: Office) -> None:
    token = enter(office, JIA)
    idle = signin.SPANS[SignInPurpose.MAIL].idle
    assert visitor(office, token, now=NOW + idle - INSTANT) != STRANGER
    assert visitor(office, token, now=NOW + idle) == STRANGER


def test_a_busy_browser_is_signed_out_in_the_end(office: Office) -> None:
    token, now = enter(office, JIA), NOW
    while now < NOW + signin.SPANS[SignInPurpose.MAIL].whole - timedelta(hours=10):
        now += timedelta(hours=10)
        with office.desk.database.write() as session:
            token = signin.refresh(session, token, now=now) or token
        assert visitor(office, token, now=now) != STRANGER
    assert visitor(office, token, now=NOW + signin.SPANS[SignInPurpose.MAIL].whole) == STRANGER


def test_a_token_is_replaced_within_the_hour_and_dies(office: Office) -> None:
    old, later = enter(office, JIA), NOW + timedelta(hours=1)
    with office.desk.database.write() as session:
        assert signin.refresh(session, old, now=later - INSTANT) is None
        fresh = signin.refresh(session, old, now=later)
    assert fresh not in (None, old)
    assert visitor(office, old, now=later + timedelta(minutes=1)) != STRANGER  # asked for side by side
    assert visitor(office, old, now=later + timedelta(minutes=1) + INSTANT) == STRANGER
    assert visitor(office, fresh or "", now=later + timedelta(hours=1)) != STRANGER


def test_signing_in_gives_a_token_that_was_not_there_before(office: Office) -> None:
    assert enter(office, JIA) != enter(office, JIA, now=NOW + timedelta(minutes=5))


def test_signing_out_ends_one_browser_or_all(office: Office) -> None:
    tokens = [enter(office, JIA, now=NOW + timedelta(hours=hours)) for hours in range(3)]
    other = enter(office, "other@applicants.example")
    now = NOW + timedelta(hours=3)
    first = visitor(office, tokens[0], now=now)
    with office.desk.database.write() as session:
        signin.end(session, first.signin_id or 0)
    assert [visitor(office, token, now=now) == STRANGER for token in tokens] == [True, False, False]
    with office.desk.database.write() as session:
        assert signin.end_everywhere(session, first.person_id or 0) == 2
    assert [visitor(office, token, now=now) == STRANGER for token in tokens] == [True, True, True]
    assert visitor(office, other, now=now) != STRANGER


# --- the office -----------------------------------------------------------------------------------------------------


def test_an_officer_sets_up_an_account_and_signs_in(office: Office) -> None:
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    who = visitor(office, office_enters(office, code_of(secret, later), now=later), now=later)
    assert who.parts == {Part.PUBLIC, Part.OFFICE, Part.LEAD}
    assert (who.name, who.officer_id) == ("任组长", office.ren)
    with office.desk.database.read() as session:
        kinds = [event.kind for event in session.exec(select(Event)) if event.officer_id == office.ren]
    assert kinds[-2:] == ["account_set_up", "sign_in"]


def test_a_supervisor_has_no_part_of_the_office(office: Office) -> None:
    secret, later = set_up(office, office.supervisor), NOW + timedelta(minutes=5)
    token = office_enters(office, code_of(secret, later), email="supervisor@office.example", now=later)
    assert visitor(office, token, now=later).parts == {Part.PUBLIC, Part.SUPERVISOR}


def test_a_code_works_once(office: Office) -> None:
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    code = code_of(secret, later)
    office_enters(office, code, now=later)
    with pytest.raises(NotSignedIn):
        office_enters(office, code, now=later + timedelta(seconds=20))
    assert office_enters(office, code_of(secret, later + timedelta(minutes=1)), now=later + timedelta(minutes=1))


def test_the_code_of_the_set_up_is_used_up(office: Office) -> None:
    secret = set_up(office, office.ren)
    with pytest.raises(NotSignedIn):
        office_enters(office, code_of(secret, NOW), now=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_code_of_another_minute_is_refused(office: Office, seconds: int) -> None:
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    with pytest.raises(NotSignedIn):
        office_enters(office, code_of(secret, later + timedelta(seconds=seconds)), now=later)


def test_what_is_wrong_is_not_told(office: Office) -> None:
    """An unknown address, a wrong password, a wrong code, an account without password: one sentence."""
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    code = code_of(secret, later)
    told = []
    for wrong in (
        {"email": "nobody@elsewhere.example"},
        {"password": "x"},
        {"code": "000000"},
        {"email": "wang@office.example"},
    ):
        words = {"code": code} | wrong
        with pytest.raises(NotSignedIn) as refusal:
            office_enters(office, words.pop("code"), now=later, **words)
        told.append(str(refusal.value))
    assert len(set(told)) == 1


def test_a_disabled_officer_is_out_at_once(office: Office) -> None:
    secret, later = set_up(office, office.wang), NOW + timedelta(minutes=5)
    token = office_enters(office, code_of(secret, later), email="wang@office.example", now=later)
    with office.desk.database.write() as session:
        people.disable_officer(session, office.desk.key, "wang@office.example", by=office.ren, now=later)
    assert visitor(office, token, now=later) == STRANGER
    later += timedelta(minutes=2)
    with pytest.raises(NotSignedIn):
        office_enters(office, code_of(secret, later), email="wang@office.example", now=later)
    with pytest.raises(NotAllowed):
        setup_token(office, office.wang)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [("short", "short", "12 到 200"), ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "过于简单"), (PASSWORD, "x", "两次")],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    office: Office, password: str, again: str, said: str
) -> None:
    token = setup_token(office, office.ren)
    code = code_of(office_account.offered_secret(office.desk, token), NOW)
    with pytest.raises(Refusal, match=said):
        office_account.set_up(office.desk, token, password, again, code, now=NOW)
    assert office_account.set_up(office.desk, token, PASSWORD, PASSWORD, code, now=NOW)


def test_a_set_up_link_works_once_and_three_days(office: Office) -> None:
    token, end = setup_token(office, office.ren), NOW + timedelta(days=3)
    secret = office_account.offered_secret(office.desk, token)
    with pytest.raises(LinkSpent, match="过期"):
        office_account.set_up(office.desk, token, PASSWORD, PASSWORD, code_of(secret, end), now=end)
    office_account.set_up(office.desk, token, PASSWORD, PASSWORD, code_of(secret, NOW), now=NOW)
    with pytest.raises(LinkSpent, match="已经用过"):
        office_account.set_up(office.desk, token, PASSWORD, PASSWORD, code_of(secret, NOW), now=NOW)


def test_a_lost_telephone_voids_everything(office: Office) -> None:
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    token = office_enters(office, code_of(secret, later), now=later)
    with office.desk.database.write() as session:
        link = office_account.begin_anew(session, office.desk, REN, now=later)
    assert visitor(office, token, now=later) == STRANGER
    with pytest.raises(NotSignedIn):
        office_enters(office, code_of(secret, later + timedelta(minutes=1)), now=later + timedelta(minutes=1))
    fresh = office_account.offered_secret(office.desk, link.rpartition("/")[2])
    assert fresh != secret


def test_neither_password_nor_secret_can_be_read_from_the_store(office: Office) -> None:
    secret = set_up(office, office.ren)
    with office.desk.database.read() as session:
        kept = str([row.model_dump() for table in (OfficePassword, Totp) for row in session.exec(select(table))])
        assert secret not in kept + all_words(session)
        assert PASSWORD not in kept + all_words(session)
    assert "$argon2id$" in kept


# --- waits ----------------------------------------------------------------------------------------------------------


def test_letters_to_one_address_wait_longer_each_time(office: Office) -> None:
    ask(office, JIA)
    now = NOW
    for minutes in (1, 2, 4, 8, 16, 30, 30):
        with pytest.raises(TooMany):
            ask(office, JIA, host="198.51.100.9", now=now + timedelta(minutes=minutes) - INSTANT)
        now += timedelta(minutes=minutes)
        ask(office, JIA, host="198.51.100.9", now=now)


def test_the_wait_is_told_in_a_sentence(office: Office) -> None:
    ask(office, JIA)
    with pytest.raises(TooMany, match="请 41 秒后再试"):
        ask(office, JIA, now=NOW + timedelta(seconds=19))
    ask(office, JIA, now=NOW + timedelta(minutes=1))
    with pytest.raises(TooMany, match="请 2 分钟后再试"):
        ask(office, JIA, now=NOW + timedelta(minutes=1, seconds=1))


def test_a_refused_try_does_not_lengthen_the_wait(office: Office) -> None:
    ask(office, JIA)
    for seconds in range(0, 60, 5):
        with pytest.raises(TooMany):
            ask(office, JIA, now=NOW + timedelta(seconds=seconds))
    ask(office, JIA, now=NOW + timedelta(minutes=1))


def test_one_host_cannot_write_to_everybody(office: Office) -> None:
    for n in range(30):
        ask(office, f"{n}@elsewhere.example")
    with pytest.raises(TooMany):
        ask(office, "30@elsewhere.example")
    assert ask(office, "30@elsewhere.example", host="198.51.100.9")
    assert ask(office, "31@elsewhere.example", host="127.0.0.1")


def test_a_gateway_that_does_not_say_for_whom_it_asks_is_not_counted(office: Office) -> None:
    """Otherwise everybody behind it would wait for everybody else on the last day."""
    for n in range(35):
        assert ask(office, f"{n}@elsewhere.example", host="::1" if n % 2 else "127.0.0.1")


def test_a_household_of_ipv6_is_one_host() -> None:
    assert attempts.network_of("2001:db8::1") == attempts.network_of("2001:db8::ffff:1")
    assert attempts.network_of("2001:db8::1") != attempts.network_of("2001:db8:0:1::1")
    assert attempts.network_of("192.0.2.1") != attempts.network_of("192.0.2.2")


@pytest.mark.parametrize("email", [REN, "nobody@elsewhere.example"], ids=["known", "unknown"])
def test_passwords_wait_after_five_whoever_exists(office: Office, email: str) -> None:
    set_up(office, office.ren)
    later = NOW + timedelta(minutes=5)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            office_enters(office, "000000", email=email, now=later)
    with pytest.raises(TooMany, match="请 30 秒后再试"):
        office_enters(office, "000000", email=email, now=later)


def test_signing_in_forgives_what_failed_before(office: Office) -> None:
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    for _ in range(4):
        with pytest.raises(NotSignedIn):
            office_enters(office, "000000", now=later)
    office_enters(office, code_of(secret, later), now=later)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            office_enters(office, "000000", now=later)


def test_a_form_secret_belongs_to_one_browser(office: Office) -> None:
    told = {signin.form_secret(office.desk, words) for words in ("sign-in 1", "sign-in 2", "guest a")}
    assert len(told) == 3
    assert signin.form_secret(office.desk, "sign-in 1") in told


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_signing_in_holds_on_postgresql_too(empty_url: str, tmp_path: Path) -> None:
    write_env_file(tmp_path / "home", {"database_url": empty_url})
    office = office_at(found_desk(tmp_path / "home"))
    token = enter(office, JIA)
    assert visitor(office, token).email == JIA
    with pytest.raises(TooMany):
        ask(office, JIA)
    with office.desk.database.write() as session:
        fresh = signin.refresh(session, token, now=NOW + timedelta(hours=1)) or ""
    assert visitor(office, fresh, now=NOW + timedelta(hours=1)).email == JIA
    secret, later = set_up(office, office.ren), NOW + timedelta(minutes=5)
    assert visitor(office, office_enters(office, code_of(secret, later), now=later), now=later).officer_id == office.ren
    with office.desk.database.write() as session:
        person = people.at_address(session, JIA)[0].id or 0
        assert signin.end_everywhere(session, person) == 1
        people.erase_person(session, office.desk.key, person, by=office.ren, now=NOW)
    broken = broken_rules(office.desk)
    office.desk.database.close()
    assert broken == ()


def test_one_link_taken_twice_at_once_signs_in_once(office: Office) -> None:
    """Writers are serial: the second finds it used."""
    token = ask(office, JIA)

    def take() -> bool:
        try:
            with office.desk.database.write() as session:
                signin.take_mail_link(session, token, now=NOW)
        except LinkSpent:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: take(), range(4))) == 1
