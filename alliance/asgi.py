"""The same application for an ASGI server; `alliance.wsgi` is what we serve and measure."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
application = get_asgi_application()
