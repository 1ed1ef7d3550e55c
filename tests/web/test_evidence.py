"""The public side of the log: anybody reads it, nobody learns whose case it is about; a witness answers by C2SP."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.test import Client

from banjie.config import measures
from banjie.store.evidence import checkpoints, merkle, models, note, standing, tree, witnesses, witnessing
from banjie.store.log import clock, queries, read
from banjie.store.log.append import append
from banjie.store.log.ids import uuid7
from banjie.store.log.install import create_installation
from banjie.store.log.sequence import sequence
from banjie.web.evidence import offline

pytestmark = pytest.mark.database


def recorded(facts: int = 3):
    stream = uuid7()
    with transaction.atomic():
        append(stream, "seal", [("used", b'{"note":"n"}')] * facts, command_id=uuid7(), at=1, actor="p-secret")
    while sequence():
        pass
    return stream


@pytest.fixture
def public(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.cookies["django_language"] = "en"
    return client


def test_the_public_page_says_what_the_log_said_and_who_vouches_for_it(installed, public, monkeypatch):
    assert "Nothing has been recorded yet" in public.get("/log/").content.decode()
    stream = recorded()
    first = checkpoints.make()

    page = public.get("/log/").content.decode()

    assert first.short in page
    assert str(checkpoints.every_key()[0][0]) in page.replace("&#x2B;", "+").replace("&amp;", "&")
    assert "p-secret" not in page
    assert stream.hex not in page
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 12 * standing.MINUTE)
    assert "No witness has signed for 12 minutes" in public.get("/log/").content.decode()
    monkeypatch.setattr(clock, "now", lambda: now + 30 * standing.HOUR)
    assert "nothing is sealed until one does" in public.get("/log/").content.decode()
    standing.declare(True, "p-operator", uuid4())
    assert "has declared that it has no witness" in public.get("/log/").content.decode()


def test_a_demo_says_that_it_is_one(database, public):
    create_installation(demo=True)

    assert "everything in its log is made up" in public.get("/log/").content.decode()


def test_programs_get_checkpoints_keys_and_proofs_that_hold(installed, public):
    assert public.get("/log/checkpoint").status_code == 404
    stream = recorded(3)
    first = checkpoints.make()
    recorded(300)
    checkpoints.make()

    told = note.parse(public.get("/log/checkpoint").content.decode())
    head = note.head(told.text)
    key = checkpoints.every_key()[0][0]
    assert told.signed_by(key)
    assert head.size == 303
    assert note.head(note.parse(public.get("/log/checkpoints/3").content.decode()).text).root == first.root
    assert str(key) in public.get("/log/keys").content.decode()
    shown = public.get("/log/proof/1?size=303").json()
    path = [base64.b64decode(each) for each in shown["path"]]
    leaf = merkle.leaf(read.entries(stream)[1].hash)
    assert base64.b64decode(shown["leaf"]) == leaf
    assert merkle.verify_inclusion(leaf, 1, 303, path, head.root)
    grown = public.get("/log/consistency?from=3").json()
    assert merkle.verify_consistency(3, 303, first.root, head.root, [base64.b64decode(each) for each in grown["path"]])
    for address in ("/log/proof/303", "/log/proof/1?size=7", "/log/consistency?from=9&to=4", "/log/consistency"):
        assert public.get(address).status_code == 404, address
    assert public.get("/log/consistency?from=0&to=303").json()["path"] == []


def test_the_page_that_checks_proofs_needs_nobody_and_knows_todays_keys(installed, public):
    recorded()
    checkpoints.make()

    shown = public.get("/check-a-proof/?save=1")

    assert shown["Content-Security-Policy"].startswith("default-src 'none'; script-src 'sha256-")
    assert "attachment" in shown["Content-Disposition"]
    assert json.dumps(str(checkpoints.every_key()[0][0])) in shown.content.decode()
    assert "import " not in offline.script()


# We as a witness.


class Log:
    """Somebody else's log, with a key of its own."""

    def __init__(self, name: str = "other/log") -> None:
        self.name = name
        self.private = Ed25519PrivateKey.generate()
        self.key = note.public(name, note.LOG, self.private)
        self.leaves = [merkle.leaf(bytes([number])) for number in range(40)]

    def tree(self) -> merkle.Tree:
        return merkle.Tree(lambda level, no: b"".join(self.leaves) if (level, no) == (0, 0) else b"")

    def asks(self, old: int, size: int, proof: list[bytes] | None = None) -> str:
        text = note.Head(self.name, size, self.tree().root(size)).text
        path = self.tree().consistency(min(old, size), size) if proof is None else proof
        signed = note.Note(text, (note.sign(text, self.name, self.private),))
        return str(witnessing.Asked(old, tuple(path), signed))


@pytest.fixture
def log(monkeypatch):
    made = Log()
    monkeypatch.setattr(settings, "WITNESS_FOR", [str(made.key)])
    return made


def post(client: Client, body: str):
    return client.post("/log/witness/add-checkpoint", body, content_type="text/plain")


