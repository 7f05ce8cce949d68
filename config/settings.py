"""Reads what belongs to this machine, not to the award: folders, database, mail server, secrets.

The environment (``LINXUAN_…``) goes over the file ``linxuan.env`` in the home folder, which `linxuan init` writes.
"""

import difflib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.mail_limits import limits_of
from config.refusal import BadConfiguration
from config.settings_faults import bad_setting, is_loopback, weakness_of

ENV_FILE = "linxuan.env"
_PREFIX = "LINXUAN_"
_DEFAULT_HOME = Path("./var")
_DATABASES = ("sqlite", "postgresql")
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")

_Fault = tuple[str, str, str]  # key without prefix, sentence, cure
WebAddress = Annotated[str, AfterValidator(lambda address: address.rstrip("/"))]


class Settings(BaseSettings):
    """What this machine was told; make one with `Settings.for_home` or `Settings.from_environment`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    home: Path = _DEFAULT_HOME
    database_url: str = Field(default_factory=lambda told: f"sqlite:///{told['home'] / 'linxuan.db'}", repr=False)
    database_connections: int = Field(default=8, ge=1, le=100)
    edition: str = "2024"
    edition_file: Path | None = None
    holidays_file: Path = Field(default_factory=lambda told: told["home"] / "holidays.toml")
    vault: Path = Field(default_factory=lambda told: told["home"] / "vault")
    drawer_key: Path = Field(default_factory=lambda told: told["home"] / "drawer.key")  # opens who objects
    backups: Path = Field(default_factory=lambda told: told["home"] / "backups")  # better on another disk
    disk_reserve_megabytes: int = Field(default=2048, ge=0)  # below so much room uploads wait, all else goes on
    mailbox: Path = Field(default_factory=lambda told: told["home"] / "mailbox")

    mail_host: str | None = None  # without one, letters go into the folder mailbox
    mail_tls: Literal["starttls", "implicit", "none"] = "starttls"
    mail_port: int = Field(
        default_factory=lambda told: {"starttls": 587, "implicit": 465, "none": 25}[told["mail_tls"]], ge=1, le=65535
    )
    mail_user: str | None = None
    mail_password: SecretStr | None = None
    mail_from: str = "linxuan@localhost"
    mail_reply_to: str | None = None
    mail_connections: int = Field(default=4, ge=1, le=16)
    mail_domain_limits: str = ""  # letters a minute, by the recipient's domain: 163.com=30,qq.com=60

    bounce_host: str | None = None  # the mailbox that letters come back to, by IMAP; without one they are not watched
    bounce_tls: Literal["starttls", "implicit", "none"] = "implicit"
    bounce_port: int = Field(
        default_factory=lambda told: {"starttls": 143, "implicit": 993, "none": 143}[told["bounce_tls"]], ge=1, le=65535
    )
    bounce_user: str | None = None
    bounce_password_file: Path | None = None
    bounce_folder: str = "INBOX"
    bounce_minutes: int = Field(default=5, ge=1, le=1440)

    public_url: WebAddress = "http://127.0.0.1:8000"
    hall: bool = False  # a laptop in the hall, reached by plain http on the hall's own network
    secret: SecretStr | None = None
    prefect_api_url: WebAddress = "http://127.0.0.1:4200/api"
    prefect_password: SecretStr | None = None
    ocr: bool = False  # read the print of scanned letters too: seconds and half a gigabyte a reader, extra [ocr]

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of ``LINXUAN_HOME`` (``./var`` without it); `BadConfiguration` names what is wrong."""
        return cls.for_home(Path(os.environ.get(_PREFIX + "HOME") or _DEFAULT_HOME))

    @classmethod
    def for_home(cls, home: Path) -> Self:
        """The settings of this home folder, which need not exist; `BadConfiguration` names what is wrong."""
        home = home.expanduser().absolute()
        try:
            settings = cls(home=home)
        except ValidationError as error:
            raise bad_setting(error, file=_place(home), prefix=_PREFIX) from error
        found = (
            _contradiction_of_mail(settings)
            or _contradiction_of_bounces(settings)
            or _contradiction_of_addresses(settings)
        )
        if found:
            key, sentence, cure = found
            raise BadConfiguration(sentence, file=_place(home), key=_PREFIX + key, next_step=cure)
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by the file of the home folder
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not used
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then the file of the home folder."""
        return init_settings, env_settings, _HomeFile(settings_cls)

    @property
    def instance(self) -> str:
        """Eight letters that tell this installation from others in Message-IDs; they give nothing away."""
        told = self.secret.get_secret_value() if self.secret else str(self.home)
        return hashlib.sha256(b"linxuan instance " + told.encode()).hexdigest()[:8]

    def require_secret(self) -> str:
        """The secret that signs links and sessions; `BadConfiguration` when it is missing, short or a known default."""
        told = self.secret.get_secret_value() if self.secret else ""
        weakness = weakness_of(told)
        if weakness:
            raise BadConfiguration(
                weakness,
                file=_place(self.home),
                key=_PREFIX + "SECRET",
                next_step="请运行 linxuan init 生成，或自行设置 32 位以上的随机文字。",
            )
        return told


SECRETS = frozenset(
    name
    for name, field in Settings.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation))
)


def _contradiction_of_mail(facts: Settings) -> _Fault | None:
    remote = facts.mail_host is not None and not is_loopback(facts.mail_host)
    if facts.mail_tls == "none" and remote:
        return "MAIL_TLS", f"不加密的邮件只能发往本机，不能发往 {facts.mail_host}", "请写 starttls 或 implicit。"
    if bool(facts.mail_user) != bool(facts.mail_password):
        missing = "MAIL_PASSWORD" if facts.mail_user else "MAIL_USER"
        return missing, "邮箱用户名与口令只写了一个", "请两项都写，或都不写。"
    for key, address in (("MAIL_FROM", facts.mail_from), ("MAIL_REPLY_TO", facts.mail_reply_to)):
        if address is not None and not _ADDRESS.fullmatch(address):
            return key, "不是一个邮箱地址", "请只写一个地址，例如 office@example.cn。"
    if remote and facts.mail_from.endswith("@localhost"):
        return "MAIL_FROM", "对外发信却没有写发信地址", "请写遴选办公室的邮箱。"
    return None


def _contradiction_of_bounces(facts: Settings) -> _Fault | None:
    try:
        limits_of(facts.mail_domain_limits)
    except ValueError as fault:
        return "MAIL_DOMAIN_LIMITS", f"“{fault}”不是每分钟的封数", "请写成 163.com=30,qq.com=60 的样子。"
    if facts.bounce_host is None:
        return None
    if facts.bounce_tls == "none" and not is_loopback(facts.bounce_host):
        return "BOUNCE_TLS", f"退信邮箱不加密的只能在本机，不能是 {facts.bounce_host}", "请写 starttls 或 implicit。"
    if not facts.bounce_user or facts.bounce_password_file is None:
        missing = "BOUNCE_PASSWORD_FILE" if facts.bounce_user else "BOUNCE_USER"
        return missing, "退信邮箱缺用户名或口令文件", "请两项都写；口令单独放在只有本系统能读的文件里。"
    return None


def _contradiction_of_addresses(facts: Settings) -> _Fault | None:
    scheme = facts.database_url.partition(":")[0].partition("+")[0]
    if scheme not in _DATABASES:
        return "DATABASE_URL", f"不支持“{scheme}”数据库", "请写 sqlite:///… 或 postgresql+psycopg://…。"
    for key, address in (("PUBLIC_URL", facts.public_url), ("PREFECT_API_URL", facts.prefect_api_url)):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return key, "不是网址", "请写成 https://award.example.cn 的样子。"
        if parts.scheme == "http" and not is_loopback(parts.hostname) and not (facts.hall and key == "PUBLIC_URL"):
            return key, "不加密的网址只能用于本机", "请改用 https://，证书由前面的网关负责。"
    return None


class _HomeFile(PydanticBaseSettingsSource):
    """The lowest source: ``linxuan.env`` in the home that the sources above have named."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - by contract
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        home = Path(self.current_state.get("home", _DEFAULT_HOME))
        return {key: value for key, value in read_env_file(home).items() if value and key not in self.current_state}


