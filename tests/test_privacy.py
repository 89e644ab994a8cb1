"""Every field has a class; what is personal or clinical leaves by no mail, log or task.

plain: keys, states, dates and settings · personal: who somebody is · clinical: what was said,
marked, noted or found.
"""

import datetime

import pytest
from celery.signals import after_task_publish
from django.apps import apps
from django.conf import settings as settings_of_django
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from redis import Redis

from accounts.models import Clinic
from accounts.services import account_mails
from ruptures.models import (
    AgreedPlan,
    Alert,
    ClientCopy,
    Episode,
    Generalisation,
    RepairRecord,
    ReviewComment,
)
from ruptures.services import alerts, copy_jobs, reports
from ruptures.trend import IsoWeek
from sessions_app.fields import ClientTextField
from sessions_app.models import BreakGlass, Client, LinkMail
from sessions_app.services import link_mails
from tests import factories
from tests.mail_sink import post_office  # noqa: F401  (a fixture)

PLAIN, PERSONAL, CLINICAL = "plain", "personal", "clinical"

CLASSES = {
    "accounts.clinic": {
        "name": PLAIN,
        "time_zone": PLAIN,
        "alert_at_once_from": PLAIN,
        "look_together": PLAIN,
        "weekly_mail_link_only": PLAIN,
        "lead": PLAIN,
        "quiet_from": PLAIN,
        "quiet_until": PLAIN,
        "closed_on": PLAIN,
        "keep_years": PLAIN,
    },
    "accounts.user": {
        "name": PERSONAL,
        "email": PERSONAL,
        "language": PERSONAL,
        "weekly_mail": PLAIN,
        "password": PERSONAL,
        "last_login": PLAIN,
        "date_joined": PLAIN,
        "is_active": PLAIN,
        "sessions_end_at": PLAIN,
        "is_staff": PLAIN,
        "is_superuser": PLAIN,
        "groups": PLAIN,
        "user_permissions": PLAIN,
    },
    "accounts.auditentry": {
        "at": PLAIN,
        "by": PLAIN,
        "action": PLAIN,
        "deed": PLAIN,
        "kind": PLAIN,
        "record": PLAIN,
        "client_key": PLAIN,
        "page": PLAIN,
        "outcome": PLAIN,
        "own_mac": PLAIN,
        "place": PLAIN,
        "chain": PLAIN,
    },
    "accounts.audithead": {"length": PLAIN, "chain": PLAIN, "mac": PLAIN},
    "accounts.invitation": {
        "user": PLAIN,
        "invited_by": PLAIN,
        "token_hash": PLAIN,
        "created_at": PLAIN,
        "expires_at": PLAIN,
        "accepted_at": PLAIN,
        "withdrawn_at": PLAIN,
    },
    "accounts.browsersession": {
        "session_key": PLAIN,
        "session_data": PLAIN,
        "expire_date": PLAIN,
        "user": PLAIN,
        "began_at": PLAIN,
        "seen_at": PLAIN,
        "browser": PLAIN,
        "system": PLAIN,
    },
    "accounts.accountmail": {
        "created_at": PLAIN,
        "due_at": PLAIN,
        "leased_until": PLAIN,
        "attempts": PLAIN,
        "last_error": PLAIN,
        "sent_at": PLAIN,
        "withdrawn_at": PLAIN,
        "failed_at": PLAIN,
        "failure": PLAIN,
        "recipient": PLAIN,
        "kind": PLAIN,
        "token": PERSONAL,
    },
    "accounts.roleperiod": {"user": PLAIN, "role": PLAIN, "from_on": PLAIN, "until_on": PLAIN},
    "accounts.supervision": {
        "supervisor": PLAIN,
        "therapist": PLAIN,
        "from_on": PLAIN,
        "until_on": PLAIN,
    },
    "accounts.delegation": {
        "supervisor": PLAIN,
        "delegate": PLAIN,
        "from_on": PLAIN,
        "until_on": PLAIN,
    },
    "sessions_app.client": {
        "case_label": PERSONAL,
        "sealing_key": PLAIN,
        "name": PERSONAL,
        "email": PERSONAL,
        "language": PERSONAL,
        "status": CLINICAL,
        "ended_on": CLINICAL,
        "ending": CLINICAL,
        "created_at": PLAIN,
    },
    "sessions_app.clientkey": {"wrapped": PLAIN, "made_at": PLAIN},
    "sessions_app.pair": {"client": PLAIN, "therapist": PLAIN, "from_on": PLAIN, "until_on": PLAIN},
    "sessions_app.breakglass": {
        "pair": PLAIN,
        "by": PLAIN,
        "reason": CLINICAL,
        "began_at": PLAIN,
        "ends_at": PLAIN,
        "reviewed_at": PLAIN,
        "reviewed_by": PLAIN,
    },
    "sessions_app.agreement": {
        "pair": PLAIN,
        "kind": CLINICAL,
        "text": CLINICAL,
        "follows": PLAIN,
        "from_on": PLAIN,
        "until_on": PLAIN,
    },
    "sessions_app.agreementstanding": {
        "agreement": PLAIN,
        "level": CLINICAL,
        "asked_on": CLINICAL,
    },
    "sessions_app.relationalpattern": {
        "pair": PLAIN,
        "text": CLINICAL,
        "written_by": PLAIN,
        "written_at": PLAIN,
    },
    "sessions_app.therapysession": {
        "pair": PLAIN,
        "starts_at": CLINICAL,
        "duration_minutes": CLINICAL,
        "medium": CLINICAL,
        "attendance": CLINICAL,
        "minutes_late": CLINICAL,
        "cancelled_at": CLINICAL,
        "missing_reason": CLINICAL,
        "client_asks": CLINICAL,
        "note": CLINICAL,
        "feelings": CLINICAL,
        "note_shown_at": PLAIN,
        "feelings_shown_at": PLAIN,
        "logged_at": PLAIN,
        "version": PLAIN,
        "saved_from": PLAIN,
        "marks_seen_at": PLAIN,
    },
    "sessions_app.logdraft": {
        "therapy_session": PLAIN,
        "author": PLAIN,
        "fields": CLINICAL,
        "page": PLAIN,
        "version": PLAIN,
        "saved_at": PLAIN,
    },
    "sessions_app.undostep": {
        "kind": PLAIN,
        "by": PLAIN,
        "therapy_session": PLAIN,
        "agreement": PLAIN,
        "pair": PLAIN,
        "before": CLINICAL,
        "made_at": PLAIN,
        "undone_at": PLAIN,
    },
    "sessions_app.marker": {"therapy_session": PLAIN, "code": CLINICAL, "salience": CLINICAL},
    "sessions_app.srsentry": {
        "uuid": PLAIN,
        "therapy_session": PLAIN,
        "relationship": CLINICAL,
        "goals": CLINICAL,
        "approach": CLINICAL,
        "overall": CLINICAL,
        "pack": PLAIN,
        "language": PERSONAL,
        "source": PLAIN,
        "seconds": CLINICAL,
        "line_length_mm": PLAIN,
        "filled_in_on": CLINICAL,
        "recorded_at": PLAIN,
        "came_late": PLAIN,
        "replaced_in": PLAIN,
        "corrects": PLAIN,
        "correction_reason": CLINICAL,
        "corrected_by": PLAIN,
    },
    "sessions_app.prediction": {
        "therapy_session": PLAIN,
        "relationship": CLINICAL,
        "goals": CLINICAL,
        "approach": CLINICAL,
        "overall": CLINICAL,
        "made_at": PLAIN,
    },
    "sessions_app.instrumentpack": {
        "code": PLAIN,
        "version": PLAIN,
        "content": PLAIN,
        "languages": PLAIN,
        "added_at": PLAIN,
    },
    "sessions_app.packuse": {
        "pack": PLAIN,
        "holder": PLAIN,
        "reference": PLAIN,
        "valid_until": PLAIN,
        "declared_by": PLAIN,
        "declared_at": PLAIN,
    },
    "sessions_app.tablet": {
        "name": PLAIN,
        "language": PLAIN,
        "pairing_hash": PLAIN,
        "pairing_until": PLAIN,
        "token_hash": PLAIN,
        "created_at": PLAIN,
        "paired_at": PLAIN,
        "paired_by": PLAIN,
        "last_seen_at": PLAIN,
        "revoked_at": PLAIN,
        "line_length_px": PLAIN,
    },
    "sessions_app.tabletlink": {
        "therapy_session": PLAIN,
        "way": PLAIN,
        "tablet": PLAIN,
        "token_hash": PLAIN,
        "two_words": PLAIN,
        "entry_uuid": PLAIN,
        "created_by": PLAIN,
        "created_at": PLAIN,
        "expires_at": PLAIN,
        "opened_at": PLAIN,
        "used_at": PLAIN,
        "revoked_at": PLAIN,
    },
    "sessions_app.linkmail": {
        "tablet_link": PLAIN,
        "token": PERSONAL,
        "created_at": PLAIN,
        "due_at": PLAIN,
        "leased_until": PLAIN,
        "attempts": PLAIN,
        "last_error": PLAIN,
        "sent_at": PLAIN,
        "withdrawn_at": PLAIN,
        "failed_at": PLAIN,
        "failure": PLAIN,
    },
    "ruptures.policyversion": {"version": PLAIN, "overrides": PLAIN, "active_from": PLAIN},
    "ruptures.screening": {
        "therapy_session": PLAIN,
        "baseline_n": CLINICAL,
        "baseline_mean": CLINICAL,
        "baseline_spread": CLINICAL,
        "expected_spread": CLINICAL,
        "z": CLINICAL,
        "cusum": CLINICAL,
        "severity": CLINICAL,
        "notes": CLINICAL,
    },
    "ruptures.finding": {
        "therapy_session": PLAIN,
        "episode": PLAIN,
        "rule": CLINICAL,
        "severity": CLINICAL,
        "line": CLINICAL,
        "component": CLINICAL,
        "leaning": CLINICAL,
        "values": CLINICAL,
        "threshold": PLAIN,
        "policy_version": PLAIN,
        "found_at": PLAIN,
    },
    "ruptures.episode": {
        "pair": PLAIN,
        "opened_session": PLAIN,
        "opened_at": CLINICAL,
        "opened_by_hand": CLINICAL,
        "state": CLINICAL,
        "severity": CLINICAL,
        "type": CLINICAL,
        "component": CLINICAL,
        "confirmed_by": PLAIN,
        "baseline_mean": CLINICAL,
        "baseline_spread": CLINICAL,
        "lowest_total": CLINICAL,
        "settled": CLINICAL,
        "settled_on": CLINICAL,
        "closed_at": CLINICAL,
        "closed_session": PLAIN,
        "struck_mean": CLINICAL,
        "recovered_running": CLINICAL,
        "attended_since": CLINICAL,
        "ever_recovered": CLINICAL,
        "for_supervision_at": CLINICAL,
        "news_at": CLINICAL,
        "owner": PLAIN,
        "owned_at": PLAIN,
        "dismissed_as": CLINICAL,
        "resolved_reason": CLINICAL,
        "dismissed_reason": CLINICAL,
    },
    "ruptures.episodestate": {
        "episode": PLAIN,
        "state": CLINICAL,
        "therapy_session": PLAIN,
        "by": PLAIN,
        "entered_at": PLAIN,
    },
    "ruptures.repairstep": {
        "episode": PLAIN,
        "step": CLINICAL,
        "done": CLINICAL,
        "taken_on": CLINICAL,
        "therapy_session": PLAIN,
        "note": CLINICAL,
        "note_shown_at": PLAIN,
        "by": PLAIN,
        "logged_at": PLAIN,
    },
    "ruptures.repairrecord": {
        "episode": PLAIN,
        "causes": CLINICAL,
        "strategies": CLINICAL,
        "apology": CLINICAL,
        "needed": CLINICAL,
        "fits_pattern": CLINICAL,
        "pattern": CLINICAL,
        "outside": CLINICAL,
        "opener": CLINICAL,
        "reflection": CLINICAL,
        "reflection_shown_at": PLAIN,
        "changed_at": PLAIN,
    },
    "ruptures.generalisation": {
        "episode": PLAIN,
        "tried_on": CLINICAL,
        "with_whom": CLINICAL,
        "note": CLINICAL,
        "by": PLAIN,
        "noted_at": PLAIN,
    },
    "ruptures.supervisorreview": {
        "episode": PLAIN,
        "supervisor": PLAIN,
        "acknowledged_at": PLAIN,
        "snoozed_at": PLAIN,
        "snoozed_until": PLAIN,
        "resolved_at": PLAIN,
        "outcome": CLINICAL,
    },
    "ruptures.reviewcomment": {
        "episode": PLAIN,
        "by": PLAIN,
        "text": CLINICAL,
        "is_question": PLAIN,
        "answers": PLAIN,
        "written_at": PLAIN,
    },
    "ruptures.agreedplan": {
        "episode": PLAIN,
        "text": CLINICAL,
        "agreed_on": CLINICAL,
        "by": PLAIN,
        "written_at": PLAIN,
    },
    "ruptures.discussion": {"episode": PLAIN, "discussed_on": CLINICAL, "by": PLAIN},
    "ruptures.usefulanswer": {
        "finding": PLAIN,
        "episode": PLAIN,
        "by": PLAIN,
        "is_useful": CLINICAL,
        "answered_at": PLAIN,
    },
    "ruptures.alert": {
        "kind": PLAIN,
        "cause": PLAIN,
        "recipient": PLAIN,
        "episode": PLAIN,
        "severity": CLINICAL,
        "rung": PLAIN,
        "listed_on": PLAIN,
        "weekly_report": PLAIN,
        "created_at": PLAIN,
        "due_at": PLAIN,
        "leased_until": PLAIN,
        "attempts": PLAIN,
        "last_error": PLAIN,
        "sent_at": PLAIN,
        "withdrawn_at": PLAIN,
        "failed_at": PLAIN,
        "failure": PLAIN,
        "acknowledged_at": PLAIN,
    },
    "ruptures.clientcopy": {
        "pair": PLAIN,
        "asked_by": PLAIN,
        "asked_at": PLAIN,
        "leased_until": PLAIN,
        "attempts": PLAIN,
        "parts_made": PLAIN,
        "made_at": PLAIN,
        "failed_at": PLAIN,
        "content": CLINICAL,
    },
    "ruptures.reconciliation": {
        "looked_at": PLAIN,
        "strains_opened": PLAIN,
        "alerts_restored": PLAIN,
        "unreached": PLAIN,
        "not_screened": PLAIN,
    },
    "ruptures.rescreening": {
        "policy_version": PLAIN,
        "is_running": PLAIN,
        "started_at": PLAIN,
        "finished_at": PLAIN,
    },
    "ruptures.rescreeningchunk": {
        "rescreening": PLAIN,
        "first_pair": PLAIN,
        "last_pair": PLAIN,
        "leased_until": PLAIN,
        "done_at": PLAIN,
        "changes": PLAIN,
    },
    "ruptures.weeklyreport": {
        "supervisor": PLAIN,
        "week": PLAIN,
        "figures": CLINICAL,
        "supervisees": CLINICAL,
        "events": CLINICAL,
        "made_at": PLAIN,
    },
    "ruptures.teamevent": {
        "supervisor": PLAIN,
        "on": CLINICAL,
        "text": CLINICAL,
        "noted_at": PLAIN,
    },
}
# Every table has a number of its own, and most a random key for addresses.
EVERYWHERE = {"id", "key"}

