"""Each closed case becomes one package that is authentic, whole, readable and safe, and can be read without us."""

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction

from banjie.cases import queries as cases
from banjie.cases.handle import handle
from banjie.config import worker
from banjie.duties.archive import checks, filing, package, queries, readable
from banjie.duties.archive.models import ArchiveNumber, ArchiveRecord
from banjie.duties.archive.readable import Headed, Readable
from banjie.duties.archive.rebuild import rebuild
from banjie.duties.papers import register, sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals import policy
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.files.models import File
from banjie.store.files.receive import path, receive
from banjie.store.signing.provider import provider
from banjie.web import clock
from tests.county import County
from tests.duties.seals.papers import ordered
from tests.faces.cases import Filed, filed
from tests.faces.desk.test_ex_officio import licensed, opened
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def closed(county: County) -> Filed:
    """A case whose applicant has withdrawn: the receipt is its one paper, and seals itself."""
    case = filed(county)
    return case.do("applicant", lambda given: c.Withdraw(**given))


def turned(times: int = 12) -> None:
    """The worker works until there is nothing left."""
    for _ in range(times):
        if not worker.turn():
            return


def record(case: Filed) -> ArchiveRecord:
    return ArchiveRecord.objects.kept().get(stream=case.stream)


@pytest.mark.requirement("M171")
def test_a_closed_case_is_filed_by_rule_as_one_package_that_passes_the_four_looks(county: County) -> None:
    case = closed(county)

    turned()

    row = record(case)
    assert (row.status, row.findings) == ("filed", [])
    assert row.number == f"0118-XK·2026-D10-{row.serial:05d}"
    assert (row.years, str(row.keep_until)) == (10, "2036-12-31"), "as the rule for this item says"
    archivist = county.actor("archivist")
    assert list(queries.over(archivist, row.keep_until)) == []
    assert list(queries.over(archivist, row.keep_until + timedelta(days=1))) == [row], "may be appraised (鉴定)"
    data = filing.content_of(row)
    made = package.opened(data)
    assert hashlib.sha256(data).hexdigest() == row.digest
    assert {each.split("/")[0] for each in made.pieces} >= {"facts.jsonl", "papers", "metadata.xml"}
    facts = [json.loads(line) for line in made.pieces["facts.jsonl"].splitlines()]
    assert [each["kind"] for each in facts] == case.facts
    described = ET.fromstring(made.pieces["metadata.xml"])
    assert described.findtext("档号") == row.number
    assert described.findtext("办件编号") == case.state.number
    assert county.applicant().name in str(described.findtext("题名"))
    papers = [each for each in made.pieces if each.startswith("papers/")]
    assert papers
    assert all(b"/ByteRange" in made.pieces[each] for each in papers), "sealed"


