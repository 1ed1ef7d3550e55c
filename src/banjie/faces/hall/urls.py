"""Addresses of the hall: a page for the work, a page for a case, and one address for each thing one can ask for."""

from django.urls import path

from banjie.faces.hall import doors, people, views

app_name = "hall"

urlpatterns = [
    path("", views.home, name="home"),
    path("status/", views.status, name="status"),
    path("inquiries/", doors.list_of, name="inquiries"),
    path("inquiries/new/", doors.inquire, name="inquire"),
    path("inquiries/<uuid:inquiry>/hand-over/", doors.hand_over, name="hand_over"),
    path("inquiries/<uuid:inquiry>/take-over/", doors.take_over, name="take_over"),
    path("inquiries/<uuid:inquiry>/answer/", doors.answer, name="answer"),
    path("wrong-doors/<str:code>/", doors.wrong_door, name="wrong_door"),
    path("people/", people.people, name="people"),
    path("people/identity/", people.see_identity, name="see_identity"),
    path("people/mandate/", people.record_mandate, name="record_mandate"),
    path("people/code/", people.give_code, name="give_code"),
    path("apply/", views.items, name="items"),
    path("apply/<str:code>/", views.open_form, name="open_form"),
    path("apply/<str:code>/<uuid:key>/", views.apply, name="apply"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/receipt/", views.receipt, name="receipt"),
    path("cases/<str:number>/papers/<int:position>/", views.paper, name="paper"),
    path("cases/<str:number>/slips/<str:slip>/", views.slip, name="slip"),
    path("slips/", views.slips, name="slips"),
    path("cases/<str:number>/files/<str:file_id>/", views.file, name="file"),
    path("cases/<str:number>/accept/", views.accept, name="accept"),
    path("cases/<str:number>/decide-at-once/", views.decide_at_once, name="decide_at_once"),
    path("cases/<str:number>/request-correction/", views.request_correction, name="request_correction"),
    path("cases/<str:number>/correct-on-the-spot/", views.correct_on_the_spot, name="correct_on_the_spot"),
    path("cases/<str:number>/decline/", views.decline, name="decline"),
    path("cases/<str:number>/find-not-needed/", views.find_not_needed, name="find_not_needed"),
    path("cases/<str:number>/remind-correction/", views.remind_correction, name="remind_correction"),
    path("cases/<str:number>/submit-correction/", views.submit_correction, name="submit_correction"),
    path("cases/<str:number>/serve/", views.serve, name="serve"),
    path("cases/<str:number>/appoint-contact/", views.appoint_contact, name="appoint_contact"),
    path("cases/<str:number>/void/", views.void, name="void"),
    path("cases/<str:number>/take-back/", views.take_back, name="take_back"),
    path("cases/<str:number>/record-visit/", views.record_visit, name="record_visit"),
    path("cases/<str:number>/see-original/", views.see_original, name="see_original"),
    path("cases/<str:number>/return-original/", views.return_original, name="return_original"),
    path("cases/<str:number>/send-papers/", views.send_papers, name="send_papers"),
    path("cases/<str:number>/receive-papers/", views.receive_papers, name="receive_papers"),
    path("cases/<str:number>/note/", views.note, name="note"),
]
