from ruptures.charts import Wording, session_rows, week_rows


def test_table_holds_every_session_in_words(chart_sessions):
    table = session_rows(chart_sessions(370, None, s2={"attendance": "no_show"}))
    assert table.rows == (
        ("1", "2026-01-13", "37.0", "33.0 to 40.0", "–"),
        ("2", "2026-01-20", "Did not come", "33.0 to 40.0", "–"),
    )
    assert len(table.heads) == 5


def test_table_has_columns_for_lines_where_any_are_known(chart_sessions):
    table = session_rows(
        chart_sessions(370, 380, s2={"lines": {"relationship": 95, "goals": None}})
    )
    assert len(table.heads) == len(table.rows[0]) == 9
    assert table.rows[1][3:5] == ("9.5", "–")


def test_table_speaks_the_readers_language(chart_sessions):
    german = Wording(
        translate=lambda text: {"Did not come": "Nicht gekommen"}.get(text, text),
        day=lambda day: f"{day:%d.%m.}",
        number=lambda value: f"{value:.1f}".replace(".", ","),
    )
    rows = session_rows(chart_sessions(370, None, s2={"attendance": "no_show"}), german).rows
    assert rows[0][1:4] == ("13.01.", "37,0", "33,0 to 40,0")
    assert rows[1][2] == "Nicht gekommen"


def test_week_table_hides_what_few_forms_would_show(weeks):
    known, hidden = week_rows(weeks(36.0, None)).rows
    assert known[1:5] == ("10", "83%", "36.0", "34.0–37.0")
    assert hidden[1] == "<5"
    assert hidden[3:5] == ("–", "–")
