"""From a declared ledger or map layer to its pages. Runs once, when every app has declared what it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from anlu.kernel.cases.figures import figures_of_families
from anlu.kernel.core.permissions import permissions
from anlu.web.desk.cases.ledgers import add_families, extra_pages
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import Page, View, pages
from anlu.web.pages import importing
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.bulk import Bulk
from anlu.web.pages.detail import Detail, Reveal
from anlu.web.pages.export import Export
from anlu.web.pages.files import Files, OneFile
from anlu.web.pages.form import Change, New, Restore, Void
from anlu.web.pages.importing import may_import
from anlu.web.pages.list import List
from anlu.web.pages.map import pages_of_layer
from anlu.web.pages.ordering import OrderExport
from anlu.web.pages.print import Print
from anlu.web.pages.views import Columns, Views
from anlu.web.tiles import layers


def add_pages() -> None:
    """Register the pages of all declared ledgers and map layers that have none yet, and what families have besides."""
    figures_of_families()
    add_families()
    for ledger in ledgers:
        if ledger.code not in pages:
            for page in (*pages_of(ledger), *extra_pages(ledger, _maker(ledger))):
                pages.add(page)
    for layer in layers:
        for page in pages_of_layer(layer):
            if page.code not in pages:
                pages.add(page)


def pages_of(ledger: Ledger) -> Iterator[Page]:
    """The pages that a declaration gives: those whose permission exists and whose service (and form) is there."""
    of = _maker(ledger)
    one = f"{ledger.path}/<{'uuid' if ledger.identity == 'uid' else 'str'}:identity>"
    yield of("", f"{ledger.path}/", ledger.label, List, entry=bool(ledger.chapter))
    if ledger.exports and _declared(ledger, "export"):
        yield of("export_excel", f"{ledger.path}/export.xlsx", "导出 Excel", Export, form="xlsx")
        yield of("export_csv", f"{ledger.path}/export.csv", "导出 CSV", Export, form="csv")
        yield of("export_order", f"{ledger.path}/export/", "大量导出", OrderExport)
    yield of("print", f"{ledger.path}/print/", "打印", Print)
    yield of("columns", f"{ledger.path}/columns/", "选择列", Columns)
    yield of("views", f"{ledger.path}/views/", "视图", Views)
    if _declared(ledger, "export") or ledger.void or ledger.deeds:
        yield of("bulk", f"{ledger.path}/bulk/", "批量办理", Bulk)
    if ledger.has_detail:
        yield of("detail", f"{one}/", ledger.noun, Detail)
    if ledger.has_detail and _declared(ledger, "reveal"):
        yield of("reveal", f"{one}/reveal/", "查看个人信息", Reveal)
    if ledger.attaches:
        yield of("file", f"{one}/files/<uuid:file>/", f"{ledger.noun}的附件", OneFile)
        if _declared(ledger, "change"):
            yield of("files", f"{one}/files/", f"上传{ledger.noun}附件", Files)
    yield from _writing(ledger, of, one)
    yield from _importing(ledger, of)


def _writing(ledger: Ledger, of: Callable[..., Page], one: str) -> Iterator[Page]:
    if ledger.form and ledger.add and _declared(ledger, "add"):
        yield of("new", f"{ledger.path}/new/", ledger.add_label, New)
    if ledger.form and ledger.change and _declared(ledger, "change"):
        yield of("change", f"{one}/change/", f"更正{ledger.noun}", Change)
    if ledger.void and _declared(ledger, "void"):
        yield of("void", f"{one}/void/", f"作废{ledger.noun}", Void)
    if ledger.void and ledger.restore and _declared(ledger, "void"):
        yield of("restore", f"{one}/restore/", f"恢复{ledger.noun}", Restore)


def _importing(ledger: Ledger, of: Callable[..., Page]) -> Iterator[Page]:
    if not (may_import(ledger) and _declared(ledger, "import")):
        return
    start, one = f"{ledger.path}/import", f"{ledger.path}/import/<uuid:identity>"
    yield of("import", f"{start}/", f"导入{ledger.noun}", importing.Start)
    yield of("import.columns", f"{start}/columns/", "对应列", importing.Columns)
    yield of("import.template", f"{start}/template.xlsx", "导入模板", importing.Template)
    yield of("import.job", f"{one}/", "导入预览", importing.Follow)
    yield of("import.progress", f"{one}/progress/", "导入进度", importing.Progress)
    yield of("import.refused", f"{one}/refused/", "退回的行", importing.Refused)


def _declared(ledger: Ledger, verb: str) -> bool:
    return ledger.permission_to(verb) in permissions


def _maker(ledger: Ledger) -> Callable[..., Page]:
    def make(
        name: str, path: str, label: str, usual: type[LedgerPage], *, entry: bool = False, **more: Any
    ) -> Page:
        view = ledger.views.get(name, usual)
        drawn: View = view.as_view(ledger=ledger, **more)
        return Page(
            f"{ledger.code}.{name}" if name else ledger.code,
            path,
            label,
            drawn,
            permission=ledger.permission_to(view.verb),
            chapter=ledger.chapter,
            item=ledger.item or (ledger.label if ledger.chapter else ""),
            entry=entry,
            ledger=ledger.code,
            rank=ledger.rank,
        )

    return make
