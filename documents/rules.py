"""Lists the built-in rules: which line each writes, by which clause, what it looks at, how it can end."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from documents.findings import Verdict

_G, _A, _L, _R = Verdict


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One rule: the name of its lines (``*`` stands for a part, a field, a level), its clauses, its verdicts.

    ``blocks`` says whether its red lines keep the application from being handed in.
    """

    name: str
    clauses: tuple[str, ...]
    checks: str
    verdicts: tuple[Verdict, ...]
    blocks: bool = False

    @property
    def paper(self) -> str:
        """Which of the files it reads, in Chinese."""
        papers = {"form": "推荐表", "video": "答辩视频", "letter": "承诺书", "evidence": "证明材料"}
        return papers.get(self.name.partition(".")[0], "全部")


BUILT_IN = (
    BuiltIn("size", ("R41",), "文件大小不超过本栏上限", (_G, _R), blocks=True),
    BuiltIn("own_rules", ("R44",), "自装规则使读取中断时说明", (_L,)),
    BuiltIn("form.readable", ("R47",), "是可以正常打开的 .docx，未加密、未损坏、不含宏", (_G, _L, _R), blocks=True),
    BuiltIn("form.words", ("R52",), "正文字数不超过上限；复核区间由人工看", (_G, _A, _L, _R), blocks=True),
    BuiltIn("form.part.*", ("R53", "R54", "R55", "R57", "R58"), "四个部分齐全、有内容", (_G, _L, _R), blocks=True),
    BuiltIn("form.data.innovation", ("R56",), "创新性部分有指标、数据的横向对比", (_A,)),
    BuiltIn("form.data.application", ("R62",), "应用性部分有前后数据对比的表格", (_A,)),
    BuiltIn("form.order", ("R53",), "各部分按推荐表的顺序", (_G, _L)),
    BuiltIn("form.title", ("R48",), "题名是本届推荐表的", (_G, _A, _L)),
    BuiltIn("form.head.*", ("R49", "R50", "R51"), "表头名称与登记的一致", (_G, _L)),
    BuiltIn("form.imported", ("R52",), "没有引入字数统计不到的其他格式", (_L,)),
    BuiltIn("form.drawn", ("R68",), "图形中的文字（不计字数）不致超出上限", (_A, _L)),
    BuiltIn("form.outside", ("R68",), "不引用文件之外的内容", (_G, _L)),
    BuiltIn("form.changes", ("R68",), "没有未接受的修订", (_A,)),
    BuiltIn("form.comments", ("R68",), "没有批注", (_A,)),
    BuiltIn("form.hidden", ("R68",), "没有隐藏文字", (_A,)),
    BuiltIn("form.embedded", ("R68",), "没有专家可能看不到的嵌入对象", (_A,)),
    BuiltIn("form.secrecy", ("R83",), "没有涉密字样；有则再次确认承诺", (_G, _L)),
    BuiltIn("form.style.*", ("R63", "R64", "R65", "R66"), "各级标题和正文的字体、字号、行距", (_G, _A)),
    BuiltIn("form.numbering", ("R67",), "标题编号依推荐表的次序", (_G, _A)),
    BuiltIn("video.readable", ("R70",), "视频能读到结尾", (_G, _L)),
    BuiltIn("video.type", ("R70",), "真正是 MP4，完整、未损坏、有画面", (_G, _R), blocks=True),
    BuiltIn("video.codec", ("R70",), "画面编码是专家浏览器能放的", (_L,)),
    BuiltIn("video.stowaway", ("R70",), "MP4 中没有夹带其他文件", (_L,)),
    BuiltIn("video.length", ("R71", "R72"), "时长不超过上限；超时退回修改，不阻止提交", (_G, _L, _R)),
    BuiltIn("video.header", ("R71",), "文件头所写时长与实际一致，没有隐藏的内容", (_L,)),
    BuiltIn("video.soundness", ("R70",), "抽取的关键帧能够解码", (_L,)),
    BuiltIn("video.sound", ("R73",), "有讲解声音", (_A,)),
    BuiltIn("video.slides", ("R73",), "画面像幻灯片的比例（提示）", (_G, _A)),
    BuiltIn("video.promo", ("R76",), "镜头切换的快慢（是否像宣传片的提示）", (_G, _L)),
    BuiltIn("video.black", ("R73",), "黑屏的比例（提示）", (_A, _L)),
    BuiltIn("video.still", ("R73",), "画面长时间不动（提示）", (_A,)),
    BuiltIn("letter.readable", ("R78",), "PDF 能读完", (_G, _L)),
    BuiltIn("letter.type", ("R78",), "是能打开的 PDF，未加密、未损坏", (_R,), blocks=True),
    BuiltIn("letter.active", ("R78",), "PDF 中没有脚本、附件等会自行动作的内容", (_R,), blocks=True),
    BuiltIn("letter.size", ("R78",), "页数和图片大小在能逐页查看的范围内", (_L,)),
    BuiltIn("letter.digital", ("R78",), "没有数字签名（其效力程序不验证）", (_A,)),
    BuiltIn("letter.scan", ("R78",), "是盖章或签字后的扫描件", (_G, _L)),
    BuiltIn("letter.names", ("R80",), "承诺书上的名称与申报信息一致", (_G, _L)),
    BuiltIn("letter.endorser", ("R86",), "推荐方一栏有印章或签字", (_G, _L)),
    BuiltIn("letter.unit", ("R87",), "申报单位一栏有印章", (_G, _L)),
    BuiltIn("evidence.readable", ("R89",), "PDF 能读完", (_G, _L)),
    BuiltIn("evidence.type", ("R89",), "是能打开的 PDF，未加密、未损坏", (_R,), blocks=True),
    BuiltIn("evidence.active", ("R89",), "PDF 中没有脚本、附件等会自行动作的内容", (_R,), blocks=True),
    BuiltIn("evidence.size", ("R89",), "页数和图片大小在能逐页查看的范围内", (_L,)),
    BuiltIn("evidence.digital", ("R89",), "没有数字签名（其效力程序不验证）", (_A,)),
    BuiltIn("evidence.pages", ("R89",), "页数", (_G,)),
    BuiltIn("evidence.kind", ("R89",), "标明了类别，且与文中所见相合", (_G, _A)),
    BuiltIn("evidence.seal", ("R92",), "须盖章原件的一类有印章", (_G, _L)),
)


def built_in(name: str) -> BuiltIn | None:
    """The rule that writes lines of this name, or ``None``."""
    return next((rule for rule in BUILT_IN if fnmatchcase(name, rule.name)), None)


def endings(rule: BuiltIn) -> str:
    """The verdicts in words: 通过、待人工、不通过※."""
    return "、".join(each.label + ("※" if each is Verdict.RED and rule.blocks else "") for each in rule.verdicts)
