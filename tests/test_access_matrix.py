"""Every address for every member of the cast, reading and writing. An address without a row fails.

Letters of a row, in the order of CAST: . the page answers · g goes on to another page ·
4 not found · s sent to sign in · x this method is not for this address · 1 a bad request.
"""

import copy
import datetime
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client as Browser
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Supervision
from ruptures.models import WeeklyReport
from ruptures.services import copy_jobs, reports, team_events, vigilance
from ruptures.trend import iso_week
from sessions_app.models import Agreement, UndoStep
from sessions_app.services import packs, tablet
from tests import factories

CAST = (
    "anonymous",
    "therapist",
    "other_therapist",
    "supervisor",
    "other_supervisor",
    "administrator",
)
WEEK = "2026-W40"

#                            reading   writing
MATRIX = {
    "today": ("s..ggg", "xxxxxx"),
    "healthz": ("......", "xxxxxx"),
    "demo_mail_list": ("......", "xxxxxx"),
    "demo_mail_detail": ("444444", "xxxxxx"),
    "own_repairs": ("s....4", "xxxxxx"),
    "rule_list": ("s.....", "xxxxxx"),
    "rule_precision_list": ("s.....", "xxxxxx"),
    "client_list": ("s....4", "xxxxxx"),
    "client_create": ("s....4", "s....4"),
    "client_detail": ("s.4.44", "xxxxxx"),
    "client_chart": ("s.4.44", "xxxxxx"),
    "client_chart_figure": ("s.4.44", "xxxxxx"),
    "client_edit": ("s.4444", "s.4444"),
    "client_looks": ("s.4444", "xxxxxx"),
    "client_copy": ("s.4444", "sg4444"),
    "client_copy_state": ("s.4444", "xxxxxx"),
    "client_copy_read": ("s.4444", "xxxxxx"),
    "client_copy_json": ("s.4444", "xxxxxx"),
    "client_copy_csv": ("s.4444", "xxxxxx"),
    "client_end": ("s.4444", "s.4444"),
    "client_erase": ("s.444.", "s.444."),
    "retention_list": ("s.....", "xxxxxx"),
    "retention_period": ("xxxxxx", "s44441"),
    "agreement_create": ("s.4444", "s.4444"),
    "agreement_end": ("xxxxxx", "sg4444"),
    "agreement_reword": ("s.4444", "s.4444"),
    "agreement_stand": ("xxxxxx", "sg4444"),
    "pattern_write": ("s.4444", "s.4444"),
    "therapy_session_create": ("s.4444", "s.4444"),
    "therapy_session_log": ("s.4444", "s.4444"),
    "session_part_show": ("xxxxxx", "sg4444"),
    "log_draft_keep": ("xxxxxx", "s14444"),
    "log_draft_discard": ("xxxxxx", "sg4444"),
    "change_undo": ("xxxxxx", "sg4444"),
    "rating_correct": ("s.4444", "s.4444"),
    "paper_entry_create": ("s.4444", "s.4444"),
    "tablet_hand_over": ("xxxxxx", "s.4444"),
    "tablet_link_create": ("xxxxxx", "s.4444"),
    "pack_list": ("s4444.", "xxxxxx"),
    "pack_create": ("s4444.", "s4444."),
    "pack_detail": ("s4444.", "s4444g"),
    "pack_preview": ("s4444.", "xxxxxx"),
    "pack_guide": ("s4444.", "xxxxxx"),
    "pack_template": ("s4444.", "xxxxxx"),
    "link_mail_create": ("s.4444", "sg4444"),
    "tablet_ready": ("s.4444", "sg4444"),
    "tablet_state": ("s.4444", "xxxxxx"),
    "missing_reason_create": ("xxxxxx", "sg4444"),
    "tablet_list": ("s4444.", "xxxxxx"),
    "tablet_create": ("s4444.", "s4444."),
    "tablet_edit": ("s4444.", "s4444."),
    "tablet_code": ("xxxxxx", "s4444."),
    "tablet_forget_measure": ("xxxxxx", "s4444g"),
    "tablet_revoke": ("xxxxxx", "s4444g"),
    "tablet_idle": (".44444", "144444"),
    "tablet_waiting": ("444444", "xxxxxx"),
    "tablet_take": ("xxxxxx", "444444"),
    "tablet_measure": ("444444", "444444"),
    "rating_code": (".44444", "144444"),
    "rating_ready": ("444444", "444444"),
    "rating_form": ("444444", "444444"),
    "rating_thanks": ("......", "xxxxxx"),
    "rating_look": ("444444", "444444"),
    "therapy_session_look": ("s.4444", "s.4444"),
    "rating_kept": ("......", "xxxxxx"),
    "rating_hand_in": ("xxxxxx", "444444"),
    "client_worker": ("......", "xxxxxx"),
    "client_manifest": ("......", "xxxxxx"),
    "episode_create": ("s.4444", "s.4444"),
    "episode_detail": ("s.4.44", "xxxxxx"),
    "episode_findings": ("s.4.44", "xxxxxx"),
    "episode_chart": ("s.4.44", "xxxxxx"),
    "episode_chart_figure": ("s.4.44", "xxxxxx"),
    "episode_confirm": ("xxxxxx", "s14444"),
    "repair_step_create": ("xxxxxx", "s14444"),
    "repair_step_show": ("xxxxxx", "s44444"),
    "reflection_show": ("xxxxxx", "s44444"),
    "episode_settle": ("xxxxxx", "s14444"),
    "episode_dismiss": ("xxxxxx", "s14444"),
    "episode_close": ("xxxxxx", "s14444"),
    "episode_new_level": ("xxxxxx", "sg4444"),
    "episode_reopen": ("xxxxxx", "sg4444"),
    "episode_supervision": ("xxxxxx", "sg4444"),
    "repair_record_edit": ("xxxxxx", "sg4444"),
    "generalisation_create": ("xxxxxx", "s14444"),
    "comment_create": ("xxxxxx", "s14144"),
    "plan_create": ("xxxxxx", "s14144"),
    "discussion_create": ("xxxxxx", "s44144"),
    "useful_create": ("xxxxxx", "s14144"),
    "review_queue": ("s44..4", "xxxxxx"),
    "review_acknowledge": ("xxxxxx", "s44g44"),
    "review_acknowledge_chosen": ("xxxxxx", "s44114"),
    "review_snooze": ("xxxxxx", "s44144"),
    "review_wake": ("xxxxxx", "s44g44"),
    "review_hand_over": ("xxxxxx", "s44144"),
    "review_reopen": ("xxxxxx", "s44g44"),
    "supervisee_list": ("s44..4", "xxxxxx"),
    "agenda_detail": ("s44.44", "xxxxxx"),
    "review_resolve": ("xxxxxx", "s44144"),
    "weekly_report_list": ("s44..4", "xxxxxx"),
    "weekly_report_detail": ("s44.44", "xxxxxx"),
    "weekly_report_now": ("s44..4", "xxxxxx"),
    "weekly_mail_edit": ("s44..4", "s44..4"),
    "weekly_mail_try": ("xxxxxx", "s44gg4"),
    "team_event_create": ("s44..4", "s44..4"),
    "team_event_remove": ("xxxxxx", "s44g44"),
    "person_list": ("s4444.", "xxxxxx"),
    "person_create": ("s4444.", "s4444."),
    "person_detail": ("s4444.", "xxxxxx"),
    "person_leave": ("s4444.", "s4444g"),
    "invitation_send": ("xxxxxx", "s4444g"),
    "invitation_withdraw": ("xxxxxx", "s4444g"),
    "invitation_accept": ("......", "111111"),
    "second_factor_reset": ("xxxxxx", "s4444g"),
    "break_glass_list": ("s.....", "xxxxxx"),
    "break_glass_create": ("s....4", "s....4"),
    "break_glass_end": ("xxxxxx", "s4g444"),
    "break_glass_review": ("xxxxxx", "s44g44"),
    "installation_check": ("s4444.", "xxxxxx"),
    "second_factor_setup": ("s.....", "xxxxxx"),
    "still_here": ("s.....", "xxxxxx"),
    "sign_in_list": ("s.....", "xxxxxx"),
    "sign_in_end": ("xxxxxx", "sg4444"),
    "sign_ins_end": ("xxxxxx", "sggggg"),
    "supervision_create": ("s4444.", "s4444."),
    "supervision_end": ("xxxxxx", "s4444g"),
    "delegation_create": ("s44..4", "s44..4"),
    "delegation_end": ("xxxxxx", "s44g44"),
    "clinic_edit": ("s4444.", "s4444."),
    "clinic_mail_try": ("xxxxxx", "s4444g"),
    "language_choose": ("xxxxxx", "111111"),
}
# Addresses that name a client of `therapist`, their last rated session, the strain of both, and a
# person: the other therapist.
OF_A_CLIENT = (
    "client_edit",
    "client_looks",
    "client_copy",
    "client_copy_state",
    "client_copy_read",
    "client_copy_json",
    "client_copy_csv",
    "client_end",
    "client_detail",
    "client_chart",
    "client_chart_figure",
    "agreement_create",
    "pattern_write",
    "therapy_session_create",
    "episode_create",
)
OF_A_SESSION = (
    "therapy_session_log",
    "therapy_session_look",
    "rating_correct",
    "paper_entry_create",
    "log_draft_keep",
    "log_draft_discard",
)
OF_AN_EPISODE = (
    "episode_detail",
    "episode_findings",
    "episode_chart",
    "episode_chart_figure",
    "episode_confirm",
    "repair_step_create",
    "repair_step_show",
    "reflection_show",
    "episode_settle",
    "episode_dismiss",
    "episode_close",
    "episode_new_level",
    "episode_reopen",
    "episode_supervision",
    "generalisation_create",
    "comment_create",
    "review_acknowledge",
    "review_resolve",
    "plan_create",
    "discussion_create",
    "useful_create",
    "review_snooze",
    "review_wake",
    "review_hand_over",
    "review_reopen",
)
OF_A_PERSON = (
    "person_detail",
    "person_leave",
    "invitation_send",
    "invitation_withdraw",
    "second_factor_reset",
)
# What a paired tablet may open besides what anybody may who is not signed in.
OF_A_TABLET = {
    "tablet_idle": (".", "1"),
    "tablet_waiting": (".", "x"),
    "tablet_take": ("x", "g"),
    "tablet_measure": (".", "."),
}
# Who stands in for the supervisor stands where the supervisor stands, but for what is the
# supervisor's own: the report as it was sent to them, and who stands in.
OF_A_DELEGATE = {
    "weekly_report_detail": ("4", "x"),
    "weekly_report_now": ("4", "x"),
    "weekly_mail_edit": ("4", "4"),
    "weekly_mail_try": ("x", "4"),
    "team_event_create": ("4", "4"),
    "team_event_remove": ("x", "4"),
    "delegation_create": ("4", "4"),
    "delegation_end": ("x", "4"),
}
# The sign-in pages are the library's, with access rules and tests of their own.
OF_THE_LIBRARY = ("account_", "mfa_")


