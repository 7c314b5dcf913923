"""The application inside the web server's own child process."""

from __future__ import annotations

import os

from anlu.project.libraries import load_libraries
from anlu.project.supervisor import end_with_parent
from anlu.project.web import PARENT_VARIABLE
from anlu.project.wsgi import application

# after Django is set up
from anlu.kernel.core.readiness import get_ready_meanwhile  # isort: skip
from anlu.kernel.indicators.standby import stand_by  # isort: skip

if os.environ.get(PARENT_VARIABLE):
    end_with_parent(int(os.environ[PARENT_VARIABLE]))

load_libraries()
get_ready_meanwhile(stand_by)  # snapshots afterwards: both at once would only slow each other down

__all__ = ["application"]
