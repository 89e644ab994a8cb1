"""Before somebody can work here: the invitation, and the second step of signing in."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sessions, tries
from accounts.access import own_sign_in_for
from accounts.forms import ChoosePasswordForm, InvitationForm
from accounts.permissions import confirmed
from accounts.services import invitations, second_factors, sign_ins


@require_GET
@login_required
def second_factor_setup(request):
    """The choice of a second step; whoever has one is led on to what they wanted."""
    if second_factors.has_one(request.user):
        return redirect(request.session.get(second_factors.WANTED_PAGE, "today"))
    return render(request, "accounts/second_factor_setup.html")


@require_GET
@login_required
def sign_in_list(request):
    """Where one is signed in, this browser among them."""
    here = UUID(request.session[sessions.KEY])
    context = {"sign_ins": sign_ins.of(request.user), "here": here}
    return render(request, "accounts/sign_in_list.html", context)


@require_POST
@login_required
@confirmed
def sign_in_end(request, key):
    """One of one's own."""
    sign_ins.end(sign_in=own_sign_in_for(request.user, key), by=request.user)
    messages.success(request, _("That sign-in has ended."))
    return redirect("sign_in_list")


@require_POST
@login_required
@confirmed
def sign_ins_end(request):
    """One's own on every other device; this one goes on."""
    second_factors.end_own_sign_ins(by=request.user)
    sessions.begin(request)
    request.session.cycle_key()
    messages.success(request, _("You are signed in here alone now."))
    return redirect("sign_in_list")


@require_GET
@login_required
def still_here(request):
    """Told by a page while somebody types on it; being told is all."""
    return HttpResponse(status=204, content_type="text/plain")


@require_http_methods(["GET", "POST"])
def invitation_accept(request):
    """The token comes behind the "#" of the link, or is typed; opening the page uses nothing up."""
    if request.method == "GET":
        return _ask(request, InvitationForm())
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=400)
    try:
        device = get_adapter().get_client_ip(request)
        person = invitations.person_of(form.cleaned_data["token"], device=device)
    except tries.TooManyTries:
        return _ask(request, form, is_wrong=True, status=429)
    if person is None:
        return _ask(request, form, is_wrong=True, status=400)
    password = ChoosePasswordForm(person, request.POST)
    if not password.is_valid():
        return _ask(request, form, password, status=400)
    return _let_in(request, form, password)


def _let_in(request, form, password):
    person = invitations.accept(
        token=form.cleaned_data["token"], password=password.cleaned_data["new_password1"]
    )
    if person is None:  # somebody was faster with the same link
        return _ask(request, form, is_wrong=True, status=400)
    return perform_login(request, person, email_verification=settings.ACCOUNT_EMAIL_VERIFICATION)


def _ask(request, form, password=None, *, is_wrong: bool = False, status: int = 200):
    context = {
        "form": form,
        "password_form": password or ChoosePasswordForm(None),
        "is_wrong": is_wrong,
    }
    return render(request, "accounts/invitation_accept.html", context, status=status)
