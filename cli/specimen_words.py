"""Makes Chinese technical prose of an exact length in 字 for the sample forms, the same for the same seed."""

from collections.abc import Iterator
from itertools import count as numbers
from zlib import crc32

from documents.wordcount import count

_PLACES = (
    "总装车间", "精密加工单元", "热处理产线", "智能仓储中心", "在线检测工位", "柔性装配线", "远程运维平台",
    "工艺设计部门", "供应链协同中心", "试验验证基地", "数字孪生平台", "能源管理系统",
)  # fmt: skip
_PROBLEMS = (
    "数据采集不全", "工艺参数依赖经验", "设备停机难以预知", "换型时间过长", "质量追溯链条断裂", "多系统接口不通",
    "能耗居高不下", "误差来源难以分离", "计划与现场脱节", "备件库存积压",
)  # fmt: skip
_METHODS = (
    "机理模型与数据模型相结合的补偿方法", "基于工业互联网的协同调度方法", "多源信号融合的故障诊断方法",
    "面向边缘侧的轻量化推理方法", "以数字孪生为核心的虚拟调试方法", "自学习的工艺参数优化方法",
    "全流程质量追溯方法", "基于视觉的在线检测方法",
)  # fmt: skip
_MEASURES = (
    "一次合格率",
    "设备综合效率",
    "主轴定位精度",
    "单位产品能耗",
    "换型时间",
    "交付周期",
    "人均产值",
    "故障预警准确率",
)
_SHAPES = (
    "针对{place}{problem}的问题，项目组提出{method}，完成现场验证后在同类产线推广。",
    "在{place}连续运行{months}个月的结果表明，{measure}由{before}改善到{after}，达到设计指标。",
    "与同类系统相比，该方案不改变原有设备结构，{place}的改造可以在{days}天内完成。",
    "{method}已在{plants}家单位应用，用户反映{place}的{problem}现象明显减少。",
    "围绕{measure}这一指标，项目组建立了覆盖{place}的测试规范，测试数据全部可以追溯。",
    "为解决{problem}，团队把{method}移植到{place}，{measure}提高{gain}。",
)
_FILL = (
    "上述做法已经形成完整的技术文件与操作规程，现场人员经过培训即可独立使用，"
    "后续将结合用户意见持续改进，并向更多产线推广"
)


def paragraphs(words: int, *, seed: str, longest: int = 180) -> tuple[str, ...]:
    """Paragraphs of together exactly ``words`` 字, none longer than about ``longest``; none for zero."""
    sentences = _sentences(seed)
    made: list[str] = []
    while words > 0:
        text = ""
        room = min(words, longest)
        for sentence in sentences:
            if count(text + sentence) > room:
                break
            text += sentence
        text = text if words > longest and text else text + _filling(words - count(text))
        made.append(text)
        words -= count(text)
    return tuple(made)


def _filling(words: int) -> str:
    """Plain characters, one 字 each, closed by a full stop."""
    if not words:
        return ""
    return (_FILL * (words // len(_FILL) + 1))[: words - 1].rstrip("，").ljust(words - 1, "等") + "。"


def _sentences(seed: str) -> Iterator[str]:
    start = crc32(seed.encode())
    for number in numbers(start % 9973):
        before = 60 + number * 7 % 25
        yield _SHAPES[number % len(_SHAPES)].format(
            place=_PLACES[number * 5 % len(_PLACES)],
            problem=_PROBLEMS[number * 3 % len(_PROBLEMS)],
            method=_METHODS[number * 11 % len(_METHODS)],
            measure=_MEASURES[number * 7 % len(_MEASURES)],
            months=6 + number % 19,
            days=5 + number % 23,
            plants=2 + number % 17,
            before=f"{before}.{number % 10}%",
            after=f"{before + 9 + number % 6}.{number * 3 % 10}%",
            gain=f"{8 + number % 27}.{number * 7 % 10}%",
        )
