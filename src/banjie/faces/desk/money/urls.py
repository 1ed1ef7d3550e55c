"""Addresses of delivery and money at the desk."""

from django.urls import path

from banjie.faces.desk.money import delivery, fees

urlpatterns = [
    path("delivery/", delivery.board, name="delivery_board"),
    path("delivery/postage/", delivery.postage, name="postage"),
    path("cases/<str:number>/delivery/", delivery.one, name="delivery"),
    path("cases/<str:number>/delivery/choose/", delivery.choose, name="delivery_choose"),
    path("cases/<str:number>/delivery/hand-over/", delivery.hand_over, name="delivery_hand_over"),
    path("cases/<str:number>/delivery/send/", delivery.send, name="delivery_send"),
    path("cases/<str:number>/delivery/dispatch/", delivery.dispatch, name="delivery_dispatch"),
    path("cases/<str:number>/delivery/cancel/", delivery.cancel, name="delivery_cancel"),
    path("cases/<str:number>/delivery/confirm/", delivery.confirm, name="delivery_confirm"),
    path("cases/<str:number>/fees/", fees.of_case, name="fees"),
    path("cases/<str:number>/fees/charge/", fees.charge, name="fee_charge"),
    path("cases/<str:number>/fees/<uuid:fee>/collect/", fees.collect, name="fee_collect"),
    path("payments/", fees.days, name="fee_days"),
    path("payments/<str:on>/", fees.day, name="fee_day"),
    path("payments/<str:on>/compare/", fees.compare, name="fee_compare"),
    path("payments/<str:on>/<uuid:stream>/<int:nth>/answer/", fees.answer, name="fee_answer"),
]
