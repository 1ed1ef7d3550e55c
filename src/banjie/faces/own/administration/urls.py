"""Addresses of the administrators."""

from django.urls import path

from banjie.faces.own.administration import accounts, quotas, trail

app_name = "administration"

urlpatterns = [
    path("", accounts.overview, name="home"),
    path("open/", accounts.open_account, name="open_account"),
    path("accounts/<str:pseudonym>/", accounts.account, name="account"),
    path("accounts/<str:pseudonym>/posts/", accounts.give_posts, name="give_posts"),
    path("accounts/<str:pseudonym>/<slug:what>/", accounts.keep, name="keep"),
    path("grants/<uuid:grant>/<slug:what>/", accounts.answer, name="answer"),
    path("looks/", quotas.looks, name="looks"),
    path("looks/<str:pseudonym>/lift/", quotas.lift, name="lift"),
    path("trail/", trail.trail, name="trail"),
    path("trail/export/", trail.export, name="trail_export"),
]