OWN_APPS = ("accounts", "sessions_app", "ruptures")


def fields_of(model) -> set[str]:
    own = [*model._meta.fields, *model._meta.many_to_many]
    return {field.name for field in own} - EVERYWHERE


def own_models() -> list:
    return [model for app in OWN_APPS for model in apps.get_app_config(app).get_models()]


def test_every_table_is_classed():
    assert {model._meta.label_lower for model in own_models()} == set(CLASSES)


@pytest.mark.parametrize("label", CLASSES)
def test_every_field_is_classed(label):
    assert fields_of(apps.get_model(label)) == set(CLASSES[label])


PROCESS_NOTES = [
    "sessions_app.therapysession.note",
    "sessions_app.relationalpattern.text",
    "ruptures.repairstep.note",
    "ruptures.generalisation.note",
    "ruptures.repairrecord.apology",
    "ruptures.repairrecord.needed",
    "ruptures.repairrecord.pattern",
    "ruptures.repairrecord.outside",
    "ruptures.repairrecord.opener",
    "ruptures.repairrecord.reflection",
]


@pytest.mark.parametrize("field", PROCESS_NOTES)
def test_process_notes_are_under_their_clients_key(field):
    label, name = field.rsplit(".", 1)
    assert isinstance(apps.get_model(label)._meta.get_field(name), ClientTextField)