def test_the_package_is_checked_by_other_tools_alone(county: County, tmp_path: Path) -> None:
    case = closed(county)
    turned()

    with zipfile.ZipFile(io.BytesIO(filing.content_of(record(case)))) as whole:
        whole.extractall(tmp_path)

    (tmp_path / "signature.der").write_bytes(bytes.fromhex((tmp_path / package.SIGNATURE).read_text()))
    asked = ["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-inkey", package.KEY]
    told = [*asked, "-sigfile", "signature.der", "-in", package.MANIFEST, "-pkeyopt", "distid:1234567812345678"]
    found = subprocess.run(told, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    for each in json.loads((tmp_path / package.MANIFEST).read_text())["files"]:
        said = subprocess.run(
            ["openssl", "dgst", "-sm3", "-r", each["path"]], cwd=tmp_path, capture_output=True, check=True
        )
        assert said.stdout.decode().split()[0] == each["sm3"]
    assert (tmp_path / package.KEY).read_text() == provider().public_pem


@pytest.mark.requirement("M171")
def test_a_package_is_read_without_this_program_down_to_every_answer_of_the_form(
    county: County, tmp_path: Path
) -> None:
    case = closed(county)
    turned()
    with zipfile.ZipFile(io.BytesIO(filing.content_of(record(case)))) as whole:
        whole.extractall(tmp_path)

    form, told = text_of_pdf(tmp_path / readable.APPLICATION), text_of_pdf(tmp_path / readable.RECORD)
    data = json.loads((tmp_path / readable.ANSWERS).read_text())
    applicant = county.applicant()

    assert [each["value"] for each in data["applicant"] if each["id"] == "name"] == [applicant.name]
    for each in (*data["applicant"], *data["answers"]):
        assert squeezed(each["text"]) in form, "as it was given, and nothing masked"
    assert squeezed(data["answers"][0]["question"]) in form
    assert data["handed_in"][0]["materials"], "what was handed in stands beside its name"
    for sentence in ("申请人提交申请", "申请人撤回申请", "2026-03-02", applicant.name, "告知时限"):
        assert sentence in told
    assert json.loads((tmp_path / readable.DATES).read_text())["clocks"]
    opened = [json.loads(line) for line in (tmp_path / readable.OPENINGS).read_text().splitlines()]
    facts = (tmp_path / "facts.jsonl").read_text().splitlines()
    assert opened
    for each in opened:  # by hand, as README.txt says
        shell = f"( printf %s {each['salt']} | xxd -r -p; printf %s {each['value']} | base64 -d ) | sha256sum"
        said = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout.split()[0]
        assert said == each["commitment"]
        assert said in base64.b64decode(json.loads(facts[each["position"] - 1])["body"]).decode()
    for command in ("openssl pkeyutl -verify", "sha256sum", "pdfsig", readable.APPLICATION, "manifest.pem"):
        assert command in (tmp_path / readable.README).read_text()
    row = ArchiveRecord.objects.kept().filter(stream=case.stream).values().get()
    assert applicant.name not in str(row), "in clear in the package alone"


def test_the_package_of_a_proceeding_the_agency_opened_itself_says_what_it_was_about(
    county: County, tmp_path: Path
) -> None:
    _, row = licensed(county)
    number = opened(county, row)
    view = cases.view(cases.stream_of(number), clock.now())

    files = {
        path: content
        for path, content, _, _ in Readable(view, Headed("0118-1", "云岭县行政审批局", "永久"), {}).files()
    }
    (tmp_path / "form.pdf").write_bytes(files[readable.APPLICATION])
    form = text_of_pdf(tmp_path / "form.pdf")

    for told in ("立案登记", "撤销", row.number, "核查发现场地不符合条件", county.applicant().name):
        assert told in form
    assert "填写的内容" not in form
    assert json.loads(files[readable.ANSWERS])["opening"][1] == {"name": "证件编号", "text": row.number}


def text_of_pdf(path: Path) -> str:
    """What stands in a PDF, without any space between."""
    return squeezed(subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_package_of_an_older_form_is_made_once_more(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    case = closed(county)
    with monkeypatch.context() as before:
        before.setattr(package, "FORMAT", "banjie-archive/1")
        turned()
    assert not record(case).stale

    rebuild()
    assert record(case).stale, "as the upgrade says, too"
    turned()

    assert (record(case).version, record(case).stale, record(case).status) == (2, False, "filed")


def test_a_changed_byte_anywhere_in_the_package_is_found(county: County) -> None:
    case = closed(county)
    turned()
    data = filing.content_of(record(case))

    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        names = whole.namelist()
        pieces = {name: whole.read(name) for name in names}
    for name in names:
        if name == package.KEY:
            continue
        other = {**pieces, name: pieces[name][:-1] + bytes([pieces[name][-1] ^ 1])}
        with pytest.raises(package.NoPackage):
            package.opened(_zipped(other))
    with pytest.raises(package.NoPackage):
        package.opened(_zipped({each: pieces[each] for each in names if each != "facts.jsonl"}))
    with pytest.raises(package.NoPackage):
        package.opened(_zipped({**pieces, "materials/other.pdf": b"x"}))
    assert checks.again(data, case.stream) == []
    assert [each.code for each in checks.again(data, uuid4())] == ["fact_differs"], "another case's package"


def _zipped(pieces: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as whole:
        for name, content in pieces.items():
            whole.writestr(name, content)
    return out.getvalue()


def test_what_lacks_a_seal_says_so_and_is_made_again_once_it_is_sealed(county: County) -> None:
    case = filed(county).examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))
    case.do("licence_clerk", lambda given: c.Serve(**given, method="in_person"))
    turned()
    assert record(case).status == "waiting", "its decision waits for the keeper of the seal"

    filing.file(case.stream, clock.now())

    first = record(case)
    assert first.status == "failed"
    assert {tuple(each[:2]) for each in first.findings} == {("complete", "paper_not_sealed")}
    filing.look_again(case.stream, clock.now(), county.actor("archivist"), uuid4())
    assert (record(case).status, record(case).findings) == ("failed", first.findings), "a look makes nothing whole"
    waiting = Paper.objects.kept().filter(about=case.stream, kind__in=policy.kinds(clock.today(), policy.KEEPER))
    for paper in waiting:
        sealing.typeset(paper, clock.now())
    ordered(county, *waiting.all())
    turned()
    row = record(case)
    assert (row.status, row.findings, row.version, row.number) == ("filed", [], 2, first.number)


def test_cases_that_wait_for_the_keeper_keep_no_later_one_waiting(county: County) -> None:
    at, today, tomorrow = clock.now(), clock.today(), clock.today() + timedelta(days=1)
    like = {"case_number": "-", "query_number": "-", "code": county.code(), "region": "999921"}
    with transaction.atomic():
        for _ in range(25):
            waits = uuid4()
            register.make_out("decision_to_grant", "approval-bureau", waits, 1, at, uuid4())
            ArchiveRecord.objects.kept().create(
                stream=waits, agency="approval-bureau", result="granted", closed_on=today, due_on=tomorrow, **like
            )
    case = closed(county)

    turned()

    assert record(case).status == "filed"
    assert ArchiveRecord.objects.kept().filter(status="waiting").count() == 25


def test_every_file_that_a_fact_names_lies_in_it_and_what_acts_by_itself_is_named(county: County) -> None:
    case = filed(county, leave_out=["equipment_layout"])
    harmful = b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert) >> >>\nendobj\n%%EOF\n"
    file = receive_as(county, harmful)
    lacks = c.Citation(e.PointKind.MATERIAL, "equipment_layout", e.Defect.MISSING)
    again = e.Provided("equipment_layout", (file,))
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(lacks,)))
    case.do("applicant", lambda given: c.SubmitCorrection(**given, provided=(again,)))
    case.do("applicant", lambda given: c.Withdraw(**given))
    turned()

    row = record(case)
    found = {(what, code) for what, code, _piece in row.findings}
    assert ("safe", "acts_by_itself") in found
    assert ("readable", "cannot_be_opened") in found, "no reader opens it"
    assert any("equipment_layout" in each for each in package.opened(filing.content_of(row)).pieces)


