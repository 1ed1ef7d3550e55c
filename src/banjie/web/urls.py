"""Addresses that belong to no single face."""

from django.urls import include, path

from banjie.web import operating, views
from banjie.web.styleguide.views import styleguide
from banjie.web.verifier.views import check_a_date

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    # allauth knows the same pages by names of its own.
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("language/", views.language, name="language"),
    path("look/", views.look, name="look"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("styleguide/", styleguide, name="styleguide"),
    path("check-a-date/", check_a_date, name="check_a_date"),
    path("", include("banjie.web.evidence.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.figures, name="metrics"),
    path("operating/", operating.operating, name="operating"),
    path("operating/clock/confirm/", operating.confirm_clock, name="confirm_clock"),
    path("operating/<str:follower>/<uuid:stream>/try-again/", operating.try_again, name="try_again"),
]