# --- canaries ---------------------------------------------------------------------------------

CANARIES = {
    "person": "Canarina",
    "address": "canarina.mail",
    "case": "Canary-Case-7",
    "client": "Clientina Canaria",
    "letters": "clientina-canaria@letters.example",
    "note": "note-canary",
    "step": "step-canary",
    "agreement": "agreement-canary",
    "pattern": "pattern-canary",
    "comment": "comment-canary",
    "plan": "plan-canary",
    "reason": "reason-canary",
    "apology": "apology-canary",
    "needed": "needed-canary",
    "link": "link-canary",
    "outside": "outside-canary",
    "opener": "opener-canary",
    "reflection": "reflection-canary",
    "generalisation": "generalisation-canary",
    "closing": "closing-canary",
    "event": "event-canary",
    "emergency": "emergency-canary, which is long enough",
}
TEXT_FIELDS = {
    "accounts.user.name",
    "accounts.user.email",
    "sessions_app.client.case_label",
    "sessions_app.client.name",
    "sessions_app.client.email",
    "sessions_app.agreement.text",
    "sessions_app.breakglass.reason",
    "sessions_app.relationalpattern.text",
    "sessions_app.therapysession.note",
    "ruptures.repairstep.note",
    "ruptures.repairrecord.apology",
    "ruptures.repairrecord.needed",
    "ruptures.repairrecord.pattern",
    "ruptures.repairrecord.outside",
    "ruptures.repairrecord.opener",
    "ruptures.repairrecord.reflection",
    "ruptures.generalisation.note",
    "ruptures.reviewcomment.text",
    "ruptures.agreedplan.text",
    "ruptures.episode.dismissed_reason",
    "sessions_app.srsentry.correction_reason",
    "ruptures.episode.resolved_reason",
    "ruptures.teamevent.text",
}


