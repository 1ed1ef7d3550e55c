"""Addresses of the portal."""

from django.urls import path

from banjie.faces.portal import apply, browse, guide, inbox, lists, views

app_name = "portal"

urlpatterns = [
    path("", browse.home, name="home"),
    path("items/", browse.items, name="items"),
    path("events/<slug:event>/", browse.life_event, name="life_event"),
    path("departments/<slug:agency>/", browse.department, name="department"),
    path("online/", browse.online, name="online"),
    path("guides/", guide.published, name="batches"),
    path("together/", apply.together, name="together"),
    path("items/<str:code>/", guide.item, name="item"),
    path("items/<str:code>/wall/", guide.wall, name="wall"),
    path("items/<str:code>/situation/", guide.situation_page, name="situation"),
    path("items/<str:code>/standard/", guide.standard, name="standard"),
    path("items/<str:code>/apply/", apply.open_form, name="open_form"),
    path("items/<str:code>/apply/<uuid:key>/", apply.start, name="start"),
    path("items/<str:code>/apply/<uuid:key>/<slug:page>/", apply.apply, name="apply"),
    path("drafts/", apply.my_drafts, name="drafts"),
    path("drafts/<uuid:key>/delete/", apply.discard, name="discard"),
    path("handed-in/<uuid:key>/", apply.handed_in, name="handed_in"),
    path("lists/", lists.regions, name="lists"),
    path("lists/<str:region>/", lists.region_lists, name="region_lists"),
    path("lists/<str:region>/<str:kind>/", lists.entries, name="list"),
    path("track/", views.track, name="track"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("cases/", views.cases, name="cases"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/receipt/", apply.receipt, name="receipt"),
    path("cases/<str:number>/files/<str:file_id>/", views.file, name="file"),
    path("cases/<str:number>/submit-correction/", views.submit_correction, name="submit_correction"),
    path("cases/<str:number>/report-rectified/", views.report_rectified, name="report_rectified"),
    path("cases/<str:number>/request-hearing/", views.request_hearing, name="request_hearing"),
    path("cases/<str:number>/waive-hearing/", views.waive_hearing, name="waive_hearing"),
    path("cases/<str:number>/make-statement/", views.make_statement, name="make_statement"),
    path("cases/<str:number>/withdraw/", views.withdraw, name="withdraw"),
]
