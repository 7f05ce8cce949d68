"""Turns what pydantic says of an edition's shape into one Chinese sentence with key and cure."""

import difflib
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.refusal import BadConfiguration

_KINDS = {
    "string_type": "文字",
    "int_type": "整数",
    "int_from_float": "整数",
    "float_type": "数字",
    "decimal_type": "数字",
    "decimal_parsing": "数字",
    "is_instance_of": "数字",
    "finite_number": "有限的数字",
    "bool_type": "true 或 false",
    "datetime_type": "带时区的时刻，例如 2024-08-16T00:00:00+08:00",
    "tuple_type": "列表 [ … ]",
    "model_type": "一组键",
    "model_attributes_type": "一组键",
}


def bad_shape(error: ValidationError, *, file: str, model: type[BaseModel]) -> BadConfiguration:
    """The first fault as a refusal; how many more there are is told, not listed."""
    faults = error.errors(include_url=False)
    first = faults[0]
    sentence, cure = _explain(first, model)
    more = f"（此外还有 {len(faults) - 1} 处）" if len(faults) > 1 else ""
    return BadConfiguration(sentence + more, file=file, key=dotted(first["loc"]), next_step=cure)


def dotted(loc: tuple[int | str, ...]) -> str:
    """A place as the file's readers write it: ``("rounds", 1, "places")`` is ``rounds[1].places``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")


def _explain(fault: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, given, bounds = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "missing":
        return "缺少这一项", '请补上 { value = …, r = "R…" }；方案没有写的，加 assumed = true。'
    if kind == "extra_forbidden":
        return "没有这一项", _did_you_mean(fault["loc"], model)
    if kind == "literal_error":
        return f"“{given}”不在可选之列", f"请改为 {bounds['expected'].replace(' or ', '、')} 之一。"
    if kind in _KINDS:
        return f"“{given}”的类型不对", f"请写{_KINDS[kind]}。"
    if kind == "value_error":
        return f"“{given}”没有时区偏移", "请写成 2024-08-16T00:00:00+08:00 的样子。"
    limits = (("gt", "大于"), ("ge", "不小于"), ("lt", "小于"), ("le", "不大于"))
    asked = [f"{word} {bounds[name]}" for name, word in limits if name in bounds]
    return f"“{given}”超出范围", f"请写{'、'.join(asked) or '合适'}的值。"


def _did_you_mean(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    names = _siblings(loc, model)
    near = difflib.get_close_matches(str(loc[-1]), names, n=1)
    return f"请改为 {near[0]}，或删去。" if near else f"请删去；这里可以写 {'、'.join(names)}。"


def _siblings(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _inner_model(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {tuple, Union, UnionType}:
        return next(filter(None, map(_inner_model, get_args(annotation))), None)
    return None
