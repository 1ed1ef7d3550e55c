"""An installation without the demo decides its first case, by the commands and pages of its first day."""

import io
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from banjie.command import main
from banjie.records.accounts.models import User
from banjie.records.catalogue.models import Draft
from banjie.records.organisation import grants
from banjie.store.log import queries
from banjie.web import clock
from tests.faces.applying import opened, pdf, send
from tests.faces.pages import all_forms_of, forms_of, text_of

pytestmark = pytest.mark.database

ITEM = "11999931009900208B400073100100003"
PASSWORD = "Sesame-2026-opens"
COUNTY = """\
regions:
  - {code: "999930", name: 清水市}
  - {code: "999931", name: 清水县, parent: "999930"}
agencies:
  - id: approval-bureau
    region: "999931"
    name: 清水县行政审批局
    english: ""
    credit_code: 11999931009900208B
    government: 清水县人民政府
    reconsideration: 清水县人民政府
    court: 清水县人民法院
    units:
      - {id: hall-window, name: 综合受理窗口}
      - {id: decision-office, name: 审批决定室}
      - {id: reform-office, name: 审改办}
      - {id: county-inspection, name: 督查室}
staff:
  - {username: wenjing, name: 文静, english: "", unit: hall-window, posts: [clerk, decider], since: &day 2024-01-02}
  - {username: zhaomu, name: 赵目, english: "", unit: reform-office, posts: [catalogue_keeper], since: 2024-01-02}
  - {username: zhongxin, name: 钟心, english: "", unit: reform-office, posts: [centre, calendar_keeper], since: *day}
  - {username: dian, name: 典网, english: "", unit: reform-office, posts: [e_government, calendar_keeper], since: *day}
  - {username: xushen, name: 徐慎, english: "", unit: county-inspection, posts: [supervisor], since: 2024-01-02}
"""
PROFILE = 'code: "999931"\nname: 清水县\nenglish: Qingshui County\nhours: [["09:00", "12:00"], ["13:30", "17:00"]]\n'
NEW_YEAR = "{{name: 元旦, from: {0}-01-01, to: {0}-01-01}}"
YEAR = f"  - {{{{year: {{0}}, status: provisional, document: 暂定, holidays: [{NEW_YEAR}]}}}}\n"


def rulebook_of_the_county(whole: Path, mine: Path) -> None:
    """The rulebook with one item of the county and without the demo's."""
    mine.mkdir()
    for each in whole.iterdir():
        if each.name not in ("items", "lists", "regions"):
            (mine / each.name).symlink_to(each)
    for name in ("items", "lists", "regions"):
        (mine / name).mkdir()
    text = (whole / "items" / "sole-trader-deregistration.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("11999921009900208U4", "11999931009900208B4"),
        ('"999921"', '"999931"'),
        ("contact: xujing", "contact: wenjing"),
        ("supervises: registration-supervision", "supervises: county-inspection"),
    ):
        text = text.replace(old, new)
    (mine / "items" / "deregistration.yaml").write_text(text, encoding="utf-8")
    (mine / "regions" / "qingshui.yaml").write_text(PROFILE, encoding="utf-8")


def browser(name: str) -> Client:
    """Somebody who has signed in once, and has set a password of their own."""
    user = User.objects.get(username=name)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.force_login(user)
    return client


def pressed(client: Client, address: str, kind: str, **typed: object) -> HttpResponse:
    """What follows when the form of this kind is sent from a page."""
    shown = client.get(address, follow=True)
    form = forms_of(shown)[kind]
    sent = client.post(form.address or address, {**form.values, **typed}, follow=True)
    assert sent.status_code == 200, text_of(sent)
    return sent


def test_an_installation_without_the_demo_decides_its_first_case(database, tmp_path, monkeypatch):
    def banjie(*arguments: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        assert main(arguments) == 0, arguments

    rulebook_of_the_county(Path(settings.RULEBOOK), tmp_path / "rulebook")
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path / "rulebook")
    monkeypatch.setattr(settings, "SECOND_FACTOR_POSTS", frozenset())
    (tmp_path / "county.yaml").write_text(COUNTY, encoding="utf-8")

    # Administrators, the organisation, and a second person for the post that decides.
    banjie("administrators", "--operator", "yunxing", "--security", "anquan", "--security", "baomi", "--audit", "hecha")
    browser("anquan")
    banjie("organisation", "load", str(tmp_path / "county.yaml"), "--by", "anquan")
    for grant in grants.waiting():
        grants.confirm(User.objects.get(username="baomi"), grant.stream, clock.now() - timedelta(hours=25), uuid4())
    grants.carry_out_due(clock.now())
    people = {name: browser(name) for name in ("wenjing", "zhaomu", "zhongxin", "dian")}

    # The calendar, by two; the item as a draft, signed by three.
    year = clock.today().year
    years = "years:\n" + YEAR.format(year) + YEAR.format(year + 1)
    plan = pressed(people["zhongxin"], "/desk/calendars/load/CN/", "CN", way="file", text=years)
    address = plan.redirect_chain[-1][0]
    assert "放行" in text_of(pressed(people["dian"], address, "release"))
    assert "banjie catalogue load" in text_of(people["zhaomu"].get("/desk/items/new/"))
    banjie("catalogue", "load", "--by", "zhaomu")
    draft = Draft.objects.get()
    for name in ("zhaomu", "zhongxin", "dian"):
        page = people[name].get(f"/desk/items/drafts/{draft.id}/")
        form = next(each for each in all_forms_of(page) if each.address.endswith("/sign/"))
        people[name].post(form.address, form.values)
    pressed(people["zhaomu"], f"/desk/items/drafts/{draft.id}/", "publish")

    # A citizen signs up and applies; the window decides at once.
    citizen = Client()
    told = {"name": "白荷", "id_number": "110101199003071233", "phone": "13800138000", "address": "清水县城关镇1号"}
    told |= {"username": "baihe", "password": "three-green-apples", "privacy": "on", "true_particulars": "on"}
    citizen.post("/account/sign-up/person/", told)
    form_address = opened(citizen, ITEM)
    said = {
        "trader_name": "荷塘茶铺",
        "reason": "gives_up",
        "has_hired": "no",
        "has_licence_paper": "yes",
        "has_agent": "no",
    }
    send(citizen, form_address, "questions", {f"answers.{key}": value for key, value in said.items()})
    files = {f"file.{each}": pdf(f"{each}.pdf", each.encode()) for each in ("application_form", "licence_paper")}
    send(citizen, form_address, "materials", files)
    receipt = send(citizen, form_address, "check", {"declared": "on"}, follow=True)
    number = receipt.redirect_chain[-1][0].split("/")[2]
    met = {f"finding:c{each}": "met" for each in (1, 2, 3)}
    decided = pressed(people["wenjing"], f"/hall/cases/{number}/", "decide_at_once", outcome="grant", **met)

    assert "已决定" in text_of(decided)
    assert "准予许可" in text_of(citizen.get(f"/cases/{number}/"))
    assert not queries.installation().demo
