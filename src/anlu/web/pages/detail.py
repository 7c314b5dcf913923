"""One record: facts in groups, what belongs to it, what happened to it, and its neighbours in the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.audit import record
from anlu.kernel.core.fields import EncryptedText
from anlu.kernel.core.history import history_of
from anlu.kernel.core.language.words import word
from anlu.kernel.core.models import AuditEntry, Batch, Sourced
from anlu.kernel.core.ownership import is_read_only, name_of
from anlu.kernel.core.permissions import BATCH_VIEW
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.signin import address_of
from anlu.web.cells import Cell, Fact, Renderer, facts_of, labels_of, words_of
from anlu.web.ledgers import Column, DetailSection, Ledger, Personal, RelatedRows, Verb
from anlu.web.nav import Crumb, pages
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.files import files_of
from anlu.web.pages.list import Heading, Row
from anlu.web.pages.listing import POSITION_PARAMETERS, Listing
from anlu.web.pages.paging import neighbours_of

EVENTS_SHOWN = 50
LONGEST_CHANGE = 60
ACTION_WORDS = {
    "add": ("登记", "blue"),
    "change": ("更正", "amber"),
    "void": ("作废", "red"),
    "restore": ("恢复", "green"),
    "reveal": ("查看个人信息", "grey"),
    "import": ("导入", "blue"),
    "export": ("导出", "grey"),
    "ask_export": ("申请导出", "grey"),
    "allow_export": ("同意导出", "green"),
    "refuse_export": ("不同意导出", "red"),
    "download": ("下载", "grey"),
    "attach": ("上传附件", "blue"),
    "detach": ("移除附件", "grey"),
    "share_view": ("共享视图", "grey"),
    "grant": ("授予角色", "blue"),
    "end_grant": ("收回角色", "amber"),
    "password": ("修改密码", "grey"),
    "unlock": ("解除锁定", "green"),
    "tick": ("调整权限", "amber"),
    "close": ("撤销并入", "amber"),
    "recount": ("重算期限", "amber"),
    "assign_area": ("划定辖区", "blue"),
    "publish": ("生效", "green"),
    "withdraw": ("撤回", "red"),
    "draft": ("拟稿", "grey"),
    "check": ("核稿", "amber"),
    "return": ("退回修改", "amber"),
    "sign": ("签发", "blue"),
    "number": ("编号", "blue"),
    "issue": ("印发", "blue"),
    "deliver": ("送达", "blue"),
    "refuse": ("拒收，留置送达", "amber"),
    "reply": ("回复", "green"),
    "overdue": ("逾期", "red"),
    "destroy": ("销毁", "red"),
    "remove": ("删除角色", "red"),
    "delete": ("删除字典项", "red"),
    "cancel": ("取消任务", "amber"),
    "seed": ("装入默认值", "grey"),
    "survey": ("导入地理数据", "blue"),
    "template": ("下载模板", "grey"),
    "backup": ("备份", "grey"),
    "new_key": ("更换密钥", "amber"),
    "move": ("办理", "blue"),
    "assign": ("分派", "blue"),
    "comment": ("批注", "grey"),
    "recheck": ("复查", "amber"),
    "merge": ("并案", "amber"),
    "urge": ("催办", "amber"),
    "drop_step": ("撤销升级", "amber"),
    "ask_extension": ("申请延期", "grey"),
    "extension": ("批复延期", "green"),
    "works": ("登记工程量", "blue"),
    "works.void": ("移除整改措施", "amber"),
    "interim": ("设临时措施", "amber"),
    "interim.end": ("撤除临时措施", "grey"),
    "interim.hand": ("移交临时措施", "grey"),
    "decide": ("会议决定", "blue"),
    "reason": ("说明原因", "grey"),
    "fill": ("填写检查表", "blue"),
    "finish": ("批准关账后更正", "green"),
}

OTHER_FIELDS = {
    "rows": "行数",
    "permissions": "权限",
    "digest": "摘要",
    "files": "文件",
    "selection": "条件",
    "together": "合计行数",
    "allowed_by": "审批人",
}  # of no table


@dataclass(frozen=True)
class Section:
    """A card of facts."""

    label: str
    facts: list[Fact]
    note: str = ""


@dataclass(frozen=True)
class RelatedTable:
    """A card with a table of what belongs to the record."""

    code: str
    label: str
    columns: list[Heading]
    rows: list[Row]
    empty: str


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    title: str
    when: str
    who: str = ""
    note: str = ""
    colour: str = "grey"
    url: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)


class Detail(LedgerPage):
    """``/<path>/<uid>/``."""

    template = "web/ledger/detail.html"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        return self.show(request, identity, revealed=())

    def show(self, request: HttpRequest, identity: UUID | str, *, revealed: tuple[str, ...]) -> HttpResponse:
        """The page, with the named personal columns in clear."""
        thing = self.thing(identity, columns=all_columns(self.ledger))
        listing = Listing.read(self.ledger, self.viewer, request.GET)
        title = self.ledger.title(thing)
        request.trail = [Crumb(title)]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "thing": thing,
            "page_title": title,
            "head": self._head(thing),
            "origin": origin_of(thing),
            "sections": self._sections(thing, revealed),
            "related": [
                related_table(one, thing, self.viewer, reveals=self._may_reveal)
                for one in self.ledger.related
            ],
            "attachments": files_of(thing, self.ledger.code) if self.ledger.attaches else [],
            "attachments_url": self._files_url(thing),
            "events": self.events(thing),
            "deeds": self._deeds(thing),
            "reveal_url": self._page_url("reveal", thing) if self._may_reveal else "",
            "back_url": reverse(self.ledger.code) + self._back_query(request, listing),
            **self._neighbours(thing, listing),
            **self.more(thing),
        }
        return render(request, self.template, context)

    def events(self, thing: Any) -> list[Event]:
        """What happened to it, newest first."""
        return events_of(thing, self.ledger, self.viewer)

    def more(self, thing: Any) -> dict[str, Any]:
        """What a ledger's own page shows beside the usual."""
        return {}

    @property
    def _may_reveal(self) -> bool:
        return self.viewer.may(self.ledger.permission_to("reveal"))

    def _head(self, thing: Any) -> list[Fact]:
        columns = [column for name in self.ledger.head if (column := self.ledger.column(name))]
        return facts_of(Renderer(self.ledger.model, columns), thing, revealable=False)

    def _sections(self, thing: Any, revealed: tuple[str, ...]) -> list[Section]:
        found = []
        for one in sections_of(self.ledger):
            subject = thing if one.of is None else one.of(thing, self.viewer)
            if subject is None:
                continue
            renderer = Renderer(self.ledger.model, one.columns)
            facts = facts_of(renderer, subject, revealable=self._may_reveal, revealed=revealed)
            found.append(Section(one.label, facts, one.note))
        return found

    def _page_url(self, name: str, thing: Any) -> str:
        """Address of one of the record's pages, "" when there is none or this person may not open it."""
        code = f"{self.ledger.code}.{name}"
        if code not in pages or not pages.get(code).allows(self.viewer):
            return ""
        return self.ledger.url_of(thing, name)

    def _files_url(self, thing: Any) -> str:
        """Where files are uploaded, "" when the ledger has none or this person may not."""
        url = self._page_url("files", thing) if self.ledger.attaches else ""
        return url if url and self._in_scope_for("change", thing) else ""

    def _deeds(self, thing: Any) -> list[dict[str, str]]:
        """What can be done: absent when not permitted, with the reason when not possible now."""
        own = (
            Verb("更正", f"{self.ledger.code}.change"),
            Verb("作废", f"{self.ledger.code}.void", icon="trash"),
        )
        found = []
        for verb in (*self.ledger.verbs, *own):
            if verb.page not in pages or not pages.get(verb.page).allows(self.viewer):
                continue
            name = verb.page.removeprefix(f"{self.ledger.code}.")
            if name in ("change", "void") and not self._in_scope_for(name, thing):
                continue
            url = reverse(verb.page, args=[getattr(thing, self.ledger.identity)])
            why = verb.possible(thing, self.viewer)
            if name == "change" and not getattr(thing, "ours", ()) and is_read_only(thing):
                why = "只读，在原系统更正"
            found.append({"label": verb.label, "icon": verb.icon, "url": url, "why": why})
        return found

    def _in_scope_for(self, verb: str, thing: Model) -> bool:
        permission = self.ledger.permission_to(verb)
        if self.viewer.scope_for(permission) == self.viewer.scope_for(self.ledger.permission_to("view")):
            return True
        return bool(self.ledger.visible_rows(self.viewer, verb).filter(pk=thing.pk).exists())

    def _back_query(self, request: HttpRequest, listing: Listing) -> str:
        return listing.query(
            {name: request.GET[name] for name in POSITION_PARAMETERS if request.GET.get(name)}
        )

    def _neighbours(self, thing: Any, listing: Listing) -> dict[str, str]:
        before, after = neighbours_of(listing.rows(), listing.order, thing, self.ledger.identity)
        query = listing.query()
        return {
            name: reverse(f"{self.ledger.code}.detail", args=[identity]) + query
            for name, identity in (("before_url", before), ("after_url", after))
            if identity
        }


