"""Addresses of inspections: what there is, and one address for each thing one can ask for."""

from django.urls import path

from banjie.faces.desk.inspections import draws, home, places, visits

urlpatterns = [
    path("", home.home, name="inspections"),
    path("draws/", draws.open_one, name="draw_open"),
    path("draws/<uuid:draw_id>/", draws.one, name="draw"),
    path("draws/<uuid:draw_id>/beacon/", draws.beacon, name="draw_beacon"),
    path("draws/<uuid:draw_id>/cases/<str:number>/", draws.review, name="draw_review"),
    path("visits/", visits.record, name="visit_record"),
    path("visits/<uuid:visit_id>/<int:nth>/settle/", visits.settle, name="problem_settle"),
    path("circulars/", visits.publish, name="circular_publish"),
    path("places/", places.places, name="places"),
]
