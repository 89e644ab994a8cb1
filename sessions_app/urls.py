from django.urls import path

from sessions_app.views import (
    clients,
    link_mails,
    packs,
    paired_tablet,
    rating,
    tablet,
    tablets,
    therapy_sessions,
)

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
    path("sessions/<uuid:key>/tablet/", tablet.tablet_ready, name="tablet_ready"),
    path("sessions/<uuid:key>/tablet/state/", tablet.tablet_state, name="tablet_state"),
    path(
        "sessions/<uuid:key>/no-rating/",
        therapy_sessions.missing_reason_create,
        name="missing_reason_create",
    ),
    path("tablets/", tablets.tablet_list, name="tablet_list"),
    path("tablets/new/", tablets.tablet_create, name="tablet_create"),
    path("tablets/<uuid:key>/", tablets.tablet_edit, name="tablet_edit"),
    path("tablets/<uuid:key>/code/", tablets.tablet_code, name="tablet_code"),
    path(
        "tablets/<uuid:key>/measure/", tablets.tablet_forget_measure, name="tablet_forget_measure"
    ),
    path("tablets/<uuid:key>/revoke/", tablets.tablet_revoke, name="tablet_revoke"),
    path("tablet/", paired_tablet.tablet_idle, name="tablet_idle"),
    path("tablet/waiting/", paired_tablet.tablet_waiting, name="tablet_waiting"),
    path("tablet/take/", paired_tablet.tablet_take, name="tablet_take"),
    path("tablet/measure/", paired_tablet.tablet_measure, name="tablet_measure"),
    path("rate/", rating.rating_code, name="rating_code"),
    path("rate/ready/", rating.rating_ready, name="rating_ready"),
    path("rate/form/", rating.rating_form, name="rating_form"),
    path("rate/thanks/", rating.rating_thanks, name="rating_thanks"),
]
