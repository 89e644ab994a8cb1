"""Who is who today, as querysets. Relations that ended yesterday end at the next request."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404

from accounts.models import Supervision, User


def supervisees_of(supervisor: User):
    """Therapists whom `supervisor` supervises today."""
    return User.objects.filter(
        pk__in=Supervision.objects.current().filter(supervisor=supervisor).values("therapist")
    )


def supervisors_of(therapist: User | int):
    """People who supervise `therapist`, a person or their number, today and can still sign in."""
    return User.objects.filter(
        is_active=True,
        pk__in=Supervision.objects.current().filter(therapist=therapist).values("supervisor"),
    )


def all_supervisors():
    return User.objects.filter(
        is_active=True, pk__in=Supervision.objects.current().values("supervisor")
    )


def _only(allowed):
    """A view decorator: sign in first; who is not `allowed` gets the answer of an absent page."""

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            if not allowed(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return login_required(checked)

    return decorate


therapist_required = _only(lambda user: user.is_therapist)
supervisor_required = _only(lambda user: user.is_supervisor)
administrator_required = _only(lambda user: user.is_administrator)
