from django.apps import AppConfig


class RupturesConfig(AppConfig):
    name = "ruptures"
    verbose_name = "Strain, repair and supervision"

    def ready(self):
        from ruptures import receivers  # noqa: F401  (connects the two signals of the floor below)
