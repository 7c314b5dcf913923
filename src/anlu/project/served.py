"""The application inside the web server's own child process."""

from __future__ import annotations

import os

from anlu.project.supervisor import end_with_parent
from anlu.project.web import PARENT_VARIABLE
from anlu.project.wsgi import application

from anlu.kernel.indicators.standby import stand_by  # isort: skip  (after Django is set up)

if os.environ.get(PARENT_VARIABLE):
    end_with_parent(int(os.environ[PARENT_VARIABLE]))

stand_by()

__all__ = ["application"]
