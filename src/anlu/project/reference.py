"""
The reference page of the settings, written from their declarations.

    python -m anlu.project.reference docs/reference/settings.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from anlu.kernel.core.clock import VARIABLE
from anlu.project.configuration import NOT_IN_FILE, Configuration

HEAD: Final = """# 设置

<!-- 由 make docs 从 src/anlu/project/configuration.py 生成, 不要手改 -->

每一项可以写在数据文件夹的 `anlu.toml` 里(`anlu init` 已建好, 每项都注明含义、带着默认值, 去掉行首的 `#` 即生效),
也可以用环境变量给出; 环境变量优先。改后重启 `anlu serve`。写错的设置会让命令停下, 并用一行说明错在哪一项。

| 设置 | 环境变量 | 默认 | 含义 |
| --- | --- | --- | --- |
"""
TAIL: Final = f"""
只有环境变量的:

| 环境变量 | 含义 |
| --- | --- |
| `{VARIABLE}` | 业务日期, 如 `2023-07-03`: 页面、期间和期限以这一天为今天; 会话、锁定、封印、备份仍用系统时钟 |
| `DJANGO_SETTINGS_MODULE` | 换用另一份 Django 设置, 一般不需要 |
"""


def settings_page() -> str:
    """The whole page."""
    rows = [_row(name, field) for name, field in Configuration.model_fields.items()]
    return HEAD + "\n".join(rows) + "\n" + TAIL


def _row(name: str, field: FieldInfo) -> str:
    shown = "" if name in NOT_IN_FILE else f"`{name}`"
    words = (field.description or "").replace("|", "\\|")
    return f"| {shown} | `{_variable(name, field)}` | {_default(name, field)} | {words} |"


def _variable(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"ANLU_{name.upper()}"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_folder":
        return "`./var`"
    value: Any = field.get_default()
    if name in NOT_IN_FILE or value == "":
        return "空"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(settings_page(), encoding="utf-8")
