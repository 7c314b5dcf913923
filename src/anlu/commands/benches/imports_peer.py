"""A plain resource of django-import-export over crashes, run from where it is installed. None of its code is here."""

from __future__ import annotations

import csv
import sys
import time

from anlu.project.start import start


def main(path: str) -> None:
    """Print how many rows the table had and the seconds that importing them took."""
    start()
    import import_export.resources
    import tablib

    from anlu.apps.crashes.models import Crash

    with open(path, encoding="utf-8", newline="") as opened:
        titles, *rows = csv.reader(opened)
    resource = import_export.resources.modelresource_factory(
        Crash, meta_options={"import_id_fields": ("number",), "fields": tuple(titles), "use_bulk": False}
    )()
    table = tablib.Dataset(*rows, headers=titles)
    began = time.perf_counter()
    resource.import_data(table, dry_run=False, raise_errors=True)
    seconds = time.perf_counter() - began
    if Crash.objects.count() != len(rows):
        raise SystemExit("not all rows were imported")
    print(len(rows), seconds)


if __name__ == "__main__":
    main(sys.argv[1])
