from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SupervisorReview(models.Model):
    """One supervisor's dealing with one episode. Acknowledging is personal; resolving is not."""

    class Outcome(models.TextChoices):
        REPAIR_UNDER_WAY = "repair_under_way", _("Repair is under way")
        PLAN_AGREED = "plan_agreed", _("We agreed on a plan")
        REPAIRED = "repaired", _("Repaired")
        NO_STRAIN = "no_strain", _("Not a strain after all")

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="reviews"
    )
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "supervisor"], name="one_review_for_episode_and_supervisor"
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None) | ~models.Q(outcome=""),
                name="a_resolved_review_has_an_outcome",
            ),
        ]

    def __str__(self):
        return f"Review {self.pk}"


class ReviewComment(models.Model):
    """A word between supervisor and therapist on an episode, in order of time."""

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="comments"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self):
        return f"Comment {self.pk}"
