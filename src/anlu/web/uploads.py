"""Fields of forms that take several files; what a file is is found out from its content (``core.pictures``)."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from anlu.kernel.core.pictures import MOST_BYTES

PICTURE_TYPES: Final = "image/jpeg,image/png,image/webp"
DOCUMENT_TYPES: Final = ".pdf,.docx,.xlsx"
MOST_MB: Final = MOST_BYTES // 1_000_000


class ManyFiles(forms.ClearableFileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"widget": ManyFiles(), "required": False} | kwargs))

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in files if one]