def receive_as(county: County, content: bytes) -> e.FileRef:
    """An upload of the applicant's."""
    kept = receive(content, "plan.pdf", county.actor("applicant").id, microseconds(clock.now()))
    return e.FileRef(kept.id, kept.commitment)


def test_a_case_that_goes_on_gets_a_next_version_under_its_number(county: County) -> None:
    case = closed(county)
    turned()
    before = record(case)

    case.do("applicant", lambda given: c.Complain(**given, text=c.Personal("太慢了")))
    turned()

    after = record(case)
    assert (after.number, after.version) == (before.number, 2)
    facts = package.opened(filing.content_of(after)).pieces["facts.jsonl"].splitlines()
    assert json.loads(facts[-1])["kind"] == "complained"


def test_it_goes_with_the_key_of_its_case_and_the_register_says_so(county: County) -> None:
    case = closed(county)
    turned()
    row = record(case)

    handle(
        case.stream,
        c.Erase(command_id=uuid4(), at=clock.now(), by=county.actor("data_steward"), basis="个人信息保护法第四十七条"),
    )
    turned()

    after = record(case)
    assert (after.status, after.number) == ("erased", row.number)
    with pytest.raises(NotPossible, match="case_gone"):
        filing.content_of(row)


def test_a_package_is_handed_out_for_a_purpose_that_stays_on_record(county: County) -> None:
    case = closed(county)
    turned()
    archivist, address = county.client("archivist"), f"/desk/archive/{case.stream}/"

    unsaid = archivist.post(f"{address}hand-out/", {})
    given = archivist.post(f"{address}hand-out/", {"purpose": "inspection"})

    assert unsaid.status_code == 422
    row = record(case)
    assert hashlib.sha256(given.content).hexdigest() == row.digest
    assert given["Cache-Control"] == "private, no-store"
    looks = text_of(county.client("applicant").get("/account/looks/"))
    for told in ("利用归档案卷", "档案法 28", case.number, "工作人员共查看 1 次", "联系电话"):
        assert told in looks, f"the applicant reads that the file went out: {told}"
    shown = text_of(archivist.get(address))
    assert "监督检查" in shown
    assert "温档" in shown
    assert row.number in text_of(archivist.get("/desk/archive/"))
    assert row.number in text_of(archivist.get(f"/desk/archive/?q={row.case_number}"))
    assert archivist.post(f"{address}look/").status_code == 302
    assert [kind for kind, _, _ in filing.facts_of(case.stream)] == ["filed", "handed_out", "looked"]
    for role in ("officer", "supervisor", "applicant"):
        assert county.client(role).get(address).status_code == 403
    with pytest.raises(NotPossible, match="not_an_archivist"):
        filing.handed_out(case.stream, "reading", county.actor("officer"), clock.now(), uuid4())
    with pytest.raises(BadInput):
        filing.handed_out(case.stream, "curiosity", county.actor("archivist"), clock.now(), uuid4())
    with pytest.raises(NotPossible, match="unknown_archive"):
        filing.handed_out(uuid4(), "reading", county.actor("archivist"), clock.now(), uuid4())


