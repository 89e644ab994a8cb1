from django.db import models


class Row(models.Model):
    """What the plain views write and read. Its table exists in a benchmark's database alone."""

    shelf = models.PositiveIntegerField(db_index=True)
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name
