"""Addresses of seals: the register, a seal with one address for each thing one can ask for, the queue, a batch."""

from django.urls import path

from banjie.faces.desk.seals import home, one, waiting

urlpatterns = [
    path("", home.home, name="seals"),
    path("take/", home.take, name="seal_take"),
    path("waiting/", waiting.waiting, name="seal_waiting"),
    path("waiting/seal/", waiting.seal, name="seal_papers"),
    path("batches/<uuid:batch_id>/", waiting.batch, name="seal_batch"),
    path("papers/<uuid:paper_id>/", waiting.paper, name="seal_paper"),
    path("<uuid:seal>/", one.one, name="seal"),
    path("<uuid:seal>/drawing.svg", one.drawing, name="seal_drawing"),
    path("<uuid:seal>/records/<int:position>/", one.record, name="seal_record"),
    path("<uuid:seal>/ceremonies/<str:what>/", one.hold, name="seal_ceremony"),
    path("<uuid:seal>/confirm/", one.confirm, name="seal_confirm"),
    path("<uuid:seal>/drop/", one.drop, name="seal_drop"),
    path("<uuid:seal>/authorise/", one.authorise, name="seal_authorise"),
    path("<uuid:seal>/withdraw/", one.withdraw, name="seal_withdraw"),
    path("<uuid:seal>/keepers/", one.keepers, name="seal_keepers"),
]
