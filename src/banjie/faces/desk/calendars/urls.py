"""Addresses of the keepers of the calendar and of the rules, below /desk/calendars/."""

from django.urls import path

from banjie.faces.desk.calendars import views

urlpatterns = [
    path("", views.home, name="calendars"),
    path("years/<str:region>/<int:year>/", views.one_year, name="calendar_year"),
    path("load/<str:region>/", views.load, name="calendar_load"),
    path("move/<str:code>/", views.move, name="plan_move"),
    path("plans/<uuid:plan_id>/", views.plan, name="plan"),
    path("plans/<uuid:plan_id>/cases.csv", views.cases_csv, name="plan_csv"),
    path("plans/<uuid:plan_id>/release/", views.release, name="plan_release"),
    path("plans/<uuid:plan_id>/drop/", views.drop, name="plan_drop"),
    path("plans/<uuid:plan_id>/undo/", views.undo, name="plan_undo"),
]
