"""Addresses of the register of licences."""

from django.urls import path

from banjie.faces.desk.licences import views

urlpatterns = [
    path("", views.register, name="licences"),
    path("<uuid:stream>/", views.licence, name="licence"),
]
