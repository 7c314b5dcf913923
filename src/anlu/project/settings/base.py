"""Django settings of an installation. What an administrator may change comes from ``anlu.project.configuration``."""

from __future__ import annotations

import django_stubs_ext

from anlu.project.configuration import configuration
from anlu.project.databases import database_settings

django_stubs_ext.monkeypatch()

SECRET_KEY = configuration.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = configuration.allowed_hosts
DATABASES = {"default": database_settings(configuration.database_url, configuration.data_folder)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Officer"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "anlu.kernel.core",
    "anlu.kernel.places",
    "anlu.kernel.people",
    "anlu.kernel.indicators",
    "anlu.web",
    "anlu.apps.crashes",
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
ROOT_URLCONF = "anlu.project.urls"
WSGI_APPLICATION = "anlu.project.wsgi.application"
