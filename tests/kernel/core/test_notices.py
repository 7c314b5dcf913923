"""People are told once, and only they see what they were told."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from anlu.kernel.core.models import Notice
from anlu.kernel.core.notices import forget_old_notices, mark_read, notices_of, notify, unread_of
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def test_everybody_is_told_once_however_often_it_is_said() -> None:
    ours, theirs = make_officer(), make_officer()
    assert notify([ours.uid, ours.uid], "导入完成", key="import:1") == 1
    assert notify([ours.uid, theirs.uid], "导入完成", key="import:1") == 1
    assert notify([ours.uid], "导入完成", key="import:2") == 1
    assert (notices_of(ours).count(), notices_of(theirs).count()) == (2, 1)


def test_what_was_read_keeps_its_time() -> None:
    officer = make_officer()
    notify([officer.uid], "一", key="1")
    assert mark_read(notices_of(officer)) == 1
    [first] = notices_of(officer)
    assert mark_read(notices_of(officer)) == 0
    first_time = first.read_at
    first.refresh_from_db()
    assert first.read_at == first_time
    assert not unread_of(officer).exists()


def test_a_long_title_is_cut_and_unread_notices_never_go() -> None:
    nobody = uuid4()
    notify([nobody], "长" * 500, key="1")
    notify([nobody], "短", key="2")
    kept, gone = Notice.objects.order_by("pk")
    assert len(kept.title) == 200
    Notice.objects.filter(pk=gone.pk).update(read_at=gone.created_at - timedelta(days=200))
    Notice.objects.filter(pk=kept.pk).update(created_at=kept.created_at - timedelta(days=900))
    assert forget_old_notices(None) == {"notices": 1}  # type: ignore[arg-type]
    assert list(Notice.objects.values_list("pk", flat=True)) == [kept.pk]
