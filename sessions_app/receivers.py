"""Hears that somebody signed in: a record opened in an emergency stays marked as such."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from sessions_app.services import break_glass


@receiver(user_logged_in)
def mark_open_record(sender, request, user, **kwargs):
    request.session[break_glass.OPEN_IN_SESSION] = break_glass.for_session(user)
