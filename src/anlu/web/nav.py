"""
Pages and the menu: chapters and items are data, an entry appears when a page registers itself under one.

A page is declared with its address, its permission and its place in the menu, so that the menu, the guard at the
door, the breadcrumb, the role editor and the repository-wide tests all read the same declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, reverse

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.web.viewers import viewer_of

View = Callable[..., HttpResponseBase]


class NoSuchMenuItem(AnluError):
    """A page that wants a place which the menu does not have."""


@dataclass(frozen=True)
class Chapter:
    """One of the eleven chapters of the menu; ``items`` stand in the order in which people know them."""

    label: str
    icon: str
    items: tuple[str, ...]


def _chapter(label: str, icon: str, *items: str) -> Chapter:
    return Chapter(label, icon, items)


CHAPTERS: tuple[Chapter, ...] = (
    _chapter(
        "今日", "home", "我的待办", "晨会一页纸", "领导视图", "今日报数", "值班带班", "到期督办", "意见建议"
    ),
    _chapter(
        "一张图", "map-2", "事故", "风险", "隐患", "岗位", "两站两员", "网点", "喇叭与标牌", "图层与打印"
    ),
    _chapter(
        "研判",
        "chart-histogram",
        "四项指数",
        "时空分布",
        "多发点段",
        "周预警",
        "管控重点",
        "效果评估",
        "口径与数据质量",
    ),
    _chapter(
        "队伍建设",
        "users-group",
        "党组织与人员",
        "学习活动",
        "心得与笔记",
        "大讨论与问题清单",
        "组织生活",
        "警示教育",
        "督查",
        "督查通报",
        "练兵",
        "荣誉与经验推广",
    ),
    _chapter(
        "综合治理",
        "building-community",
        "交安委与成员单位",
        "专班与抽调",
        "调度会",
        "来文交办",
        "督办约谈挂牌",
        "下沉督导",
        "镇街考核",
        "两站两员",
        "一镇一档",
        "一村一档",
    ),
    _chapter(
        "路面管控",
        "road",
        "专项行动",
        "岗位与勤务",
        "联合执法",
        "战果登记",
        "酒驾醉驾",
        "危化品",
        "非机动车与行人",
        "低速电动车",
        "头盔佩戴率",
    ),
    _chapter(
        "源头管控",
        "shield-check",
        "道路隐患",
        "视距路口",
        "马路市场",
        "重点车辆",
        "重点驾驶人",
        "企业",
        "场站",
        "检验机构",
        "大吨小标核查",
        "事故台账",
        "法定时限",
        "救助基金",
    ),
    _chapter(
        "服务发展",
        "heart-handshake",
        "网点",
        "下放事项",
        "业务量",
        "套餐与绿通",
        "体检机构",
        "考试能力与场次",
        "三科连考",
        "好差评",
        "国优自评(四优)",
    ),
    _chapter(
        "宣传教育",
        "speakerphone",
        "宣传阵地",
        "大喇叭",
        "提示牌",
        "活动(七进矩阵)",
        "宣讲团",
        "电影下乡",
        "短信",
        "五大曝光",
        "栏目与稿件",
        "上稿台账",
        "素材库",
    ),
    _chapter(
        "统计报告",
        "report",
        "工作计划",
        "指标目录",
        "报数中心(日/周/月)",
        "上级模板",
        "周报",
        "半年总结",
        "文章对照",
        "迎检资料包",
        "关账与更正",
    ),
    _chapter(
        "系统",
        "settings",
        "人员单位",
        "角色",
        "字典",
        "数据来源登记",
        "导入记录",
        "摆渡",
        "公文模板",
        "规范表述库",
        "日志与审计",
        "体检",
    ),
)

PLACES = frozenset((chapter.label, item) for chapter in CHAPTERS for item in chapter.items)


@dataclass(frozen=True)
class Page:
    """
    One address of the platform.

    ``code`` is the name of the address (``reverse(code)``), ``permission`` what a person must hold ("" = everybody
    who is signed in), ``entry`` makes it the page that the menu item opens, ``ledger`` names the ledger that it
    belongs to, and
    ``public`` opens it to people without an account.
    """

    code: str
    path: str
    label: str
    view: View = field(compare=False)
    permission: str = ""
    chapter: str = ""
    item: str = ""
    entry: bool = False
    ledger: str = ""
    public: bool = False
    rank: int = 50  # place among the pages of one menu item

    @property
    def place(self) -> tuple[str, str]:
        """Chapter and item."""
        return self.chapter, self.item

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the values that the address needs."""
        pattern = path(self.path, self.view, name=self.code).pattern
        return tuple(pattern.regex.groupindex)

    def allows(self, viewer: Viewer | None) -> bool:
        """True when ``viewer`` may open this page."""
        if self.public:
            return True
        return viewer is not None and (not self.permission or viewer.may(self.permission))


