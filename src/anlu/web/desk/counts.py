"""How many records of each located kind lie on a place of a register, and the lists that show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, IntegerField, Model, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.located import LocatedNoun, nouns
from anlu.web.ledgers import ledgers

Place = TypeVar("Place", bound=Model)


@dataclass(frozen=True)
class CountedOn:
    """
    Records that are counted for each place of a register.

    Parameters
    ----------
    filter_of
        Name of the filter in the list of a kind that takes the place, "" = the kind is not counted.
    lying
        Which rows of a kind lie on the place of the outer row.
    known_by
        What that filter calls a place.
    """

    filter_of: Callable[[LocatedNoun], str]
    lying: Callable[[LocatedNoun], Q]
    known_by: Callable[[Any], str]

    def counted(self, places: QuerySet[Place], viewer: Viewer) -> QuerySet[Place]:
        """The places with the number of records of each kind that this person may see there."""
        for at, noun in enumerate(self._nouns()):
            there = noun.model.objects.visible_to(viewer, noun.view).filter(self.lying(noun))
            each = there.order_by().values("road").annotate(n=Count("pk")).values("n")
            number = Coalesce(Subquery(each, output_field=IntegerField()), 0)
            places = places.annotate(**{f"records_{at}": number})
        return places

    def words(self, place: Any) -> str:
        """事故 132 起."""
        return "，".join(
            f"{noun.label} {number} {noun.unit}" for noun, number in self._numbers(place) if number
        )

    def url(self, place: Any) -> str:
        """The list of the first kind that has records there, narrowed to the place; "" without any."""
        for noun, number in self._numbers(place):
            if number:
                return ledgers.get(noun.code).url({self.filter_of(noun): self.known_by(place)})
        return ""

    def _nouns(self) -> list[LocatedNoun]:
        return [noun for noun in nouns if self.filter_of(noun)]

    def _numbers(self, place: Any) -> list[tuple[LocatedNoun, int]]:
        return [(noun, getattr(place, f"records_{at}", 0)) for at, noun in enumerate(self._nouns())]
