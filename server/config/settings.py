"""Django settings, read from ``PAVI_*`` environment variables; the command line sets them from its options.

Embedded (SQLite, local folder) and server (PostgreSQL, S3) differ in values here and nowhere else.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from server.common import env

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("PAVI_DATA_DIR") or BASE_DIR / "data").resolve()

DEBUG = env.boolean("PAVI_DEBUG")
PUBLIC_URL = env.text("PAVI_PUBLIC_URL", "http://127.0.0.1:8300").rstrip("/")
# Browsers reach the server under names that it cannot know; tokens and SameSite cookies are what protects it.
ALLOWED_HOSTS = [host for host in env.text("PAVI_ALLOWED_HOSTS", "*").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("PAVI_TRUSTED_ORIGINS").split(",") if origin]


def _secret_key() -> str:
    given = env.text("PAVI_SECRET_KEY")
    if given:
        return given
    path = DATA_DIR / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    key = secrets.token_urlsafe(50)
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was faster
        return path.read_text().strip()
    except OSError:  # a folder that cannot be written: the command line says so; nothing is signed until then
        return key
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


SECRET_KEY = _secret_key()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "server.accounts",
    "server.blobs",
    "server.scalars",
    "server.trainings",
    "server.media",
    "server.modelcloud",
    "server.compat",
    "server.live",
    "server.pages",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "server.common.http.RequestIdMiddleware",
]

ROOT_URLCONF = "server.config.urls"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "plain" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

DATABASE_URL = env.text("PAVI_DATABASE") or f"sqlite:///{DATA_DIR / 'pavi.sqlite3'}"
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=None)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Tests use a file too: threads and processes share it as they do in real life.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue instead of failing half-way when a reader turns writer; FULL makes an answer mean "on disk".
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
        "PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("PAVI_REDIS", "redis://127.0.0.1:6379/0")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 30, "socket_keepalive": True}
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_NAME = "pavi_session"
CSRF_COOKIE_NAME = "pavi_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
LOGIN_URL = "/login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "plain" / "static", BASE_DIR / "frontend" / "dist"]
WHITENOISE_USE_FINDERS = True  # straight from their folders: nothing to collect, no STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG

# Blobs: a folder, or s3://bucket/prefix with PAVI_S3_ENDPOINT, and the usual AWS_* variables for credentials.
BLOBS_URL = env.text("PAVI_BLOBS") or str(DATA_DIR / "blobs")
S3_ENDPOINT = env.text("PAVI_S3_ENDPOINT")
BLOB_MAX_BYTES = env.integer("PAVI_BLOB_MAX_BYTES", 1 << 40, low=1, high=1 << 50)

MODEL_QUOTA = env.integer("PAVI_MODEL_QUOTA", 0, low=0, high=1 << 62)
"""Bytes that a project's models may use where nothing else was set for it; 0: no limit."""

# One request to the control plane; batches and blobs have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
LOST_AFTER_S = env.integer("PAVI_LOST_AFTER", 120, low=5, high=86_400)
"""Seconds without a heartbeat after which a running training is shown as lost."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "server.accounts.authentication.TokenAuthentication",
        "server.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "server.common.http.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pavi",
    "DESCRIPTION": "Tracks trainings and carries their models to the devices they run on.",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "StageEnum": ["none", "candidate", "staging", "production", "archived"],
        "NodeKindEnum": ["folder", "model", "file"],
        "NewNodeKindEnum": ["folder", "model"],
        "ModelChangeEnum": ["alias", "stage"],
        "MediaKindEnum": "server.media.kinds.KINDS",
        "AxisEnum": ["step", "time", "relative"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "server.config.openapi.complete",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("PAVI_LOG_LEVEL", "INFO").upper()},
    "loggers": {"django.request": {"level": "ERROR"}},
}
