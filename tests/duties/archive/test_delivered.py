"""The proof that a result reached its applicant lies in the package, and the look at what is whole misses it."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from uuid import uuid5
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction

from banjie.config import worker
from banjie.demo.peers.carrier import Carrier as StandIn
from banjie.duties.archive import checks, delivered, filing, package
from banjie.duties.archive.models import ArchiveRecord
from banjie.duties.archive.rebuild import rebuild
from banjie.duties.delivery import recording, sending
from banjie.duties.delivery.models import Delivery
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.web import clock
from tests.county import County
from tests.duties.delivery.conftest import decide, parcels
from tests.duties.delivery.test_delivery import posted, worked
from tests.faces.cases import Filed, filed

__all__ = ["parcels"]

pytestmark = pytest.mark.database


def followed() -> None:
    for _ in range(12):
        if not worker.turn():
            return


@pytest.fixture
def case(county: County) -> Filed:
    """A decided case whose licence is made: it waits to reach its applicant."""
    return decide(filed(county))


def packed(case: Filed) -> ArchiveRecord:
    """The package as it is made now."""
    followed()
    filing.file(case.stream, clock.now())
    return ArchiveRecord.objects.kept().get(stream=case.stream)


def unproved(row: ArchiveRecord) -> list[str]:
    return [piece for what, code, piece in row.findings if (what, code) == ("complete", "delivery_unproved")]


@pytest.mark.requirement("M171")
def test_the_carriers_receipt_lies_in_the_package_with_its_digest_and_its_description(
    county: County, case: Filed, parcels: StandIn, tmp_path: Path
) -> None:
    parcel = posted(case)
    parcels.move(parcel.parcel.hex, "delivered", "和先生 本人签收")
    worked(county, 2)

    row = packed(case)

    assert unproved(row) == []
    made = package.opened(filing.content_of(row))
    (path,) = (each for each in made.pieces if each.endswith("-post.json"))
    said = json.loads(made.pieces[path])
    assert (said["method"], said["number"][:2], said["signed_by"]) == ("post", "YL", "和先生 本人签收")
    assert len(said["proof"]) == 64
    facts = [json.loads(line) for line in made.pieces[delivered.FACTS].splitlines()]
    (fact,) = (each for each in facts if each["position"] == said["fact"]["position"])
    assert (fact["kind"], fact["hash"]) == ("moved", said["fact"]["hash"])
    described = ET.fromstring(made.pieces["metadata.xml"])
    assert (described.findtext("送达方式"), described.findtext("送达日期")) == ("邮寄", clock.today().isoformat())
    (listed,) = (each for each in described.iter("文件") if each.get("路径") == path)
    assert (listed.get("类别"), listed.get("SHA-256")) == ("送达凭证", hashlib.sha256(made.pieces[path]).hexdigest())
    with zipfile.ZipFile(io.BytesIO(filing.content_of(row))) as whole:
        whole.extractall(tmp_path)
    told = subprocess.run(["openssl", "dgst", "-sm3", "-r", path], cwd=tmp_path, capture_output=True, check=True)
    (named,) = (each for each in made.manifest["files"] if each["path"] == path)
    assert told.stdout.decode().split()[0] == named["sm3"]


def test_a_case_served_by_post_without_proof_is_found_not_to_be_whole(county: County, case: Filed) -> None:
    case.do("licence_clerk", lambda given: c.Serve(**given, method="post"))

    assert unproved(packed(case)) == [delivered.FOLDER]


def test_a_receipt_that_a_clerk_has_written_down_is_a_proof_where_no_carrier_was_asked(
    county: County, case: Filed
) -> None:
    case.do("licence_clerk", lambda given: c.Serve(**given, method="post", receipt=c.Personal("EMS 123，本人签收")))

    assert unproved(packed(case)) == []


def test_a_package_from_which_the_proof_was_left_out_is_found_by_the_next_look(
    county: County, case: Filed, parcels: StandIn
) -> None:
    parcel = posted(case)
    parcels.move(parcel.parcel.hex, "delivered")
    worked(county, 2)
    row = packed(case)
    pieces = package.opened(filing.content_of(row)).pieces

    facts = pieces["facts.jsonl"]
    without = {path: content for path, content in pieces.items() if not path.endswith("-post.json")}

    (missed,) = delivered.lacking(case.stream, facts, without)
    assert missed in pieces
    assert list(delivered.lacking(case.stream, facts, pieces)) == []
    assert checks.again(filing.content_of(row), case.stream) == []


def test_a_proof_that_comes_after_the_package_makes_the_next_version(
    county: County, case: Filed, parcels: StandIn
) -> None:
    parcel = posted(case)
    case.do("licence_clerk", lambda given: c.Serve(**given, method="post", receipt=c.Personal("电话确认已收到")))
    before = packed(case)

    parcels.move(parcel.parcel.hex, "delivered")
    worked(county, 2)
    followed()

    assert Delivery.objects.kept().get(stream=case.stream).state == "served", "as it was by hand"
    assert sending.work(clock.now()) == 0, "and nobody goes on serving it"
    assert ArchiveRecord.objects.kept().get(stream=case.stream).stale
    after = packed(case)
    assert (before.version, after.version, after.number) == (1, 2, before.number)
    assert any(each.endswith("-post.json") for each in package.opened(filing.content_of(after)).pieces)
    rows = list(ArchiveRecord.objects.kept().values())
    rebuild()
    assert list(ArchiveRecord.objects.kept().values()) == rows


def test_what_went_into_the_inbox_and_who_took_it_across_the_window_are_proofs_too(county: County, case: Filed) -> None:
    at, by = clock.now(), county.actor("clerk").id
    own = recording.own_stream(case.stream)
    for nth, (kind, more) in enumerate(
        [
            ("chosen", {"method": "electronic", "address": ""}),
            ("arrived", {"counts": False}),
            ("opened", {}),
            ("handed_over", {"method": "agent", "taker": "agent", "checked": "passport", "name": ""}),
        ]
    ):
        with transaction.atomic():
            recording.record(case.stream, kind, at, by, uuid5(own, str(nth)), **more)

    found = dict(delivered.proofs(case.stream, delivered.facts_of(case.stream)))

    assert sorted(found) == [f"delivery/{each}.json" for each in ("002-electronic", "003-electronic", "004-agent")]
    case.do("licence_clerk", lambda given: c.Serve(**given, method="electronic"))
    assert case.last(e.Served).receipt is None
    assert unproved(packed(case)) == []
