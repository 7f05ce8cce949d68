"""The look for what should not have left the unit: words, coordinates, numbers of persons (R83)."""

from pathlib import Path

import pytest
from odd_forms import HEADINGS, form, p, pack, row

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_findings import findings
from documents.docx_secrecy import Sensitive
from documents.findings import Finding, Verdict

IDENTITY = "11010519491231002X"  # the example of the standard, GB 11643-1999
PHONE = "13800138000"


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def found(folder: Path, rules: FormRules, body: str) -> tuple[Sensitive, ...]:
    path = folder / "form.docx"
    path.write_bytes(pack(body))
    return recommendation.read(path, rules).secrecy


HITS = {
    "本项属于商业秘密范围": "商业秘密",
    "密级为机密级": "机密",
    "该工艺属于技术秘密": "技术秘密",
    "秘密★10年": "秘密★",
    "本 文 为 内 部 资 料": "内部资料",
    "可推广到国防领域": "国防",
    "用于某型武器装备的生产": "武器装备",
    "涉密单位": "涉密",
    "厂区位于东经118°22′15″": "经纬度坐标",
    "基地在北纬32.05度附近": "经纬度坐标",
    "坐标 118.778074E, 32.057236N": "经纬度坐标",
    "坐标为 32°03′26″N": "经纬度坐标",
    "纬度：32.057236": "经纬度坐标",
    f"负责人身份证号{IDENTITY}。": "身份证号码",
    f"身份证 {IDENTITY.lower()}": "身份证号码",
    f"联系电话{PHONE}": "手机号码",
    "手机 138-0013-8000": "手机号码",
    "电话：１３８００１３８０００": "手机号码",
}
HARMLESS = (
    "完善内部控制，优化内部结构",
    "压缩机密封圈与电机密度",
    "计算机密集型任务",
    "数据的机密性与完整性，采用机密计算",
    "基于秘密共享的联邦学习",
    "与国防科技大学合作",
    "获单项冠军品牌",
    "材料不涉及国家秘密、军事秘密和商业秘密",
    "本项目不涉密，已做脱密处理",
    "非涉密信息系统",
    "锥角为5°30′，加热到118°C",
    "功率 3.142W，推力 12.345N",
    "总产量13812345678件",
    "编号 110105194912310021 与 110105194913310022",  # a wrong check letter, a month that never was
    "专利号 ZL202310123456.7，合同 138001380001",
)


@pytest.mark.parametrize(("text", "kind"), HITS.items(), ids=HITS.keys())
def test_what_may_be_secret_is_found(tmp_path: Path, rules: FormRules, text: str, kind: str) -> None:
    assert [hit.kind for hit in found(tmp_path, rules, form(more=p(text)))] == [kind]


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_only_look_like_it_are_left_alone(tmp_path: Path, rules: FormRules, text: str) -> None:
    assert found(tmp_path, rules, form(more=p(text))) == ()


def test_who_denies_one_secret_and_tells_another_is_asked(tmp_path: Path, rules: FormRules) -> None:
    text = "本项目不涉及国家秘密。工艺参数属于商业秘密。"
    assert [hit.kind for hit in found(tmp_path, rules, form(more=p(text)))] == ["商业秘密"]


def test_the_place_is_told_as_a_person_counts(tmp_path: Path, rules: FormRules) -> None:
    body = form().replace(p(HEADINGS[2]), p("第二段") + p("这里是机密") + p(HEADINGS[2]))
    body += f"<w:tbl>{row(p('甲'), p('绝密'))}</w:tbl>"
    assert [hit.place for hit in found(tmp_path, rules, body)] == ["“创新性”第 3 段", "“应用性”第 3 段（表格）"]


def test_numbers_of_persons_are_masked_wherever_they_are_quoted(tmp_path: Path, rules: FormRules) -> None:
    hits = found(tmp_path, rules, form(more=p(f"机密，张三{IDENTITY}，{PHONE}")))
    quotes = "".join(hit.quote for hit in hits)
    assert [hit.kind for hit in hits] == ["机密", "身份证号码", "手机号码"]
    assert (IDENTITY in quotes, PHONE in quotes) == (False, False)
    assert "110*************2X" in quotes
    assert "138******00" in quotes


def test_a_telephone_before_the_parts_is_nothing_to_confirm(tmp_path: Path, rules: FormRules) -> None:
    assert found(tmp_path, rules, p(f"联系人电话{PHONE}") + form()) == ()


def test_the_line_asks_to_confirm_the_third_commitment_and_blocks_nothing(tmp_path: Path, rules: FormRules) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(pack(form(more=p("机密") * 7)))
    line = secrecy(findings(recommendation.read(path, rules), rules, None))
    assert (line.verdict, line.r, line.blocks_submit) == (Verdict.LOOK, "R83", False)
    assert "共 7 处" in line.evidence
    assert "另有 2 处" in line.evidence
    assert "承诺第 3 条" in line.next_step


def secrecy(lines: tuple[Finding, ...]) -> Finding:
    return next(line for line in lines if line.rule == "form.secrecy")