class Reveal(Detail):
    """``/<path>/<uid>/reveal/``: one personal datum in clear, for whoever may see it; every time recorded."""

    verb = "reveal"

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        name = request.POST.get("column", "")
        thing = self.thing(identity, columns=all_columns(self.ledger))
        owner, column, model = self._datum(thing, name)
        label = f"{self.ledger.title(thing)} {column.label}"
        record("reveal", thing, by=self.viewer, note=label[:300], address=address_of(request))
        cell = Renderer(model, [column]).cell(column, owner, revealed=True)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "web/ledger/revealed.html", {"cell": cell, "label": column.label})
        return render(request, "web/ledger/reveal.html", {"cell": cell, "column": column, "page_title": label,
                                                          "back_url": self.ledger.url_of(thing)})  # fmt: skip

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        """Nothing is revealed by following a link."""
        raise Http404

    def _datum(self, thing: Any, name: str) -> tuple[Any, Column, type[Model]]:
        """The record and column that ``name`` means: ``column`` or ``relation/uid/column``."""
        parts = name.split("/")
        if len(parts) == 1:
            return thing, _personal(_own_columns(self.ledger), name), self.ledger.model
        if len(parts) == 3:
            related = next((one for one in self.ledger.related if one.code == parts[0]), None)
            if related is not None:
                owner = related.rows(self.viewer, thing).filter(uid=_uuid(parts[1])).first()
                if owner is not None:
                    return owner, _personal(list(related.columns), parts[2]), related.model
        raise Http404


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _personal(columns: list[Column], name: str) -> Column:
    found = next((one for one in columns if one.name == name and one.personal != Personal.NONE), None)
    if found is None:
        raise Http404
    return found


