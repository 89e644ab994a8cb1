from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SupervisorReview(models.Model):
    """One supervisor's dealing with one episode. Acknowledging and snoozing are personal;
    resolving is not. Each holds until there is news of the episode (`Episode.news_at`)."""

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
    snoozed_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(snoozed_at=None, snoozed_until=None)
                | models.Q(snoozed_at__isnull=False, snoozed_until__isnull=False),
                name="a_snoozed_review_has_a_date",
            ),
        ]

    def __str__(self):
        return f"Review {self.pk}"

    @property
    def has_seen_all(self) -> bool:
        """Acknowledged, and nothing new since."""
        return bool(self.acknowledged_at) and self.acknowledged_at >= self.episode.news_at

    @property
    def is_outdated(self) -> bool:
        """Closed, and there has been news since."""
        return bool(self.resolved_at) and self.resolved_at < self.episode.news_at


class ReviewCommentQuerySet(models.QuerySet):
    def open_questions(self):
        return self.filter(is_question=True, replies=None)


class ReviewComment(models.Model):
    """A word between supervisor and therapist on an episode, in order of time.

    A supervisor's word may be a question; it is open until a word answers it.
    """

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="comments"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=2000)
    is_question = models.BooleanField(default=False)
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_question=False) | models.Q(answers=None),
                name="a_question_answers_none",
            ),
        ]

    def __str__(self):
        return f"Comment {self.pk}"


class AgreedPlan(models.Model):
    """What therapist and supervisor agreed on for a case. The newest holds, the older are kept."""

    episode = models.ForeignKey("ruptures.Episode", on_delete=models.CASCADE, related_name="plans")
    text = models.TextField(_("plan"), max_length=2000)
    agreed_on = models.DateField(_("agreed on"), default=timezone.localdate)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self):
        return f"Plan {self.pk}"


class Discussion(models.Model):
    """A day on which a case was talked about in supervision."""

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="discussions"
    )
    discussed_on = models.DateField(_("discussed on"), default=timezone.localdate)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-discussed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "discussed_on"], name="a_case_is_discussed_once_a_day"
            )
        ]

    def __str__(self):
        return f"Discussion {self.pk}"


class UsefulAnswer(models.Model):
    """One person's answer to "Was this useful?", of a finding or of an episode as a whole."""

    finding = models.ForeignKey(
        "ruptures.Finding", on_delete=models.CASCADE, null=True, related_name="useful_answers"
    )
    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, null=True, related_name="useful_answers"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_useful = models.BooleanField()
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finding=None, episode__isnull=False)
                | models.Q(finding__isnull=False, episode=None),
                name="an_answer_is_of_a_finding_or_of_an_episode",
            ),
            models.UniqueConstraint(
                fields=["by", "finding"], name="one_answer_for_person_and_finding"
            ),
            models.UniqueConstraint(
                fields=["by", "episode"], name="one_answer_for_person_and_episode"
            ),
        ]

    def __str__(self):
        return f"Answer {self.pk}"
