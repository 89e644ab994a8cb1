import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed
from sessions_app.fields import ClientJSONField, ClientTextField
from sessions_app.models.shown import ShownByChoice, shown_at

RATED_AHEAD_AT_MOST = datetime.timedelta(hours=1)


def latest_begun() -> datetime.datetime:
    """A session that starts by then has begun, or is about to."""
    return timezone.now() + RATED_AHEAD_AT_MOST


def hours_ahead(
    cancelled_at: datetime.datetime | None, starts_at: datetime.datetime
) -> float | None:
    return (starts_at - cancelled_at).total_seconds() / 3600 if cancelled_at else None


class TherapySessionQuerySet(models.QuerySet):
    def happened(self, latest=None):
        """Sessions whose time has come and of which is known whether they took place. `latest`:
        `latest_begun()`, where the query is built before that is known."""
        latest = latest or latest_begun()
        known = self.exclude(attendance=TherapySession.Attendance.BOOKED)
        return known.filter(starts_at__lte=latest)

    def booked(self):
        return self.filter(attendance=TherapySession.Attendance.BOOKED)

    def attended(self):
        return self.filter(attendance=TherapySession.Attendance.ATTENDED)

    def unlogged(self):
        """Booked or attended, and their therapist has said nothing of them yet."""
        expected = (TherapySession.Attendance.BOOKED, TherapySession.Attendance.ATTENDED)
        return self.filter(logged_at=None, attendance__in=expected)

    def marks_unseen(self):
        """Rated, and the therapist has neither predicted the marks nor seen them."""
        return self.filter(
            srs_entry__isnull=False, prediction=None, logged_at=None, marks_seen_at=None
        )


class TherapySession(Keyed, ShownByChoice):
    """One appointment of a pair, from the booking to what is known of it afterwards.

    `note` and `feelings` (code → level 1–5) are the therapist's alone, or shown by choice.
    `version` counts the saves of the log, `saved_from` is the opening of the page that made the
    last one. `marks_seen_at`: when the therapist first saw what the client marked, where that was
    before the log was saved.
    """

    class Attendance(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ATTENDED = "attended", _("Attended")
        NO_SHOW = "no_show", _("Did not come")
        CANCELLED_CLIENT = "cancelled_client", _("Cancelled by client")
        CANCELLED_THERAPIST = "cancelled_therapist", _("Cancelled by therapist")

    shown_parts = ("note", "feelings")
    CANCELLED = (Attendance.CANCELLED_CLIENT, Attendance.CANCELLED_THERAPIST)

    class Medium(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("Video")
        PHONE = "phone", _("Phone")

    class MissingReason(models.TextChoices):
        TECHNICAL = "technical", _("Technical: the tablet did not work")
        FORGOTTEN = "forgotten", _("Forgotten")
        DECLINED = "declined", _("The client would rather not")

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="therapy_sessions"
    )
    starts_at = models.DateTimeField(_("starts"))
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"), default=50)
    medium = models.CharField(_("medium"), max_length=10, choices=Medium, default=Medium.IN_PERSON)
    attendance = models.CharField(
        _("attendance"), max_length=20, choices=Attendance, default=Attendance.BOOKED
    )
    minutes_late = models.PositiveSmallIntegerField(_("minutes late"), default=0)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    missing_reason = models.CharField(
        _("why there is no rating"), max_length=10, choices=MissingReason, blank=True
    )
    client_asks = models.BooleanField(_("the client wants to talk about something"), default=False)
    note = ClientTextField(_("note"), blank=True, of="pair.client")
    feelings = ClientJSONField(_("own feelings"), default=dict, blank=True, of="pair.client")
    note_shown_at = shown_at(_("note shown to supervision on"))
    feelings_shown_at = shown_at(_("feelings shown to supervision on"))
    logged_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_from = models.UUIDField(null=True, editable=False)
    marks_seen_at = models.DateTimeField(null=True, editable=False)

    objects = TherapySessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["pair", "starts_at"]),
            models.Index(
                fields=["pair", "starts_at"],
                condition=Q(logged_at=None),
                name="sessions_not_yet_logged",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "starts_at"], name="one_session_of_a_pair_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(minutes_late=0) | Q(attendance="attended"),
                name="only_an_attended_session_starts_late",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(cancelled_at__lte=F("starts_at")),
                name="a_cancellation_comes_before_the_session",
            ),
        ]

    def __str__(self):
        return f"Session {self.pk}"

    @property
    def takes_place(self) -> bool:
        """It took place or is about to."""
        takes_place = {self.Attendance.ATTENDED, self.Attendance.BOOKED}
        has_begun = self.starts_at <= latest_begun()
        return self.attendance in takes_place and has_begun

    @property
    def marks_are_unseen(self) -> bool:
        """As `marks_unseen`, of one session whose rating and prediction were read with it."""
        return (
            hasattr(self, "srs_entry")
            and not hasattr(self, "prediction")
            and self.logged_at is None
            and self.marks_seen_at is None
        )

    @property
    def can_be_rated(self) -> bool:
        return self.takes_place and not hasattr(self, "srs_entry")

    @property
    def cancelled_hours_ahead(self) -> float | None:
        return hours_ahead(self.cancelled_at, self.starts_at)
