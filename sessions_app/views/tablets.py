"""The administrator's page of tablets: which there are, pairing, naming and revoking them."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import administrator_required
from sessions_app import access
from sessions_app.forms import TabletForm
from sessions_app.services import paired_tablets


@require_GET
@administrator_required
def tablet_list(request):
    rows = [(tablet, paired_tablets.is_silent(tablet)) for tablet in paired_tablets.everywhere()]
    return render(request, "sessions_app/tablet_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@administrator_required
def tablet_create(request):
    form = TabletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tablet, code = paired_tablets.add(**form.cleaned_data, by=request.user)
        return _show_code(request, tablet, code)
    return render(request, "sessions_app/tablet_create.html", {"form": form})


@require_POST
@administrator_required
def tablet_code(request, key):
    tablet = access.unpaired_tablet_for(key)
    return _show_code(request, tablet, paired_tablets.renew_code(tablet=tablet, by=request.user))


def _show_code(request, tablet, code: str):
    """The one page that shows the code; only its hash is kept."""
    address = settings.ORIGIN + reverse("tablet_idle")
    context = {"tablet": tablet, "code": code, "address": address}
    return render(request, "sessions_app/tablet_code.html", context)


@require_http_methods(["GET", "POST"])
@administrator_required
def tablet_edit(request, key):
    tablet = access.tablet_for(key)
    form = TabletForm(request.POST or None, instance=tablet)
    if request.method == "POST" and form.is_valid():
        paired_tablets.change(tablet=tablet, **form.cleaned_data, by=request.user)
        messages.success(request, _("The tablet is saved."))
        return redirect("tablet_list")
    return render(request, "sessions_app/tablet_edit.html", {"form": form, "tablet": tablet})


@require_POST
@administrator_required
def tablet_forget_measure(request, key):
    tablet = access.tablet_for(key)
    paired_tablets.forget_measure(tablet=tablet, by=request.user)
    messages.success(request, _("On the tablet, press “Measure this screen”."))
    return redirect("tablet_list")


@require_POST
@administrator_required
def tablet_revoke(request, key):
    tablet = access.tablet_for(key)
    paired_tablets.revoke(tablet=tablet, by=request.user)
    messages.success(request, _("%(name)s opens nothing any more.") % {"name": tablet.name})
    return redirect("tablet_list")
