"""What the forms that clients fill in are called, where two of them meet on one page."""

from collections import Counter
from collections.abc import Iterable

# The pack's own name in a query of sessions; its words stay in the database.
NAME_OF_FORM = "srs_entry__pack__content__name"


def form_names(seen: Iterable[tuple[str, str]]) -> dict[str, str]:
    """From the (code, name) of each rating: what each code is called, no two alike.

    Ratings are pooled by code, as the detector does it: the versions of one form go together.
    """
    names = dict(seen)
    often = Counter(names.values())
    return {code: name if often[name] == 1 else f"{name} ({code})" for code, name in names.items()}