def free_text_fields() -> set[str]:
    """Personal and clinical fields into which a person may write what they like."""
    kinds = {"CharField", "TextField", "EncryptedTextField", "ClientTextField", "EmailField"}
    return {
        f"{label}.{name}"
        for label, classes in CLASSES.items()
        for name, kind in classes.items()
        if kind != PLAIN and _is_free_text(apps.get_model(label)._meta.get_field(name), kinds)
    }


def _is_free_text(field, kinds: set[str]) -> bool:
    written_by_a_person = field.name not in {"password", "language", "code", "token"}
    derived = field.model._meta.label_lower in {"ruptures.finding", "ruptures.screening"}
    return (
        type(field).__name__ in kinds and not field.choices and written_by_a_person and not derived
    )


def test_canaries_sit_in_every_free_text_field():
    assert free_text_fields() == TEXT_FIELDS


@pytest.fixture
def published():
    """What was put on the queue, with all its arguments."""
    seen = []

    def keep(sender=None, headers=None, body=None, **kwargs):
        seen.append(f"{sender} {headers} {body}")

    after_task_publish.connect(keep)
    yield seen
    after_task_publish.disconnect(keep)


def canary_people():
    therapist = factories.therapist(
        name=f"{CANARIES['person']} Therapist", email=f"{CANARIES['address']}@clinic.example"
    )
    supervisor = factories.therapist(
        name=f"{CANARIES['person']} Supervisor", email="oak@clinic.example"
    )
    factories.SupervisionFactory(supervisor=supervisor, therapist=therapist)
    return therapist, supervisor


