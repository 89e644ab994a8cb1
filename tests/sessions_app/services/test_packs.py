"""The words the client sees: which, since when, by what right, and until when."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from ruptures.services import chart_data, histories
from sessions_app import packs as pack_files
from sessions_app.models import InstrumentPack, PackUse
from sessions_app.services import packs
from tests import factories

pytestmark = pytest.mark.django_db


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def licensed(administrator) -> InstrumentPack:
    return packs.add(content=factories.licensed_pack(), by=administrator)


def use(pack, by, **changes) -> PackUse:
    declared = {"holder": "The clinic", "reference": "L-7", "valid_until": in_days(100)}
    return packs.use(pack=pack, by=by, **declared | changes)


def test_active_pack_is_our_own_until_the_clinic_has_one():
    assert packs.active_pack().code == pack_files.load_pack()["id"]
    packs.active_pack()
    assert InstrumentPack.objects.count() == 1


def test_languages_come_back_in_the_order_of_the_file(administrator):
    """PostgreSQL keeps no order of keys in JSON."""
    texts = factories.licensed_pack()["languages"]["fr"]
    content = factories.licensed_pack(languages={"fr": texts, "ar": texts, "de": texts})
    packs.add(content=content, by=administrator)
    stored = InstrumentPack.objects.get(code="their-form")
    assert stored.languages == ["fr", "ar", "de"]
    assert packs.first_language(stored) == "fr"


def test_added_pack_is_not_in_use(licensed):
    assert packs.active_pack() != licensed
    assert not packs.uses()


def test_same_file_twice_is_one_pack(licensed, administrator):
    assert packs.add(content=factories.licensed_pack(), by=administrator) == licensed
    assert InstrumentPack.objects.filter(code="their-form").count() == 1


def test_same_version_with_other_words_is_refused(licensed, administrator):
    with pytest.raises(packs.DifferentContent, match="Give the changed file a new version"):
        packs.add(content=factories.licensed_pack(name="Changed"), by=administrator)
    assert InstrumentPack.objects.get(code="their-form").content == factories.licensed_pack()


def test_another_version_is_another_pack(licensed, administrator):
    newer = packs.add(content=factories.licensed_pack(version="2"), by=administrator)
    use(newer, administrator)
    assert packs.active_pack().version == "2"
    use(licensed, administrator)
    assert packs.active_pack().version == "1"


def test_id_of_our_own_form_is_not_taken(administrator):
    changed = pack_files.load_pack() | {"version": "2"}
    with pytest.raises(packs.DifferentContent, match="comes with Alliance"):
        packs.add(content=changed, by=administrator)
    assert packs.add(content=pack_files.load_pack(), by=administrator) == packs.default_pack()


def test_declared_pack_is_in_use_with_who_and_when(licensed, administrator):
    use(licensed, administrator)
    newest = packs.newest_use()
    assert packs.active_pack() == licensed
    assert (newest.holder, newest.reference, newest.declared_by) == (
        "The clinic",
        "L-7",
        administrator,
    )
    assert timezone.now() - newest.declared_at < datetime.timedelta(minutes=1)


def test_declaring_the_same_twice_is_one_use_and_renewing_another(licensed, administrator):
    use(licensed, administrator)
    use(licensed, administrator)
    assert PackUse.objects.count() == 1
    use(licensed, administrator, valid_until=in_days(500))
    assert [each.valid_until for each in packs.uses()] == [in_days(500), in_days(100)]


def test_default_pack_can_be_used_again(licensed, administrator):
    use(licensed, administrator)
    packs.use(pack=packs.default_pack(), by=administrator)
    assert packs.active_pack() == packs.default_pack()


def test_right_holds_on_its_last_day_and_our_own_form_is_back_on_the_next(licensed, administrator):
    use(licensed, administrator, valid_until=in_days(5))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=5)):
        assert packs.active_pack() == licensed
    with time_machine.travel(timezone.now() + datetime.timedelta(days=6)):
        assert packs.active_pack() == packs.default_pack()


@pytest.mark.parametrize(("days", "warned"), [(61, False), (60, True), (0, True), (-1, True)])
def test_administrators_are_warned_sixty_days_before_and_after(
    licensed, administrator, days, warned
):
    use(licensed, administrator, valid_until=in_days(days))
    assert (packs.use_to_warn_of() is not None) == warned


def test_right_without_an_end_warns_of_nothing(licensed, administrator):
    use(licensed, administrator, valid_until=None)
    assert packs.use_to_warn_of() is None
    assert packs.active_pack() == licensed


def test_form_in_hand_keeps_the_pack_it_was_drawn_with(licensed, administrator):
    opened_with = packs.active_pack()
    use(licensed, administrator)
    assert packs.shown_pack(str(opened_with.key)) == opened_with
    assert packs.shown_pack("") == licensed
    assert packs.shown_pack("nonsense") == licensed


def test_pack_that_no_client_saw_is_no_pack_of_a_form_in_hand(licensed):
    assert packs.shown_pack(str(licensed.key)) == packs.default_pack()


def test_ratings_of_different_packs_are_never_pooled(pair, licensed, administrator):
    factories.weekly(pair, [37.0, 38.0, 37.5, 38.0])
    use(licensed, administrator)
    before = pair.therapy_sessions.order_by("starts_at").last().starts_at
    newest = factories.TherapySessionFactory(
        pair=pair, starts_at=before + datetime.timedelta(hours=1)
    )
    factories.rate(newest, 20.0)
    course = histories.course_of(pair.pk)
    assert list(histories.history_of(course).total) == [-1] * 4 + [200]
    assert [row.screening__baseline_n for row in course.therapy_sessions] == [0] * 5
    assert not pair.episodes.exists()
    newest_first = chart_data.newest_sessions_of(pair)
    assert "from the time before" not in chart_data.state_sentence(newest_first, 360)
