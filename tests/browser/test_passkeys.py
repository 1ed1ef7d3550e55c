"""A person signs up on a telephone, adds a passkey and signs in with it: in a browser, under our policy for scripts."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page

from tests.browser.visits import PATIENCE
from tests.cast import demo_id_card
from tests.databases import Database

pytestmark = pytest.mark.database

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def signs_up(page: Page, base: str) -> None:
    page.goto(f"{base}/account/sign-up/person/")
    told = {"name": "白小禾", "id_number": demo_id_card(71), "phone": "13800000071", "username": "bai.he"}
    for name, value in {**told, "password": "three unlike words"}.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=privacy]")
    page.check("[name=true_particulars]")
    page.click("main form button")
    page.wait_for_url("**/account/welcome/")


def test_a_passkey_is_added_on_a_telephone_and_opens_the_account(
    installed: Database, browser: Browser, address: str
) -> None:
    complaints: list[str] = []
    base = address.replace("127.0.0.1", "localhost")  # passkeys belong to a name, not to a number
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    signs_up(page, base)
    page.goto(f"{base}/account/passkeys/add/")
    page.click("#passkey-add")
    page.wait_for_url("**/account/recovery-codes/")
    page.click(".who form button")
    page.goto(f"{base}/sign-in/?next=/account/security/")
    page.click("#passkey-login")
    page.wait_for_url(f"{base}/account/security/")
    signed_in = page.inner_text("main")
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    context.close()

    assert "通行密钥1" in signed_in
    assert not is_too_wide
    assert complaints == []
    kept = Authenticator.objects.get(type="webauthn")
    assert kept.data["name"] == "通行密钥1"
    assert "白小禾" not in str(kept.data)
