"""Who leaves hands their clients over, in new pairs dated today, and is out at the next request."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Supervision
from ruptures.models import Episode
from sessions_app.models import Client, Pair
from sessions_app.services import endings, leavers
from tests import factories


def test_clients_go_to_the_colleague_in_new_pairs_from_today(
    pair, therapist, other_therapist, administrator
):
    today = timezone.localdate()
    assert leavers.leave(person=therapist, successor=other_therapist, by=administrator) == 1
    pair.refresh_from_db()
    assert pair.until_on == today - datetime.timedelta(days=1)
    new = Pair.objects.get(client=pair.client, therapist=other_therapist)
    assert (new.from_on, new.until_on) == (today, None)


def test_leaver_is_out_at_the_next_request_and_the_colleague_in(
    client, pair, therapist, other_therapist, administrator
):
    colleague = type(client)()
    client.force_login(therapist)
    colleague.force_login(other_therapist)
    url = f"/clients/{pair.client.key}/"
    assert (client.get(url).status_code, colleague.get(url).status_code) == (200, 404)
    leavers.leave(person=therapist, successor=other_therapist, by=administrator)
    assert client.get(url).headers["Location"].startswith("/account/login/")
    assert colleague.get(url).status_code == 200


def test_what_is_booked_goes_along_and_what_was_stays(
    pair, therapy_session, therapist, other_therapist, administrator
):
    in_a_week = timezone.now() + datetime.timedelta(days=7)
    booked = factories.TherapySessionFactory(pair=pair, starts_at=in_a_week)
    leavers.leave(person=therapist, successor=other_therapist, by=administrator)
    booked.refresh_from_db()
    therapy_session.refresh_from_db()
    assert booked.pair.therapist == other_therapist
    assert therapy_session.pair == pair


def test_open_strain_ends_with_its_pair(episode, therapist, other_therapist, administrator):
    leavers.leave(person=therapist, successor=other_therapist, by=administrator)
    episode.refresh_from_db()
    assert episode.state == Episode.State.ENDED_EARLY


def test_caseload_needs_somebody_and_nothing_is_half_done(pair, therapist, administrator):
    with pytest.raises(leavers.CaseloadNeedsSomebody):
        leavers.leave(person=therapist, successor=None, by=administrator)
    therapist.refresh_from_db()
    assert therapist.is_active
    assert Pair.objects.get().until_on is None


def test_client_who_is_yet_to_come_goes_to_the_colleague_in_place(
    pair, therapist, other_therapist, administrator
):
    """Handed over today, so that the pair with whoever leaves begins tomorrow."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    endings.hand_over(pair=pair, to=other_therapist, on=timezone.localdate(), by=therapist)
    third = factories.therapist(name="Therapist Elm")
    assert leavers.leave(person=other_therapist, successor=third, by=administrator) == 1
    new = Pair.objects.get(client=pair.client, until_on=None)
    assert (new.therapist, new.from_on) == (third, tomorrow)
    assert not Pair.objects.filter(therapist=other_therapist).exists()


def test_client_who_was_handed_over_today_needs_nobody(
    pair, therapist, other_therapist, administrator
):
    endings.hand_over(pair=pair, to=other_therapist, on=timezone.localdate(), by=therapist)
    assert leavers.leave(person=therapist, successor=None, by=administrator) == 0
    assert Pair.objects.get(until_on=None).therapist == other_therapist


def test_therapy_that_ended_stays_with_whom_it_was(pair, therapist, other_therapist, administrator):
    endings.end(pair=pair, ending=Client.Ending.PLANNED, on=timezone.localdate(), by=therapist)
    assert leavers.leave(person=therapist, successor=None, by=administrator) == 0
    assert Pair.objects.get().therapist == therapist


def test_supervisions_of_a_leaver_end(therapist, supervisor, other_therapist, administrator):
    leavers.leave(person=supervisor, successor=None, by=administrator)
    assert not Supervision.objects.not_ended().exists()


def test_page_tells_the_administrator_a_count_and_no_label(client, pair, therapist, administrator):
    client.force_login(administrator)
    page = client.get(f"/people/{therapist.key}/leave/").content.decode()
    assert "1 client is in therapy" in page
    assert "Heron-14" not in page


def test_page_asks_who_takes_over_and_offers_no_leaver(
    client, pair, therapist, other_therapist, administrator
):
    client.force_login(administrator)
    url = f"/people/{therapist.key}/leave/"
    for successor in ("", str(therapist.pk)):
        refused = client.post(url, {"successor": successor})
        assert refused.context["form"].errors["successor"]
    assert client.post(url, {"successor": other_therapist.pk}).status_code == 302
    therapist.refresh_from_db()
    assert not therapist.is_active


def test_nobody_ends_their_own_access(client, administrator):
    client.force_login(administrator)
    assert client.post(f"/people/{administrator.key}/leave/").status_code == 404
