from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Keyed, User
from accounts.permissions import supervisees_below
from ruptures.ladder import Rung
from ruptures.models.alert import Alert
from ruptures.models.finding import Severity
from ruptures.models.review import SupervisorReview
from sessions_app.models import BreakGlass, Pair


def _came_up_to(user: User, on, is_lead: bool) -> Q:
    """Told on a rung on which the person stands today: while the strain is open, and after that
    until they have seen how it ended."""
    if not user.is_active:
        return Q(pk__in=[])
    told = Alert.objects.of_strains().filter(recipient=user)
    above = told.filter(rung=Rung.ABOVE_THEM).values("episode")
    came_up = Q(pk__in=above, pair__therapist__in=supervisees_below(user, on))
    if is_lead:
        came_up |= Q(pk__in=told.filter(rung=Rung.LEAD).values("episode"))
    seen = SupervisorReview.objects.filter(
        episode=OuterRef("pk"), supervisor=user, acknowledged_at__gte=OuterRef("news_at")
    )
    to_see = Q(closed_at=None) | ~Q(Exists(seen))
    return came_up & to_see & Q(pair__in=Pair.objects.current(on))


class EpisodeQuerySet(models.QuerySet):
    def visible_to(self, user: User, on=None, is_lead: bool | None = None):
        """Strains of visible pairs, and those that came up the ladder to the person. The day and
        whether they are the clinic's lead are those of now unless told."""
        is_lead = Clinic.current().lead_id == user.pk if is_lead is None else is_lead
        visible = Episode.objects.filter(pair__in=Pair.objects.visible_to(user, on))
        came_up = Episode.objects.filter(_came_up_to(user, on, is_lead))
        # Each by its own index: with "or" between them, a database looks at every strain there is.
        return self.filter(
            pk__in=visible.order_by().values("pk").union(came_up.order_by().values("pk"))
        )

    def readable_by(self, user: User):
        """Besides those, strains of a record opened in an emergency; `in_emergency` says which."""
        opened = BreakGlass.objects.open(user).filter(pair=OuterRef("pair"))
        visible = Q(pk__in=self.visible_to(user).values("pk"))
        if not user.is_active:
            return self.none()
        return self.annotate(in_emergency=Exists(opened)).filter(visible | Q(in_emergency=True))

    def supervised_by(self, user: User, on=None, is_lead: bool | None = None):
        """Strains of those whom the person supervises today, and what came up the ladder."""
        return self.visible_to(user, on, is_lead).exclude(pair__therapist=user)

    def of_current_pairs(self):
        return self.filter(pair__in=Pair.objects.current())

    def open(self):
        return self.filter(closed_at=None)

    def of(self, therapist: User, on=None):
        return self.filter(pair__in=Pair.objects.of(therapist, on))


class Episode(Keyed):
    """A possible strain of one pair, from its opening to its end. One open at most per pair."""

    class State(models.TextChoices):
        OPEN = "open", _("Not yet talked about")
        ADDRESSED = "addressed", _("Being talked about")
        PARTIAL = "partial", _("Partly recovered")
        RECOVERED = "recovered", _("Recovered once")
        UNRESOLVED = "unresolved", _("Not recovered after three sessions")
        VERIFIED = "verified", _("Repair verified")
        STRENGTHENED = "strengthened", _("Verified, and stronger than before")
        CAME_BACK = "came_back_by_itself", _("Came back by itself")
        NEW_LEVEL = "new_level", _("A new usual level")
        ENDED_EARLY = "ended_early", _("Ended while it was open")
        NOT_A_STRAIN = "not_a_strain", _("Not a strain")
        RESOLVED = "resolved", _("Closed by a person")

    CLOSED_BY_THE_THERAPIST = (State.NOT_A_STRAIN, State.RESOLVED, State.NEW_LEVEL)

    CLOSED_BY_A_PERSON = (State.NOT_A_STRAIN, State.RESOLVED, State.ENDED_EARLY)

    class Type(models.TextChoices):
        WITHDRAWAL = "withdrawal", _("Withdrawal")
        CONFRONTATION = "confrontation", _("Confrontation")
        MIXED = "mixed", _("Mixed")
        UNDETERMINED = "undetermined", _("Undetermined")

    class Component(models.TextChoices):
        BOND = "bond", _("Bond")
        GOALS = "goals", _("Goals")
        TASKS = "tasks", _("Tasks")
        UNSPECIFIED = "unspecified", _("Unspecified")

    class Dismissal(models.TextChoices):
        """Why it is not a strain. The answers say how often a rule was right."""

        EXPLAINED_OTHERWISE = "explained_otherwise", _("Something outside the hour explains it")
        CLIENT_SAYS_FINE = "client_says_fine", _("I asked, and for the client nothing is wrong")
        MISREAD = "misread", _("The form was filled in by mistake or misread")
        TECHNICAL = "technical", _("Technical: the device, or a wrong record")
        OTHER = "other", _("Something else")

    class Settled(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")

    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="episodes")
    opened_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="opened_episodes"
    )
    opened_at = models.DateTimeField()
    opened_by_hand = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.MODERATE)
    type = models.CharField(_("type"), max_length=15, choices=Type, default=Type.UNDETERMINED)
    component = models.CharField(
        _("component"), max_length=15, choices=Component, default=Component.UNSPECIFIED
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    baseline_mean = models.FloatField(null=True)
    baseline_spread = models.FloatField(null=True)
    lowest_total = models.FloatField(null=True)
    # Where the course stands by the recovery table, as the detector last counted it.
    struck_mean = models.FloatField(null=True)
    recovered_running = models.PositiveSmallIntegerField(default=0)
    attended_since = models.PositiveSmallIntegerField(default=0)
    ever_recovered = models.BooleanField(default=False)
    settled = models.CharField(
        _("is this settled for the client?"), max_length=10, choices=Settled, blank=True
    )
    settled_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_session = models.ForeignKey(
        "sessions_app.TherapySession",
        on_delete=models.SET_NULL,
        null=True,
        related_name="closed_episodes",
    )
    for_supervision_at = models.DateTimeField(null=True, blank=True)
    # When something last happened that a supervisor has not seen yet, by the clock on the wall:
    # opened, found, raised, closed, opened again, taken to supervision.
    news_at = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_episodes",
    )
    owned_at = models.DateTimeField(null=True, blank=True)
    dismissed_as = models.CharField(max_length=20, choices=Dismissal, blank=True)
    dismissed_reason = models.CharField(_("reason"), max_length=300, blank=True)
    resolved_reason = models.CharField(max_length=300, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair"],
                condition=Q(closed_at=None),
                name="one_open_episode_for_a_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state="not_a_strain")
                | ~Q(dismissed_as__in=["", "other"])
                | Q(~Q(dismissed_reason=""), dismissed_as="other"),
                name="a_dismissal_gives_its_reason",
            ),
        ]

    def __str__(self):
        return f"Episode {self.pk}"

    def get_state_display(self) -> str:
        """As Django's own, which gathers all choices anew for each row of a list."""
        return str(self.State(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def held(self) -> bool:
        return self.state in {self.State.VERIFIED, self.State.STRENGTHENED}

    @property
    def was_closed_by_a_person(self) -> bool:
        return self.state in self.CLOSED_BY_THE_THERAPIST


class EpisodeState(models.Model):
    """One change of an episode's state, never edited: when, at which session, by whom."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="states")
    state = models.CharField(max_length=20, choices=Episode.State)
    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["entered_at", "pk"]

    def __str__(self):
        return f"{self.state} of episode {self.episode_id}"