def own_url_names() -> set[str]:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    return {name for name in names if not name.startswith(OF_THE_LIBRARY)}


@pytest.fixture(autouse=True)
def without_news_of_the_mail(monkeypatch):
    """What each page asks the mail takes a fifth of the time, and is no question of access."""
    monkeypatch.setattr(vigilance, "mail_troubles", set)


@pytest.fixture
def arguments(episode, supervisor, other_supervisor, other_therapist):
    """What the addresses need: the client of `therapist`, and what belongs to it."""
    pair = episode.pair
    agreement = Agreement.objects.create(pair=pair, kind="goal", text="Sleep through most nights")
    supervision = Supervision.objects.get(therapist=other_therapist)
    by_client = {"key": pair.client.key}
    by_session = {"key": pair.therapy_sessions.last().key}
    by_episode = {"key": episode.key}
    copy_jobs.ask(pair=pair, by=pair.therapist)
    copy_jobs.make_due()
    return _of_the_week(supervisor) | {
        "client_erase": {"key": _ended_long_ago(pair.therapist).client.key},
        "agreement_end": by_client | {"agreement_key": agreement.key},
        "agreement_reword": by_client | {"agreement_key": agreement.key},
        "agreement_stand": by_client | {"agreement_key": agreement.key},
        "change_undo": {"key": _undo_step(agreement).key},
        "tablet_hand_over": {"key": _unrated(pair).key},
        "tablet_ready": {"key": _unrated(pair).key},
        "tablet_state": {"key": _on_a_tablet(pair).key},
        "missing_reason_create": {"key": _unrated(pair).key},
        "tablet_edit": {"key": factories.TabletFactory().key},
        "tablet_code": {"key": factories.TabletFactory().key},
        "tablet_forget_measure": {"key": factories.TabletFactory().key},
        "tablet_revoke": {"key": factories.TabletFactory().key},
        "tablet_link_create": {"key": _unrated(pair).key},
        "link_mail_create": {"key": _unrated(pair).key},
        "repair_record_edit": by_episode | {"part": "reflection"},
        "pack_detail": {"key": packs.default_pack().key},
        "pack_preview": {"key": packs.default_pack().key},
        "supervision_end": {"key": supervision.key},
        "agenda_detail": {"key": pair.therapist.key},
        "delegation_end": {"key": factories.DelegationFactory(supervisor=supervisor).key},
        "demo_mail_detail": {"name": "absent"},
        "sign_in_end": {"key": signed_in_elsewhere(pair.therapist)},
        **dict.fromkeys(
            ("break_glass_end", "break_glass_review"), _opened(other_therapist, pair.therapist)
        ),
        **dict.fromkeys(OF_A_CLIENT, by_client),
        **dict.fromkeys(OF_A_SESSION, by_session),
        "session_part_show": by_session | {"part": "note"},
        **dict.fromkeys(OF_AN_EPISODE, by_episode),
        **dict.fromkeys(OF_A_PERSON, {"key": other_therapist.key}),
    }


