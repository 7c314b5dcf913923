"""
Where the pages of an installation are: `python -m tests.stories.addresses LOGIN`.

Makes a person who may do everything, signs them in, and prints ``{"session": …, "menu": {code: address}, "sorts":
{code: address}}``: the pages that the menu opens, and of the others one of each sort (form, print, history ...), as far
as a browser shows them as a whole; files, tiles and fragments are left out. Records that the installation has are
preferred; what it lacks is made as for the repository-wide tests, so that a page registered tomorrow is found too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from anlu.project.start import start

if __name__ == "__main__":
    start()

from django.test import Client
from django.urls import reverse

from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.ledgers import ledgers
from anlu.web.nav import Page, pages
from tests.contracts.conftest import World
from tests.factories import make_officer


@dataclass
class County(World):
    """The world of the repository-wide tests, with the records of the county in it."""

    viewer: Officer | None = None

    def thing(self, ledger: str) -> Any:
        """The first record that the list shows, or one that is made."""
        if ledger not in self.things and self.viewer is not None:
            rows = ledgers.get(ledger).visible_rows(self.viewer)
            found = rows.order_by("pk").first()
            if found is not None:
                self.things[ledger] = found
        return super().thing(ledger)


def whole_page(client: Client, county: County, page: Page) -> str:
    """Its address, "" where it does not answer with a document of its own."""
    address = reverse(page.code, kwargs=county.values_for(page))
    answer = client.get(address)
    whole = answer.status_code == 200 and not answer.streaming and b"</html>" in answer.content
    return address if whole else ""


def one_of_each_sort(client: Client, county: County, others: Iterable[Page]) -> dict[str, str]:
    """Code and address of the first whole page of each sort; pages of a sort have the same last word in their code."""
    found: dict[str, tuple[str, str]] = {}
    for page in others:
        sort = page.code.rpartition(".")[2]
        if sort not in found and (address := whole_page(client, county, page)):
            found[sort] = (page.code, address)
    return dict(found.values())


def main(login: str) -> None:
    """Print session and addresses."""
    towns = Area.objects.filter(kind=AreaKind.TOWN).order_by("pk")
    units = Unit.objects.filter(kind=UnitKind.SQUADRON).order_by("pk")
    person = make_officer(units[0], *permissions.codes(), login=login)
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    county = County(units[0], units[1], towns[0], towns[1], viewer=person)
    entries = [page for page in pages if page.entry and not page.parameters]
    menu = {page.code: reverse(page.code) for page in entries}
    sorts = one_of_each_sort(client, county, (page for page in pages if page.code not in menu))
    print(json.dumps({"session": client.session.session_key, "menu": menu, "sorts": sorts}))


if __name__ == "__main__":
    main(sys.argv[1])
