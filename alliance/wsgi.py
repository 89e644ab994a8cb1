"""The web entry point: granian serves `alliance.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

LOOKS_THROUGH_AFTER = 50_000  # objects made

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
application = get_wsgi_application()

from accounts import backups  # noqa: E402  (after the settings are there)

backups.refuse_unfinished()

# Python follows references to find what may be thrown away. What is loaded now stays, so it need
# not be looked at, and a request leaves little that is not freed at once.
gc.collect()
gc.freeze()
gc.set_threshold(LOOKS_THROUGH_AFTER)
