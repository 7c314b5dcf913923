"""The web application as a server calls it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlu.project.settings.base")
application = get_wsgi_application()
