"""
Where every registered page of an installation is: `python -m tests.stories.addresses LOGIN`.

Makes a person who may do everything, signs them in, and prints ``{"session": …, "addresses": {code: address}}`` with
the pages that a browser shows as a whole; files, tiles and fragments are left out. Records that the installation has
are preferred; what it lacks is made as for the repository-wide tests, so that a page registered tomorrow is found too.
"""

from __future__ import annotations

import json
import sys
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
from anlu.web.nav import pages
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


def whole_pages(client: Client, county: County) -> dict[str, str]:
    """Code and address of the pages that answer with a document of their own."""
    found = {}
    for page in pages:
        address = reverse(page.code, kwargs=county.values_for(page))
        answer = client.get(address)
        if answer.status_code == 200 and not answer.streaming and b"</html>" in answer.content:
            found[page.code] = address
    return found


def main(login: str) -> None:
    """Print session and addresses."""
    towns = Area.objects.filter(kind=AreaKind.TOWN).order_by("pk")
    units = Unit.objects.filter(kind=UnitKind.SQUADRON).order_by("pk")
    person = make_officer(units[0], *permissions.codes(), login=login)
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    county = County(units[0], units[1], towns[0], towns[1], viewer=person)
    found = whole_pages(client, county)
    print(json.dumps({"session": client.session.session_key, "addresses": found}))


if __name__ == "__main__":
    main(sys.argv[1])
