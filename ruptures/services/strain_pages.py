"""What the page of one strain shows: why, how it stands, what can be tried, who said what."""

from dataclasses import dataclass
from itertools import groupby

from accounts.models import User
from ruptures import repair
from ruptures.models import Episode, RepairStep, SupervisorReview
from ruptures.services import chart_data

FINDINGS_SHOWN = 50


@dataclass(frozen=True)
class Progress:
    """One of the five steps and how often, how far and when it was taken, newest last."""

    step: repair.Step
    taken: list[RepairStep]

    @property
    def is_done(self) -> bool:
        return any(row.done == RepairStep.Done.DONE for row in self.taken)


def page_of(episode: Episode, *, reader: User) -> dict:
    return {
        "episode": episode,
        "pair": episode.pair,
        "days": findings_by_session(episode, reader=reader),
        "states": list(episode.states.select_related("therapy_session", "by")),
        "progress": progress_of(episode),
        "openers": repair.openers(episode.type),
        "chart": chart_data.alliance_chart_of(episode.pair),
        "comments": list(episode.comments.select_related("by")),
        "review": SupervisorReview.objects.filter(episode=episode, supervisor=reader).first(),
        "can_review": episode.pair.therapist_id != reader.pk,
    }


def findings_by_session(episode: Episode, *, reader: User) -> list[tuple]:
    """Sessions with what was found in them, the newest session first, the gravest finding first."""
    findings = episode.findings.worth_asking().select_related("therapy_session")
    if reader.pk != episode.pair.therapist_id:
        findings = findings.for_supervision()
    newest = sorted(
        findings.order_by("-therapy_session__starts_at", "pk")[:FINDINGS_SHOWN],
        key=lambda row: (row.therapy_session.starts_at, row.gravity),
        reverse=True,
    )
    return [
        (session, list(rows)) for session, rows in groupby(newest, lambda row: row.therapy_session)
    ]


def progress_of(episode: Episode) -> list[Progress]:
    taken = list(episode.repair_steps.all())
    return [
        Progress(step, [row for row in taken if row.step == step.code])
        for step in repair.REPAIR_STEPS
    ]
