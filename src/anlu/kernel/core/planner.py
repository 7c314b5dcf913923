"""
What PostgreSQL is told about the machine before it plans.

By itself it takes a page out of order for four times as dear as the next one, as on a turning disk, and then reads a
whole table rather than an index that holds all that is asked for. The data of a county lie in memory or on flash.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.signals import connection_created
from django.dispatch import receiver

COST: Final = """
    SELECT set_config('random_page_cost', '1.1', false)
    FROM pg_settings WHERE name = 'random_page_cost' AND source = 'default'
"""


@receiver(connection_created, dispatch_uid="anlu.planner")
def tell_cost_of_pages(connection: Any, **_: Any) -> None:
    """Every new connection of PostgreSQL, unless whoever runs the server has said something themselves."""
    if connection.vendor == "postgresql":
        connection.connection.execute(COST)
