"""Says in plain Chinese what lies in an archive, how it is checked, and what is not in it: it is read without us."""

from datetime import datetime

from office.archive_bundle import MANIFEST, Bundle
from office.desk import Desk

README, INDEX = "README.txt", "index.docx"
_MARK = "\ufeff"  # old editors of Windows would take UTF-8 for something else

_CHECKING = f"""怎样核对
  {MANIFEST} 每行一个文件：SHA-256 摘要、两个空格、路径（UTF-8，用 / 分隔）。
  Linux / macOS：解压后在此目录运行  sha256sum -c {MANIFEST}   （macOS：shasum -a 256 -c {MANIFEST}）
  Windows：在 PowerShell 中运行  Get-FileHash 文件名 -Algorithm SHA256 ，与清单中的摘要比较。
  装有遴选系统的电脑：linxuan archive verify 本文件.zip ，不必解压，不必联网。
  清单本身的摘要已记入账本（事项“卷宗”），办公室可据此证明这份卷宗没有被改动过。
"""
_CHAIN = """账本的格式
  账本.jsonl 每行一条记录（JSON，UTF-8，时刻为世界时）。note 是文字，salt 是盐；note_digest 等于
  SHA-256（盐的字节 + 文字的 JSON，键按字母排序、无空格、不转义）。文字已依规定删除的，有 erased_at 而无 note；
  没有 note 也没有 erased_at 的，文字在各自的保密范围之内（评分、异议人身份等），不入卷。
"""
_LINKS = """  区块.jsonl 每行一个区块，一个接一个：digest = SHA-256（前一区块的 digest 的 64 个字 + 本区块各事件），
  每个事件前有一个字节 1E，其字段依次为 {fields}，以字节 1F 相隔；
  链贯穿系统内的各届，其他届的记录只有编号、状态和摘要，没有文字。
  空值为字节 00，时刻为自 1970-01-01 世界时起的微秒数。第一个区块之前的 digest 为 SHA-256("linxuan ledger 1")。
"""
_OF_CASE = """里面有什么
  index.docx            卷宗目录：每个文件是什么、多大、摘要是什么，以及未列入的内容和原因
  材料/                 申报单位提交的文件，按 编号-单位-项目-文件1、2、3、4 命名；历次版本/ 是被替换的旧版本
  文书/                 受理回执、形式审查意见、邀请函、证书等办公室文书
  代办依据/             办公室代申报单位或推荐方办理时所凭的纸质材料（有代办的才有）
  信件/                 发给申报单位和推荐方的信，用任何邮件程序打开；信中的办理链接已经去掉
  评审/                 结果产生之后：各轮各位专家的评分和理由，纸质评分表的照片
  决定、公示与异议/     涉及本项目的决定、公示版本、异议及其文书（不含异议人身份）
  账本/                 经过（Excel）和账本的记录（JSON）
"""
_OF_EDITION = """里面有什么
  index.docx            卷宗目录：各项目、本届文件及其摘要，未列入的内容和原因
  项目/编号-单位/       每个项目一个文件夹，其中 index.docx 是该项目的目录；内容与单个项目的卷宗相同：
                        材料、文书、信件、评审、决定公示与异议、账本
  设置/                 本届设置的各个版本（TOML 文本）
  文书/                 征集通知、形式审查汇总、统计等整届文书
  评审/                 结果产生之后：评审会文书，各轮全部评分（.jsonl），及重算程序：
                        python3 评审/count_again.py 评审/初评评分.jsonl
  决定、公示与异议/     全部决定、公示版本、异议（不含异议人身份）
  账本/                 账本（Excel）和全部记录、区块（JSON），可以逐块核验
"""
_CARE = """保管
  卷宗含有个人信息（联系人、电话、邮箱、专家姓名与评分），请按档案规定保管，不要外传。
  系统中依规定删除个人信息之后，含有其信息的旧卷宗也应当销毁，再生成新的。
"""


def add(bundle: Bundle, desk: Desk, *, about: str, of_edition: bool, fields: str = "", at: datetime) -> None:
    """Add the file that explains the others."""
    head = f"{about}卷宗\n{desk.edition.award.office}\n生成于 {desk.shown(at)}（{desk.edition.award.zone}）\n"
    links = _LINKS.format(fields=fields) if of_edition else ""
    parts = (head, _OF_EDITION if of_edition else _OF_CASE, _CHECKING, _CHAIN + links, _CARE)
    bundle.put(README, (_MARK + "\n".join(parts)).replace("\n", "\r\n").encode(), "说明")