def sections_of(ledger: Ledger) -> tuple[DetailSection, ...]:
    """Declared sections; all columns in one when none are declared."""
    return ledger.sections or (DetailSection("基本情况", ledger.columns),)


def all_columns(ledger: Ledger) -> list[Column]:
    """Columns of head and sections, for what has to be joined."""
    head = [column for name in ledger.head if (column := ledger.column(name))]
    return [*head, *_own_columns(ledger)]


def _own_columns(ledger: Ledger) -> list[Column]:
    """Columns of the sections that are facts of the record itself."""
    return [column for one in sections_of(ledger) if one.of is None for column in one.columns]


def related_table(related: RelatedRows, thing: Any, viewer: Viewer, *, reveals: bool = False) -> RelatedTable:
    """The rows that belong to a record, personal data masked; ``reveals`` marks those that can be asked for."""
    columns = [column for column in related.columns if column.listed]
    renderer = Renderer(related.model, columns)
    rows = []
    for one in related.rows(viewer, thing):
        cells = [_asking(related, column, one, renderer, reveals) for column in columns]
        url = related.link(one, viewer) if related.link else ""
        if related.deed:
            cells.append(Cell(related.deed if url else "", "link", url=url))
        rows.append(Row(str(getattr(one, "uid", "")), "" if related.deed else url, cells))
    heads = [Heading(column.name, column.label) for column in columns]
    if related.deed:
        heads.append(Heading("deed", ""))
    return RelatedTable(related.code, related.label, heads, rows, related.empty)


