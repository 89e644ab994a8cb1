from django.urls import include, path

from benchmarks import views

urlpatterns = [
    path("bare/", views.bare, name="bare"),
    path("bare/signed-in/", views.bare_signed_in, name="bare_signed_in"),
    path("bare/insert/", views.bare_insert, name="bare_insert"),
    path("bare/table/", views.bare_table, name="bare_table"),
    path("", include("alliance.urls")),
]
