"""Django settings of an installation; what an administrator may change is in ``project.configuration``."""

from __future__ import annotations

import pkgutil
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import django_stubs_ext

import anlu.apps
from anlu.kernel.core.keys import read_secret_key
from anlu.project.configuration import load
from anlu.project.databases import database_settings

django_stubs_ext.monkeypatch()
configuration = load()  # anew: `anlu init --database` has just changed the environment

# ------------------------------------------------------------------------------------ this installation
ANLU_DATA_FOLDER: Path = configuration.data_folder
ANLU_KEYS_FOLDER: Path = ANLU_DATA_FOLDER / "keys"
ANLU_UPLOADS_FOLDER: Path = ANLU_DATA_FOLDER / "uploads"
ANLU_UPLOAD_LIMIT_BYTES: int = configuration.upload_limit_mb * 1_000_000
ANLU_UPLOAD_QUOTA_BYTES: int = configuration.upload_quota_mb * 1_000_000
ANLU_EXPORT_APPROVAL_ROWS: int = configuration.export_approval_rows
ANLU_EXPORT_COUNT_HOURS: int = configuration.export_count_hours
ANLU_SESSION_SINGLE: bool = configuration.session_single
ANLU_PASSWORD_DAYS: int = configuration.password_days
ANLU_LOG_DAYS: int = configuration.log_days
ANLU_JOB_THREADS: int = configuration.job_threads
ANLU_EXAMINATION: str = "anlu.project.doctor.examine"  # behind 系统 › 体检 as behind `anlu doctor`
TASKS_INLINE: bool = False  # True: a job runs at once, where it is enqueued (tests)

SECRET_KEY = configuration.secret_key.get_secret_value() or read_secret_key(ANLU_KEYS_FOLDER)
DEBUG = False
ALLOWED_HOSTS = list(configuration.allowed_hosts)
DATABASES = {"default": database_settings(configuration.database_url, configuration.data_folder)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Officer"

# ------------------------------------------------------------------------------------ apps
# Feature apps are found by their folder (one with an apps.py), plug-ins by the entry points "anlu.apps".
FEATURES = sorted(
    f"anlu.apps.{found.name}"
    for found in pkgutil.iter_modules(anlu.apps.__path__)
    if found.ispkg and find_spec(f"anlu.apps.{found.name}.apps")
)
PLUGINS = sorted(found.value for found in entry_points(group="anlu.apps"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "rules",
    "anlu.kernel.core",
    "anlu.kernel.places",
    "anlu.kernel.people",
    "anlu.kernel.indicators",
    "anlu.kernel.cases",
    "anlu.kernel.documents",
    "anlu.kernel.activities",
    "anlu.web",
    *FEATURES,
    *PLUGINS,
    "anlu.flows",
]

MIDDLEWARE = [
    *(["anlu.project.proxy.PeerAddress"] if configuration.behind_proxy else []),
    "anlu.web.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anlu.web.middleware.PackedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anlu.web.middleware.Looks",
    "anlu.web.middleware.Busy",
    "anlu.web.middleware.FragmentSignIn",
    "anlu.web.middleware.KeptForm",
    # Every page is behind the sign-in unless it is declared public.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "anlu.web.middleware.SessionLimits",
    "anlu.web.middleware.PasswordFirst",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["anlu.web.wording.MarkingLoader"])],
            "builtins": ["anlu.web.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anlu.web.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "anlu.web.wording.Forms"

ROOT_URLCONF = "anlu.project.urls"
WSGI_APPLICATION = "anlu.project.wsgi.application"

# ------------------------------------------------------------------------------------ sign-in and sessions
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "anlu.kernel.people.passwords.ThreeClasses"},
    {"NAME": "anlu.kernel.people.passwords.NotTheName"},
    {"NAME": "anlu.kernel.people.passwords.NotUsedBefore"},
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = configuration.session_idle_minutes * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Never True: every page would take the database's only write lock (foundations 2.2).
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = configuration.https
SECURE_HSTS_SECONDS = 31_536_000 if configuration.https else 0
# Only a proxy says which requests came encrypted; without one everything would be redirected for ever.
SECURE_SSL_REDIRECT = configuration.https and configuration.behind_proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if configuration.behind_proxy else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [
    f"https://{host}" for host in ALLOWED_HOSTS if configuration.https and not host.startswith(("*", "."))
]

AXES_FAILURE_LIMIT = configuration.sign_in_failures
AXES_COOLOFF_TIME = configuration.lock_minutes / 60  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # an office shares one address: the account is locked, not the address
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_CALLABLE = "anlu.web.faults.locked_out"
LOGIN_URL = "web.sign_in"
CSRF_FAILURE_VIEW = "anlu.web.faults.forged"

# ------------------------------------------------------------------------------------ language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]  # chosen per person, never guessed
TIME_ZONE = configuration.time_zone
USE_I18N = True
USE_TZ = True

# ------------------------------------------------------------------------------------ files
STATIC_URL = "/static/"
# Straight from the packages: the build has hashed and compressed the files, nothing is collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3_600
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/dist/.+-[\w-]{8}\.\w+$"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"anlu": {"level": "INFO"}},
}
