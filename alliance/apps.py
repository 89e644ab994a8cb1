from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AllianceConfig(AppConfig):
    name = "alliance"

    def ready(self):
        from alliance import checks  # noqa: F401  (registers the checks of this installation)

        connection_created.connect(_read_moments_fast)


def _read_moments_fast(connection, **_kwargs):
    if connection.vendor == "postgresql":
        from alliance.moments import MomentLoader  # needs the driver

        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
