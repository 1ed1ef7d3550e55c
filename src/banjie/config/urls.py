"""Every address of the house: each room names its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("banjie.web.urls")),
    path("", include("banjie.faces.portal.urls")),
    path("account/", include("banjie.faces.own.urls")),
    path("administration/", include("banjie.faces.own.administration.urls")),
    path("hall/", include("banjie.faces.hall.urls")),
    path("desk/", include("banjie.faces.desk.urls")),
    path("demo/", include("banjie.demo.urls")),
    path("api/v1/", include("banjie.faces.api.urls")),
]
handler400 = "banjie.faces.portal.errors.bad_request"
