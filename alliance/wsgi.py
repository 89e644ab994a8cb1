"""The web entry point: granian serves `alliance.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
application = get_wsgi_application()

from accounts import backups  # noqa: E402  (after the settings are there)

backups.refuse_unfinished()

# What is loaded now stays; and a request leaves little behind that Python does not free by itself.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
