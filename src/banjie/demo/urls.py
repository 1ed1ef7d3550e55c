"""Addresses of the demo: its first page, one-click log-ins, the tour. A 404 anywhere else."""

from django.urls import path

from banjie.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.home, name="home"),
    path("progress/", views.progress, name="progress"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("tour/", views.guided, name="tour"),
]
