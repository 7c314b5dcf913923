"""Columns and pieces (F03)."""

from __future__ import annotations

from anlu.apps.publicity.models import Column, Piece
from anlu.kernel.indicators.define import Count, Stock, indicator

METHOD = "methods/publicity.md"
SIGNED = Column.objects.exclude(office="").filter(series__voided_at__isnull=True)


@indicator(
    "publicity.signed_columns",
    label="署名板块",
    measure="个",
    nature="process",
    method=METHOD,
    figures=("F03",),
    ledger="publicity.column",
    order=470,
)
def signed_columns() -> Stock:
    """期末开设的、限定作者党内职务的板块数（书记说、支委说、党员说、青年说等）。"""
    return Stock(SIGNED, on="started_on", until="ended_on", area="")


@indicator(
    "publicity.pieces",
    label="栏目稿件篇数",
    measure="篇",
    nature="process",
    method=METHOD,
    ledger="publicity.piece",
    order=480,
)
def pieces() -> Count:
    """各栏目发布的稿件篇数，按发布日期统计。"""
    return Count(Piece.objects.all(), on="published_on", area="", parameters=())
