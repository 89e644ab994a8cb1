"""Who is who today, as querysets. Relations that ended yesterday end at the next request."""

from collections.abc import Collection, Iterable, Mapping
from functools import wraps

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404

from accounts import audit
from accounts.models import Delegation, RolePeriod, Supervision, User


def supervisees_of(supervisor: User, on=None):
    """Therapists whom `supervisor` supervises today (or `on` a day), for themselves or standing
    in."""
    held = Supervision.objects.held_by(supervisor, on)
    return User.objects.filter(pk__in=held.values("therapist"))


def team_of(supervisor: User):
    """Therapists whom `supervisor` supervises today in their own name."""
    return User.objects.filter(
        pk__in=Supervision.objects.current().filter(supervisor=supervisor).values("therapist")
    )


def supervisees_below(supervisor: User, on=None):
    """Therapists whose supervisors `supervisor` supervises today."""
    lower = Supervision.objects.current(on).filter(
        supervisor__in=supervisees_of(supervisor, on), supervisor__is_active=True
    )
    return User.objects.filter(pk__in=lower.values("therapist"))


def supervisors_of(therapist: User | int, on=None):
    """People who supervise `therapist`, a person or their number, today (or on the day `on`) and
    can still sign in; who stands in for one of them that day is among them."""
    supervising = Supervision.objects.current(on).filter(
        therapist=therapist, supervisor__is_active=True
    )
    standing_in = Delegation.objects.current(on).filter(
        supervisor__in=supervising.values("supervisor")
    )
    return User.objects.filter(
        Q(pk__in=supervising.values("supervisor")) | Q(pk__in=standing_in.values("delegate")),
        is_active=True,
    ).exclude(pk=getattr(therapist, "pk", therapist))


def supervisors_by_therapist(therapists: Collection[int]) -> dict[int, set[int]]:
    """Who supervises each of them today in their own name, and can sign in; all by number."""
    held = Supervision.objects.current().filter(
        therapist__in=therapists, supervisor__is_active=True
    )
    return _gathered(held.values_list("therapist", "supervisor"))


def with_who_stands_in(supervisors: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """As `supervisors_of`, from what `supervisors_by_therapist` says."""
    named = set().union(*supervisors.values())
    away = Delegation.objects.current().filter(supervisor__in=named, delegate__is_active=True)
    standing_in = _gathered(away.values_list("supervisor", "delegate"))
    return {
        therapist: people.union(*(standing_in.get(person, ()) for person in people)) - {therapist}
        for therapist, people in supervisors.items()
    }


def _gathered(relations: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    gathered: dict[int, set[int]] = {}
    for one, other in relations:
        gathered.setdefault(one, set()).add(other)
    return gathered


def therapists():
    """Everybody who is a therapist today and can sign in, by name."""
    roles = RolePeriod.objects.current().filter(role=RolePeriod.Role.THERAPIST)
    return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("name")


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
                audit.note(audit.Action.READ, by=request.user, refused=True)
                raise Http404
            return view(request, *args, **kwargs)

        return login_required(checked)

    return decorate


therapist_required = _only(lambda user: user.is_therapist)
supervisor_required = _only(lambda user: user.is_supervisor)
team_required = _only(lambda user: user.supervises_a_team)
administrator_required = _only(lambda user: user.is_administrator)
# Therapists look after their own old records, the administrator after everybody's.
retention_required = _only(lambda user: user.is_administrator or user.is_therapist)

# Before accounts, supervision, the clinic or its policy change, the second step is asked for again;
# not where it is not demanded.
confirmed = reauthentication_required(enabled=lambda request: settings.SECOND_FACTOR_DEMANDED)