def signed_in(person) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(person)
    return browser


def a_working_day(therapist, supervisor):
    """A client from the first hour to a dismissed strain, through the pages people use."""
    today = timezone.localdate()
    browser = signed_in(therapist)
    first_day = (today - datetime.timedelta(days=100)).isoformat()
    label, name = CANARIES["case"], CANARIES["client"]
    browser.post(
        "/clients/new/",
        {
            "case_label": label,
            "name": name,
            "email": CANARIES["letters"],
            "language": "en",
            "from_on": first_day,
        },
    )
    client = Client.objects.get()
    page = f"/clients/{client.key}"
    browser.post(f"{page}/agreements/", {"kind": "goal", "text": CANARIES["agreement"]})
    browser.post(f"{page}/pattern/", {"text": CANARIES["pattern"]})
    sessions = factories.weekly(client.pairs.get(), [37.0, 38.0, 37.5, 38.0, None])
    last = f"/sessions/{sessions[-1].key}/"
    browser.post(last, {"attendance": "attended", "note": CANARIES["note"]})
    browser.post(last + "paper/", dict.fromkeys(("relationship", "goals"), "5.8"))
    marks = {"relationship": "5.8", "goals": "8.6", "approach": "8.4", "overall": "8.2"}
    browser.post(last + "paper/", marks | {"filled_in_on": today.isoformat()})
    work_on_the_strain(browser, signed_in(supervisor))
    colleague = factories.therapist(email="colleague@clinic.example")
    emergency = {"case_label": label, "reason": CANARIES["emergency"]}
    signed_in(colleague).post("/emergency/open/", emergency)
    account_mails.deliver_due()
    browser.post(f"{page}/copy/")
    copy_jobs.make_due()
    for url in (f"{page}/", f"{page}/copy/", "/", "/clients/", f"/clients/?q={name}", f"{page}x/"):
        browser.get(url)


