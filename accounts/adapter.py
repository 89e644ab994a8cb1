from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignup(DefaultAccountAdapter):
    """People are added by the clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False
