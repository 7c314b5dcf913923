"""Names beside accounts: a record that names a person keeps the name as it was when the account was chosen."""

from __future__ import annotations

from typing import Any


def _chosen_anew(thing: Any, account: str) -> bool:
    """Whether the account in a field of a record is another one than the database holds; False where none is chosen."""
    officer = getattr(thing, f"{account}_id")
    if officer is None:
        return False
    if thing.pk is None:
        return True
    held = type(thing)._base_manager.filter(pk=thing.pk).values_list(f"{account}_id", flat=True).first()
    return bool(held != officer)


def follow_account(thing: Any, account: str, name: str) -> None:
    """
    Take the name from the account that was chosen; one that stands beside the same account stays as it was.

    Parameters
    ----------
    account, name
        Fields of the record: the foreign key to the officer, and the text with the name.
    """
    if _chosen_anew(thing, account) or (getattr(thing, f"{account}_id") and not getattr(thing, name)):
        setattr(thing, name, getattr(thing, account).name)
