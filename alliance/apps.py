from django.apps import AppConfig


class AllianceConfig(AppConfig):
    name = "alliance"

    def ready(self):
        from alliance import checks  # noqa: F401  (registers the checks of this installation)
