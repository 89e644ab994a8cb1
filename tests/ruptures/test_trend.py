from datetime import date, timedelta

import pytest

from ruptures.trend import (
    AttendedSession,
    EpisodeEvent,
    IsoWeek,
    WeekFigures,
    forms_of,
    iso_week,
    quartiles,
    week_figures,
    weeks_back,
    without_small_counts,
)
from ruptures.trend_words import sentence, short_sentence, text_table

MONDAY = date(2026, 11, 16)
WEEK_47 = IsoWeek(2026, 47)


def forms(*totals, on=MONDAY, form=""):
    return [AttendedSession(on, total, form) for total in totals]


def one_week(sessions=(), episodes=()):
    (figures,) = week_figures(sessions, episodes, [WEEK_47])
    return figures


def test_iso_week_reads_a_label():
    assert iso_week("2026-W47") == WEEK_47
    assert iso_week("2026-W47").monday == MONDAY


def test_iso_week_53_exists_in_2026_but_not_in_2025():
    assert iso_week("2026-W53").sunday == date(2027, 1, 3)
    with pytest.raises(ValueError, match="2025 has no week 53"):
        iso_week("2025-W53")


@pytest.mark.parametrize("label", ["2026-W00", "2026-W54", "2026-47", "W47", "2026-W7", ""])
def test_iso_week_refuses_what_is_no_week(label):
    with pytest.raises(ValueError, match="week"):
        iso_week(label)


def test_new_years_day_may_belong_to_the_old_year():
    assert IsoWeek.containing(date(2027, 1, 1)).label == "2026-W53"


def test_weeks_back_crosses_the_year_with_week_53():
    labels = [week.label for week in weeks_back(3, IsoWeek(2027, 1))]
    assert labels == ["2026-W52", "2026-W53", "2027-W01"]


def test_every_monday_round_trips_over_a_century():
    for count in range(0, 365 * 100, 7):
        week = IsoWeek.containing(MONDAY + timedelta(days=count))
        assert iso_week(week.label) == week


def level_of(figures):
    (level,) = figures.levels
    return level.q1, level.median, level.q3


def test_quartiles_interpolate_between_neighbours():
    # positions 0.25, 0.5 and 0.75 of the way through (n - 1) = 3 steps
    assert quartiles([400, 300, 380, 360]) == (34.5, 37.0, 38.5)


def test_quartiles_of_equal_totals_are_that_total():
    assert quartiles([355] * 7) == (35.5, 35.5, 35.5)


def test_week_with_five_forms_shows_median_and_quartiles():
    figures = one_week(forms(300, 340, 360, 380, 400))
    assert level_of(figures) == (34.0, 36.0, 38.0)
    assert figures.form_rate == 1


def test_week_with_four_forms_shows_no_median():
    figures = one_week(forms(300, 340, 360, 380, None))
    assert level_of(figures) == (None, None, None)
    assert (figures.forms, figures.attended, figures.form_rate) == (4, 5, None)


def test_form_rate_of_few_forms_is_not_shown():
    assert one_week(forms(380, None, None)).form_rate is None


def test_sunday_counts_and_the_next_monday_does_not():
    sessions = forms(380, on=MONDAY + timedelta(6)) + forms(380, on=MONDAY + timedelta(7))
    assert one_week(sessions).attended == 1


def test_week_without_anything_is_all_zero():
    figures = one_week()
    assert (figures.attended, figures.forms, figures.opened, figures.open) == (0, 0, 0, 0)
    assert figures.form_rate is None


def test_episode_open_since_before_counts_as_open_only():
    figures = one_week(episodes=[EpisodeEvent(date(2026, 10, 1))])
    assert (figures.opened, figures.verified, figures.open) == (0, 0, 1)


def test_episode_verified_in_the_week_is_no_longer_open_at_its_end():
    figures = one_week(episodes=[EpisodeEvent(MONDAY, date(2026, 11, 20), date(2026, 11, 20))])
    assert (figures.opened, figures.verified, figures.open) == (1, 1, 0)


def test_episode_closed_otherwise_is_not_verified():
    figures = one_week(episodes=[EpisodeEvent(date(2026, 11, 2), None, date(2026, 11, 18))])
    assert (figures.opened, figures.verified, figures.open) == (0, 0, 0)


