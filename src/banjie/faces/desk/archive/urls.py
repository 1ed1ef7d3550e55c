"""Addresses of the archive."""

from django.urls import path

from banjie.faces.desk.archive import pages

urlpatterns = [
    path("", pages.archive, name="archive"),
    path("<uuid:stream>/", pages.record, name="archive_record"),
    path("<uuid:stream>/file/", pages.file, name="archive_file"),
    path("<uuid:stream>/look/", pages.look, name="archive_look"),
    path("<uuid:stream>/hand-out/", pages.hand_out, name="archive_hand_out"),
]
