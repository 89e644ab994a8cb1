"""Settings of an Alliance installation, all read from the environment by `alliance.env`."""

from csp.constants import NONE, SELF

from alliance import env

DEMO = env.DEMO
DEBUG = False
BASE_DIR = env.BASE_DIR
DATA_DIR = env.DATA_DIR
HOST = env.optional("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)

env.refuse_debug()
SECRET_KEY = env.secret("SECRET_KEY", demo=env.secret_kept_in("secret_key"))
NOTE_KEYS = env.secret("NOTE_KEYS", demo=env.secret_kept_in("note_key")).split(",")
AUDIT_KEY = env.secret("AUDIT_KEY", demo=env.secret_kept_in("audit_key"))
# What must outlive the database, and is in none of its backups.
BACKUP_DIR = env.optional("BACKUP_DIR", str(DATA_DIR / "backups"))
# Only the commands backup and restore need it.
BACKUP_KEY = env.optional("BACKUP_KEY", env.secret_kept_in("backup_key"))
APART_DIR = env.optional("APART_DIR", str(DATA_DIR / "apart"))
ORIGIN = env.origin("ORIGIN", demo=f"http://localhost:{PORT}").rstrip("/")
HTTPS = ORIGIN.startswith("https://")
ALLOWED_HOSTS = env.required("ALLOWED_HOSTS", demo="localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "alliance",
    "ruptures",
    "sessions_app",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
]

MIDDLEWARE = [
    "alliance.middleware.every_answer",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "alliance.middleware.session_limits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alliance.middleware.own_language",
    "alliance.middleware.clinic_time",
    "alliance.middleware.audited",
    "alliance.middleware.second_factor_first",
]

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alliance.context.page",
            ],
        },
    },
]

# --- data -------------------------------------------------------------------------------------

DATABASES = {
    "default": env.database("DATABASE_URL", demo=f"sqlite:///{DATA_DIR / 'alliance.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction takes the write lock at its start, so concurrent writers wait
    # their turn; without it half of them failed.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    in_address = DATABASES["default"].get("OPTIONS", {})  # sslmode, say
    DATABASES["default"]["OPTIONS"] = in_address | {
        "connect_timeout": 5,
        # A clinic's database lies in memory or on flash: a row by its index costs hardly more there
        # than the next one of its table. PostgreSQL thinks of turning disks, and read whole tables.
        # Nor is a plan compiled (jit): where PostgreSQL had counted a table while it was empty, it
        # took a client's page for one of millions of rows, and compiled for 0.4 s each time.
        "options": "-c statement_timeout=15000 -c random_page_cost=1.1 -c jit=off "
        + in_address.get("options", ""),
        # What is asked again and again is planned once a connection, not each time: planning took
        # PostgreSQL more than half of what it did for an entry.
        "server_side_binding": True,
        "prepare_threshold": 2,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.required("BROKER_URL", demo=f"redis+socket://{DATA_DIR / 'broker.sock'}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.optional("CACHE_URL", BROKER_URL.replace("redis+socket://", "unix://")),
        "KEY_PREFIX": "alliance",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}

# --- background work --------------------------------------------------------------------------

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The outbox sweep is what makes delivery certain; a message lost with the broker is found by it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    # Who writes an alert does not wait for a broker that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}

# --- e-mail -----------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", demo=f"smtp://127.0.0.1:{PORT + 25}"))
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 15)  # seconds without a word from the mail server
DEFAULT_FROM_EMAIL = env.optional("EMAIL_FROM", "Alliance <alliance@localhost>")
EMAIL_RETURN_PATH = env.optional("EMAIL_RETURN_PATH", "")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- people -----------------------------------------------------------------------------------

# The demo's accounts are public, and one person's phone would lock out the next visitor.
SECOND_FACTOR_DEMANDED = not DEMO

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.NotOfThisPlace"},
]
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Tries are counted by address, never by account: no stranger can lock a person out.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,200/h/ip", "reset_password": "5/m/ip,20/h/ip"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ResetLinkForm",
}
# Behind the shipped proxy the address to count tries by is the one that proxy saw.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
# The administrator enters addresses; nobody signs up with somebody else's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "accounts.adapter.EncryptedSecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "add_webauthn": "accounts.forms.AddKeyForm",
    "authenticate_webauthn": "accounts.forms.KeyForm",
    "login_webauthn": "accounts.forms.KeyAloneForm",
    "reauthenticate_webauthn": "accounts.forms.KeyAgainForm",
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Alliance"
MFA_PASSKEY_LOGIN_ENABLED = HTTPS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOOK_TOGETHER_URL = "rating_look"  # a page of the floor above the form
LOGOUT_REDIRECT_URL = "account_login"

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60  # the limits that count are in accounts/sessions.py
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "alliance.errors.form_too_old"

# --- web --------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# Plotly sets one empty style element of its own; this is that element's hash.
PLOTLY_STYLE_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
# On every answer, static files too, so it is short: what it does not name follows `default-src`.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, PLOTLY_STYLE_HASH],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = env.optional("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "alliance.vendor.VendorFinder",
]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our pages alone use these files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
# The staff's pages: each language is whole in locale/. Clients read theirs in those of the pack.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"

# --- logs: ids only ---------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "alliance.logs.DiscreetFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.optional("LOG_LEVEL", "INFO")},
}
