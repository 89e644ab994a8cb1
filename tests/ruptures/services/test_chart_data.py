"""What of a pair's record reaches the alliance chart."""

import datetime

from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import chart_data, episodes, queues, repairs
from sessions_app.models import InstrumentPack
from tests import factories

CUE = 360


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


def test_state_sentence_goes_by_form_as_the_chart_does(pair):
    rated_with(stored_pack(), pair, 37.0)
    rated_with(stored_pack(version="2"), pair, 36.0)
    state = chart_data.state_sentence(chart_data.newest_sessions_of(pair), CUE)
    assert state == "Last 36.0, down 1.0 from the time before."
    rated_with(stored_pack(id="second-form"), pair, 38.0)
    state = chart_data.state_sentence(chart_data.newest_sessions_of(pair), CUE)
    assert state == "Last 38.0."


def test_packs_of_one_name_are_told_apart_by_their_code(pair):
    rated_with(stored_pack(), pair, 35.0)
    rated_with(stored_pack(id="second-form"), pair, 36.0)
    table = chart_data.alliance_chart_of(pair).table
    assert [row[2] for row in table.rows] == ["Their form (their-form)", "Their form (second-form)"]


def test_numbers_stay_those_of_the_pair_where_older_sessions_are_left_out(pair, monkeypatch):
    monkeypatch.setattr(chart_data, "SESSIONS_DRAWN", 3)
    factories.weekly(pair, [38.0, 37.5, 38.0, 37.0, 38.5])
    assert [row[0] for row in chart_data.alliance_chart_of(pair).table.rows] == ["3", "4", "5"]


def noted(pair) -> list[str]:
    return [row[-1] for row in chart_data.alliance_chart_of(pair).table.rows]


def lanes(pair) -> set[str]:
    return {lane.kind for lane in chart_data.alliance_chart_of(pair).wide.lanes}


def test_repair_is_drawn_from_the_first_step_to_the_verification(pair):
    sessions = factories.weekly(pair, [37.5, 38.0, 37.8, 31.0, None, None, None])
    episode = Episode.objects.get()
    for step in ("acknowledge", "invite", "validate"):
        repairs.log_step(
            episode=episode,
            step=step,
            done="done",
            on=timezone.localdate(sessions[3].starts_at),
            note="",
            by=pair.therapist,
        )
    assert lanes(pair) == {"repair"}
    for session, total in zip(sessions[4:], [35.0, 37.8, 38.0], strict=True):
        factories.rate(session, total)
    assert lanes(pair) == {"repair", "partial", "recovered", "held"}
    assert [words.split(".")[0] for words in noted(pair)[4:]] == [
        "Partly recovered",
        "Recovered once",
        "Repair verified",
    ]
    assert "Possible strain open" in noted(pair)[3]


def test_dismissed_strain_leaves_no_shade(episode):
    assert chart_data.alliance_chart_of(episode.pair).wide.shades
    episodes.dismiss(episode=episode, because="misread", by=episode.pair.therapist)
    assert chart_data.alliance_chart_of(episode.pair).wide.shades == []


def test_chart_page_has_all_sessions_the_four_lines_and_the_whole_scale_on_request(
    client, pair, monkeypatch
):
    monkeypatch.setattr(chart_data, "SESSIONS_DRAWN", 2)
    factories.weekly(pair, [38.0, 37.5, (9.0, 8.0, 9.5, 9.0)])
    client.force_login(pair.therapist)
    address = f"/clients/{pair.client.key}/chart/"
    totals, lines = client.get(address).context["charts"]
    assert [row[0] for row in totals.table.rows] == ["1", "2", "3"]
    assert totals.figure["layout"]["yaxis"]["range"] == [20, 40]
    assert [lines.figure["layout"][f"yaxis{n}"]["range"] for n in ("", 2, 3, 4)] == [[0, 10]] * 4
    whole, _lines = client.get(address, {"scale": "whole"}).context["charts"]
    assert whole.figure["layout"]["yaxis"]["range"] == [0, 40]


def test_usual_range_begins_anew_with_another_form(pair):
    factories.weekly(pair, [38.0, 37.5, 38.0, 37.0])
    session = factories.TherapySessionFactory(
        pair=pair, starts_at=timezone.now() - datetime.timedelta(minutes=30)
    )
    factories.rate(session, 30.0, pack=stored_pack())
    table = chart_data.alliance_chart_of(pair).table
    assert table.heads[-2:] == ("Usual range", "Noted")
    assert [row[-2] for row in table.rows] == ["–"] * 5


def test_small_line_of_the_queue_begins_anew_with_another_form(episode, supervisor):
    rated_with(stored_pack(), episode.pair, 33.0)
    (case,) = [case for _name, cases in queues.queue_of(supervisor).groups for case in cases]
    assert case.sparkline.words.endswith("Last totals, oldest first: 33.0")
