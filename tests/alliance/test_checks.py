import pytest
from django.core.checks import run_checks

SECRET = "s" * 60
NOTE_KEY = "n" * 60
AUDIT_KEY = "a" * 60


@pytest.fixture
def production(settings):
    settings.DEMO = False
    settings.ORIGIN = "https://alliance.example.org"
    settings.ALLOWED_HOSTS = ["alliance.example.org"]
    settings.SECRET_KEY = SECRET
    settings.NOTE_KEYS = [NOTE_KEY]
    settings.AUDIT_KEY = AUDIT_KEY
    settings.BACKUP_KEY = "b" * 60
    settings.DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "smtp.example.org"
    settings.EMAIL_USE_TLS = True
    return settings


def found() -> set[str]:
    """The ids of this project's own checks that complain."""
    messages = run_checks(include_deployment_checks=True, tags=["security", "database"])
    return {message.id for message in messages if message.id.startswith("alliance.")}


def test_checks_are_silent_in_production(production):
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("ORIGIN", "http://alliance.example.org", "alliance.E002"),
        ("SECRET_KEY", "s" * 49, "alliance.E003"),
        ("NOTE_KEYS", [NOTE_KEY, "short"], "alliance.E003"),
        ("NOTE_KEYS", ["change-me" + NOTE_KEY], "alliance.E003"),
        ("NOTE_KEYS", [NOTE_KEY, SECRET], "alliance.E004"),
        ("AUDIT_KEY", "short", "alliance.E003"),
        ("BACKUP_KEY", "short", "alliance.E003"),
        ("BACKUP_KEY", "", "alliance.W004"),
        ("BACKUP_KEY", NOTE_KEY, "alliance.E004"),
        ("AUDIT_KEY", NOTE_KEY, "alliance.E004"),
        ("AUDIT_KEY", SECRET, "alliance.E004"),
        ("ALLOWED_HOSTS", ["*"], "alliance.E005"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "alliance.E006"),
        ("EMAIL_USE_TLS", False, "alliance.W003"),
    ],
)
def test_checks_name_an_unsafe_setting(production, name, value, complaint):
    setattr(production, name, value)
    assert found() == {complaint}


def test_checks_name_sqlite_in_production(production):
    production.DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
    assert found() == {"alliance.W002"}


def test_checks_refuse_demo_mode_in_production(production):
    production.DEMO = True
    assert found() == {"alliance.E001", "alliance.W001"}


def test_checks_leave_demo_mode_on_this_machine_alone(production):
    production.DEMO = True
    production.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert found() == {"alliance.E001"}


def test_checks_let_a_mail_server_on_this_machine_go_unencrypted(production):
    production.EMAIL_HOST = "127.0.0.1"
    production.EMAIL_USE_TLS = False
    assert found() == set()
