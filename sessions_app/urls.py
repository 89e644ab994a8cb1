from django.urls import path

from sessions_app.views import clients, link_mails, packs, rating, tablet, therapy_sessions

urlpatterns = [
    path("clients/new/", clients.client_create, name="client_create"),
    path("clients/<uuid:key>/edit/", clients.client_edit, name="client_edit"),
    path("clients/<uuid:key>/end/", clients.client_end, name="client_end"),
    path("clients/<uuid:key>/agreements/", clients.agreement_create, name="agreement_create"),
    path(
        "clients/<uuid:key>/agreements/<uuid:agreement_key>/end/",
        clients.agreement_end,
        name="agreement_end",
    ),
    path(
        "clients/<uuid:key>/sessions/new/",
        therapy_sessions.therapy_session_create,
        name="therapy_session_create",
    ),
    path(
        "sessions/<uuid:key>/",
        therapy_sessions.therapy_session_log,
        name="therapy_session_log",
    ),
    path(
        "sessions/<uuid:key>/paper/",
        therapy_sessions.paper_entry_create,
        name="paper_entry_create",
    ),
    path("sessions/<uuid:key>/hand-over/", tablet.tablet_hand_over, name="tablet_hand_over"),
    path("sessions/<uuid:key>/link/", tablet.tablet_link_create, name="tablet_link_create"),
    path("clinic/form/", packs.pack_list, name="pack_list"),
    path("clinic/form/new/", packs.pack_create, name="pack_create"),
    path("clinic/form/fields/", packs.pack_guide, name="pack_guide"),
    path("clinic/form/template/", packs.pack_template, name="pack_template"),
    path("clinic/form/<uuid:key>/", packs.pack_detail, name="pack_detail"),
    path("clinic/form/<uuid:key>/preview/", packs.pack_preview, name="pack_preview"),
    path("sessions/<uuid:key>/link/mail/", link_mails.link_mail_create, name="link_mail_create"),
    path("rate/", rating.rating_code, name="rating_code"),
    path("rate/ready/", rating.rating_ready, name="rating_ready"),
    path("rate/form/", rating.rating_form, name="rating_form"),
    path("rate/thanks/", rating.rating_thanks, name="rating_thanks"),
]
