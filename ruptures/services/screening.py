"""Runs the detector over a pair and stores what it found, in one transaction."""

from collections import Counter
from operator import attrgetter

from django.db import transaction

from accounts.prepared import insert
from ruptures.detection.history import History
from ruptures.detection.results import PairResult
from ruptures.detection.screen import screen
from ruptures.models import Finding, PolicyVersion, Screening
from ruptures.services import following
from ruptures.services.histories import OF_SCREENING, Course, course_of, history_of
from sessions_app.models import Pair


@transaction.atomic
def screen_pair(*, pair: Pair, alerting: bool = True) -> Counter:
    """Screens the whole history of `pair`; may run any number of times with one result.

    With `alerting` off nobody is told, as when old records are taken over. Returns what changed:
    how many findings are new, mended or gone, and how many strains opened or closed.
    """
    return screen_within(pair_id=pair.pk, alerting=alerting)


def screen_within(
    *, pair_id: int, locked_pair: Pair | None = None, alerting: bool = True
) -> Counter:
    """As `screen_pair`, inside the transaction of the caller, without a savepoint of its own.
    `locked_pair`: the pair with its client, where the caller has locked it."""
    course = course_of(pair_id, locked_pair)
    if not course.therapy_sessions:
        return Counter()
    result = _screened(course, history_of(course))
    if following.stands_otherwise(course, result):
        result = _screened(course, history_of(course, as_stored=True))
    _store_screenings(course, result.sessions)
    new, changes = _match_findings(course, result.sessions)
    changes += following.follow(
        course=course, found=result, findings=[*course.findings, *new], alerting=alerting
    )
    # Last, so that each is written once, with the episode it belongs to.
    Finding.objects.bulk_create(new)
    return changes


def _screened(course: Course, history: History) -> PairResult:
    return screen(history, course.policy_version.policy).pair(0)


def _store_screenings(course: Course, results) -> None:
    """Writes the rows that are new or differ; a rating changes that of its own session alone."""
    differing = [
        (row.screening__pk, _screening(row, found))
        for row, found in zip(course.therapy_sessions, map(screened, results), strict=True)
        if row.screening__pk is None or _stored(row) != found
    ]
    written = [screening for _pk, screening in differing]
    if [pk for pk, _screening in differing] == [None]:
        insert(written[0])
        return
    Screening.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["therapy_session"],
        update_fields=OF_SCREENING,
    )


def _screening(row, found: tuple) -> Screening:
    return Screening(therapy_session_id=row.pk, **dict(zip(OF_SCREENING, found, strict=True)))


_stored = attrgetter(*(f"screening__{name}" for name in OF_SCREENING))


def screened(result) -> tuple:
    """What a `Screening` row holds of one session, in the order of `OF_SCREENING`."""
    usual = result.baseline
    level = (usual.n, usual.mean, usual.s, usual.p)
    return (*level, result.z, result.cusum, result.severity or "", list(result.notes))


COMPARED = ("severity", "component", "leaning", "values", "threshold", "policy_version_id")


def _match_findings(course: Course, results) -> tuple[list[Finding], Counter]:
    """Mends what changed, removes what a corrected record no longer gives. Returns what is new,
    not yet stored."""
    stored = {(row.therapy_session_id, row.rule, row.line): row for row in course.findings}
    found = {
        (session.pk, finding.rule, finding.line or ""): finding_of(
            session, finding, course.policy_version
        )
        for session, result in zip(course.therapy_sessions, results, strict=True)
        for finding in result.findings
    }
    new = [finding for key, finding in found.items() if key not in stored]
    mended = sum(_mend(stored[key], found[key]) for key in found.keys() & stored.keys())
    gone = [stored[key].pk for key in stored.keys() - found.keys()]
    if gone:
        Finding.objects.filter(pk__in=gone).delete()
        course.findings = [row for row in course.findings if row.pk not in gone]
    return new, Counter(findings_new=len(new), findings_mended=mended, findings_gone=len(gone))


def finding_of(therapy_session, finding, policy_version: PolicyVersion) -> Finding:
    """A row, not stored."""
    return Finding(
        therapy_session_id=therapy_session.pk,
        rule=finding.rule,
        severity=finding.severity,
        line=finding.line or "",
        component=finding.component or "",
        leaning=finding.leaning or "",
        values=finding.values,
        threshold=finding.threshold,
        policy_version_id=policy_version.pk,
    )


def _mend(stored: Finding, found: Finding) -> bool:
    """Whether anything had to be changed."""
    changed = [name for name in COMPARED if getattr(stored, name) != getattr(found, name)]
    if changed:
        for name in changed:
            setattr(stored, name, getattr(found, name))
        stored.save(update_fields=[name.removesuffix("_id") for name in changed])
    return bool(changed)
