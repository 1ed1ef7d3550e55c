"""The pages of seals: a ceremony of two, the keeper's queue with a fresh proof of identity, and what was refused."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from banjie.demo.county import PASSWORD
from banjie.duties.papers import batches, register, sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals import reconciling
from banjie.duties.seals.models import Authority, Seal
from banjie.duties.seals.sealing import seal as seal_service
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import seeing
from banjie.store.log import queries, read
from banjie.store.signing import custody, pades, stamp
from banjie.web import clock
from tests.cases.tampering import run, without_guards
from tests.county import County
from tests.duties.seals.papers import LICENSING, OLD, ONE_SEAL, granted, request, seal_of, seal_stream, typeset
from tests.faces.cases import filed
from tests.faces.pages import errors_of, text_of

pytestmark = pytest.mark.database

HOME = "/desk/seals/"
WAITING = HOME + "waiting/"


def shown_again(client: Client) -> Client:
    """Whoever it is has just shown who they are."""
    assert client.post("/account/again/", {"password": PASSWORD, "next": WAITING}).headers["Location"] == WAITING
    return client


def page(county: County, role: str, path: str, status: int = 200) -> str:
    answer = county.client(role).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return text_of(answer)


def post(county: County, role: str, path: str, **given: object) -> int:
    return county.client(role).post(path, {"command_id": str(uuid4()), **given}).status_code


def test_the_keeper_reads_that_nothing_is_sealed_while_no_witness_signs(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_guards():
        run("UPDATE installation SET demo = FALSE")
    queries.installation.cache_clear()
    since = queries.installation().created_at

    for minutes, said in ((1, ""), (40, "已有 40 分钟没有见证方签名"), (25 * 60, "已有 25 小时没有见证方签名")):
        monkeypatch.setattr("banjie.store.log.clock.now", lambda after=minutes: since + after * 60_000_000)
        for path in (HOME, WAITING):
            told = page(county, "seal_keeper", path)
            assert (said in told, "见证方" in told) == (True, bool(said)), (minutes, path)
    assert "见证方恢复签名后自动用印" in told


@pytest.mark.requirement("M167")
def test_the_keeper_shows_who_they_are_ticks_papers_and_watches_them_being_sealed(county: County) -> None:
    case = granted(county)
    decision, _ = typeset(case, "decision_to_grant")
    with transaction.atomic():
        second = register.make_out(
            decision.kind, decision.agency, case.stream, decision.position, clock.now(), uuid4(), item=county.code()
        )
    sealing.typeset(second, clock.now())
    keeper = county.client("seal_keeper")
    assert "2 份文书待用印" in text_of(keeper.get(HOME))
    asked = keeper.get(WAITING)
    assert decision.number in text_of(asked)
    assert "验证身份" in text_of(asked)
    ticked = {"command_id": str(uuid4()), "papers": [str(decision.stream), str(second.stream)]}

    assert "对本页全部 2 份文书用印" in text_of(asked)

    stale = keeper.post(WAITING + "seal/", ticked)

    assert stale.headers["Location"].startswith("/account/again/")
    assert Paper.objects.kept().filter(status="sealed").count() == 0
    shown_again(keeper)
    assert "用印前请再次验证身份" not in text_of(keeper.get(WAITING))
    none = keeper.post(WAITING + "seal/", {"command_id": str(uuid4())})
    assert (none.status_code, "请" in text_of(none)) == (422, True)
    draft = keeper.get(f"{HOME}papers/{decision.stream}/")
    assert draft.content.startswith(b"%PDF")
    assert b"/ByteRange" not in draft.content

    # Whom the paper is about reads who opened it: once a day, however often, and no quota counts it.
    keeper.get(f"{HOME}papers/{decision.stream}/")
    assert text_of(county.client("applicant").get("/account/looks/")).count("用印前核对文书") == 1
    assert seeing.looked(county.actor("seal_keeper").id, clock.today()) == 0

    # Everything on the page at once, and nothing that is not on it.
    ticked = {"command_id": ticked["command_id"], "all": "1", "listed": ticked["papers"]}
    opened = keeper.post(WAITING + "seal/", ticked)

    address = opened.headers["Location"]
    progress = keeper.get(address)
    assert "共 2 份，已用印 0 份" in text_of(progress)
    assert 'hx-trigger="every 2s"' in progress.content.decode()
    while sealing.work(clock.now()):
        pass
    done = keeper.get(address)
    assert "共 2 份，已用印 2 份" in text_of(done)
    assert "hx-trigger" not in done.content.decode()
    made = keeper.get(f"{HOME}papers/{decision.stream}/").content
    assert [each.is_sound for each in pades.check(made, custody.keys().authority())] == [True]
    (ordered,) = [each for each in read.entries(seal_stream(ONE_SEAL)) if each.kind == "ordered"]
    assert ordered.assertion.startswith("password@")
    assert "没有待用印的文书" in text_of(keeper.get(WAITING))
    late = keeper.post(WAITING + "seal/", {**ticked, "command_id": str(uuid4()), "papers": [str(decision.stream)]})
    assert (late.status_code, "已不在待用印之列" in text_of(late)) == (422, True), "somebody else was first"
    assert keeper.post(WAITING + "seal/", ticked).status_code == 422, "what is sealed is not on the list any more"
    one = page(county, "seal_keeper", f"{HOME}{seal_stream(ONE_SEAL)}/")
    assert "祝谨" in one
    assert "与记录一致" in one
    for role in ("applicant", "officer", "decider", ""):
        assert county.client(role).get(address).status_code in (302, 403)
        assert county.client(role).get(f"{HOME}papers/{decision.stream}/").status_code in (302, 403)
    assert page(county, "other_seal_keeper", address, 404)
    assert page(county, "other_seal_keeper", f"{HOME}papers/{decision.stream}/", 404)
    assert decision.number not in page(county, "other_seal_keeper", WAITING)


@pytest.mark.requirement("M168")
def test_a_seal_is_sealed_away_on_the_page_by_two_people_and_the_new_one_taken_into_use(county: County) -> None:
    keeper, head = county.client("seal_keeper"), county.client("head_of_agency")
    old = f"{HOME}{seal_stream(ONE_SEAL)}/"
    picture = SimpleUploadedFile("仪式.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    given = {"command_id": str(uuid4()), "on": "2026-03-02", "text": "封存仪式在大厅举行。", "record": picture}
    given["present"] = [county.actor("inspector").id]

    wrong = keeper.post(old + "ceremonies/seal_away/", {"command_id": str(uuid4()), "on": "2026-03-09", "text": ""})
    assert (wrong.status_code, len(errors_of(wrong))) == (422, 2)
    assert keeper.post(old + "ceremonies/seal_away/", given).status_code == 302

    assert "等待第二人确认" in text_of(keeper.get(old))
    assert "作为第二人确认仪式" not in text_of(keeper.get(old))
    assert "有仪式等待您确认" in text_of(head.get(HOME))
    assert post(county, "seal_keeper", old + "confirm/") == 409
    assert post(county, "other_seal_keeper", old + "confirm/") == 409
    assert post(county, "officer", old + "confirm/") == 403
    assert head.post(old + "confirm/", {"command_id": str(uuid4())}).status_code == 302
    assert seal_of(ONE_SEAL).state == "sealed_away"
    told = page(county, "inspector", old)
    assert "封存仪式在大厅举行。" in told
    assert "谢桉" in told
    record = county.client("inspector").get(f"{old}records/{seal_of(ONE_SEAL).ceremonies.latest('position').position}/")
    assert record.content.startswith(b"%PDF")

    people = [county.actor("seal_keeper").id]
    taking = {"use": "approval", "title": "行政审批专用章", "code": "9999210000199", "keepers": people}
    assert post(county, "seal_keeper", HOME + "take/", **{**taking, "code": "12"}) == 422
    assert post(county, "seal_keeper", HOME + "take/", **taking) == 302
    new = f"{HOME}{Seal.objects.get(code='9999210000199').stream}/"
    assert post(county, "seal_keeper", new + "ceremonies/activate/", on="2026-03-02", text="启用。") == 302
    assert post(county, "seal_keeper", new + "drop/") == 302
    assert post(county, "seal_keeper", new + "ceremonies/activate/", on="2026-03-02", text="启用。") == 302
    assert post(county, "inspector", new + "confirm/") == 302
    assert "使用中" in page(county, "head_of_agency", new)
    assert county.client("head_of_agency").get(new + "drawing.svg").content.startswith(b"<svg")
    assert post(county, "head_of_agency", new + "keepers/", keepers=[county.actor("second_seal_keeper").id]) == 302
    assert "尹铮" in page(county, "inspector", new)


def test_what_is_sealed_by_itself_is_allowed_and_withdrawn_on_the_page(county: County) -> None:
    address = f"{HOME}{seal_stream(LICENSING)}/"
    row = Authority.objects.filter(seal__code=LICENSING, kind="acceptance_notice").get()
    paper, version = f"{row.kind} {row.template}", row.template.rpartition("/")[2]
    assert "还没有用印授权" not in page(county, "seal_keeper", HOME)

    assert post(county, "seal_keeper", address + "withdraw/", papers=[paper]) == 302
    assert "已撤销" in page(county, "seal_keeper", address)
    notice, _pdf = typeset(filed(county).accepted(), "acceptance_notice")
    sealing.work(clock.now())
    notice.refresh_from_db()
    assert not notice.file, "nothing covers it any more"
    for where in (HOME, WAITING):
        told = page(county, "seal_keeper", where)
        assert "还没有用印授权" in told, where
        assert f"受理通知书（模板 {version}）：1 份文书" in told, where
    assert "还没有用印授权" not in page(county, "inspector", HOME), "whoever can do nothing about it"
    Paper.objects.kept().filter(stream=notice.stream).update(template="acceptance_notice/0")
    assert 'value="acceptance_notice acceptance_notice/0"' in county.client("seal_keeper").get(address).content.decode()
    Paper.objects.kept().filter(stream=notice.stream).update(template=row.template)
    give = {"command_id": str(uuid4()), "papers": [paper]}
    keeper = county.client("seal_keeper")
    assert keeper.post(address + "authorise/", give).headers["Location"].startswith("/account/again/")
    shown_again(keeper)
    assert keeper.post(address + "authorise/", give).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert "还没有用印授权" not in page(county, "seal_keeper", HOME)
    sealing.work(clock.now())
    notice.refresh_from_db()
    assert notice.file, "a new authority lets it go on"
    assert county.client("supervisor").post(address + "withdraw/", {"papers": [paper]}).status_code == 403


def test_refusals_and_a_signature_behind_our_back_are_shown_to_supervisors(county: County, tmp_path: Path) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    with pytest.raises(NotPossible):
        seal_service(pdf, request(notice, seal=seal_stream(OLD)))
    seal_service(pdf, request(notice))
    drawing = stamp.drawn("云岭县行政审批局", "行政许可专用章", LICENSING)
    pades.sign(pdf, custody.keys().signer(LICENSING), drawing)
    reconciling.look(clock.now() + timedelta(hours=1))

    home = page(county, "inspector", HOME)

    assert "发现平台之外的签章" in home
    assert "有 1 次签章没有平台记录。" in home
    assert "已封存，不能使用" in home
    assert "与记录不一致" in page(county, "inspector", f"{HOME}{seal_stream(LICENSING)}/")
    assert page(county, "city_inspector", f"{HOME}{seal_stream(LICENSING)}/", 404)
    assert "云岭县行政审批局" not in page(county, "city_inspector", HOME)
    for role in ("applicant", "clerk", ""):
        assert county.client(role).get(HOME).status_code in (302, 403)
    assert batches.of_agency("approval-bureau") == []
