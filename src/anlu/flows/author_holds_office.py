"""A piece in 书记说 is signed by somebody who is a secretary on the day of publication (publicity asks, team knows)."""

from __future__ import annotations

from anlu.apps.publicity.authors import author_check
from anlu.apps.publicity.models import Piece
from anlu.apps.team.services import holds_office
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import label_of


@author_check
def author_holds_office(office: str, piece: Piece) -> str:
    """ "" when the author holds the office that day, else what is wrong."""
    if holds_office(office, piece.published_on, officer=piece.officer_id, name=piece.author):
        return ""
    label = label_of(OFFICE, office)
    return f"「{piece.column}」由{label}署名：{piece.author} 在 {piece.published_on} 没有登记为{label}"