def _asking(related: RelatedRows, column: Column, one: Any, renderer: Renderer, reveals: bool) -> Cell:
    cell = renderer.cell(column, one)
    if reveals and column.personal and cell.value:
        return replace(cell, reveal=f"{related.code}/{one.uid}/{column.name}")
    return cell


def origin_of(thing: Any) -> dict[str, str]:
    """From which system a record came, and whether it is corrected there; empty for what was made here."""
    if not isinstance(thing, Sourced) or not thing.source:
        return {}
    note = "只读，在原系统更正" if is_read_only(thing) else ""
    return {"label": f"来自{name_of(thing.source)}", "note": note, "key": thing.source_key}


def events_of(thing: Any, ledger: Ledger, viewer: Viewer) -> list[Event]:
    """The newest events of a record, newest first; for what was imported the batch that brought it is the last."""
    if not isinstance(getattr(thing, "uid", None), UUID):
        return []
    entries = history_of(thing).order_by("-pk")[:EVENTS_SHOWN]
    events = [event_of(entry, thing, ledger) for entry in entries]
    if isinstance(thing, Sourced) and thing.batch is not None:
        events.append(_brought_by(thing.batch, viewer))
    return events


def _brought_by(batch: Batch, viewer: Viewer) -> Event:
    url = reverse("web.batch", args=[batch.uid]) if viewer.may(BATCH_VIEW) else ""
    return Event("导入", words_of(batch.finished_at), batch.actor_name, str(batch), "blue", url=url)


def event_of(entry: AuditEntry, thing: Any, ledger: Ledger) -> Event:
    """An audit entry as people read it."""
    words, colour = ACTION_WORDS.get(entry.action, (entry.action, "grey"))
    return Event(
        words,
        words_of(entry.at),
        entry.actor_name,
        entry.note,
        colour,
        changes=changes_of(entry.changes, type(thing), ledger),
    )


def changes_of(
    changes: Mapping[str, Any], model: type[Model] | None, ledger: Ledger | None
) -> list[dict[str, str]]:
    """Changed fields with their labels, codes as words; personal ones without their values."""
    columns = {one.name: one for one in (*ledger.columns, *all_columns(ledger))} if ledger else {}
    fields = {one.name: one for one in model._meta.concrete_fields} if model else {}
    found = []
    for name, pair in changes.items():
        if not (isinstance(pair, list | tuple) and len(pair) == 2):
            continue
        column = columns.get(name) or _column_of(name, fields.get(name))
        words = _words_for(column, model)
        found.append({"label": column.label, "before": words(pair[0]), "after": words(pair[1])})
    return found


def words_of_changes(changes: Mapping[str, Any], model: type[Model] | None, ledger: Ledger | None) -> str:
    """The same in one line."""
    blank = word("空")
    return "；".join(
        f"{word(one['label'])}：{one['before'] or blank} → {one['after'] or blank}"
        for one in changes_of(changes, model, ledger)
    )


def _column_of(name: str, field: Any) -> Column:
    """A column for a field that no ledger shows."""
    personal = Personal.IDENTITY if isinstance(field, EncryptedText) else Personal.NONE
    return Column(name, str(getattr(field, "verbose_name", OTHER_FIELDS.get(name, name))), personal=personal)


def _words_for(column: Column, model: type[Model] | None) -> Callable[[Any], str]:
    """How the values of a changed column are written."""
    labels = labels_of(model, column)[0] if model else {}

    def words(value: Any) -> str:
        if column.personal and value:
            return "***"
        if isinstance(value, list):
            return _cut("、".join(labels.get(str(one), str(one)) for one in value))
        return _cut(labels.get(str(value)) or words_of(value))

    return words


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CHANGE else f"{text[:LONGEST_CHANGE]}…"
