from django.urls import path

from accounts import views

urlpatterns = [
    path("people/", views.person_list, name="person_list"),
    path("people/new/", views.person_create, name="person_create"),
    path("people/<uuid:key>/deactivate/", views.person_deactivate, name="person_deactivate"),
    path("people/supervision/new/", views.supervision_create, name="supervision_create"),
    path("people/supervision/<uuid:key>/end/", views.supervision_end, name="supervision_end"),
    path("away/", views.delegation_create, name="delegation_create"),
    path("away/<uuid:key>/end/", views.delegation_end, name="delegation_end"),
    path("language/", views.language_choose, name="language_choose"),
    path("clinic/", views.clinic_edit, name="clinic_edit"),
    path("clinic/mail-test/", views.clinic_mail_try, name="clinic_mail_try"),
]
