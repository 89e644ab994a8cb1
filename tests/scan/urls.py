from django.urls import include, path

from tests.scan import holes

urlpatterns = [
    path("holes/", holes.index),
    path("holes/sql/", holes.sql),
    path("holes/script/", holes.script),
    path("holes/crash/", holes.crash),
    path("", include("alliance.urls")),
]
