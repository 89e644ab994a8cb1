from tests.mail_sink import post_office

__all__ = ["post_office"]
