"""Settings of the suite: a data folder and keys of its own for each process, jobs run at once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before anything reads the configuration: an installation of this machine is none of the suite's business.
os.environ["ANLU_DATA"] = tempfile.mkdtemp(prefix="anlu-test-")
atexit.register(shutil.rmtree, os.environ["ANLU_DATA"], ignore_errors=True)

from anlu.kernel.core.keys import make_keys  # noqa: E402

make_keys(Path(os.environ["ANLU_DATA"]) / "keys")

from anlu.project.settings.base import *  # noqa: E402, F403

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the suite signs in thousands of times
TASKS_INLINE = True
SECURE_SSL_REDIRECT = False

if DATABASES["default"]["ENGINE"] == "anlu.project.sqlite":  # noqa: F405
    # In memory, one for each process. pytest-xdist appends "_gw0" to the name: to a parameter that means
    # nothing.
    DATABASES["default"]["TEST"] = {"NAME": "file:anlu?mode=memory&cache=shared&worker="}  # noqa: F405
