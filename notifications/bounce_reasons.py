"""Says why a letter came back, in the office's words: by the status code of the server, or by what it wrote."""

import re
from collections.abc import Sequence

# What the office reads, and what it does.
REASONS: dict[str, tuple[str, str]] = {
    "unknown": ("地址不存在", "请向本人核对邮箱，更正后重发。"),
    "full": ("信箱已满", "请电话告知本人清理信箱，再重发。"),
    "disabled": ("信箱已停用", "请向本人索取新的邮箱，更正后重发。"),
    "domain": ("邮箱的域名收不了信", "请核对 @ 后面的部分，更正后重发。"),
    "large": ("信件太大", "请系统管理员检查信件，再重发。"),
    "refused": ("被对方拒收", "请对方把发信地址加入白名单，或换一个邮箱重发。"),
    "unreachable": ("对方服务器连不上", "请稍后重发；仍退回的，换一个邮箱。"),
    "other": ("被退回，原因见对方答复", "请按对方答复处理，或电话告知本人。"),
}
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_BY_STATUS: tuple[tuple[str, str], ...] = (
    (r"[45]\.1\.[0136]$", "unknown"),
    (r"[45]\.1\.2$|[45]\.4\.4$", "domain"),
    (r"[45]\.2\.1$", "disabled"),
    (r"[45]\.2\.2$", "full"),
    (r"[45]\.(2\.3|3\.4)$", "large"),
    (r"[45]\.7\.", "refused"),
    (r"[45]\.4\.", "unreachable"),
)
_NOT_THERE = "not found|doesn.t exist|does not exist|not exist|unknown"
_BY_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("full", ("mailbox (is )?full", "over.?quota", "quota exceeded", r"exceed\w* (the )?(storage|quota)",
              "insufficient (system )?storage", "已满|容量不足|空间不足")),
    ("disabled", ("disabled|inactive|suspended|account (is )?locked", "停用|禁用|冻结|已注销")),
    ("unknown", ("user unknown|unknown user", "no such (user|recipient|mailbox)",
                 rf"(user|mailbox|recipient|account|address)( \S+)? ({_NOT_THERE})",
                 "invalid (recipient|mailbox|user)", "recipientnotfound|no mailbox here",
                 "不存在|找不到(收件人|用户|邮箱)|无此用户")),
    ("domain", ("domain (not found|does not exist)", "host (unknown|not found)", "nxdomain|unrouteable",
                "name service error|no mx", "域名")),
    ("large", ("too (large|big)|message size exceeds", "超过.{0,12}大小|邮件过大")),
    ("refused", (r"spam|blacklist|block(ed|list)|rejected|denied|policy|dmarc|\bspf\b",
                 "not allowed|prohibited|refused by", "垃圾|拒收|拒绝|黑名单|频率|禁止")),
    ("unreachable", ("timed? ?out|connection (refused|reset)|unreachable|time expired", "无法连接|超时")),
)  # fmt: skip


def reason_of(statuses: Sequence[str], diagnostics: str, text: str) -> str:
    """A key of `REASONS`: by the codes of the report, else of the text; what servers write tells refusals apart."""
    by_words = by_words_of(diagnostics) or by_words_of(text)
    for code in (*statuses, *STATUS.findall(text)):
        for pattern, reason in _BY_STATUS:
            if re.match(pattern, code):
                return reason if reason != "refused" or by_words is None else by_words
    return by_words or "other"


def by_words_of(text: str) -> str | None:
    """The reason that these words of a server name, or ``None``."""
    return next((key for key, said in _BY_WORDS if re.search("|".join(said), text, re.IGNORECASE)), None)