def read_env_file(home: Path) -> dict[str, str]:
    """The file's values by the names of `Settings` (``mail_host``); empty without a file.

    Nothing in a value is expanded. Raises `BadConfiguration` for a line that is none, a name that is none, or a file
    that others may read.
    """
    path = home / ENV_FILE
    if not path.exists():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadConfiguration(
            "其他用户也能读这个文件，其中有口令", file=str(path), key=ENV_FILE, next_step=f"请运行 chmod 600 {path}。"
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return dict(_pair(line, number, path) for number, line in numbered if line and not line.startswith("#"))


def write_env_file(home: Path, values: Mapping[str, str]) -> Path:
    """Writes values by the names of `Settings` over those that the file has; readable by its owner alone, whole or not.

    Raises `BadConfiguration` for a name that is no setting or a value of several lines.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / ENV_FILE
    kept = read_env_file(home) | dict(values)
    lines = [_line(key, value, path) for key, value in kept.items()]
    handle, draft = tempfile.mkstemp(dir=home, prefix=f".{ENV_FILE}.")  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return path


def _line(key: str, value: str, path: Path) -> str:
    _known(key, path, _PREFIX + key.upper())
    if value.splitlines() not in ([], [value]) or value != value.strip():
        raise BadConfiguration(
            "值只能是一行，首尾不能有空白", file=str(path), key=_PREFIX + key.upper(), next_step="请改短为一行后重试。"
        )
    return f"{_PREFIX}{key.upper()}={value}\n"


def _pair(line: str, number: int, path: Path) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in line.partition("="))
    if not equals:
        raise BadConfiguration(
            "这一行没有等号",
            file=str(path),
            key=f"第 {number} 行",
            next_step="请写成 LINXUAN_MAIL_HOST=smtp.example.cn。",
        )
    return _known(name.removeprefix(_PREFIX).lower(), path, name), value


def _known(key: str, path: Path, name: str) -> str:
    if key in Settings.model_fields and key != "home":
        return key
    near = difflib.get_close_matches(key, Settings.model_fields, n=1)
    cure = f"请改为 {_PREFIX}{near[0].upper()}，或删去。" if near and near[0] != "home" else "请删去这一行。"
    raise BadConfiguration("没有这个设置", file=str(path), key=name, next_step=cure)


def _place(home: Path) -> str:
    path = home / ENV_FILE
    return f"环境变量或 {path}" if path.exists() else "环境变量"
