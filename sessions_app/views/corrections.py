from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sessions_app import access
from sessions_app.forms import CorrectionForm
from sessions_app.services import rating_corrections
from sessions_app.services.srs_entries import EntryRefused


@require_http_methods(["GET", "POST"])
@login_required
def rating_correct(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    entry = getattr(therapy_session, "srs_entry", None)
    if entry is None:
        raise Http404
    form = CorrectionForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid() and _corrected(request, form, therapy_session):
        messages.success(request, _("The correction is saved. Both versions stay."))
        return redirect("client_detail", key=therapy_session.pair.client.key)
    context = {
        "form": form,
        "therapy_session": therapy_session,
        "pair": therapy_session.pair,
        "versions": rating_corrections.versions_of(therapy_session),
    }
    return render(request, "sessions_app/rating_correct.html", context)


def _corrected(request, form: CorrectionForm, therapy_session) -> bool:
    try:
        rating_corrections.correct(
            therapy_session=therapy_session,
            lines=form.lines(),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except EntryRefused as refused:
        form.add_error("relationship", str(refused))
        return False
    return True
