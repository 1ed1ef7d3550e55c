"""Addresses of the portal."""

from django.urls import path

from banjie.faces.portal import apply, browse, case, guide, inbox, lists, progress, samples, track

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
    path("samples/<slug:name>/", samples.sample, name="sample"),
    path("samples/<slug:name>/blank/", samples.blank, name="blank"),
    path("drafts/", apply.my_drafts, name="drafts"),
    path("drafts/<uuid:key>/delete/", apply.discard, name="discard"),
    path("handed-in/<uuid:key>/", apply.handed_in, name="handed_in"),
    path("lists/", lists.regions, name="lists"),
    path("lists/<str:region>/", lists.region_lists, name="region_lists"),
    path("lists/<str:region>/<str:kind>/", lists.entries, name="list"),
    path("track/", track.track, name="track"),
    path("track/<str:number>/", track.followed, name="followed"),
    path("track/<str:number>/close/", track.close, name="close_followed"),
    path("progress/", progress.progress, name="progress"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="read"),
    path("cases/", case.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/receipt/", apply.receipt, name="receipt"),
    path("cases/<str:number>/files/<str:file_id>/", case.file, name="file"),
    path("cases/<str:number>/papers/<int:position>/", case.paper, name="paper"),
    path("cases/<str:number>/copy/", case.copy_of_file, name="copy"),
    path("cases/<str:number>/submit-correction/", case.submit_correction, name="submit_correction"),
    path("cases/<str:number>/report-rectified/", case.report_rectified, name="report_rectified"),
    path("cases/<str:number>/request-hearing/", case.request_hearing, name="request_hearing"),
    path("cases/<str:number>/waive-hearing/", case.waive_hearing, name="waive_hearing"),
    path("cases/<str:number>/make-statement/", case.make_statement, name="make_statement"),
    path("cases/<str:number>/complain/", case.complain, name="complain"),
    path("cases/<str:number>/withdraw/", case.withdraw, name="withdraw"),
]
