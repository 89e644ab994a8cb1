"""All addresses. What each member of the cast may open is in tests/test_access_matrix.py."""

from django.urls import include, path, re_path

from alliance import views

handler400 = "alliance.errors.bad_request"
handler500 = "alliance.errors.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    # Early, since they are tried in this order: with it come the addresses of a client's device.
    path("", include("sessions_app.urls")),
    path("demo/mail/", views.demo_mail_list, name="demo_mail_list"),
    path("demo/mail/<str:name>/", views.demo_mail_detail, name="demo_mail_detail"),
    path("clinic/check/", views.installation_check, name="installation_check"),
    # Addresses are the administrator's to change: whoever could change their own at an unlocked
    # screen could have the password sent to them.
    re_path(r"^account/(?:email|confirm-email)/", views.absent),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("ruptures.urls")),
]