class Pages(Registry[Page]):
    """All declared pages."""

    def add(self, item: Page) -> Page:
        """Register a page.

        Raises
        ------
        NoSuchMenuItem
            its chapter and item are not in ``CHAPTERS``.
        """
        if item.chapter and item.place not in PLACES:
            raise NoSuchMenuItem(
                f"page {item.code!r} wants {item.chapter}›{item.item}, which the menu does not have"
            )
        return super().add(item)

    def entries(self) -> dict[tuple[str, str], list[Page]]:
        """Pages that menu items open, by place; the first that a person may open is the one shown."""
        found: dict[tuple[str, str], list[Page]] = {}
        for page in self:
            if page.entry:
                found.setdefault(page.place, []).append(page)
        return {place: sorted(sisters, key=lambda one: one.rank) for place, sisters in found.items()}


pages = Pages("page")


def page(
    code: str,
    path: str,
    label: str,
    *,
    chapter: str = "",
    item: str = "",
    permission: str = "",
    entry: bool | None = None,
    **more: Any,
) -> Callable[[View], View]:
    """
    Declare a view as a page: ``@page("crashes.statistics", "crashes/statistics/", "时空分布", chapter="研判", ...)``.

    ``item`` defaults to the label and ``entry`` to true for a page whose label is a menu item.
    """

    def declare(view: View) -> View:
        name = item or (label if (chapter, label) in PLACES else "")
        opens = bool(chapter) and name == label if entry is None else entry
        pages.add(Page(code, path, label, view, permission, chapter, name, opens, **more))
        return view

    return declare


def guarded(page: Page) -> View:
    """The view of ``page`` behind its door: nobody comes in without the permission that the page declares."""

    @wraps(page.view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.page = page  # type: ignore[attr-defined]
        if not page.allows(viewer_of(request)):
            raise PermissionDenied(page.label)
        return page.view(request, *args, **kwargs)

    return login_not_required(answer) if page.public else answer


def patterns() -> list[URLPattern | URLResolver]:
    """
    Addresses of all declared pages; fixed ones before those with values, so that ``new/`` is never a uid.

    Those that begin alike stand together: an address is looked for among some dozens, not among a thousand.
    """
    ordered = sorted(pages, key=lambda one: one.path.count("<"))
    together: dict[str, list[URLPattern]] = {}
    for one in ordered:
        first, slash, rest = one.path.partition("/")
        begins = first + slash if slash and "<" not in first else ""
        together.setdefault(begins, []).append(
            path(rest if begins else one.path, guarded(one), name=one.code)
        )
    alone = together.pop("", [])
    return [*(path(begins, include(members)) for begins, members in together.items()), *alone]


# ------------------------------------------------------------------------------------------------ menu


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu as one person sees it."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class MenuChapter:
    """One chapter of the menu as one person sees it: only items that this person may open."""

    label: str
    icon: str
    items: tuple[MenuItem, ...]
    open: bool


def menu_for(viewer: Viewer | None, here: Page | None = None) -> list[MenuChapter]:
    """The menu of ``viewer``; a chapter without any page that they may open is absent."""
    if viewer is None:
        return []
    entries = pages.entries()
    found = []
    for chapter in CHAPTERS:
        items = tuple(_items(chapter, entries, viewer, here))
        if items:
            is_here = here is not None and here.chapter == chapter.label
            found.append(MenuChapter(chapter.label, chapter.icon, items, is_here))
    return found


def _items(
    chapter: Chapter, entries: dict[tuple[str, str], list[Page]], viewer: Viewer, here: Page | None
) -> Iterable[MenuItem]:
    for item in chapter.items:
        place = (chapter.label, item)
        page = next((one for one in entries.get(place, []) if one.allows(viewer)), None)
        if page is not None:
            is_here = here is not None and here.place == place
            yield MenuItem(item, reverse(page.code), is_here)


def tabs_for(viewer: Viewer | None, here: Page | None) -> list[MenuItem]:
    """Sister pages of the menu item one is in (人员单位: 人员 · 单位); empty when there is only one."""
    if here is None or not here.item:
        return []
    sisters = [one for one in pages.entries().get(here.place, []) if one.allows(viewer)]
    if len(sisters) < 2:
        return []
    return [
        MenuItem(one.label, reverse(one.code), one.code == here.code or one.ledger == (here.ledger or "-"))
        for one in sisters
    ]


# ------------------------------------------------------------------------------------------------ breadcrumb


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    label: str
    url: str = ""


def trail_of(page: Page | None, more: Iterable[Crumb] = (), *, viewer: Viewer | None = None) -> list[Crumb]:
    """Chapter, item, ledger, and what the view adds (the number of a record); else the page itself."""
    added = list(more)
    if page is None:
        return added
    crumbs = [Crumb(page.chapter)] if page.chapter else []
    if page.item:
        opener = next((one for one in pages.entries().get(page.place, []) if one.allows(viewer)), None)
        crumbs.append(Crumb(page.item, reverse(opener.code) if opener else ""))
    whole = pages.get(page.ledger) if page.ledger in pages else None
    if whole is not None and whole.label != page.item and (added or whole is not page):
        crumbs.append(Crumb(whole.label, reverse(whole.code) if whole.allows(viewer) else ""))
    if added:
        crumbs += added
    elif page.label not in (page.item, crumbs[-1].label if crumbs else ""):
        crumbs.append(Crumb(page.label))
    if crumbs:
        crumbs[-1] = replace(crumbs[-1], url="")
    return crumbs
