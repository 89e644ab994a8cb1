from datetime import date

from django.conf import settings
from django.db import models

from ruptures.trend import iso_week


class WeeklyReport(models.Model):
    """The weekly trend of one supervisor's team, kept as it was when it was made.

    `figures` holds one row an ISO week, oldest first, as `ruptures.trend.WeekFigures` gives them;
    `supervisees` the same for each therapist by name; `events` what stood on the axis.
    """

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weekly_reports"
    )
    week = models.CharField(max_length=8)
    figures = models.JSONField()
    supervisees = models.JSONField(default=list)
    events = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-week"]
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "week"], name="one_report_for_supervisor_and_week"
            )
        ]

    def __str__(self):
        return f"Report {self.week}"

    @property
    def monday(self) -> date:
        return iso_week(self.week).monday

    @property
    def sunday(self) -> date:
        return iso_week(self.week).sunday
