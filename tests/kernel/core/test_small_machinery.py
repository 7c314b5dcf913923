"""Clocks, numbers, revisions, registries, discovery and the format of the database."""

import sys
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from anlu.kernel.core import clock, discover, installation, revisions
from anlu.kernel.core.errors import DuplicateCode, UnknownCode
from anlu.kernel.core.installation import DatabaseState, database_state, register_installation
from anlu.kernel.core.models import Installation, NumberSeries
from anlu.kernel.core.numbers import next_number
from anlu.kernel.core.permissions import Permission
from anlu.kernel.core.registry import Registry


def test_the_business_date_can_be_set_and_the_real_clock_cannot(monkeypatch):
    monkeypatch.setenv(clock.VARIABLE, "2023-07-03")
    assert clock.today() == date(2023, 7, 3)
    assert abs((clock.now() - timezone.now()).total_seconds()) < 60
    assert clock.now().year > 2023
    monkeypatch.delenv(clock.VARIABLE)
    assert clock.today() == timezone.localdate()


@pytest.mark.parametrize("stated", ["2023-02-30", "03/07/2023", "morgen", "2023-7-3"])
def test_a_business_date_that_is_none_is_refused(monkeypatch, stated):
    monkeypatch.setenv(clock.VARIABLE, stated)
    with pytest.raises(ValueError, match=clock.VARIABLE):
        clock.today()


@pytest.mark.django_db
def test_numbers_of_a_series_follow_each_other_and_series_do_not_mix():
    assert [next_number("SJ-2026") for _ in range(3)] == [1, 2, 3]
    assert next_number("SJ-2027") == 1
    assert NumberSeries.objects.get(code="SJ-2026").last == 3


@pytest.mark.django_db
def test_a_revision_changes_with_every_touch_and_returns_when_that_is_rolled_back():
    assert revisions.token("x") == 0
    revisions.touch("x")
    before = revisions.token("x")
    assert before != 0
    with transaction.atomic():
        revisions.touch("x")
        assert revisions.token("x") != before
        transaction.set_rollback(True)
    assert revisions.tokens("x", "y") == (before, 0)


def test_a_registry_refuses_the_same_code_twice_and_names_what_is_unknown():
    registry: Registry[Permission] = Registry("permission")
    first = registry.add(Permission("a.b.view", "看"))
    with pytest.raises(DuplicateCode, match=r"'a\.b\.view'"):
        registry.add(Permission("a.b.view", "再看"))
    assert registry.get("a.b.view") is first
    with pytest.raises(UnknownCode, match="no permission has the code 'x'"):
        registry.get("x")


def test_declaring_modules_are_found_by_name_and_packages_whole(tmp_path, monkeypatch):
    package = tmp_path / "plug"
    (package / "kinds").mkdir(parents=True)
    for name in ("__init__.py", "kinds/__init__.py", "kinds/one.py", "kinds/two.py", "jobs.py", "other.py"):
        (package / name).write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(discover, "_anlu_apps", lambda: ["plug"])
    monkeypatch.setattr(discover, "_found", [])
    monkeypatch.setattr(discover, "entry_points", lambda group: [])
    assert discover.discover() == ["plug.kinds", "plug.kinds.one", "plug.kinds.two", "plug.jobs"]
    assert "plug.other" not in sys.modules
    assert len(discover.discover()) == 4  # the second time nothing is imported again


def test_a_broken_module_is_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text("")
    (tmp_path / "broken" / "jobs.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(discover, "_anlu_apps", lambda: ["broken"])
    monkeypatch.setattr(discover, "_found", [])
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        discover.discover()


@pytest.mark.django_db
def test_a_database_without_an_installation_is_empty():
    assert database_state() is DatabaseState.EMPTY


@pytest.mark.django_db
def test_an_installation_keeps_its_identity_when_it_is_registered_again():
    first = register_installation(name="青澜大队")
    again = register_installation()
    assert (again.uid, again.name) == (first.uid, "青澜大队")
    assert Installation.objects.count() == 1
    assert database_state() is DatabaseState.CURRENT


@pytest.mark.parametrize(("step", "state"), [(1, DatabaseState.NEWER), (-1, DatabaseState.OLDER)])
@pytest.mark.django_db
def test_the_format_number_decides_who_may_open_the_database(step, state):
    register_installation()
    Installation.objects.update(format_number=installation.FORMAT_NUMBER + step)
    assert database_state() is state


@pytest.mark.django_db
def test_a_migration_that_this_software_does_not_know_makes_the_database_newer():
    register_installation()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('core', '0999_later', CURRENT_TIMESTAMP)"
        )
    assert database_state() is DatabaseState.NEWER