def test_episode_verified_next_week_is_still_open():
    assert one_week(episodes=[EpisodeEvent(MONDAY, date(2026, 11, 23))]).open == 1


def test_episode_verified_on_sunday_is_settled_by_the_weeks_end():
    figures = one_week(episodes=[EpisodeEvent(MONDAY, MONDAY + timedelta(6))])
    assert (figures.verified, figures.open) == (1, 0)


def test_two_forms_are_never_pooled():
    old = forms(300, 300, 300, 300, 300, form="Our own")
    new = forms(400, 400, 400, 400, on=MONDAY + timedelta(3), form="Their form")
    figures = one_week(old + new)
    assert [(level.form, level.forms, level.median) for level in figures.levels] == [
        ("Our own", 5, 30.0),
        ("Their form", 4, None),
    ]
    assert (figures.forms, figures.form_rate) == (9, 1)
    assert forms_of([figures]) == ["Our own", "Their form"]


def test_two_forms_are_told_apart_in_words():
    text = sentence(one_week(forms(*[300] * 5, form="Our own") + forms(400, form="Their form")))
    assert "“Our own”: median total 30.0, the middle half from 30.0 to 30.0" in text
    assert "“Their form”: fewer than 5 forms, so no median is shown" in text
    head, row = text_table([one_week(forms(*[300] * 5, form="A") + forms(400, form="B"))]).split(
        "\n"
    )
    assert "Median, A" in head and "Median, B" in head
    assert "40" not in row


def test_small_counts_are_hidden_for_the_mail_and_nothing_else():
    figures = one_week(forms(*[360] * 5), [EpisodeEvent(MONDAY)] * 3)
    (hidden,) = without_small_counts([figures])
    assert (hidden.opened, hidden.verified, hidden.open) == (None, 0, None)
    assert hidden.levels == figures.levels
    text = sentence(hidden)
    assert "fewer than 5 opened, 0 verified, fewer than 5 open at the end" in text
    assert text_table([hidden]).splitlines()[1].split()[-3:] == ["<5", "0", "<5"]


def test_five_strains_are_shown():
    (shown,) = without_small_counts([one_week(episodes=[EpisodeEvent(MONDAY)] * 5)])
    assert (shown.opened, shown.open) == (5, 5)


def test_short_sentence_tells_level_and_form_rate_alone():
    assert short_sentence(one_week(forms(*[360] * 5, None))) == (
        "Week from 2026-11-16: median total 36.0, the middle half from 36.0 to 36.0; a form after "
        "83% of sessions."
    )
    assert short_sentence(one_week()) == "Week from 2026-11-16: no forms."


def test_figures_survive_json():
    figures = one_week(forms(300, 340, 360, 380, 400))
    assert WeekFigures.from_row(figures.as_row()) == figures


def test_sentence_names_the_level_and_the_strains():
    text = sentence(one_week(forms(300, 340, 360, 380, 400), [EpisodeEvent(MONDAY)]))
    assert text == (
        "Week from 2026-11-16: median total 36.0, the middle half from 34.0 to 38.0; a form after "
        "100% of sessions; possible strains: 1 opened, 0 verified, 1 open at the end."
    )


def test_sentence_of_few_forms_gives_no_score():
    text = sentence(one_week(forms(310, 320)))
    assert "fewer than 5 forms" in text
    assert "31" not in text and "32" not in text


def test_sentence_speaks_the_language_it_is_given():
    german = {"Week from {day}: {levels}": "Woche ab {day}: {levels}", "no forms": "kein Bogen"}
    said = sentence(one_week(), lambda text: german.get(text, text))
    assert said.startswith("Woche ab 2026-11-16: kein Bogen")


def test_text_table_lines_up_and_hides_small_cells():
    table = text_table([one_week(forms(310, 320)), one_week(forms(300, 340, 360, 380, 400))])
    lines = table.splitlines()
    assert len(set(map(len, lines))) == 1
    assert lines[1].split() == ["2026-11-16", "<5", "–", "–", "–", "0", "0", "0"]
    assert lines[2].split()[3:5] == ["36.0", "34.0–38.0"]
