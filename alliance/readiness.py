"""What an administrator still has to set up, and what is not safe yet: counts, never a name."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from accounts import backups
from accounts.models import Clinic
from accounts.services import account_mails, invitations, people, second_factors
from ruptures.models import Reconciliation
from ruptures.services import alerts, reconciling, vigilance
from sessions_app.services import break_glass, packs, paired_tablets

# A day, and half of one for the hour at which it is made.
BACKUP_EVERY = datetime.timedelta(hours=36)


@dataclass(frozen=True)
class Point:
    """One thing to look at. `advice` is what to do where it is not well; `url` names the page."""

    title: str
    is_well: bool
    advice: str = ""
    url: str = ""


def steps() -> list[Point]:
    """In the order in which a new installation is set up."""
    clinic, everybody = Clinic.current(), people.everybody()
    return [
        Point(
            _("The clinic has a name"),
            clinic.name != Clinic._meta.get_field("name").default,
            _("Name it, and check its time zone: days are counted by it."),
            "clinic_edit",
        ),
        Point(
            _("Colleagues are invited"),
            len(everybody) > 1,
            _("Invite each by e-mail; they choose a password and a second step."),
            "person_create",
        ),
        Point(
            _("It is said who supervises whom"),
            bool(people.supervisions()),
            _("Without a supervisor nobody is told of a strain."),
            "supervision_create",
        ),
        Point(
            _("A tablet is paired"),
            bool(paired_tablets.paired()),
            _("Or let clients rate on their own phone or the therapist's device."),
            "tablet_create",
        ),
        Point(
            _("An e-mail has gone out"),
            account_mails.any_was_sent() or alerts.any_was_sent(),
            _("Send yourself the test mail under Clinic, or invite somebody."),
            "clinic_edit",
        ),
    ]


def dangers() -> list[Point]:
    """Each point that is looked at; those that are not well come first."""
    points = [*_of_the_installation(), *_of_people(), *_of_access()]
    return sorted(points, key=lambda point: point.is_well)


def _of_the_installation() -> Iterator[Point]:
    yield Point(
        _("The way to people's browsers is encrypted"),
        settings.HTTPS,
        _("Set ORIGIN to an address that begins with https://, behind a TLS proxy."),
    )
    yield Point(
        _("This is no demo"),
        not settings.DEMO,
        _("Everybody knows the demo's passwords. Enter nobody real; unset DEMO for real use."),
    )
    yield Point(
        _("A second step is demanded of everybody"),
        settings.SECOND_FACTOR_DEMANDED,
        _("The demo asks nobody for one; a real installation does."),
    )
    yield Point(
        _("The worker is at work"),
        _worker_is_awake(),
        _("Mail waits and strains do not age. Start the worker and the timetable again."),
    )
    yield Point(
        _("E-mail goes out"),
        not vigilance.mail_troubles(),
        _("Some mail waits, or an address refuses it. Look at the mail server and the addresses."),
        "person_list",
    )
    yield Point(
        _("There is a backup of yesterday or today"),
        _backup_is_fresh(),
        _("Make one a day with manage.py backup, and keep it on another machine."),
    )
    yield Point(
        _("The right to the client's form goes on"),
        packs.use_to_warn_of() is None,
        _("It ends soon or has ended. Renew it, or clients see the form that comes with Alliance."),
        "pack_list",
    )


def _backup_is_fresh() -> bool:
    made_at = backups.last_made_at()
    return made_at is not None and made_at > timezone.now() - BACKUP_EVERY


def _worker_is_awake() -> bool:
    try:
        seen_at = vigilance.worker_seen_at()
    except RedisError:
        return False
    return seen_at is not None and seen_at > timezone.now() - vigilance.STALLED_AFTER


def _last_look() -> Reconciliation:
    """What the look of the last hour found; nothing amiss where there was none yet."""
    return reconciling.newest() or Reconciliation()


def _of_people() -> Iterator[Point]:
    yield Point(
        _("The clinic has a lead"),
        people.clinic_is_led(),
        _("Somebody has to hear of a strain that nobody else answers. Name them under Clinic."),
        "clinic_edit",
    )
    last_look = _last_look()
    unreached = last_look.unreached
    yield Point(
        _("Somebody was told of each open strain"),
        not unreached,
        ngettext(
            "Of %(count)s nobody could be told. Name a lead, or mend the addresses.",
            "Of %(count)s nobody could be told. Name a lead, or mend the addresses.",
            unreached,
        )
        % {"count": unreached},
        "clinic_edit",
    )
    not_screened = last_look.not_screened
    yield Point(
        _("Every record can be looked through for strains"),
        not not_screened,
        ngettext(
            "%(count)s cannot. The log of the worker names it by its number.",
            "%(count)s cannot. The log of the worker names them by their numbers.",
            not_screened,
        )
        % {"count": not_screened},
    )
    unsupervised = people.therapists_without_supervisor().count()
    yield Point(
        _("Every therapist has a supervisor"),
        not unsupervised,
        ngettext(
            "%(count)s therapist has none; nobody is told of their clients' strains.",
            "%(count)s therapists have none; nobody is told of their clients' strains.",
            unsupervised,
        )
        % {"count": unsupervised},
        "supervision_create",
    )


def _of_access() -> Iterator[Point]:
    if not settings.DEMO:  # where nobody is asked for one, the point about asking says so
        without = second_factors.people_without_one().count()
        yield Point(
            _("Everybody has a second step"),
            not without,
            ngettext(
                "%(count)s person has not set one up; they reach nothing before they do.",
                "%(count)s people have not set one up; they reach nothing before they do.",
                without,
            )
            % {"count": without},
            "person_list",
        )
    run_out = invitations.run_out().count()
    yield Point(
        _("No invitation has run out"),
        not run_out,
        _("Somebody did not come in within seven days. Send a new link, or withdraw it."),
        "person_list",
    )
    yield Point(
        _("A record opened in an emergency is reviewed within a week"),
        not break_glass.overdue().exists(),
        _("One waits for over a week. Remind whoever supervises, or the lead."),
    )
