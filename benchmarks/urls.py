from django.urls import include, path

from benchmarks import views

urlpatterns = [
    path("bare/", views.bare, name="bare"),
    path("bare/signed-in/", views.bare_signed_in, name="bare_signed_in"),
    path("bare/insert/", views.bare_insert, name="bare_insert"),
    path("plain/", views.plain_table, name="plain_table"),
    path("plain/<int:pk>/", views.plain_row, name="plain_row"),
    path("", include("alliance.urls")),
]
