from django.conf import settings
from django.db import models


class WeeklyReport(models.Model):
    """The weekly trend of one supervisor's team, kept as it was sent.

    `figures` holds one row an ISO week, oldest first, as `ruptures.trend.WeekFigures` gives them.
    """

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weekly_reports"
    )
    week = models.CharField(max_length=8)
    figures = models.JSONField()
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
