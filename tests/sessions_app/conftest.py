from tests.mail_sink import post_office  # noqa: F401  (a fixture)
