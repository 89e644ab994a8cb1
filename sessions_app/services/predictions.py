"""How a therapist's predictions compare with what clients then marked."""

from django.db.models import Avg, Count, F

from accounts.models import User
from sessions_app import srs
from sessions_app.models import Prediction


def mean_gap_of(therapist: User) -> tuple[int, float]:
    """How many pairs of prediction and whole rating there are of this therapist's sessions, and the
    mean of prediction − rating, in tenths of the total. Nobody else is told."""
    own = Prediction.objects.filter(therapy_session__pair__therapist=therapist)
    gap = sum(
        (F(line) - F(f"therapy_session__srs_entry__{line}") for line in srs.LINES[1:]),
        F(srs.LINES[0]) - F(f"therapy_session__srs_entry__{srs.LINES[0]}"),
    )
    found = own.annotate(gap=gap).aggregate(number=Count("gap"), mean=Avg("gap"))
    return found["number"], float(found["mean"] or 0.0)
