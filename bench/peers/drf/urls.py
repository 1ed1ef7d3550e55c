"""The addresses."""

from django.urls import path

from peers.drf.views import Cases

urlpatterns = [path("api/v1/cases", Cases.as_view())]
