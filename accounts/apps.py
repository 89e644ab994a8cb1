from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People who sign in"

    def ready(self):
        from accounts import receivers  # noqa: F401  (connects the signal of sign-in)