@pytest.mark.tampers
def test_a_package_damaged_on_the_disk_is_found_by_the_next_look_and_not_handed_out(county: County) -> None:
    case = closed(county)
    turned()
    row = record(case)
    place = path(File.objects.get(id=row.file).id)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(bytes(content))

    filing.look_again(case.stream, clock.now(), county.actor("archivist"), uuid4())

    assert record(case).status == "failed"
    assert record(case).findings[0][1] == "package_changed"
    with pytest.raises(NotPossible, match="archive_damaged"):
        filing.handed_out(case.stream, "reading", county.actor("archivist"), clock.now(), uuid4())


def test_an_open_case_has_nothing_to_file_and_the_rows_are_what_the_log_says(county: County) -> None:
    open_case, case = filed(county), closed(county)
    turned()
    with pytest.raises(ArchiveRecord.DoesNotExist):
        record(open_case)
    ArchiveRecord.objects.kept().filter(stream=case.stream).update(file="")
    with pytest.raises(NotPossible, match="not_filed"):
        filing.look_again(case.stream, clock.now(), county.actor("archivist"), uuid4())
    rebuild()
    before = list(ArchiveRecord.objects.kept().order_by("stream").values()), list(ArchiveNumber.objects.values())

    assert rebuild() == 1
    after = list(ArchiveRecord.objects.kept().order_by("stream").values()), list(ArchiveNumber.objects.values())
    assert after == before
