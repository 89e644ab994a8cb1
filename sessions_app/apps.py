from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Clients, sessions and ratings"

    def ready(self):
        from sessions_app import receivers  # noqa: F401  (connects the signal of sign-in)