def work_on_the_strain(browser, supervisors_browser):
    episode = Episode.objects.get()
    day = timezone.localdate(episode.opened_session.starts_at).isoformat()
    page = f"/strains/{episode.key}"
    step = {"step": "invite", "done": "done", "taken_on": day, "note": CANARIES["step"]}
    browser.post(f"{page}/steps/", step)
    supervisors_browser.post(f"{page}/comments/", {"text": CANARIES["comment"]})
    plan = {"text": CANARIES["plan"], "agreed_on": timezone.localdate().isoformat(), "seen": 0}
    supervisors_browser.post(f"{page}/plans/", plan)
    supervisors_browser.post("/trend/events/", {"on": day, "text": CANARIES["event"]})
    supervisors_browser.post("/trend/mail/test/")
    about = {name: CANARIES[name] for name in ("apology", "needed", "outside")}
    browser.post(f"{page}/record/about/", about | {"pattern": CANARIES["link"]})
    for part in ("opener", "reflection"):
        browser.post(f"{page}/record/{part}/", {part: CANARIES[part]})
    tried = {"tried_on": day, "with_whom": "partner", "note": CANARIES["generalisation"]}
    browser.post(f"{page}/generalisations/", tried)
    browser.post(f"{page}/close/", {"reason": CANARIES["closing"]})
    assert Episode.objects.get().resolved_reason == CANARIES["closing"]
    browser.post(f"{page}/reopen/")
    browser.post(f"{page}/dismiss/", {"because": "other", "reason": CANARIES["reason"]})


