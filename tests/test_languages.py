"""Every word that staff read comes out of the catalogue, and German is whole.

The pages are rendered in German with each message between ⟦ and ⟧. What then stands outside of
the marks, and is not a row's own text, is a word that somebody forgot to mark.
"""

import datetime
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override, trans_real

from accounts.models import Clinic, User
from ruptures import outlook
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.models import Alert
from ruptures.services import mails, repairs, supervision
from sessions_app import client_texts
from sessions_app.models import InstrumentPack, TherapySession
from sessions_app.services import therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests.factories.people import PASSWORD
from tests.test_access_matrix import CAST, MATRIX, arguments  # noqa: F401  (a fixture)
from tests.test_privacy import TEXT_FIELDS

# What a client sees is in the pack's languages; health is for machines.
NOT_FOR_STAFF = {
    "rating_code",
    "rating_ready",
    "rating_form",
    "rating_thanks",
    "rating_kept",
    "client_worker",
    "client_manifest",
    "healthz",
}
NOT_FOR_STAFF |= {"pack_preview", "pack_template"}
NOT_FOR_STAFF |= {"tablet_idle", "tablet_measure"}
NOT_FOR_STAFF |= {"rating_look", "therapy_session_look"}
BEFORE_SIGN_IN = [
    "account_login",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
AFTER_SIGN_IN = [
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
OWN_TEXTS = TEXT_FIELDS | {
    "accounts.clinic.name",
    "ruptures.policyversion.version",
    "ruptures.weeklyreport.week",
    "sessions_app.tablet.name",
    "sessions_app.tabletlink.two_words",
}
NAMES = {"Alliance", "Enter", "Name", "testserver"}
SAID_IN = {"alt", "aria-label", "content", "placeholder", "title"}
SAID_IN_FIGURE = {"hovertext", "name", "text", "ticktext", "title"}
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")


class Said(HTMLParser):
    """All that a page says: its text, the attributes that are read out, its live charts."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        is_button = tag == "input" and attributes.get("type") == "submit"
        names = SAID_IN | {"value"} if is_button else SAID_IN
        if tag != "meta":
            self.texts += [attributes[name] or "" for name in names & attributes.keys()]
        if tag not in {"input", "meta", "link", "br", "img", "hr"}:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, attributes = self.open[-1] if self.open else ("", {})
        if attributes.get("type") == "application/json":
            self.texts += said_in_figure(json.loads(data))
        elif not any(self._is_code(*each) for each in self.open):
            self.texts.append(data)

    @staticmethod
    def _is_code(tag: str, attributes: dict) -> bool:
        foreign = "lang" in attributes and tag != "html"
        has_own_names = tag == "select" and attributes.get("name") in {"time_zone", "language"}
        return foreign or has_own_names or tag in {"script", "style", "code", "kbd"}


def said_in_figure(value, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [
            text
            for name, each in value.items()
            if (key, name) not in {("shapes", "name"), ("annotations", "name")}
            for text in said_in_figure(each, name)
        ]
    if isinstance(value, list):
        return [text for each in value for text in said_in_figure(each, key)]
    is_said = isinstance(value, str) and key in SAID_IN_FIGURE
    return [re.sub(r"<[^>]+>", " ", value)] if is_said else []


def own_texts() -> list[str]:
    """What people typed, and what each language is called in it; the longest first."""
    found = set(client_texts.own_names().values())
    for field in OWN_TEXTS:
        app, model, name = field.split(".")
        # Row by row: a text kept under its client's key is opened by its row alone.
        found |= {getattr(row, name) for row in apps.get_model(app, model).objects.all()}
    for pack in InstrumentPack.objects.all():
        found |= {pack.name, pack.content["notice"], pack.content["rights"]["copyright"]}
    return sorted(filter(None, found), key=len, reverse=True)


def left_over(texts: list[str]) -> set[str]:
    """Words outside of the marks that nobody typed. A message may go over several elements."""
    text = "\n".join(texts)
    for each in [*own_texts(), settings.ORIGIN]:
        text = text.replace(each, " ")
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    return set(WORD.findall(text)) - NAMES


@pytest.fixture
def marked(monkeypatch):
    """Each German message stands between ⟦ and ⟧; one without German stays as it is."""
    german = trans_real.translation("de")
    gettext, ngettext = german.gettext, german.ngettext

    def mark(message: str, said: str) -> str:
        return f"⟦{said}⟧" if said != message or message in german._catalog else said

    monkeypatch.setattr(german, "gettext", lambda message: mark(message, gettext(message)))
    monkeypatch.setattr(
        german, "ngettext", lambda one, many, n: mark((one, n != 1), ngettext(one, many, n))
    )


@pytest.fixture
def full_case(episode, supervisor, administrator, arguments) -> dict:  # noqa: F811
    """The strain of the cast with all that people may add to it, and everybody reads German."""
    therapist = episode.pair.therapist
    today = timezone.localdate()
    repairs.log_step(
        episode=episode, step="invite", done="partly", on=today, note="I asked.", by=therapist
    )
    supervision.comment(episode=episode, text="Shall we talk about it?", by=supervisor)
    last = TherapySession.objects.filter(pair=episode.pair, srs_entry=None).first()
    log = Log(
        "attended",
        minutes_late=12,
        missing_reason="forgotten",
        markers={"vague_reply": 3, "complaint_pace": 4},
        feelings={"irritation": 5},
    )
    therapy_sessions.record(therapy_session=last, log=log, by=therapist)
    User.objects.update(language="de")
    Clinic.objects.update_or_create(pk=1, defaults={"name": "Elm Street"})
    return arguments


def said_by(response) -> list[str]:
    return Said(response.content.decode()).texts


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_page_says_nothing_outside_of_the_catalogue(
    method, full_case, marked, client, request
):
    found, seen = {}, 0
    for name in MATRIX.keys() - NOT_FOR_STAFF:
        letters = MATRIX[name][0 if method == "get" else 1]
        for member, letter in zip(CAST, letters, strict=True):
            if letter not in ".1" or name == "language_choose":
                continue
            if member == "anonymous":
                client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
            else:
                person = request.getfixturevalue(member)
                person.refresh_from_db()
                client.force_login(person)
            response = getattr(client, method)(reverse(name, kwargs=full_case.get(name)))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                seen += 1
                assert not response.content or 'lang="de"' in response.content.decode()
                if words := left_over(said_by(response)):
                    found[f"{name}, {member}"] = words
            client.logout()
    print(found)
    assert found == {}, found
    assert seen >= {"get": 25, "post": 10}[method]


@pytest.mark.parametrize("name", BEFORE_SIGN_IN + AFTER_SIGN_IN)
def test_sign_in_page_says_nothing_outside_of_the_catalogue(name, therapist, marked, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    if name in AFTER_SIGN_IN:
        therapist.set_password(PASSWORD)
        therapist.save()
        client.post(reverse("account_login"), {"login": therapist.email, "password": PASSWORD})
    if name.startswith("mfa_"):
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert left_over(said_by(response)) == set()


def test_mail_is_in_the_language_of_its_recipient(full_case, episode, supervisor, other_supervisor):
    User.objects.filter(pk=other_supervisor.pk).update(language="en")
    report = supervisor.weekly_reports.get()
    weekly = message_to(supervisor, kind=Alert.Kind.WEEKLY, weekly_report=report)
    assert weekly.subject == "Alliance: Wochenverlauf"
    assert weekly.body.startswith("Woche ab 28. Sept. 2026: ")
    with override("de"):  # whatever language the worker wrote in before
        strain = message_to(other_supervisor, kind=Alert.Kind.STRAIN, episode=episode)
    assert strain.subject == "Alliance: something is waiting for you"
    assert strain.body.startswith("One case in Alliance is waiting for your look.")


def message_to(person: User, **cause):
    person.refresh_from_db()
    return mails.message_for(Alert(recipient=person, cause="test", **cause))


@pytest.mark.parametrize("kind", [Alert.Kind.STRAIN, Alert.Kind.DIGEST, Alert.Kind.WEEKLY])
def test_mail_says_nothing_outside_of_the_catalogue(kind, full_case, episode, supervisor, marked):
    report = supervisor.weekly_reports.get()
    message = message_to(supervisor, kind=kind, weekly_report=report, episode=episode)
    said = [message.subject, re.sub(r"https?://\S+", " ", message.body)]
    for html, _kind in getattr(message, "alternatives", []):
        said += Said(html).texts
    assert left_over(said) == set()


def test_figures_have_the_comma_of_german(full_case, therapist, client):
    therapist.refresh_from_db()
    client.force_login(therapist)
    case = full_case["episode_detail"]
    earlier = client.get(reverse("episode_findings", kwargs=case)).content.decode()
    assert "Die Linie „Beziehung“ ist von 9,5 auf 5,8 gefallen." in earlier
    text = client.get(reverse("episode_detail", kwargs=case)).content.decode()
    places = re.findall(r' (?:[cr]?[xy][12]?|r|width|height|viewBox)="([^"]*)"', text)
    assert len(places) > 50
    assert [place for place in places if "," in place] == []


def test_german_quotes_as_german_does():
    """Also what is quoted by a message of its own and joined, as the steps still to log."""
    with override("de"):
        catalogue = {k: v for k, v in trans_real.translation("de")._catalog.items() if k}
    wrong = [text for text in catalogue.values() if text.count("„") != text.count("“")]
    assert wrong == []
    steps = outlook.sentences(
        outlook.Standing(38, 1, "bond", None, 30, 0, 1, False, frozenset({"invite"}), ""),
        DEFAULT_POLICY,
        outlook.Language(trans_real.translation("de").gettext),
    )
    missing = next(said for said in steps if "fehlen noch" in said)
    assert "„Aussprechen, dass" in missing
    assert "“, „Zeigen, dass" in missing


def test_age_is_said_as_people_say_it():
    with override("de"):
        ago = naturaltime(timezone.now() - datetime.timedelta(days=1, hours=21, minutes=5))
    assert ago.replace("\xa0", " ") == "vor 1 Tag, 21 Stunden"


def test_every_date_in_a_template_has_a_format_of_the_language():
    # "c" is for machines, and the number of a week is the same in each language.
    fixed = re.compile(r"""\|date:["'](?![cW]["'])""")
    templates = Path(settings.BASE_DIR, "templates").rglob("*.*")
    assert [path.name for path in templates if fixed.search(path.read_text())] == []


def test_mail_for_a_new_password_is_in_the_language_of_its_reader(
    full_case, supervisor, client, mailoutbox
):
    client.post(
        reverse("account_reset_password"),
        {"email": supervisor.email},
        headers={"Accept-Language": "en"},
    )
    (mail,) = mailoutbox
    assert mail.subject == "Alliance: neues Passwort wählen"
    assert "möchte für diese Adresse in Alliance ein neues Passwort wählen" in mail.body
