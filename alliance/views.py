"""Pages that belong to the installation: its health, and in demo mode the mail it sent."""

from functools import wraps

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.permissions import administrator_required
from alliance import demo_mail, health, readiness


@require_safe
def healthz(request):
    """200 while database and broker answer, else 503; the JSON says which of them is away."""
    state = health.report()
    status = 200 if health.is_healthy(state) else 503
    return JsonResponse(state | {"demo": settings.DEMO}, status=status)


@require_GET
@administrator_required
def installation_check(request):
    """Where an administrator begins: what is still to set up, and what is not safe yet."""
    steps = readiness.steps()
    context = {
        "steps": [] if all(step.is_well for step in steps) else steps,
        "dangers": readiness.dangers(),
    }
    return render(request, "alliance/installation_check.html", context)


def absent(request):
    """A page of the sign-in library that this installation does not have."""
    raise Http404


def demo_only(view):
    """Outside demo mode the page does not exist."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_safe
@demo_only
def demo_mail_list(request):
    mails = demo_mail.newest(settings.DATA_DIR / "mail")
    return render(
        request, "alliance/demo_mail_list.html", {"mails": mails, "shown": demo_mail.SHOWN}
    )


@require_safe
@demo_only
def demo_mail_detail(request, name):
    mail = demo_mail.find(settings.DATA_DIR / "mail", name)
    if mail is None:
        raise Http404
    return render(request, "alliance/demo_mail_detail.html", {"mail": mail})
