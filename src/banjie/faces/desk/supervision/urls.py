"""Addresses of supervision: a page for what there is, and one address for each thing one can ask for."""

from django.urls import path

from banjie.faces.desk.supervision import blocked, card, home, order, outages

urlpatterns = [
    path("", home.home, name="supervision"),
    path("lights/<slug:light>/", home.lights, name="lights"),
    path("cards/", home.cards, name="cards"),
    path("cards/report/", card.report, name="card_report"),
    path("cards/<uuid:card_id>/", card.card, name="card"),
    path("cards/<uuid:card_id>/issue/", card.issue, name="card_issue"),
    path("cards/<uuid:card_id>/dismiss/", card.dismiss, name="card_dismiss"),
    path("cards/<uuid:card_id>/explain/", card.explain, name="card_explain"),
    path("cards/<uuid:card_id>/rectify/", card.rectify, name="card_rectify"),
    path("cards/<uuid:card_id>/appeal/", card.appeal, name="card_appeal"),
    path("cards/<uuid:card_id>/decide-appeal/", card.decide_appeal, name="card_decide_appeal"),
    path("cards/<uuid:card_id>/close/", card.close, name="card_close"),
    path("orders/", order.orders, name="orders"),
    path("orders/<uuid:order_id>/", order.order, name="order"),
    path("orders/<uuid:order_id>/reply/", order.reply, name="order_reply"),
    path("orders/<uuid:order_id>/close/", order.close, name="order_close"),
    path("outages/", outages.outages, name="outages"),
    path("outages/<uuid:outage_id>/confirm/", outages.confirm, name="outage_confirm"),
    path("blocked/", blocked.blocked, name="blocked"),
]
