"""What the page of one client shows: how it stands in a sentence, its sessions, what was agreed."""

from django.utils.translation import gettext as _

from accounts.models import User
from ruptures.charts.sessions import MOST_POINTS
from ruptures.models import PolicyVersion
from ruptures.services import caseloads, chart_data, endings
from ruptures.services.chart_data import PastSession
from ruptures.writing import one_decimal
from sessions_app.models import AgreementStanding, Pair
from sessions_app.services import agreements, patterns
from sessions_app.services.endings import previous_of
from sessions_app.services.predictions import mean_gap_of

EPISODES_SHOWN = 20
TENTHS = 10


def chart_page_of(pair: Pair, *, reader: User, full_scale: bool) -> dict:
    """All sessions that a chart can show: totals and the four lines. As on the client's page, the
    pair's therapist has seen the marks from now on."""
    newest = chart_data.shown_sessions_of(pair, reader=reader, at_most=MOST_POINTS)
    return {
        "pair": pair,
        "state": chart_data.state_sentence(newest, PolicyVersion.current().cue),
        "full_scale": full_scale,
        "charts": chart_data.whole_charts_of(pair, newest, full_scale=full_scale),
    }


def figure_of(pair: Pair, *, reader: User) -> dict:
    """The live figure of the page's chart; it shows the marks as the page does."""
    newest = chart_data.shown_sessions_of(pair, reader=reader)
    return chart_data.alliance_chart_of(pair, newest).figure


def page_of(pair: Pair, *, reader: User, page: str | int | None = 1) -> dict:
    """`page` counts through the sessions. For the pair's therapist the marks are seen from now
    on."""
    newest = chart_data.shown_sessions_of(pair, reader=reader)
    is_own, policy = pair.therapist_id == reader.pk, PolicyVersion.current()
    episodes = list(pair.episodes.all()[:EPISODES_SHOWN])
    current, past = agreements.agreements_of(pair)
    previous = previous_of(pair)
    return {
        "pair": pair,
        "page": caseloads.timeline_of(pair, reader=reader, page=page),
        "is_own": is_own,
        # To supervision: not in an emergency, and the author reads it in the log.
        "shows_notes": not is_own and Pair.objects.visible_to(reader).filter(pk=pair.pk).exists(),
        "last_rated": caseloads.last_rated_of(newest),
        "state": chart_data.state_sentence(newest, policy.cue),
        "expected": expectation_sentence(newest, reader, policy) if is_own else "",
        "chart": chart_data.alliance_still_of(pair, policy, newest),
        "episodes": episodes,
        # No other opens while one is open, so that it is the newest.
        "open_episode": next((row for row in episodes if row.is_open), None),
        "previous": previous,
        "left_open": endings.left_open_before(pair) if previous else None,
        "agreements": current,
        "past_agreements": past,
        "levels": AgreementStanding.Level.choices,
        "patterns": patterns.versions_of(pair),
    }


def expectation_sentence(
    sessions: list[PastSession], therapist: User, policy: PolicyVersion
) -> str:
    """What the therapist expected of the newest rated session, beside what came, and how far they
    are usually off once there are enough pairs of the two. Empty where nothing was expected."""
    newest = caseloads.last_rated_of(sessions)
    if newest is None or not newest.is_predicted or newest.total is None:
        return ""
    words = _("You expected %(prediction)s; the client marked %(total)s.") % {
        "prediction": one_decimal(newest.predicted_total / TENTHS),
        "total": one_decimal(newest.total / TENTHS),
    }
    return f"{words} {habit_sentence(therapist, policy)}".strip()


def habit_sentence(therapist: User, version: PolicyVersion) -> str:
    """The therapist's own mean gap, from as many pairs on as the policy asks for."""
    number, gap = mean_gap_of(therapist)
    if number < version.policy.prediction_entries:
        return ""
    if abs(gap) < TENTHS / 20:
        return _("Over %(number)s sessions your guesses lay neither above nor below.") % {
            "number": number
        }
    words = (
        _("Over %(number)s sessions you expected %(gap)s more than was marked, on average.")
        if gap > 0
        else _("Over %(number)s sessions you expected %(gap)s less than was marked, on average.")
    )
    return words % {"number": number, "gap": one_decimal(abs(gap) / TENTHS)}
