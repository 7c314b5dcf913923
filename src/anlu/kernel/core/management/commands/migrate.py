"""
Django's ``migrate``, with less of its bookkeeping: it takes half as long.

Between two steps of a migration Django makes the classes of all tables anew that are linked, by however many others, to
the one that changed: nearly all of ours, some 200 times. A new table and a further index or constraint need none of it.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState


class State(ProjectState):
    """
    The tables between two steps of a migration.

    Marked as delayed where classes were left as they are: Django then makes all of them anew before it runs Python of a
    migration.
    """

    def add_model(self, model_state: ModelState) -> None:
        """A table nobody refers to yet: only its own class is made."""
        if "apps" not in self.__dict__:
            super().add_model(model_state)
            return
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:  # type: ignore[attr-defined]
            self.resolve_model_relations(key)
        self.is_delayed = True
        self.apps.render_multiple([model_state])

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        """An index or a constraint more: the class is told of it."""
        if "apps" not in self.__dict__:
            super()._append_option(app_label, model_name, option_name, obj)  # type: ignore[misc]
            return
        options = self.models[app_label, model_name].options
        options[option_name] = [*options[option_name], obj]
        meta = self.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), obj])
        self.is_delayed = True

    def clone(self) -> State:
        """A copy of the same sort."""
        made = super().clone()
        made.__class__ = State
        return cast(State, made)


class Executor(MigrationExecutor):
    """Runs migrations over such a state."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> State:
        made = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        made.__class__ = State
        return cast(State, made)


class Command(migrate.Command):
    """``migrate``, for ``anlu init``, backups and tests alike."""


migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # Django's command takes it by this name
