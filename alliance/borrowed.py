"""Messages of libraries that we say in our own words: the catalogues in locale/ go before theirs.

Django's German says “1 Tage her” and “zwingend erforderlich”; a person says “vor 1 Tag” and “Bitte
ausfüllen”.
"""

from django.utils.translation import gettext_noop, npgettext_lazy

REQUIRED = gettext_noop("This field is required.")
AGAIN = gettext_noop("Enter the same password as before, for verification.")
AGO = gettext_noop("%(delta)s ago")
PARTS_OF_AGO = (
    npgettext_lazy("naturaltime-past", "%(num)d year", "%(num)d years", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d month", "%(num)d months", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d week", "%(num)d weeks", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d day", "%(num)d days", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d hour", "%(num)d hours", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d minute", "%(num)d minutes", "num"),
)
