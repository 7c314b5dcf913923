"""Errors of the platform; each says what is wrong, in the words of the person who meets it."""

from __future__ import annotations


class AnluError(Exception):
    """Base of all errors that the platform raises on purpose; the message is fit for a person to read."""


class DuplicateCode(AnluError):
    """Two declarations share a code."""


class UnknownCode(AnluError):
    """A code that nothing declares."""


class NotAllowed(AnluError):
    """The person may not do this."""


class NotFound(AnluError):
    """Absent, or outside the person's scope: the answer is the same for both."""


class ChangedMeanwhile(AnluError):
    """Somebody else changed the record since it was opened."""


class NeedsReason(AnluError):
    """The act needs a stated reason."""
