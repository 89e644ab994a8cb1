"""What the page of one strain shows: why, how it stands, what can be tried, who said what."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from django.utils.translation import gettext

from accounts.models import User
from accounts.prepared import Given, prepared
from ruptures import outlook, repair
from ruptures.models import (
    Episode,
    EpisodeState,
    Finding,
    Generalisation,
    PolicyVersion,
    RepairStep,
)
from ruptures.services import chart_data, episodes, repairs, supervision
from ruptures.writing import one_decimal
from sessions_app import srs
from sessions_app.models import Pair
from sessions_app.services import patterns, therapy_sessions

FINDINGS_SHOWN = 50
GENERALISATIONS_SHOWN = 100


@dataclass(frozen=True)
class Progress:
    """One of the five steps and how often, how far and when it was taken, newest last."""

    step: repair.Step
    taken: list[RepairStep]

    @property
    def is_done(self) -> bool:
        return any(row.done == RepairStep.Done.DONE for row in self.taken)

    @property
    def is_taken(self) -> bool:
        """Done or partly done: it counts for the verification."""
        return any(row.done != RepairStep.Done.NOT for row in self.taken)


def page_of(episode: Episode, *, reader: User) -> dict:
    is_own = episode.pair.therapist_id == reader.pk
    in_emergency = getattr(episode, "in_emergency", False)
    is_supervised = not is_own and _supervises(reader, episode)
    newest = chart_data.shown_sessions_of(episode.pair, reader=reader)
    progress, record = progress_of(episode), repairs.record_of(episode)
    policy = PolicyVersion.current()
    return supervision.section_of(episode, reader=reader) | {
        "episode": episode,
        "pair": episode.pair,
        "is_own": is_own,
        "can_review": not is_own and not in_emergency,
        # Whoever a case came up to reads that case, and not the client's record.
        "case_alone": not (is_own or is_supervised or in_emergency),
        "shows_notes": is_supervised and not in_emergency,
        "may_write": not in_emergency,
        **newest_findings_of(episode, reader=reader),
        "states": states_of(episode),
        "progress": progress,
        "steps_logged": any(each.taken for each in progress),
        "outlook": outlook_of(episode, progress, policy) if episode.is_open else [],
        "strength_is_unknown": strength_is_unknown(episode),
        "can_take_new_level": episodes.can_take_new_level(episode, policy),
        "can_reopen": is_own and episodes.can_reopen(episode),
        "openers": repair.openers(episode.type),
        "direction": repair.direction(episode.type),
        "record": record,
        "relational_pattern": patterns.newest_of(episode.pair),
        "causes": [repair.CAUSES[code] for code in record.causes],
        "strategies": [repair.STRATEGIES[code] for code in record.strategies],
        "generalisations": _tried_outside(episode),
        "chart": chart_data.alliance_still_of(episode.pair, policy, newest),
    }


def chart_page_of(episode: Episode, *, reader: User) -> dict:
    """The same chart with its live figure and its table. The pair's therapist has seen the marks
    from now on, as on the page of the strain."""
    newest = chart_data.shown_sessions_of(episode.pair, reader=reader)
    chart = chart_data.alliance_chart_of(episode.pair, newest)
    return {"episode": episode, "pair": episode.pair, "chart": chart}


def states_of(episode: Episode) -> list[EpisodeState]:
    """Its history, without what only repeats the state before: each session writes its own."""
    states = _states_of(episode=episode.pk)
    return [row for before, row in pairwise([None, *states]) if not _repeats(before, row)]


@prepared
def _states_of():
    states = EpisodeState.objects.filter(episode=Given("episode")).select_related("by")
    return states.order_by(*EpisodeState._meta.ordering)


def _repeats(before: EpisodeState | None, row: EpisodeState) -> bool:
    return before is not None and (before.state, before.by_id) == (row.state, row.by_id)


def _supervises(reader: User, episode: Episode) -> bool:
    return Pair.objects.visible_to(reader).filter(pk=episode.pair_id).exists()


def outlook_of(episode: Episode, progress: list[Progress], version: PolicyVersion) -> list[str]:
    """Where an open strain stands and what would verify it."""
    standing = outlook.Standing(
        mean=episode.baseline_mean,
        spread=episode.baseline_spread,
        component=episode.component,
        line_mean=episode.struck_mean,
        lowest=episode.lowest_total,
        back=episode.recovered_running,
        attended=episode.attended_since,
        ever_back=episode.ever_recovered,
        steps=frozenset(each.step.code for each in progress if each.is_taken),
        settled=episode.settled,
    )
    language = outlook.Language(gettext, one_decimal)
    return outlook.sentences(standing, version.policy, language)


def strength_is_unknown(episode: Episode) -> bool:
    """The usual level was so near the top that a stronger alliance could not show."""
    if episode.state != Episode.State.VERIFIED:
        return False
    return episode.baseline_mean + episode.baseline_spread > srs.TOTAL_MAX / 10


def newest_findings_of(episode: Episode, *, reader: User) -> dict:
    """What was found in the newest session that has any, as one of `days`, and in how many
    sessions before it something was: those have a page of their own, since each finding is read,
    decrypted and worked out."""
    is_own = reader.pk == episode.pair.therapist_id
    sessions = [session for session, _starts_at in _found_in(is_own)(episode=episode.pk)]
    if not sessions:
        return {"days": [], "earlier_days": 0}
    newest = _found(is_own)(episode=episode.pk, session=sessions[0])
    return {"days": _by_session(newest, reader), "earlier_days": len(sessions) - 1}


@cache
def _found_in(is_own: bool) -> Callable[..., list]:
    """The sessions in which something was found, the newest first."""

    def sessions():
        findings = _told(Finding.objects.filter(episode=Given("episode")), is_own)
        newest_first = findings.order_by("-therapy_session__starts_at")
        return newest_first.values_list("therapy_session", "therapy_session__starts_at").distinct()

    return prepared(sessions)


@cache
def _found(is_own: bool) -> Callable[..., list]:
    def findings():
        of_session = Finding.objects.filter(
            episode=Given("episode"), therapy_session=Given("session")
        )
        told = _told(of_session, is_own).order_by("pk")
        return told.select_related("therapy_session", "policy_version")

    return prepared(findings)


def _told(findings, is_own: bool):
    """What is worth asking about; what speaks of the therapist to the therapist alone."""
    asked = findings.worth_asking()
    return asked if is_own else asked.for_supervision()


def findings_page_of(episode: Episode, *, reader: User) -> dict:
    """All that was found while the strain was open, up to `FINDINGS_SHOWN`."""
    is_own = episode.pair.therapist_id == reader.pk
    if is_own:
        therapy_sessions.see_marks(episode.pair)
    newest_first = _findings_for(episode, reader).order_by("-therapy_session__starts_at", "pk")
    return {
        "episode": episode,
        "pair": episode.pair,
        "is_own": is_own,
        "days": _by_session(newest_first[:FINDINGS_SHOWN], reader),
        "back": "findings",
    }


def _findings_for(episode: Episode, reader: User):
    told = _told(episode.findings.all(), reader.pk == episode.pair.therapist_id)
    return told.select_related("therapy_session", "policy_version")


def _by_session(findings, reader: User) -> list[tuple]:
    """Sessions with what was found in them, the newest session first, the gravest finding first."""
    newest = sorted(
        findings, key=lambda row: (row.therapy_session.starts_at, row.gravity), reverse=True
    )
    supervision.mark_answers(newest, reader=reader)
    return [
        (session, list(rows)) for session, rows in groupby(newest, lambda row: row.therapy_session)
    ]


def progress_of(episode: Episode) -> list[Progress]:
    taken = _steps_of(episode=episode.pk)
    for row in taken:
        row.episode = episode  # with its client's key, which opens the note
    return [
        Progress(step, [row for row in taken if row.step == step.code])
        for step in repair.REPAIR_STEPS
    ]


def _tried_outside(episode: Episode) -> list[Generalisation]:
    days = _generalisations(episode=episode.pk)
    for row in days:
        row.episode = episode
    return days


@prepared
def _generalisations():
    days = Generalisation.objects.filter(episode=Given("episode"))
    return days.order_by(*Generalisation._meta.ordering)[:GENERALISATIONS_SHOWN]


@prepared
def _steps_of():
    steps = RepairStep.objects.filter(episode=Given("episode"))
    return steps.order_by(*RepairStep._meta.ordering)
