"""
What people wrote into an installation, and the names in it, as JSON: what may stand in Chinese on an English page.

Texts of the platform that are kept in the database (notices, jobs, the journal) do not count as data, nor do entries of
dictionaries, which have their English beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from anlu.project.start import start

start()

from django.apps import apps  # noqa: E402
from django.db import models  # noqa: E402

from anlu.kernel.core.language.catalogue import CHINESE, the_catalogue  # noqa: E402

SAID_BY_THE_PLATFORM = {"AuditEntry", "Batch", "ExportOrder", "Job", "Notice", "SearchEntry", "StagedChange"}
MOST = 5_000  # rows of a table: the demonstration county has fewer of what is shown
CHINESE_RUNS = re.compile(r"[\u3400-\u9fff][^A-Za-z“”{}]*")
TITLE = re.compile("[：:·]")  # before it often stands a word of the platform, such as the kind of an activity
WRITTEN = (models.CharField, models.TextField, models.JSONField)


def texts_in(value: Any) -> Iterator[str]:
    """The texts in a value, at any depth."""
    if isinstance(value, str):
        yield from (value, *value.splitlines(), *TITLE.split(value))
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in texts_in(one))
    elif isinstance(value, list | tuple):
        yield from (text for one in value for text in texts_in(one))


def written() -> Iterator[str]:
    """Every text that a table of data holds."""
    for model in apps.get_models():
        names = [one.attname for one in model._meta.concrete_fields if isinstance(one, WRITTEN)]
        if names and model.__name__ not in SAID_BY_THE_PLATFORM and "label_en" not in names:
            for row in model._default_manager.values_list(*names)[:MOST]:
                yield from texts_in(list(row))


def examples() -> Iterator[str]:
    """Chinese that stands in the English on purpose: what is to be typed in Chinese."""
    for entry in the_catalogue().exact.values():
        yield from (one.strip() for one in CHINESE_RUNS.findall(entry.one))


found = {" ".join(one.split()) for one in (*written(), *examples())}
print(json.dumps(sorted(one for one in found if CHINESE.search(one))))
