"""Addresses of the desk: a page for the work, a page for a case, and one address for each thing one can ask for."""

from django.urls import path

from banjie.faces.desk import views
from banjie.faces.desk.items import bringing, catalogue, drafts, lists

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/files/<str:file_id>/", views.file, name="file"),
    path("cases/<str:number>/decide/", views.decide, name="decide"),
    path("cases/<str:number>/finish-step/", views.finish_step, name="finish_step"),
    path("cases/<str:number>/set-rectification/", views.set_rectification, name="set_rectification"),
    path("cases/<str:number>/assign/", views.assign, name="assign"),
    path("cases/<str:number>/substitute/", views.substitute, name="substitute"),
    path("cases/<str:number>/pause/", views.pause, name="pause"),
    path("cases/<str:number>/resume/", views.resume, name="resume"),
    path("cases/<str:number>/forward/", views.forward, name="forward"),
    path("cases/<str:number>/confirm-arrival/", views.confirm_arrival, name="confirm_arrival"),
    path("cases/<str:number>/name-third-parties/", views.name_third_parties, name="name_third_parties"),
    path("cases/<str:number>/tell-hearing-right/", views.tell_hearing_right, name="tell_hearing_right"),
    path("cases/<str:number>/appoint-host/", views.appoint_host, name="appoint_host"),
    path("cases/<str:number>/give-hearing-notice/", views.give_hearing_notice, name="give_hearing_notice"),
    path("cases/<str:number>/close-hearing/", views.close_hearing, name="close_hearing"),
    path("cases/<str:number>/send-back/", views.send_back, name="send_back"),
    path("cases/<str:number>/extend/", views.extend, name="extend"),
    path("cases/<str:number>/issue/", views.issue, name="issue"),
    path("cases/<str:number>/serve/", views.serve, name="serve"),
    path("cases/<str:number>/terminate/", views.terminate, name="terminate"),
    path("cases/<str:number>/appoint-contact/", views.appoint_contact, name="appoint_contact"),
    path("items/", catalogue.items, name="items"),
    path("items/new/", bringing.new, name="new_item"),
    path("items/new/claim/", bringing.claim, name="claim_item"),
    path("items/new/upload/", bringing.upload, name="upload_items"),
    path("items/new/from/<str:code>/", bringing.from_elsewhere, name="item_from_elsewhere"),
    path("items/drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("items/drafts/<uuid:draft_id>/edit/<str:section>/", drafts.section, name="draft_section"),
    path("items/drafts/<uuid:draft_id>/differences/", drafts.compared, name="draft_differences"),
    path("items/drafts/<uuid:draft_id>/preview/", drafts.preview, name="draft_preview"),
    path("items/drafts/<uuid:draft_id>/sign/", drafts.sign, name="draft_sign"),
    path("items/drafts/<uuid:draft_id>/publish/", drafts.publish, name="draft_publish"),
    path("items/drafts/<uuid:draft_id>/discard/", drafts.discard, name="draft_discard"),
    path("items/drafts/<uuid:draft_id>/files/<str:kind>", drafts.export, name="draft_export"),
    path("items/claims/<str:code>/take-over/", catalogue.take_over, name="take_over"),
    path("items/<str:code>/", catalogue.item, name="item"),
    path("items/<str:code>/differences/", catalogue.compared, name="item_differences"),
    path("items/<str:code>/handbook/", catalogue.handbook, name="handbook"),
    path("items/<str:code>/next-version/", catalogue.next_version, name="next_version"),
    path("items/<str:code>/turn/<str:what>/", catalogue.turn, name="turn_item"),
    path("items/<str:code>/<int:version>/files/<str:kind>", catalogue.export, name="item_export"),
    path("lists/", lists.region_lists, name="lists"),
    path("lists/<str:region>/<str:kind>/", lists.one, name="list"),
    path("lists/<str:region>/<str:kind>/made-public/", lists.made_public, name="list_made_public"),
]
