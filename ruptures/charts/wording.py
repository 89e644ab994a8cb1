"""Every word that appears in a chart, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ruptures.charts.axes import ALL_TOTALS
from ruptures.charts.sessions import ChartSession, form_changes
from ruptures.charts.week_events import MarkedEvent
from ruptures.trend import FORMS_FOR_AN_AGGREGATE, Level, WeekFigures
from ruptures.trend_words import percent, shown_count


def one_decimal(value: float) -> str:
    return f"{value:.1f}"


@dataclass(frozen=True)
class Wording:
    """How to translate a message, write a day, a short one for an axis, and a score.

    In a view: `ruptures.services.trend_pictures.wording()`.
    """

    translate: Callable[[str], str] = str
    day: Callable[[date], str] = date.isoformat
    short_day: Callable[[date], str] = "{:%m-%d}".format
    number: Callable[[float], str] = one_decimal

    def gettext(self, message: str) -> str:
        """Translate; by this name makemessages finds the message."""
        return self.translate(message)

    def score(self, tenths: float) -> str:
        return self.number(tenths / 10)


PLAIN = Wording()


def line_name(code: str, wording: Wording) -> str:
    _ = wording.translate
    names = {
        "relationship": _("Relationship"),
        "goals": _("Goals"),
        "approach": _("Approach"),
        "overall": _("Overall"),
    }
    return names[code]


def lane_name(kind: str, wording: Wording) -> str:
    """The name of a row of marks; one mark each, so that the name is its legend."""
    _ = wording.translate
    names = {
        "incomplete": _("Incomplete form"),
        "no_form": _("No form"),
        "no_show": _("No-show"),
        "cancelled": _("Cancelled"),
        "withdrawal": _("Withdrawal"),
        "confrontation": _("Confrontation"),
        "repair": _("Repair step"),
        "partial": _("Partly recovered"),
        "recovered": _("Recovered"),
        "held": _("Repair verified"),
        "unresolved": _("Not recovered"),
    }
    return names[kind]


def status_words(chart_session: ChartSession, wording: Wording) -> str:
    """What is known of the form: its total, or why there is none."""
    _ = wording.translate
    if chart_session.total is not None:
        return _("Total {total}").format(total=wording.score(chart_session.total))
    sayings = {
        "incomplete": _("Form incomplete, no total"),
        "no_form": _("Attended, no form"),
        "no_show": _("Did not come"),
        "cancelled": _("Cancelled"),
    }
    return sayings[chart_session.status]


def noted_words(chart_session: ChartSession, wording: Wording) -> list[str]:
    """Markers, repair steps and strain, one phrase each; empty when nothing was noted."""
    _ = wording.translate
    phrases = []
    if chart_session.markers:
        kinds = {"withdrawal": _("withdrawal"), "confrontation": _("confrontation")}
        names = [kinds[kind] for kind in chart_session.markers]
        phrases.append(_("Noted: {markers}").format(markers=", ".join(names)))
    if chart_session.repair_steps:
        phrases.append(_("Repair: {steps}").format(steps="; ".join(chart_session.repair_steps)))
    phrases += [words for _kind, words in chart_session.states]
    if chart_session.in_episode:
        phrases.append(_("Possible strain open"))
    return phrases


def band_words(band: tuple[float, float] | None, wording: Wording) -> str:
    """“33.1 to 40.0”, cut at the scale's ends; empty without a band."""
    if band is None:
        return ""
    _ = wording.translate
    low, high = max(band[0], ALL_TOTALS.bottom), min(band[1], ALL_TOTALS.top)
    return _("{low} to {high}").format(low=wording.score(low), high=wording.score(high))


def session_name(chart_session: ChartSession, wording: Wording) -> str:
    _ = wording.translate
    day = wording.day(chart_session.on)
    return _("Session {number}, {day}").format(number=chart_session.number, day=day)


def count_names(wording: Wording) -> dict[str, str]:
    """The three counts of a week, in the order in which they are shown."""
    _ = wording.translate
    return {"opened": _("Opened"), "verified": _("Verified"), "open": _("Open")}


def week_name(figures: WeekFigures, wording: Wording) -> str:
    _ = wording.translate
    day = wording.day(figures.monday)
    return _("Week from {day}").format(day=day)


def week_mark(figures: WeekFigures, wording: Wording) -> str:
    """The week under its place on an axis: its Monday."""
    return wording.short_day(figures.monday)


def level_words(figures: WeekFigures, wording: Wording) -> list[str]:
    """Median and middle half of each form, or that there are too few forms."""
    _ = wording.translate
    named = len(figures.levels) > 1
    said = [_("Fewer than {needed} forms").format(needed=FORMS_FOR_AN_AGGREGATE)]
    if not figures.levels:
        return said
    return [_level_words(level, named, wording) for level in figures.levels]


def _level_words(level: Level, named: bool, wording: Wording) -> str:
    _ = wording.translate
    if level.median is None:
        said = _("Fewer than {needed} forms").format(needed=FORMS_FOR_AN_AGGREGATE)
    else:
        values = {name: wording.number(getattr(level, name)) for name in ("median", "q1", "q3")}
        said = _("Median {median}, middle half {q1} to {q3}").format(**values)
    return _("“{form}”: {level}").format(form=level.form, level=said) if named else said


def week_hover(
    figures: WeekFigures, wording: Wording, events: Sequence[MarkedEvent] = ()
) -> list[str]:
    """The week in words, phrase by phrase."""
    _ = wording.translate
    phrases = [week_name(figures, wording), *level_words(figures, wording)]
    if figures.form_rate is not None:
        rate = percent(figures.form_rate, _)
        phrases.append(_("A form after {rate} of sessions").format(rate=rate))
    strains = _("Possible strains: {opened} opened, {verified} verified, {open} open")
    counts = {name: shown_count(getattr(figures, name)) for name in count_names(wording)}
    of_the_week = [event_words(each, wording) for each in events if each.falls_in(figures)]
    return [*phrases, strains.format(**counts), *of_the_week]


def event_words(event: MarkedEvent, wording: Wording) -> str:
    """What its letter on the axis stands for."""
    return ", ".join(filter(None, [f"{event.letter}: {wording.day(event.on)}", event.text]))


def total_name(form: str, is_named: bool, wording: Wording) -> str:
    """What a panel of totals shows; the form by its name where there are two."""
    _ = wording.translate
    return _("Total, {form}").format(form=form) if is_named else _("Total")


def new_form_name(form: str, wording: Wording) -> str:
    """What stands at the break where another form begins."""
    _ = wording.translate
    return _("new form: {name}").format(name=form)


def chart_summary(sessions: Sequence[ChartSession], wording: Wording) -> str:
    """The chart in a sentence for those who do not see it; the table beneath has every value.

    Where the form changed it speaks of the newest form alone.
    """
    _ = wording.translate
    changes = form_changes(sessions)
    if changes:
        newest = sessions[changes[-1] :]
        begins = _("Another form since session {number}.").format(number=newest[0].number)
        return f"{begins} {_totals_summary(newest, wording)}"
    return _totals_summary(sessions, wording)


def _totals_summary(sessions: Sequence[ChartSession], wording: Wording) -> str:
    _ = wording.translate
    totals = [each.total for each in sessions if each.total is not None]
    if not totals:
        return _("No ratings yet.")
    text = _(
        "{rated} of {booked} appointments with a total, from {lowest} to {highest}; last {last}."
    )
    return text.format(
        rated=len(totals),
        booked=len(sessions),
        lowest=wording.score(min(totals)),
        highest=wording.score(max(totals)),
        last=wording.score(totals[-1]),
    )
