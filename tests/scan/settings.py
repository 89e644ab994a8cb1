"""The settings of a demo installation, with holes planted beside its pages."""

from alliance.settings import *  # noqa: F403

ROOT_URLCONF = "tests.scan.urls"
