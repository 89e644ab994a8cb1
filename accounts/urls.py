from django.urls import path

from accounts.views import clinic, delegations, languages, people, sign_in

urlpatterns = [
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<uuid:key>/", people.person_detail, name="person_detail"),
    path("people/<uuid:key>/invite/", people.invitation_send, name="invitation_send"),
    path("people/<uuid:key>/withdraw/", people.invitation_withdraw, name="invitation_withdraw"),
    path(
        "people/<uuid:key>/second-step/reset/",
        people.second_factor_reset,
        name="second_factor_reset",
    ),
    path("people/supervision/new/", people.supervision_create, name="supervision_create"),
    path("people/supervision/<uuid:key>/end/", people.supervision_end, name="supervision_end"),
    path("away/", delegations.delegation_create, name="delegation_create"),
    path("away/<uuid:key>/end/", delegations.delegation_end, name="delegation_end"),
    path("invitation/", sign_in.invitation_accept, name="invitation_accept"),
    path("second-step/", sign_in.second_factor_setup, name="second_factor_setup"),
    path("sign-ins/", sign_in.sign_in_list, name="sign_in_list"),
    path("sign-ins/end/", sign_in.sign_ins_end, name="sign_ins_end"),
    path("sign-ins/end/<uuid:key>/", sign_in.sign_in_end, name="sign_in_end"),
    path("still-here/", sign_in.still_here, name="still_here"),
    path("language/", languages.language_choose, name="language_choose"),
    path("clinic/", clinic.clinic_edit, name="clinic_edit"),
    path("clinic/mail-test/", clinic.clinic_mail_try, name="clinic_mail_try"),
]
