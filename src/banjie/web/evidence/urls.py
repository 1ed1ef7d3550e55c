"""Addresses of the evidence."""

from django.urls import path

from banjie.web.evidence import views, witness

urlpatterns = [
    path("log/", views.public_log, name="log"),
    path("log/checkpoint", views.checkpoint, name="log_checkpoint"),
    path("log/checkpoints/<int:size>", views.checkpoint_of_size, name="log_checkpoint_of_size"),
    path("log/keys", views.keys, name="log_keys"),
    path("log/proof/<int:index>", views.inclusion, name="log_inclusion"),
    path("log/consistency", views.consistency, name="log_consistency"),
    path("log/witness/add-checkpoint", witness.add_checkpoint, name="log_add_checkpoint"),
    path("log/witness/checkpoints", witness.checkpoints_seen, name="log_checkpoints_seen"),
    path("operating/witness/", views.declare, name="declare_witness"),
    path("check-a-proof/", views.check_a_proof, name="check_a_proof"),
]
