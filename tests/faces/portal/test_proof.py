"""The citizen's proof: what happened in their case, provable to anybody, and nobody else's to take."""

import json
from datetime import timedelta

import pytest

from banjie.command import main
from banjie.engine import commands as c
from banjie.store.evidence import checking, checkpoints, note, proofs
from banjie.store.log import read
from banjie.store.log.sequence import sequence
from tests.county import County
from tests.faces.api.program import APPLICANT, applicant, staff
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def sequenced() -> None:
    while sequence():
        pass


def test_an_applicant_keeps_a_proof_that_holds_without_the_platform(county: County, tmp_path, capsys) -> None:
    case, other = filed(county).accepted(), filed(county).accepted()
    case.do("clerk", lambda given: c.Note(**given, text=c.Personal("内部意见")))
    sequenced()
    me, address = county.client("applicant"), f"/cases/{case.number}/proof/"
    assert f'href="{address}"' in me.get(f"/cases/{case.number}/").content.decode()

    response = me.get(address)

    assert response.headers["Content-Disposition"].startswith("attachment")
    told = json.loads(response.content)
    keys = [key for key, _ in checkpoints.every_key()]
    found = checking.check(told, keys)
    assert (found.holds, found.is_known, found.witnesses) == (True, True, ())
    assert [kind for kind, _, _ in found.facts] == ["submitted", "accepted"], "what is internal stays so"
    assert [holds for _, holds in found.opened] == [True, True]
    assert county.applicant().name in response.content.decode(), "their own particulars, to prove what they handed in"
    assert county.applicant().name not in json.dumps(told["facts"], ensure_ascii=False)
    assert len(json.dumps(told)) < 20_000

    # Anything changed, and it holds no more.
    for spoil in (
        lambda each: each["facts"][1].update(body=each["facts"][1]["body"].replace("{", '{"extra":1,', 1)),
        lambda each: each["facts"][1]["header"].__setitem__(4, each["facts"][1]["header"][4] + 1),
        lambda each: each["facts"][0].update(index=each["facts"][0]["index"] + 1),
        lambda each: each["opened"][0].update(value=each["opened"][0]["value"].replace("1", "2")),
    ):
        forged = json.loads(response.content)
        spoil(forged)
        assert not checking.check(forged, keys).holds
    forged = json.loads(response.content)
    forged["checkpoint"] = forged["checkpoint"].replace("standing ", "standing un")
    assert not checking.check(forged, keys).is_signed
    for nonsense in ({}, [], "x", {**told, "facts": []}, {**told, "keys": ["a+b+c"]}, {**told, "checkpoint": "x"}):
        with pytest.raises(note.Malformed):
            checking.check(nonsense, keys)

    # The same on a command line.
    kept = tmp_path / "proof.json"
    kept.write_bytes(response.content)
    capsys.readouterr()
    assert main(["verify-proof", str(kept), "--key", str(keys[0])]) == 0
    assert "stands in the log" in capsys.readouterr().out
    assert main(["verify-proof", str(kept), "--language", "zh-Hans"]) == 0
    assert "本页不认识它的公钥" in capsys.readouterr().out
    kept.write_text(json.dumps(forged, ensure_ascii=False))
    assert main(["verify-proof", str(kept), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False
    kept.write_text("nothing")
    assert main(["verify-proof", str(kept)]) == 1

    # Nobody else takes it: the other's case is another stream, strangers and visitors get nothing.
    assert other.stream.hex not in response.content.decode()
    for role in ("stranger", "officer", ""):
        assert county.client(role).get(address).status_code in (302, 403, 404)


def test_a_proof_of_what_the_feed_does_not_have_yet_is_asked_for_again(county: County) -> None:
    case = filed(county)

    response = county.client("applicant").get(f"/cases/{case.number}/proof/")

    assert response.status_code == 409
    assert "最新一条还没有进入公开日志" in text_of(response), "proof_not_yet"
    sequenced()
    assert county.client("applicant").get(f"/cases/{case.number}/proof/").status_code == 200


def test_erasing_somebody_leaves_every_proof_valid_also_theirs(county: County) -> None:
    case, other = filed(county).accepted(), filed(county).accepted()
    sequenced()
    me = county.client("applicant")
    kept = {each: json.loads(me.get(f"/cases/{each.number}/proof/").content) for each in (case, other)}
    keys = [key for key, _ in checkpoints.every_key()]

    case.do("applicant", lambda given: c.Withdraw(**given))
    case.do("data_steward", lambda given: c.Erase(**given, basis="个人信息保护法第四十七条"))

    sequenced()
    checkpoints.make()
    assert all(checking.check(each, keys).holds for each in kept.values())
    for each in (case, other):
        for entry in read.entries(each.stream):
            assert proofs.proof_of(each.stream, entry.position).holds()
    again = json.loads(me.get(f"/cases/{case.number}/proof/").content)
    found = checking.check(again, keys)
    assert (found.holds, found.opened) == (True, ())
    assert county.applicant().name not in json.dumps(again, ensure_ascii=False)
    assert checking.check(json.loads(me.get(f"/cases/{other.number}/proof/").content), keys).opened


def test_the_receipt_says_what_the_log_said_last(county: County) -> None:
    case = filed(county)
    sequenced()
    newest = checkpoints.make()
    county.move_to(county.view_time() + timedelta(minutes=5))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/receipt/"))

    assert newest.short in page
    assert "日志检查点" in page


def test_a_program_gets_the_same_proof_of_its_own_case_and_nothing_in_clear(county: County, tmp_path) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number, other = me.file().json["number"], applicant("stranger").file().json["number"]
    clerk.ask(number, "accept")
    sequenced()

    answer = me.get(f"/cases/{number}/proof")

    assert answer.status == 200
    found = checking.check(answer.json, [key for key, _ in checkpoints.every_key()])
    assert (found.holds, found.is_known) == (True, True)
    assert [kind for kind, _, _ in found.facts] == ["submitted", "accepted"]
    assert answer.json["opened"] == []
    assert [each for each in APPLICANT.values() if len(each) > 4 and each in answer.content.decode()] == []
    assert {each.get(f"/cases/{at}/proof").status for each, at in ((me, other), (clerk, number))} == {403, 404}
