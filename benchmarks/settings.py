"""The settings of an installation, and beside its pages the plain ones they are compared with."""

from alliance.settings import *  # noqa: F403
from alliance.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
MIDDLEWARE = ["benchmarks.middleware.count_statements", *MIDDLEWARE]
ROOT_URLCONF = "benchmarks.urls"
