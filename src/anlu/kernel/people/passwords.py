"""Password rules of level-3 protection (GB/T 22239-2019): length, classes, no name, no old one, 90 days."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from anlu.kernel.core.clock import now
from anlu.kernel.people.models import Officer

REMEMBERED = 5  # the last five may not come back
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
CLASSES_NEEDED = 3


class ThreeClasses:
    """At least three of: small letters, capitals, digits, other characters."""

    def validate(self, password: str, user: Officer | None = None) -> None:
        """Raise when the password has fewer than three classes."""
        if sum(bool(re.search(one, password)) for one in CLASSES) < CLASSES_NEEDED:
            raise ValidationError(self.get_help_text(), code="too_few_classes")

    def get_help_text(self) -> str:
        """The rule in words."""
        return "密码须含大写字母、小写字母、数字、符号四类中的三类"


class NotTheName:
    """Neither login nor name nor badge may stand in the password."""

    def validate(self, password: str, user: Officer | None = None) -> None:
        """Raise when one of them does."""
        if user is None:
            return
        own = [text.lower() for text in (user.login, user.name, user.badge) if len(text) >= 2]
        if any(text in password.lower() for text in own):
            raise ValidationError(self.get_help_text(), code="contains_name")

    def get_help_text(self) -> str:
        """The rule in words."""
        return "密码不得包含登录名、姓名或警号"


class NotUsedBefore:
    """Not the present password nor one of the last five."""

    def validate(self, password: str, user: Officer | None = None) -> None:
        """Raise when it is."""
        if user is not None and user.pk and was_used_before(user, password):
            raise ValidationError(self.get_help_text(), code="used_before")

    def get_help_text(self) -> str:
        """The rule in words."""
        return "不得与当前密码或最近五次用过的密码相同"


def was_used_before(officer: Officer, password: str) -> bool:
    """True when ``password`` is the present one or one of the last five."""
    encoded = [officer.password, *officer.old_passwords.order_by("-pk").values_list("encoded", flat=True)]
    return any(check_password(password, one) for one in encoded[: REMEMBERED + 1] if one)


def _too_old(officer: Officer) -> bool:
    days: int = settings.ANLU_PASSWORD_DAYS  # 0: no limit
    return days > 0 and now() - officer.password_changed_at > timedelta(days=days)


def must_change(officer: Officer) -> bool:
    """True when the person has to choose a new password before anything else."""
    return officer.must_change_password or _too_old(officer)
