"""Every dictionary that the platform ships is told by a name, and its terms by where they come from."""

from __future__ import annotations

import pytest

from anlu.kernel.core.dictionaries import lists, seed_all, terms
from anlu.kernel.core.models import Term

pytestmark = pytest.mark.django_db


def test_every_shipped_dictionary_has_a_name_that_people_read() -> None:
    seed_all()
    assert set(lists()) - {term.code for term in terms("core.lists")} == set()


def test_terms_rest_on_what_a_reader_knows_and_not_on_a_file_of_whoever_wrote_them() -> None:
    seed_all()
    assert not Term.objects.filter(source__regex=r"^[a-z_-]+/").values_list("list", "source").distinct()
