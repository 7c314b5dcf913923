"""
What an administrator may change: environment variables and ``anlu.toml`` in the data folder.

The environment wins over the file, the file over the defaults. Every field is described here once; the page
``docs/reference/settings.md`` is generated from it.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from anlu.engine.errors import BadInput

FILE = "anlu.toml"
FOLDER_VARIABLE = "ANLU_DATA"
DEFAULT_FOLDER = "var"
NOT_IN_FILE = ("data_folder", "secret_key")  # where the file itself lies; a secret has a file of its own


def data_folder() -> Path:
    """The data folder that the environment names, absolute; ``./var`` when it names none."""
    return Path(os.environ.get(FOLDER_VARIABLE, "").strip() or DEFAULT_FOLDER).expanduser().absolute()


class Configuration(BaseSettings):
    """One installation's settings, typed and checked on start."""

    model_config = SettingsConfigDict(env_prefix="ANLU_", extra="forbid", frozen=True, populate_by_name=True)

    data_folder: Path = Field(
        default_factory=data_folder,
        validation_alias=AliasChoices(FOLDER_VARIABLE),
        description="数据文件夹: 数据库、密钥、上传文件、日志都在其中。只能由环境变量 ANLU_DATA 指定",
    )
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        description="数据库地址: sqlite:////绝对路径 或 postgresql://用户:口令@主机/库;"
        " 空 = 数据文件夹中的 anlu.sqlite3。环境变量为 DATABASE_URL",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="签名密钥; 空 = 读 anlu init 建立的 keys/secret_key",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"],
        description="允许访问的主机名或地址, 逗号分隔。内网使用时写上服务器的地址, 如 10.1.2.3",
    )
    https: bool = Field(
        default=False,
        description="经 HTTPS 访问(前面有反向代理): Cookie 只走加密连接, 并要求浏览器以后也如此",
    )
    behind_proxy: bool = Field(
        default=False, description="前面有反向代理: 采信其 X-Forwarded-For 与 X-Forwarded-Proto"
    )
    time_zone: str = Field(default="Asia/Shanghai", description="时区")
    upload_limit_mb: int = Field(default=200, ge=1, description="单个上传文件上限(MB)")
    upload_quota_mb: int = Field(default=20_000, ge=1, description="上传文件合计上限(MB)")
    export_approval_rows: int = Field(
        default=100_000, ge=0, description="导出多于几行须他人审批; 0 = 都须审批"
    )
    export_count_hours: int = Field(
        default=24, ge=0, le=720, description="同一人在几小时内导出的同类记录合计审批; 0 = 各次单独算"
    )
    job_threads: int = Field(default=2, ge=1, le=16, description="后台同时进行的任务数")
    session_idle_minutes: int = Field(default=30, ge=1, le=720, description="无操作多久后退出登录(分钟)")
    session_single: bool = Field(default=False, description="同一账号只许一处登录")
    sign_in_failures: int = Field(default=5, ge=1, le=50, description="连续输错几次口令后锁定")
    lock_minutes: int = Field(default=30, ge=1, description="锁定多久(分钟)")
    password_days: int = Field(default=90, ge=0, description="口令多久须更换(天); 0 = 不要求")
    log_days: int = Field(default=180, ge=180, description="登录日志保存多久(天), 法定不少于六个月")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> Any:
        """Commas in the environment, a list in the file."""
        if isinstance(value, str):
            return [host.strip() for host in value.split(",") if host.strip()]
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("应为时区名, 如 Asia/Shanghai")
        return value

    @field_validator("data_folder", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        stored = TomlConfigSettingsSource(settings_cls, toml_file=data_folder() / FILE)
        return init_settings, env_settings, stored


def load() -> Configuration:
    """
    Read the configuration.

    Raises
    ------
    BadInput
        ``anlu.toml`` is not TOML, or a value is not of the kind that its field asks for.
    """
    try:
        return Configuration()
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"不是有效的 TOML: {error}", file=data_folder() / FILE) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        found = None if "secret" in name.lower() or "url" in name.lower() else first.get("input")
        raise BadInput(
            first["msg"], file=f"{data_folder() / FILE} 或环境变量", field=name, found=found
        ) from None


def write_sample(folder: Path) -> bool:
    """Write ``anlu.toml`` with every setting, its default and its meaning, all commented out; False when
    there is one.
    """
    path = folder / FILE
    if path.exists():
        return False
    lines = ["# 安路的设置。去掉行首的 # 即生效; 环境变量 ANLU_… 优先于本文件。改后重启 anlu serve。"]
    for name, field in Configuration.model_fields.items():
        if name not in NOT_IN_FILE:
            lines += ["", f"# {field.description}", f"# {name} = {_toml(field.get_default())}"]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return True


def _toml(value: Any) -> str:
    """A default as TOML writes it; JSON's texts, numbers, truth values and lists of texts are the same."""
    return json.dumps(value, ensure_ascii=False)


configuration = load()
