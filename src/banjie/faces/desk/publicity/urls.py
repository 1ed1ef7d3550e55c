"""Addresses of decisions in public."""

from django.urls import path

from banjie.faces.desk.publicity import pages

urlpatterns = [
    path("", pages.publicity, name="publicity"),
    path("<uuid:stream>/hold-back/", pages.hold_back, name="publicity_hold_back"),
    path("<uuid:stream>/release/", pages.release, name="publicity_release"),
]
