"""`manage.py check --deploy`: what makes an installation unsafe, each with what to do about it."""

from ipaddress import ip_address

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from alliance.env import SHORTEST_SECRET, is_weak

LOCAL_NAMES = {"localhost", ".localhost", "testserver"}
DEVELOPMENT_MAIL = ("console", "dummy", "filebased", "locmem")


@register(Tags.security)
def demo_stays_local(app_configs, **kwargs):
    """Looked at in every start: the passwords of the demo's accounts are public."""
    if settings.DEMO and not all(_is_local(host) for host in settings.ALLOWED_HOSTS):
        yield Warning(
            "Demo mode answers to a name other than this machine's.",
            hint="Everybody knows the demo's passwords. Keep real people's data out, and unset "
            "DEMO for an installation that is used.",
            id="alliance.W001",
        )


@register(Tags.security, deploy=True)
def no_demo_in_production(app_configs, **kwargs):
    if settings.DEMO:
        yield Error(
            "DEMO is set.",
            hint="Unset it: demo mode has known passwords and makes up what is not configured.",
            id="alliance.E001",
        )


@register(Tags.security, deploy=True)
def origin_is_https(app_configs, **kwargs):
    if not settings.ORIGIN.startswith("https://"):
        yield Error(
            "ORIGIN does not begin with https://.",
            hint="Without it cookies are not marked secure and nothing asks for encryption. Put "
            "a TLS proxy in front and set ORIGIN to the address people type.",
            id="alliance.E002",
        )


@register(Tags.security, deploy=True)
def secrets_are_long(app_configs, **kwargs):
    named = [("SECRET_KEY", settings.SECRET_KEY), ("AUDIT_KEY", settings.AUDIT_KEY)]
    named += [("NOTE_KEYS", key) for key in settings.NOTE_KEYS]
    named += [("BACKUP_KEY", settings.BACKUP_KEY)] if settings.BACKUP_KEY else []
    for name, secret in named:
        if is_weak(secret):
            yield Error(
                f"{name} holds a secret that is short or taken from the example.",
                hint=f"At least {SHORTEST_SECRET} random characters: python3 -c "
                "'import secrets; print(secrets.token_urlsafe(50))'",
                id="alliance.E003",
            )


@register(Tags.security, deploy=True)
def keys_are_apart(app_configs, **kwargs):
    kept = [settings.SECRET_KEY, settings.AUDIT_KEY, settings.BACKUP_KEY, *settings.NOTE_KEYS]
    if len(set(kept)) < len(kept):
        yield Error(
            "SECRET_KEY, NOTE_KEYS, AUDIT_KEY and BACKUP_KEY share a key.",
            hint="Sessions, process notes, the audit and backups have keys of their own, so that a "
            "leak of one does not open the others.",
            id="alliance.E004",
        )


@register(Tags.security, deploy=True)
def backups_can_be_made(app_configs, **kwargs):
    if not settings.BACKUP_KEY:
        yield Warning(
            "BACKUP_KEY is not set.",
            hint="manage.py backup needs it, and so does manage.py restore.",
            id="alliance.W004",
        )


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs, **kwargs):
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS accepts every name.",
            hint="Name the hosts people use, separated by commas; links in mail are built "
            "from them.",
            id="alliance.E005",
        )


@register(Tags.database, deploy=True)
def database_is_a_server(app_configs, **kwargs):
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Warning(
            "The database is SQLite.",
            hint="It serves one machine and one process of each kind well. Set DATABASE_URL to "
            "a PostgreSQL server for more.",
            id="alliance.W002",
        )


@register(Tags.security, deploy=True)
def mail_goes_out(app_configs, **kwargs):
    """Reads the backend and, for SMTP, whether the way to another machine is encrypted."""
    if any(kind in settings.EMAIL_BACKEND for kind in DEVELOPMENT_MAIL):
        yield Error(
            "EMAIL_URL names a mail backend that delivers nothing.",
            hint="Supervisors are told by e-mail. Example: smtp+tls://user:password@host:587",
            id="alliance.E006",
        )
    elif not _is_local(settings.EMAIL_HOST) and not _mail_is_encrypted():
        yield Warning(
            "E-mail travels unencrypted to another machine.",
            hint="Use smtp+tls:// (port 587) or smtp+ssl:// (port 465) in EMAIL_URL.",
            id="alliance.W003",
        )


def _mail_is_encrypted() -> bool:
    return getattr(settings, "EMAIL_USE_TLS", False) or getattr(settings, "EMAIL_USE_SSL", False)


def _is_local(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name, not an address
        return False