def signed_in_elsewhere(person):
    """The key of a sign-in in another browser."""
    Browser().force_login(person)
    return person.browser_sessions.get().key


def _of_the_week(supervisor):
    """A report and an event of one supervisor."""
    reports.make_all(week=iso_week(WEEK))
    WeeklyReport.objects.exclude(supervisor=supervisor).delete()
    event = team_events.note(on=timezone.localdate(), text="holiday", by=supervisor)
    return {"weekly_report_detail": {"week": WEEK}, "team_event_remove": {"key": event.key}}


def _undo_step(agreement):
    """What the therapist could undo after ending a goal."""
    therapist = agreement.pair.therapist
    return UndoStep.objects.create(
        kind="agreement_end", by=therapist, pair=agreement.pair, agreement=agreement
    )


def _ended_long_ago(therapist):
    long_ago = timezone.localdate() - datetime.timedelta(days=12 * 365)
    ended = {"status": "ended", "ending": "planned", "ended_on": long_ago}
    client = factories.ClientFactory(**ended)
    return factories.PairFactory(therapist=therapist, client=client)


def _opened(by, therapist):
    """Opened by somebody else: another client of the therapist, so that no row below changes."""
    pair = factories.PairFactory(therapist=therapist, client__case_label="Wren-1")
    return {"key": factories.open_in_emergency(pair, by=by).key}


