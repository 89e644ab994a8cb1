"""Runs the detector over a pair and stores what it found, in the caller's transaction."""

from collections import Counter

from django.db import transaction
from django.db.models import prefetch_related_objects

from ruptures.detection.history import History
from ruptures.detection.screen import screen
from ruptures.models import Finding, PolicyVersion, Screening
from ruptures.services import following
from ruptures.services.histories import history_of, sessions_of
from sessions_app.models import Pair


@transaction.atomic(savepoint=False)
def screen_pair(*, pair: Pair, alerting: bool = True) -> Counter:
    """Screens the whole history of `pair`; may run any number of times with one result.

    With `alerting` off nobody is told, as when old records are taken over. Returns what changed:
    how many findings are new, mended or gone, and how many strains opened or closed.
    """
    pair = _locked_with_episodes(pair)
    therapy_sessions = sessions_of(pair)
    if not therapy_sessions:
        return Counter()
    version = PolicyVersion.current()
    stored = list(Finding.objects.filter(therapy_session__pair=pair))
    history = History.from_pairs([history_of(pair, therapy_sessions, stored)])
    result = screen(history, version.policy).pair(0)
    _store_screenings(therapy_sessions, result.sessions)
    changes = _store_findings(therapy_sessions, result.sessions, stored, version)
    changes += following.follow(
        pair=pair, therapy_sessions=therapy_sessions, found=result, alerting=alerting
    )
    return changes


def _locked_with_episodes(pair: Pair) -> Pair:
    """The pair, its client, therapist and strains, all read once and passed on from here."""
    locked = Pair.objects.select_for_update(of=("self",), no_key=True)
    pair = locked.select_related("client", "therapist").get(pk=pair.pk)
    prefetch_related_objects([pair], "episodes__repair_steps")
    return pair


SCREENED = (
    "baseline_n",
    "baseline_mean",
    "baseline_spread",
    "expected_spread",
    "z",
    "cusum",
    "severity",
    "notes",
)


def _store_screenings(therapy_sessions, results) -> None:
    """Writes the rows that are new or differ; a rating changes that of its own session alone."""
    # Read first: a new row given its session takes the place of the stored one there.
    stored = {
        session.pk: session.screening
        for session in therapy_sessions
        if hasattr(session, "screening")
    }
    found = [
        _screening(session, result)
        for session, result in zip(therapy_sessions, results, strict=True)
    ]
    Screening.objects.bulk_create(
        [row for row in found if _differs(stored.get(row.therapy_session_id), row)],
        update_conflicts=True,
        unique_fields=["therapy_session"],
        update_fields=SCREENED,
    )


def _differs(stored: Screening | None, found: Screening) -> bool:
    return stored is None or any(getattr(stored, name) != getattr(found, name) for name in SCREENED)


def _screening(therapy_session, result) -> Screening:
    baseline = result.baseline
    return Screening(
        therapy_session=therapy_session,
        baseline_n=baseline.n,
        baseline_mean=baseline.mean,
        baseline_spread=baseline.s,
        expected_spread=baseline.p,
        z=result.z,
        cusum=result.cusum,
        severity=result.severity or "",
        notes=list(result.notes),
    )


COMPARED = ("severity", "component", "leaning", "values", "threshold", "policy_version_id")


def _store_findings(
    therapy_sessions, results, findings: list[Finding], version: PolicyVersion
) -> Counter:
    """Adds what is new, mends what changed, removes what a corrected record no longer gives."""
    screened = {session.pk for session in therapy_sessions}
    stored = {
        (row.therapy_session_id, row.rule, row.line): row
        for row in findings
        if row.therapy_session_id in screened
    }
    found = {
        (session.pk, finding.rule, finding.line or ""): _finding(session, finding, version)
        for session, result in zip(therapy_sessions, results, strict=True)
        for finding in result.findings
    }
    new = [finding for key, finding in found.items() if key not in stored]
    if new:
        Finding.objects.bulk_create(new)
    mended = sum(_mend(stored[key], found[key]) for key in found.keys() & stored.keys())
    gone = [stored[key].pk for key in stored.keys() - found.keys()]
    if gone:
        Finding.objects.filter(pk__in=gone).delete()
    return Counter(findings_new=len(new), findings_mended=mended, findings_gone=len(gone))


def _finding(therapy_session, finding, version: PolicyVersion) -> Finding:
    return Finding(
        therapy_session=therapy_session,
        rule=finding.rule,
        severity=finding.severity,
        line=finding.line or "",
        component=finding.component or "",
        leaning=finding.leaning or "",
        values=finding.values,
        threshold=finding.threshold,
        policy_version=version,
    )


def _mend(stored: Finding, found: Finding) -> bool:
    """Whether anything had to be changed."""
    changed = [name for name in COMPARED if getattr(stored, name) != getattr(found, name)]
    if changed:
        for name in changed:
            setattr(stored, name, getattr(found, name))
        stored.save(update_fields=[name.removesuffix("_id") for name in changed])
    return bool(changed)
