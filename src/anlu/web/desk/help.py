"""帮助: the first steps, the keys, which version this is, and what it is built on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.web.context import VERSION
from anlu.web.installation import the_installation
from anlu.web.nav import page

SHOWN_GROUPS = {"Installed with Anlu": "随程序安装", "Built into the pages": "编入页面"}
FIRST_STEPS = (
    ("找一条记录", "在顶部搜索编号、号牌、路名、地名；只会找到自己辖区内的。"),
    ("数从哪来", "页面上的数都能点开，打开的台账正好是组成它的那些记录；「口径」说明怎么算。"),
    ("把台账带走", "台账右上角导出 Excel、CSV 或打印。"),
    ("把表格带进来", "「导入」先看预览，再确认写入；退回的行另存一份表，最后一列是原因。"),
    ("改错与作废", "记录页右侧「可以办的」；作废要写原因，可以恢复，经过都留着。"),
    ("看不到某项", "请系统管理员在「系统 › 角色 › 权限由来」查：哪个角色、哪个单位给的，或缺什么。"),
    ("账号被锁", "忘记密码或被锁，请系统管理员重置或解锁。连续输错会锁定一段时间，到时自动解开。"),
)  # fmt: skip


@dataclass
class Group:
    """Packages that come into an installation in the same way."""

    label: str
    packages: list[tuple[str, str, str]] = field(default_factory=list)


@cache
def third_party() -> tuple[Group, ...]:
    """What this software is built on: name, version and licence, from the list that is installed with it."""
    try:
        files = distribution("anlu").files or []
    except PackageNotFoundError:
        return ()
    listed = next((one for one in files if one.name == "THIRD_PARTY.md"), None)
    return groups_of(listed.read_text(encoding="utf-8")) if listed is not None else ()


def groups_of(text: str) -> tuple[Group, ...]:
    """The tables of the list that concern an installation; those for building and testing are left out."""
    groups: list[Group] = []
    for line in text.splitlines():
        if line.startswith("## "):
            groups.append(Group(line.removeprefix("## ")))
        elif groups and line.startswith("| ") and not line.startswith(("| package", "| ---")):
            name, version, licence = (cell.strip() for cell in line.strip("| ").split("|")[:3])
            groups[-1].packages.append((name, version, licence))
    return tuple(Group(SHOWN_GROUPS[one.label], one.packages) for one in groups if one.label in SHOWN_GROUPS)


@page("web.help", "help/", "帮助")
def help_page(request: HttpRequest) -> HttpResponse:
    """First steps, keys, version, licences."""
    place = the_installation()
    context = {
        "first_steps": FIRST_STEPS,
        "version": VERSION,
        "place": place,
        "third_party": third_party(),
        "number": sum(len(one.packages) for one in third_party()),
    }
    return render(request, "web/desk/help.html", context)
