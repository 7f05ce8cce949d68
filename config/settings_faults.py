"""Says what is wrong with the settings of a machine, without ever showing a secret."""

import ipaddress

from pydantic import ValidationError

from config.refusal import BadConfiguration

SHORTEST_SECRET = 32  # characters
_FEWEST_DIFFERENT = 10  # characters of a secret that are not repetitions
_KNOWN_SECRETS = ("secret", "changeme", "change-me", "password", "default", "example", "linxuan", "demo")


def bad_setting(error: ValidationError, *, file: str, prefix: str) -> BadConfiguration:
    """The first fault that pydantic found, as a refusal; the value itself is not shown."""
    fault = error.errors(include_url=False, include_input=False)[0]
    key = prefix + str(fault["loc"][0]).removeprefix(prefix.lower()).upper()
    cure = {
        "int_parsing": "请写整数。",
        "int_type": "请写整数。",
        "literal_error": f"请写 {fault.get('ctx', {}).get('expected', '').replace(' or ', '、')} 之一。",
        "extra_forbidden": "没有这个设置，请删去。",
    }.get(fault["type"], f"请改正：{fault['msg']}。")
    return BadConfiguration("取值不对", file=file, key=key, next_step=cure)


def weakness_of(secret: str) -> str:
    """Why this secret cannot sign anything; empty when it can."""
    if not secret:
        return "没有设置密钥"
    if secret.lower().strip("!123456789-_ ") in _KNOWN_SECRETS:
        return "这是人人知道的默认密钥"
    if len(secret) < SHORTEST_SECRET:
        return f"密钥只有 {len(secret)} 位，至少要 {SHORTEST_SECRET} 位"
    if len(set(secret)) < _FEWEST_DIFFERENT:
        return "密钥由少数几个字符重复而成"
    return ""


def is_loopback(host: str) -> bool:
    """Whether this host is the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