def _unrated(pair):
    return factories.TherapySessionFactory(pair=pair)


def _on_a_tablet(pair):
    therapy_session = _unrated(pair)
    on = factories.paired_tablet()[0]
    tablet.make_ready(therapy_session=therapy_session, on=on, by=pair.therapist)
    return therapy_session


def letter(response) -> str:
    if response.status_code == 302:
        return "s" if "/account/login/" in response.url else "g"
    return {200: ".", 204: ".", 404: "4", 405: "x", 400: "1"}.get(
        response.status_code, str(response.status_code)
    )


def test_every_address_has_a_row():
    assert own_url_names() == set(MATRIX)


@pytest.fixture
def urls(arguments) -> dict[str, str]:
    return {name: reverse(name, kwargs=arguments.get(name)) for name in MATRIX}


@contextmanager
def taken_back(client):
    """What is asked for within leaves no trace: no row, no count of tries, no cookie."""
    cookies = copy.deepcopy(client.cookies)
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def answer_to(client, method: str, url: str) -> str:
    """As if it were the first thing asked for. Who has not signed in is given no session."""
    signed_in = "session" in client.cookies
    with taken_back(client):
        response = getattr(client, method)(url)
    assert signed_in or "session" not in response.cookies, f"{method} {url}"
    return letter(response)


