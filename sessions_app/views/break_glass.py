"""Opening one record in an emergency, and who looks at it afterwards."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.permissions import confirmed
from sessions_app import access
from sessions_app.forms.break_glass import BreakGlassForm
from sessions_app.services import break_glass

# Wrong labels count too: nobody finds out by trying which clients there are.
TRIES = {"break_glass": "5/h/user"}


@require_http_methods(["GET", "POST"])
@login_required
@confirmed
def break_glass_create(request):
    if not break_glass.may_open(request.user):
        raise Http404
    form = BreakGlassForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        if not ratelimit.consume(
            request, app="alliance", action="break_glass", config=TRIES, user=request.user
        ):
            form.add_error(None, _("Five tries an hour are all there are. Please wait."))
            status = 429
        elif opened := _open(request, form):
            return redirect("client_detail", key=opened.pair.client.key)
    return render(request, "sessions_app/break_glass_create.html", {"form": form}, status=status)


def _open(request, form):
    try:
        opened = break_glass.open_record(**form.cleaned_data, by=request.user)
    except break_glass.NothingToOpen:
        audit.note(audit.Action.READ, by=request.user, refused=True)
        form.add_error("case_label", _("There is no record to open under exactly this label."))
        return None
    request.session[break_glass.OPEN_IN_SESSION] = break_glass.session_note(opened)
    return opened


@require_GET
@login_required
def break_glass_list(request):
    """What was opened of one's own cases, or of those one answers for."""
    context = {
        "rows": break_glass.told_to(request.user),
        "may_open": break_glass.may_open(request.user),
    }
    return render(request, "sessions_app/break_glass_list.html", context)


@require_POST
@login_required
def break_glass_end(request, key):
    break_glass.end(opened=access.own_break_glass_for(request.user, key), by=request.user)
    request.session[break_glass.OPEN_IN_SESSION] = break_glass.for_session(request.user)
    messages.success(request, _("The record is closed to you again."))
    return redirect("break_glass_list")


@require_POST
@login_required
def break_glass_review(request, key):
    opened = access.break_glass_to_review_for(request.user, key)
    break_glass.review(opened=opened, by=request.user)
    messages.success(request, _("Marked as reviewed by you."))
    return redirect("break_glass_list")