def test_what_follows_is_cosigned_and_everything_else_is_told_why_not(installed, log):
    stranger = Client(enforce_csrf_checks=True)
    own = witnessing.own_key()

    first = post(stranger, log.asks(0, 5))
    again = post(stranger, log.asks(5, 5))
    second = post(stranger, log.asks(5, 9))

    assert [first.status_code, again.status_code, second.status_code] == [200, 200, 200]
    text = note.Head("other/log", 9, log.tree().root(9)).text
    (signature,) = note.signatures(second.content.decode())
    assert own.verifies(text, signature)
    assert abs(signature.seconds - clock.now() // 1_000_000) < 60
    stale = post(stranger, log.asks(5, 12))
    assert (stale.status_code, stale.content, stale["Content-Type"]) == (409, b"9\n", "text/x.tlog.size")
    assert post(stranger, log.asks(9, 12, [merkle.leaf(b"x")])).status_code == 422
    assert post(stranger, log.asks(12, 9)).status_code == 400
    other = Log("unknown/log")
    assert post(stranger, other.asks(0, 5)).status_code == 404
    forger = Log()
    assert post(stranger, forger.asks(9, 12)).status_code == 403
    for body in ("", "old 1", "old x\n\na\n1\nb\n\n— a b\n", "\x00", "old 0\n" + "A" * 40_000):
        assert post(stranger, body).status_code in (400, 413)
    assert post(stranger, log.asks(9, 20)).status_code == 200
    assert stranger.get("/log/witness/add-checkpoint").status_code == 405
    assert witnessing.seen("other/log")[0].startswith("other/log\n20\n")


def test_a_rewritten_history_is_refused_and_both_signatures_are_kept(installed, log, public):
    post(public, log.asks(0, 5))
    post(public, log.asks(5, 9))

    log.leaves[2] = merkle.leaf(b"rewritten")
    same_size = post(public, log.asks(9, 9))
    further = post(public, log.asks(9, 30))

    assert [same_size.status_code, further.status_code] == [409, 422]
    doubt, proof = witnessing.split_views()
    assert (proof.is_proof, proof.size, doubt.is_proof, doubt.size) == (True, 9, False, 30)
    for each in (proof.held, proof.shown, doubt.held, doubt.shown):
        assert note.parse(each).signed_by(log.key)
    page = public.get("/log/").content.decode()
    assert "two roots for one size, both signed: proof" in page
    assert post(public, log.asks(9, 9)).status_code == 409
    assert models.SplitView.objects.count() == 2


def test_a_true_checkpoint_sent_with_a_false_proof_slanders_nobody_for_long(installed, log, public):
    """Anybody can take a log's checkpoint from its page and send it here with rubbish."""
    post(public, log.asks(0, 5))
    post(public, log.asks(5, 9, [merkle.leaf(b"rubbish")]))
    assert [each.is_proof for each in witnessing.split_views()] == [False]

    assert post(public, log.asks(5, 9)).status_code == 200

    assert witnessing.split_views() == []


def test_others_word_counts_only_under_the_logs_own_signature(installed, log):
    witnessing.add(witnessing.parse(log.asks(0, 5)))
    slander = note.Head("other/log", 5, merkle.leaf(b"x")).text
    forged = note.Note(slander, (note.sign(slander, "other/log", Ed25519PrivateKey.generate()),))
    signed = note.Note(slander, (note.sign(slander, "other/log", log.private),))

    assert witnessing.compare([str(forged), "nonsense", ""], "w") == 0
    assert witnessing.split_views() == []
    assert witnessing.compare([str(signed)], "w") == 1
    assert witnessing.split_views()[0].by == "w"


def test_two_requests_at_once_never_get_both_sides_of_a_split_view(installed, log):
    from tests import databases

    one = log.asks(0, 5)
    log.leaves[0] = merkle.leaf(b"other side")
    other = log.asks(0, 5)

    def ask(body: str) -> int:
        try:
            witnessing.add(witnessing.parse(body))
        except witnessing.Refused as no:
            return no.status
        return 200

    answers = databases.in_threads(*(lambda body=body: ask(body) for body in (one, other, one, other)))

    assert models.Witnessed.objects.count() == 1
    assert answers.count(200) < 4
    assert len({each.root for each in models.Witnessed.objects.all()}) == 1


# Whoever runs the machine.


def test_the_operator_is_told_and_may_declare(installed, client, django_user_model_operator, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=40) // timedelta(microseconds=1))
    client.force_login(django_user_model_operator)
    client.cookies["django_language"] = "en"

    assert "No witness has signed for 40 minutes" in client.get("/operating/").content.decode()
    assert client.post("/operating/witness/", {"has_no_witness": "yes"}).status_code == 302

    assert standing.has_declared()
    assert "You have declared" in client.get("/operating/").content.decode()
    client.post("/operating/witness/", {"has_no_witness": "no"})
    assert not standing.has_declared()
    client.logout()
    assert client.post("/operating/witness/", {"has_no_witness": "yes"}).status_code in (302, 401, 403)
    assert not standing.has_declared()


@pytest.fixture
def django_user_model_operator(installed):
    from banjie.records.accounts.models import User

    return User.objects.create_user("operator", kind="operator")


def test_whoever_watches_reads_how_long_no_witness_has_signed(installed, client):
    recorded()
    measures.install()

    page = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()

    assert "banjie_checkpoint_lag_facts 3.0" in page
    assert "banjie_split_views 0.0" in page
    assert "banjie_witness_silence_seconds" in page
    assert (tree.size(), queries.installation().demo, witnesses.configured()) == (0, False, [])
