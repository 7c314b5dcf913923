"""The web server process: granian around the WSGI application, one process with threads."""

from __future__ import annotations

import multiprocessing
import os
from typing import Final

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS: Final = min(8, multiprocessing.cpu_count() * 2 + 1)
STOP_WITHIN_S: Final = 5
PARENT_VARIABLE: Final = "ANLU_WEB_PARENT"


def serve_web(host: str, port: int) -> None:
    """Serve until SIGTERM."""
    os.environ[PARENT_VARIABLE] = str(os.getpid())  # the serving process ends with this one
    Server(
        "anlu.project.served:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
    ).serve()
