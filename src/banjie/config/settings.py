"""Banjie's settings. Every variable of the environment it reads is listed in docs/how-to/configure.md."""

import secrets
from pathlib import Path

from banjie.config import environment, identity_provider

PROJECT = Path(__file__).resolve().parents[3]
RULEBOOK = environment.folder("BANJIE_RULEBOOK", PROJECT / "rulebook")
DATA_DIR = environment.folder("BANJIE_DATA_DIR", PROJECT / "data")


def _secret_key() -> str:
    """The given key, or one made at the first start and kept beside the data, readable by its owner alone."""
    given = environment.text("BANJIE_SECRET_KEY", "")
    if given:
        return given
    path = DATA_DIR / "secret.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _secret_key()
DEMO_LOG_INS = not environment.text("BANJIE_SECRET_KEY", "")
"""One-click log-ins in an installation created as a demo: never where somebody has set a secret key of their own."""
DEBUG = False
ALLOWED_HOSTS = environment.several("BANJIE_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
SERVED_OVER_TLS = environment.flag("BANJIE_TLS", False)

DATABASES = {
    "default": environment.database(environment.text("BANJIE_DATABASE_URL", f"sqlite://{DATA_DIR / 'banjie.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
KEY_BACKEND = environment.text("BANJIE_KEY_BACKEND", "file")
"""Where the keys above all others are kept: file, pkcs11 or environment (banjie.store.keys.keyring)."""
KEY_FILE = Path(environment.text("BANJIE_KEY_FILE", str(DATA_DIR / "keys.json")))
KEYS_GIVEN = environment.text("BANJIE_KEYS", "")
KEY_PKCS11_MODULE = environment.text("BANJIE_KEY_PKCS11_MODULE", "")
KEY_PKCS11_TOKEN = environment.text("BANJIE_KEY_PKCS11_TOKEN", "")
KEY_PKCS11_PIN = environment.text("BANJIE_KEY_PKCS11_PIN", "")
KEY_PKCS11_PIN_FILE = environment.text("BANJIE_KEY_PKCS11_PIN_FILE", "")
FILES_DIR = environment.folder("BANJIE_FILES_DIR", DATA_DIR / "files")
SEAL_KEYS = environment.text("BANJIE_SEAL_KEYS", f"pkcs12:{DATA_DIR / 'seals'}")
"""Where the keys of seals lie: pkcs12:/folder, or pkcs11:/module.so;token=NAME;pin-file=/path;folder=/path."""
LARGEST_UPLOAD = environment.whole("BANJIE_LARGEST_UPLOAD", 20 * 1024 * 1024)
"""Bytes of one uploaded file."""
WITNESSES = environment.several("BANJIE_WITNESSES", [])
"""Who cosigns our checkpoints: the address of each witness, a space, its key (store/evidence/witnesses.py)."""
WITNESS_FOR = environment.several("BANJIE_WITNESS_FOR", [])
"""The keys of the logs that we cosign (store/evidence/witnessing.py)."""
METRICS_TOKEN = environment.text("BANJIE_METRICS_TOKEN", "")
"""Lets a watcher beyond this machine read /metrics."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "banjie.store.log",
    "banjie.store.keys",
    "banjie.store.files",
    "banjie.store.evidence",
    "banjie.web",
    "banjie.records.accounts",
    "banjie.records.organisation",
    "banjie.records.parties",
    "banjie.records.catalogue",
    "banjie.cases",
    "banjie.duties.seals",
    "banjie.duties.papers",
    "banjie.duties.archive",
    "banjie.duties.publicity",
    "banjie.duties.notices",
    "banjie.duties.licences",
    "banjie.duties.queue",
    "banjie.duties.delivery",
    "banjie.duties.fees",
    "banjie.duties.inspections",
    "banjie.duties.supervision",
    "banjie.duties.statistics",
    "banjie.faces.forms",
    "banjie.faces.portal",
    "banjie.faces.hall",
    "banjie.faces.desk",
    "banjie.faces.api",
    "banjie.faces.own",
    "banjie.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "banjie.web.assets.served",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "banjie.web.middleware.request_log",
    "banjie.web.middleware.narrowly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "banjie.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "banjie.web.parts.chinese_marked",
    "banjie.web.fields.FieldsTaken",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "banjie.web.middleware.actor",
    "banjie.faces.own.factors.second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "banjie.web.damaged.FilesDamaged",
    "banjie.web.middleware.no_page_of_its_own",
]

ROOT_URLCONF = "banjie.config.urls"
WSGI_APPLICATION = "banjie.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "banjie.web.context.page",
                "banjie.demo.context.demo",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "banjie.records.accounts.password_rules.Classes"},
    {"NAME": "banjie.records.accounts.password_rules.History"},
]
ACTOR_RESOLVER = "banjie.records.parties.queries.actor_of"
"""What turns a signed-in user into the engine's Actor: web stands below the organisation and cannot import it."""
SECOND_FACTOR_POSTS: frozenset[str] | None = environment.posts("BANJIE_SECOND_FACTOR_POSTS")
"""Whoever holds one of these posts signs in with a second factor; "staff" stands for every post, and for the three
administrators. None: nobody has said, and then it is everybody who is staff, but for a demo, where people are to look
around; "nobody" is the empty set."""
SESSION_ENGINE = "banjie.records.accounts.sessions"
SESSION_COOKIE_AGE = environment.whole("BANJIE_SESSION_SECONDS", 8 * 3600)
"""A session ends so long after signing in, whatever is done in it."""
IDLE_SECONDS = environment.whole("BANJIE_IDLE_SECONDS", 1800)
IDLE_SECONDS_PUBLIC = environment.whole("BANJIE_IDLE_SECONDS_PUBLIC", 7200)
"""And so long after it was last used: by staff, and by citizens."""
STAFF_SESSIONS = environment.whole("BANJIE_STAFF_SESSIONS", 3)
"""So many browsers a member of staff may be signed in with; a further one ends the one used least lately."""
PASSWORD_DAYS = environment.whole("BANJIE_PASSWORD_DAYS", 90)
"""After so many days a member of staff sets another password (等保三级), but for a demo; 0: never (NIST SP 800-63B)."""
LOCKED_OUT_TOLD = "banjie.records.accounts.trail.locked_out"
"""What is told of a wait that begins: web stands below the accounts and cannot import them."""

# Signing in is allauth's: by user name alone. No account has an e-mail address, nothing is written to anybody.
ACCOUNT_ADAPTER = "banjie.records.accounts.second_factors.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "banjie.records.accounts.second_factors.SecondFactors"
MFA_FORMS = {
    "authenticate": "banjie.records.accounts.second_factors.ShownAtSignIn",
    "reauthenticate": "banjie.records.accounts.second_factors.ShownAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_DIGITS = 12
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "办结 Banjie"
SOCIALACCOUNT_ADAPTER = "banjie.records.parties.identity_provider.Arrivals"
SOCIALACCOUNT_PROVIDERS = identity_provider.providers()
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
PLACE_RESOLVER = "banjie.records.organisation.queries.place"
"""What names the place these approvals belong to, for the head of every page."""
UNREAD_RESOLVER = "banjie.faces.portal.inbox.unread"
# What calendars lack the coming year on a day; web cannot import the catalogue.
CALENDAR_RESOLVER = "banjie.records.catalogue.calendars.missing_year"
"""What counts the messages somebody has not read, for the head of every page."""
CARRIER = environment.peer("BANJIE_CARRIER")
PAYMENT = environment.peer("BANJIE_PAYMENT")
"""The carrier that takes parcels and the provider of payments; empty where there is none, and then nobody is asked."""
HOTLINE = environment.text("BANJIE_HOTLINE", "12345")
PUBLIC_ADDRESS = environment.text("BANJIE_ADDRESS", "http://localhost:8000").rstrip("/")
"""Where the public reaches this installation: what the QR codes of papers lead to."""
"""The number at the foot of every page."""

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PROJECT / "src" / "banjie" / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("BANJIE_STATIC_DIR", DATA_DIR / "static")
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "banjie.web.assets.Storage"},
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "banjie.web.sent_in_vain.no_mark"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *identity_provider.origins()],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
"""A page that takes more says so: banjie.web.fields."""
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_UPLOAD
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
"""Uploads never touch the disk in clear: a larger file is refused before it is read."""

LOGGING_CONFIG = None  # banjie.web.logs sets up structured logs
SILENCED_SYSTEM_CHECKS = [] if SERVED_OVER_TLS else ["security.W004", "security.W008", "security.W011", "security.W016"]
"""Without BANJIE_TLS the server stands on loopback or behind a proxy that speaks TLS itself."""