def letters_of(client, urls) -> dict[str, tuple[str, str]]:
    """What each address answers to whoever is signed in, or is not: reading, then writing."""
    client.raise_request_exception = False  # an address that fails has a letter too: 500
    return {
        name: (answer_to(client, "get", url), answer_to(client, "post", url))
        for name, url in urls.items()
    }


def column(member: str) -> dict[str, tuple[str, str]]:
    """What the matrix expects for one member of the cast."""
    place = CAST.index(member)
    return {name: (reading[place], writing[place]) for name, (reading, writing) in MATRIX.items()}


@pytest.mark.parametrize("member", CAST)
def test_address_answers_each_member_of_the_cast(member, urls, client, request):
    if member != "anonymous":
        client.force_login(request.getfixturevalue(member))
    assert letters_of(client, urls) == column(member)


def test_delegate_stands_where_the_supervisor_stands(urls, client, delegate):
    client.force_login(delegate)
    assert letters_of(client, urls) == column("supervisor") | OF_A_DELEGATE


def test_tablets_cookie_opens_its_own_pages_and_no_other(urls, client):
    """Whoever has stolen a tablet, or its cookie, stands where a stranger stands."""
    _tablet, client.cookies["tablet"] = factories.paired_tablet()
    assert letters_of(client, urls) == column("anonymous") | OF_A_TABLET


@pytest.fixture
def of_a_stranger():
    """What a therapist opens who has nothing to do with this client."""
    return column("other_therapist") | {"break_glass_end": ("x", "4")}


def test_supervisor_of_until_yesterday_is_a_stranger(
    urls, client, supervisor, yesterday, of_a_stranger
):
    Supervision.objects.filter(supervisor=supervisor).update(until_on=yesterday)
    client.force_login(supervisor)
    assert letters_of(client, urls) == of_a_stranger


def test_who_opened_a_record_in_an_emergency_reads_it_and_no_more(
    urls, client, episode, of_a_stranger
):
    holder = factories.therapist()
    factories.open_in_emergency(episode.pair, by=holder)
    opened = ("client_detail", "client_chart", "client_chart_figure")
    opened += ("episode_detail", "episode_findings", "episode_chart", "episode_chart_figure")
    expected = of_a_stranger | dict.fromkeys(opened, (".", "x"))
    client.force_login(holder)
    assert letters_of(client, urls) == expected


def test_who_opened_it_over_an_hour_ago_is_a_stranger(urls, client, episode, of_a_stranger):
    holder = factories.therapist()
    opened = factories.open_in_emergency(episode.pair, by=holder)
    hour = datetime.timedelta(hours=1)
    type(opened).objects.filter(pk=opened.pk).update(
        began_at=opened.began_at - hour, ends_at=opened.began_at
    )
    client.force_login(holder)
    assert letters_of(client, urls) == of_a_stranger


@pytest.mark.parametrize("member", CAST)
def test_no_address_has_another_method(member, urls, client, request):
    """PUT, PATCH and DELETE nowhere; HEAD is refused or is what reading is."""
    if member != "anonymous":
        client.force_login(request.getfixturevalue(member))
    wrong = {}
    for name, (reading, _writing) in column(member).items():
        answers = [answer_to(client, each, urls[name]) for each in ("put", "patch", "delete")]
        head = answer_to(client, "head", urls[name])
        if answers != ["x"] * 3 or head not in ("x", reading):
            wrong[name] = "".join([*answers, head])
    assert wrong == {}
