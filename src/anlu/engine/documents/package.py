"""The .docx as a zip archive: the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
FIRST: Final = ("[Content_Types].xml", "_rels/.rels")  # readers that sniff the type look at the beginning


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Parts by name as one archive: fixed order, fixed times, no trace of the machine."""
    stream = io.BytesIO()
    names = [*FIRST, *sorted(set(parts) - set(FIRST))]
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            entry.external_attr = 0
            archive.writestr(entry, parts[name], compresslevel=6)
    return stream.getvalue()