def beside_the_recipient(message) -> str:
    """All of a mail but the address it goes to."""
    for header in ("To", "X-RcptTo"):
        del message[header]
    return str(message)


@pytest.mark.django_db(transaction=True)
def test_no_canary_leaves_by_mail_log_or_task(post_office, caplog, published, settings):  # noqa: F811
    caplog.set_level("DEBUG")
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    therapist, supervisor = canary_people()
    a_working_day(therapist, supervisor)
    reports.make_all(week=IsoWeek.containing(timezone.localdate()))
    alerts.deliver_due()
    post_office.answer = "550 no such person"
    Alert.objects.update(sent_at=None, leased_until=None, withdrawn_at=None)
    alerts.deliver_due()

    assert Episode.objects.get().dismissed_reason == CANARIES["reason"]
    assert RepairRecord.objects.get().reflection == CANARIES["reflection"]
    assert Generalisation.objects.get().note == CANARIES["generalisation"]
    assert ReviewComment.objects.get().text == CANARIES["comment"]
    assert AgreedPlan.objects.get().text == CANARIES["plan"]
    assert len(post_office.messages) == 5
    assert BreakGlass.objects.get().reason == CANARIES["emergency"]
    assert CANARIES["comment"] in str(ClientCopy.objects.get().content)
    assert any(copy_jobs.TASK in task for task in published)
    assert published
    left = {
        "mail": "\n".join(map(beside_the_recipient, post_office.messages)),
        "log": "\n".join(
            f"{record.getMessage()} {record.exc_text or ''}"
            for record in caplog.records
            if not record.name.startswith(("django.db", "mail.log", "factory"))
        ),
        "tasks": "\n".join(published),
    }
    found = [
        (where, canary)
        for where, text in left.items()
        for canary in CANARIES.values()
        if canary in text
    ]
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_link_and_address_of_a_mail_stay_out_of_logs_tasks_and_cache(
    post_office,  # noqa: F811
    caplog,
    published,
    therapist,
    therapy_session,
):
    """Delivered once, after a mail server that names the address in its refusal."""
    caplog.set_level("DEBUG")
    address = CANARIES["letters"]
    client = Client.objects.get()
    client.email = address
    client.save()
    browser = signed_in(therapist)
    browser.post(f"/sessions/{therapy_session.key}/link/mail/")
    mail = LinkMail.objects.get()
    post_office.answer = f"550 no such person {address}"
    link_mails.deliver_due()
    post_office.answer = None
    LinkMail.objects.update(leased_until=None)
    assert link_mails.deliver_due() == 1
    signed_out = Browser()
    signed_out.get("/rate/")
    signed_out.post("/rate/", {"token": mail.token})

    assert mail.token in str(post_office.only())
    assert published
    logged = [
        f"{record.getMessage()} {record.exc_text or ''}"
        for record in caplog.records
        if not record.name.startswith(("django.db", "mail.log", "factory"))
    ]
    assert any("was not delivered" in line for line in logged)
    left = "\n".join([*logged, *published, *cached()])
    assert [secret for secret in (mail.token, address) if secret in left] == []


def cached() -> list[str]:
    """Every key and value of the shared cache."""
    redis = Redis.from_url(settings_of_django.CACHES["default"]["LOCATION"])
    return [f"{key} {redis.get(key)}" for key in redis.keys("*") if redis.type(key) == b"string"]


@pytest.mark.django_db
def test_notes_lie_encrypted_in_the_database(episode, therapist):
    browser = signed_in(therapist)
    page = f"/sessions/{episode.opened_session.key}/"
    browser.post(page, {"attendance": "attended", "note": CANARIES["note"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM sessions_app_therapysession WHERE note <> ''")
        stored = [note for (note,) in cursor.fetchall()]
    assert len(stored) == 1
    assert CANARIES["note"] not in stored[0]
