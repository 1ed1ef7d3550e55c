"""A sealed decision and a licence are checked from a phone by code and by file; a tampered copy is refused."""

import pytest
from playwright.sync_api import Page, expect

from banjie.duties.licences import queries, signing
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.duties.papers import queries as papers
from banjie.duties.papers import sealing
from banjie.duties.papers.models import Paper
from banjie.engine import commands as c
from banjie.engine.codec import microseconds
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.browser.visits import PATIENCE, PHONE, Visits
from tests.county import County
from tests.databases import in_threads
from tests.duties.seals.papers import granted, ordered, paper

pytestmark = pytest.mark.database


def sealed(county: County, found: Paper) -> tuple[Paper, bytes]:
    """A paper with the agency's seal on it, and its file. Signing has an event loop of its own, as the browser has."""
    sealing.typeset(found, clock.now())
    ordered(county, papers.find(found.stream))
    in_threads(lambda: sealing.seal_now(papers.find(found.stream), clock.now()))
    done = papers.find(found.stream)
    assert done is not None
    content = papers.sealed_bytes(done)
    assert content is not None
    return done, content


def sent(phone: Page, content: bytes) -> None:
    """Send a file to be checked."""
    phone.goto("/verify/")
    file = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": content}
    phone.get_by_label("收到的 PDF 原文件").set_input_files(file)
    phone.get_by_role("button", name="核验文件").click()


def test_a_decision_and_a_licence_are_checked_on_a_phone_and_a_tampered_copy_is_refused(
    county: County, visits: Visits
) -> None:
    case = granted(county).do("licence_clerk", lambda given: c.Issue(**given))
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))
    signing.work(clock.now())
    row = Licence.objects.kept().get(party=county.actor("applicant").id)
    decision, decided = sealed(county, paper(case, "decision_to_grant"))
    certificate, licensed = sealed(county, papers.find(queries.versions(row.stream)[0].paper))
    phone = visits.open("", size=PHONE, touch=True)

    for found, name in ((decision, "准予许可决定书"), (certificate, "食品经营许可证")):
        phone.goto(f"/papers/{found.stream.hex}/")
        expect(phone.get_by_role("heading", name="真实")).to_be_visible(timeout=PATIENCE)
        expect(phone.get_by_text(name).first).to_be_visible()
    sent(phone, decided)
    expect(phone.get_by_text("逐字节一致", exact=False)).to_be_visible(timeout=PATIENCE)
    sent(phone, licensed)
    expect(phone.get_by_role("heading", name="真实，有效")).to_be_visible(timeout=PATIENCE)

    middle = len(licensed) // 2
    sent(phone, licensed[:middle] + bytes([licensed[middle] ^ 1]) + licensed[middle + 1 :])
    expect(phone.get_by_role("heading", name="已被改动")).to_be_visible(timeout=PATIENCE)

    wide = phone.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "nothing stands beyond the edge of a phone"

    mine = visits.open("applicant", size=PHONE, touch=True)
    mine.goto("/licences/")
    mine.get_by_role("link", name="食品经营许可证").click()
    mine.get_by_label("用途").fill("银行开户")
    mine.get_by_label("使用单位").fill("云岭农商行")
    mine.get_by_role("button", name="生成加注件").click()
    expect(mine.get_by_role("status").first).to_be_visible(timeout=PATIENCE)
    (copy,) = queries.copies(row.stream)
    phone.goto("/verify/")
    phone.get_by_label("编号或者标识").fill(copy.number)
    phone.get_by_role("button", name="核验编号").click()
    expect(phone.get_by_text("银行开户").first).to_be_visible(timeout=PATIENCE)
