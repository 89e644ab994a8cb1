"""Sending the link to the client's own address, and what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sessions_app import access
from sessions_app.services import link_mails
from sessions_app.services.srs_entries import EntryRefused


@require_http_methods(["GET", "POST"])
@login_required
def link_mail_create(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    if request.method == "POST":
        return _send(request, therapy_session)
    context = {
        "therapy_session": therapy_session,
        "pair": therapy_session.pair,
        "mail": link_mails.newest_of(therapy_session),
    }
    return render(request, "sessions_app/link_mail_create.html", context)


def _send(request, therapy_session):
    try:
        link_mails.send(therapy_session=therapy_session, by=request.user)
    except (EntryRefused, link_mails.MailRefused) as refused:
        messages.error(request, str(refused))
    return redirect("link_mail_create", key=therapy_session.key)
