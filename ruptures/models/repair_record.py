from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.fields import ClientTextField
from sessions_app.models.shown import ShownByChoice, shown_at


class RepairRecord(ShownByChoice):
    """What the therapist keeps of a repair beside its steps.

    `causes` and `strategies` are codes of `ruptures.repair`. The texts are the therapist's alone;
    the reflection may be shown by choice.
    """

    class FitsPattern(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("In part")
        NO = "no", _("No")

    shown_parts = ("reflection",)

    episode = models.OneToOneField(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="repair_record"
    )
    causes = models.JSONField(default=list, blank=True)
    strategies = models.JSONField(default=list, blank=True)
    apology = ClientTextField(blank=True, of="episode.pair.client")
    needed = ClientTextField(blank=True, of="episode.pair.client")
    fits_pattern = models.CharField(
        _("does it fit the client's relational pattern?"),
        max_length=10,
        choices=FitsPattern,
        blank=True,
    )
    pattern = ClientTextField(blank=True, of="episode.pair.client")
    outside = ClientTextField(blank=True, of="episode.pair.client")
    opener = ClientTextField(blank=True, of="episode.pair.client")
    reflection = ClientTextField(blank=True, of="episode.pair.client")
    reflection_shown_at = shown_at(_("reflection shown to supervision on"))
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"Repair record of episode {self.episode_id}"


class Generalisation(models.Model):
    """A day on which the client tried the new response with somebody outside."""

    class With(models.TextChoices):
        PARTNER = "partner", _("Partner")
        FAMILY = "family", _("Family")
        COLLEAGUES = "colleagues", _("Colleagues")
        OTHER = "other", _("Somebody else")

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="generalisations"
    )
    tried_on = models.DateField(_("on"), default=timezone.localdate)
    with_whom = models.CharField(_("with"), max_length=12, choices=With)
    note = ClientTextField(of="episode.pair.client")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["tried_on", "pk"]

    def __str__(self):
        return f"Generalisation {self.pk}"
