"""Prints the names in an installation as JSON: what may stand in Chinese on an English page."""

import json

from anlu.project.start import start

start()

from anlu.kernel.people.models import Officer, Unit  # noqa: E402
from anlu.kernel.places.models import Area, Road, Site  # noqa: E402
from anlu.web.installation import the_installation  # noqa: E402

FIELDS = (
    (Officer, "name"),
    (Unit, "name"),
    (Unit, "short_name"),
    (Area, "name"),
    (Road, "name"),
    (Site, "name"),
)
found = {name for model, field in FIELDS for name in model.objects.values_list(field, flat=True)}
print(json.dumps(sorted(found | {the_installation().name})))
