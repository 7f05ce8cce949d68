"""The commands that hand out papers: templates for applicants, and whatever the office prints."""

import re
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As_json, Home, Now, instant, say
from config.refusal import Refusal

if TYPE_CHECKING:
    from config.edition import Edition
    from office.desk import Desk
    from paperwork.applicant_looks import Filled

Out = Annotated[Path | None, typer.Option("-o", "--out", help="写到这个文件 | the file to write")]

_TEMPLATES = ("form", "letter", "evidence", "video")
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


def template(
    kind: Annotated[
        str, typer.Argument(help="form 推荐表 | letter 承诺书 | evidence 证明材料清单 | video 视频制作说明")
    ],
    *,
    home: Home = Path("./var"),
    number: Annotated[str, typer.Option(help="预填这个编号的申报 | filled for this application")] = "",
    title: Annotated[str, typer.Option(help="预填项目名称 | title")] = "",
    unit: Annotated[str, typer.Option(help="预填申报单位 | unit")] = "",
    endorser: Annotated[str, typer.Option(help="预填推荐学会或专家 | society or expert")] = "",
    out: Out = None,
    as_json: As_json = False,
) -> None:
    """生成推荐表、承诺书、证明材料清单的模板和视频制作说明。 | Make a blank or prefilled template."""
    from paperwork.applicant_looks import Filled

    if kind not in _TEMPLATES:
        raise WrongCall(f"没有“{kind}”这种模板。", next_step=f"可以是：{'、'.join(_TEMPLATES)}。")
    if number and (title or unit or endorser):
        raise WrongCall("已给出编号，名称以登记的为准。", next_step="请去掉编号，或去掉另外给出的名称。")
    edition, filled = _of_application(home, number) if number else (_edition(home), Filled("", title, unit, endorser))
    label = next((slot.label for slot in edition.slots if slot.reader == kind), kind)
    _hand_out(_made(kind, edition, filled), f"{number} {label}.docx".strip(), out, of=number, as_json=as_json)


def paper(
    name: Annotated[str, typer.Argument(help="文书名称；不写则列出全部 | which paper; none lists them all")] = "",
    home: Home = Path("./var"),
    of: Annotated[str, typer.Option("--of", "--number", help="针对哪一项，如 IM24-001、final | about which one")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="全部：合印一份，或逐份的 .zip | all of them")] = False,
    out: Out = None,
    officer: Annotated[str, typer.Option(help="带评分的文书：索取人的邮箱 | e-mail of who asks")] = "",
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """生成办公室的文书：回执、审查意见、补正通知、汇总表等。 | Make a paper of the office."""
    from office import papers, signin_links
    from office.opening import open_desk

    if not name:
        facts = [
            {"name": each.name, "title": each.title, "ending": each.ending, "subject": each.subject.value}
            for each in papers.PAPERS
        ]
        lines = [
            f"{each.name}  {each.title}.{each.ending}" + (f"  --of {each.subject.label}" if each.subject.label else "")
            for each in papers.PAPERS
        ]
        say({"papers": facts}, as_json=as_json, lines=lines)
        return
    papers.find(name)
    desk = open_desk(home)
    if every:
        if of:
            raise WrongCall("已要全部，不必再给编号。", next_step="请去掉 --of，或去掉 --all。")
        _hand_out(*_all_of(desk, name, instant(now)), out, of="", as_json=as_json)
        return
    with desk.database.write() as session:
        asks = signin_links.officer_at(session, officer).id if officer else None
        made = papers.make(session, desk, name, of=of, officer_id=asks, now=instant(now))
    _hand_out(made.data, made.file_name, out, of=of, as_json=as_json)


class WrongCall(Refusal):
    """The command was called with a kind that does not exist, or with two answers to one question."""

    exit_code = 2


def _hand_out(data: bytes, name: str, out: Path | None, *, of: str, as_json: bool) -> None:
    path = out or Path(_NO_FILE_NAME.sub("_", name))
    path.write_bytes(data)
    digest = sha256(data).hexdigest()
    lines = [f"{path}  {len(data)} 字节  sha256 {digest[:16]}"]
    facts = {"file": str(path), "of": of, "size": len(data), "sha256": digest}
    say(facts, as_json=as_json, lines=lines)


def _all_of(desk: "Desk", name: str, now: datetime) -> tuple[bytes, str]:
    """All papers of a kind in one file to be printed, or one by one in an archive; its bytes and its name."""
    from office import paper_bundle, papers

    found = papers.find(name)
    if found.together is None:
        target = BytesIO()
        paper_bundle.write_kind(desk, name, target, now=now)
        return target.getvalue(), f"{desk.edition.award.entry_name} {found.title}.zip"
    with desk.database.read() as session:
        made = papers.together(session, desk, name, now=now)
    return made.data, made.file_name


def _made(kind: str, edition: "Edition", filled: "Filled") -> bytes:
    from paperwork.evidence_template import evidence_template
    from paperwork.form_template import form_template
    from paperwork.letter_template import letter_template
    from paperwork.video_guide import video_guide

    makers = {"form": form_template, "letter": letter_template, "evidence": evidence_template, "video": video_guide}
    return makers[kind](edition, filled)


def _of_application(home: Path, number: str) -> "tuple[Edition, Filled]":
    from office.opening import open_desk
    from office.paper_facts import filled_of

    desk = open_desk(home)
    with desk.database.read() as session:
        return desk.edition, filled_of(session, desk, number)


def _edition(home: Path) -> "Edition":
    """The edition in force in a home; without a home, the one that is configured."""
    from config.settings import ENV_FILE, Settings
    from office.opening import configured_edition, open_desk

    if (home / ENV_FILE).exists():
        return open_desk(home).edition
    return configured_edition(Settings.for_home(home)).edition
