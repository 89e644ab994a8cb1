"""What of a pair's record reaches the alliance chart."""

import datetime

from django.utils import timezone

from ruptures.services import chart_data
from sessions_app.models import InstrumentPack
from tests import factories


def stored_pack(**changes):
    content = factories.records.licensed_pack(**changes)
    return InstrumentPack.objects.create(
        code=content["id"], version=content["version"], content=content, languages=["fr", "de"]
    )


def rated_with(pack, pair, total):
    """A session after all others of the pair, rated on that form."""
    minutes = pair.therapy_sessions.count()
    session = factories.TherapySessionFactory(
        pair=pair,
        starts_at=timezone.now() - datetime.timedelta(minutes=60 - minutes),
        attendance="attended",
    )
    factories.SRSEntryFactory(therapy_session=session, pack=pack, **factories.records.marks(total))


def test_another_pack_is_a_break_in_the_chart(pair):
    factories.weekly(pair, [38.0, 37.5])
    rated_with(stored_pack(), pair, 35.0)
    shapes = chart_data.alliance_chart_of(pair).figure["layout"]["shapes"]
    assert [shape["x0"] for shape in shapes if shape.get("name") == "new-form"] == [2.5]


def test_another_version_of_the_same_pack_is_none(pair):
    rated_with(stored_pack(), pair, 35.0)
    rated_with(stored_pack(version="2"), pair, 36.0)
    shapes = chart_data.alliance_chart_of(pair).figure["layout"]["shapes"]
    assert not [shape for shape in shapes if shape.get("name") == "new-form"]


def test_packs_of_one_name_are_told_apart_by_their_code(pair):
    rated_with(stored_pack(), pair, 35.0)
    rated_with(stored_pack(id="second-form"), pair, 36.0)
    table = chart_data.alliance_chart_of(pair).table
    assert [row[2] for row in table.rows] == ["Their form (their-form)", "Their form (second-form)"]


def test_numbers_stay_those_of_the_pair_where_older_sessions_are_left_out(pair, monkeypatch):
    monkeypatch.setattr(chart_data, "SESSIONS_DRAWN", 3)
    factories.weekly(pair, [38.0, 37.5, 38.0, 37.0, 38.5])
    assert [row[0] for row in chart_data.alliance_chart_of(pair).table.rows] == ["3", "4", "5"]
