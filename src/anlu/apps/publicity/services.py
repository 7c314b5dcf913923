"""Writes of series, columns and pieces."""

from __future__ import annotations

from anlu.apps.publicity.authors import problems_with
from anlu.apps.publicity.models import Column, Piece, Series
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.services import RecordServices
from anlu.kernel.people.naming import follow_account


class PublicityProblem(AnluError):
    """What was stated contradicts itself, or the column asks for another author."""


def _prepare_series(series: Series) -> None:
    if series.ended_on and series.ended_on < series.started_on:
        raise PublicityProblem("停办日期早于开设日期")


def _prepare_column(column: Column) -> None:
    column.unit_id = column.unit_id or column.series.unit_id
    if column.started_on < column.series.started_on:
        raise PublicityProblem(f"板块开设日期早于系列开设日期 {column.series.started_on}")
    if column.ended_on and column.ended_on < column.started_on:
        raise PublicityProblem("停办日期早于开设日期")


def _prepare_piece(piece: Piece) -> None:
    follow_account(piece, "officer", "author")
    if piece.officer is not None:
        piece.unit_id = piece.unit_id or piece.officer.unit_id
    if not piece.author:
        raise PublicityProblem("请选择作者或填写作者姓名")
    if piece.published_on > today():
        raise PublicityProblem(f"发布日期 {piece.published_on} 晚于今天")
    column = piece.column
    if piece.published_on < column.started_on or (column.ended_on and piece.published_on > column.ended_on):
        raise PublicityProblem(f"板块「{column}」在 {piece.published_on} 没有开设")
    problems = problems_with(column.office, piece)
    if problems:
        raise PublicityProblem("；".join(problems))


series = RecordServices(Series, "publicity.series", prepare=_prepare_series)
columns = RecordServices(Column, "publicity.column", prepare=_prepare_column, tracked=("unit",))
pieces = RecordServices(Piece, "publicity.piece", prepare=_prepare_piece, tracked=("author", "unit"))
