from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Dated, Keyed, User
from accounts.models.relations import DatedQuerySet
from accounts.permissions import supervisees_of
from sessions_app.models.break_glass import BreakGlass


class PairQuerySet(DatedQuerySet):
    def visible_to(self, user: User, on=None):
        """Own current pairs, and the current pairs of therapists supervised today."""
        if not user.is_active:
            return self.none()
        # Joined rather than "or": an index is used for one list, and for an "or" of two none.
        own = User.objects.filter(pk=user.pk).values("pk")
        supervised = supervisees_of(user, on).values("pk")
        return self.current(on).filter(therapist__in=supervised.union(own))

    def readable_by(self, user: User):
        """Besides the visible ones, what the person opened in an emergency."""
        opened = BreakGlass.objects.open(user).values("pair")
        in_emergency = Q(pk__in=opened) if user.is_active else Q(pk__in=[])
        visible = self.visible_to(user).values("pk")
        return self.current().filter(Q(pk__in=visible) | in_emergency)

    def of(self, therapist: User, on=None):
        return self.current(on).filter(therapist=therapist)

    def for_list(self):
        """Active clients first, by case label."""
        return self.select_related("client__sealing_key").order_by(
            "client__status", "client__case_label"
        )

    def named_like(self, sought: str):
        """By label, or by name: those are encrypted, so each of the caseload is opened and looked
        at."""
        named = self.select_related("client__sealing_key").exclude(client__name="")
        alike = [pair.pk for pair in named if sought.casefold() in pair.client.name.casefold()]
        return self.filter(Q(client__case_label__icontains=sought) | Q(pk__in=alike))


class Pair(Keyed, Dated):
    """One client with one therapist, from–until. The alliance, and its baseline, belong to it."""

    client = models.ForeignKey(
        "sessions_app.Client", on_delete=models.CASCADE, related_name="pairs"
    )
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pairs"
    )

    objects = PairQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(until_on=None),
                name="one_open_pair_for_a_client",
            ),
        ]

    def __str__(self):
        return f"Pair {self.pk}"

    @property
    def is_over(self) -> bool:
        """The therapy ended, or the client goes on with somebody else: from the moment this was
        said, though its last day is still to pass."""
        return self.until_on is not None or self.client.has_ended
