"""The addresses of one's own account. allauth finds its pages by these names; what stands here not, is not offered."""

from django.urls import include, path

from banjie.faces.own import arriving, factors, joining, ledger, mandates, views

own = [
    path("", views.home, name="home"),
    path("show/", views.show, name="show"),
    path("reached/", views.reached, name="reached"),
    path("welcome/", views.welcome, name="welcome"),
    path("sign-up/", joining.sign_up, name="sign_up"),
    path("sign-up/person/", joining.sign_up_as, {"kind": "person"}, name="sign_up_person"),
    path("sign-up/enterprise/", joining.sign_up_as, {"kind": "enterprise"}, name="sign_up_enterprise"),
    path("forgotten/", joining.forgotten, name="forgotten"),
    path("password/", joining.password, name="password"),
    path("recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("second-factor-needed/", factors.second_factor_needed, name="second_factor_needed"),
    path("mandates/", mandates.overview, name="mandates"),
    path("mandates/give/", mandates.give, name="give"),
    path("mandates/accept/", mandates.accept, name="accept"),
    path("mandates/<uuid:mandate>/end/", mandates.end, name="end"),
    path("act-for/", mandates.act_for, name="act_for"),
    path("looks/", ledger.looks, name="looks"),
    path("signed-in/", ledger.signed_in, name="signed_in"),
    path("signed-in/end/", ledger.end_sessions, name="end_sessions"),
    path("signed-in/<slug:session>/end/", ledger.end_session, name="end_session"),
    path("connect/<slug:provider_id>/", arriving.connect, name="connect"),
    path("not-arrived/<slug:why>/", arriving.not_arrived, name="not_arrived"),
]

allauth = [
    path("security/", factors.security, name="mfa_index"),
    path("recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("again/", factors.reauthenticate, name="account_reauthenticate"),
    path("again/code/", factors.reauthenticate_by_code, name="mfa_reauthenticate"),
    path("again/passkey/", factors.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("second-factor/", factors.authenticate, name="mfa_authenticate"),
    path("codes/on/", factors.totp_on, name="mfa_activate_totp"),
    path("codes/off/", factors.totp_off, name="mfa_deactivate_totp"),
    path("passkeys/add/", factors.passkey_add, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", factors.passkey_remove, name="mfa_remove_webauthn"),
    path("passkeys/sign-in/", factors.login_by_passkey, name="mfa_login_webauthn"),
    path("through/<slug:provider_id>/", arriving.leave, name="openid_connect_login"),
    path("through/<slug:provider_id>/back/", arriving.arrive, name="openid_connect_callback"),
]

urlpatterns = [path("", include((own, "own"))), path("", include(allauth))]
