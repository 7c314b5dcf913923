"""Registries: declarations of the apps, found at start-up, keyed by a namespaced code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from anlu.kernel.core.errors import DuplicateCode, UnknownCode


class Declared(Protocol):
    """Anything that can be registered: it has a ``code`` unique in its registry."""

    @property
    def code(self) -> str: ...


D = TypeVar("D", bound=Declared)


class Registry(Generic[D]):
    """An ordered collection of declarations; the same code twice is a start-up error."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._items: dict[str, D] = {}

    def add(self, item: D) -> D:
        """Register ``item`` and give it back (so that it can wrap a declaration).

        Raises
        ------
        DuplicateCode
            another declaration already has this code.
        """
        if item.code in self._items:
            raise DuplicateCode(f"two declarations of {self.noun} share the code {item.code!r}")
        self._items[item.code] = item
        return item

    def get(self, code: str) -> D:
        """The declaration with ``code``; raises ``UnknownCode`` when there is none."""
        try:
            return self._items[code]
        except KeyError:
            raise UnknownCode(f"no {self.noun} has the code {code!r}") from None

    def __contains__(self, code: object) -> bool:
        return code in self._items

    def __iter__(self) -> Iterator[D]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def codes(self) -> list[str]:
        """All codes in order of registration."""
        return list(self._items)
