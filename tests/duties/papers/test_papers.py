"""Papers: numbered without a gap, made again byte for byte, sealed once, gone with the key of their case."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction

from banjie.cases.scope import Scope
from banjie.config.followers import FOLLOWERS
from banjie.duties.papers import batches, kinds, make, queries, rebuild, register, sealing
from banjie.duties.papers.follow import Papers, caught_up
from banjie.duties.papers.models import Paper, PaperNumber, SealBatch, Waiting
from banjie.duties.seals import policy
from banjie.engine import commands as c
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Agency
from banjie.store.log import follow, read, sequence
from banjie.web import clock
from tests.county import INSTANT, County
from tests.databases import in_threads
from tests.faces.cases import Filed, filed
from tests.store.test_papers import text_of

pytestmark = pytest.mark.database


def followed() -> None:
    """Let the follower read on to the end."""
    while sequence.sequence():
        pass
    while follow.run([each for each in FOLLOWERS if each.name == Papers.name], now=microseconds(clock.now())):
        pass


def rows() -> list[tuple[object, ...]]:
    """Every row of papers, as it stands."""
    papers = [tuple(getattr(each, f.attname) for f in Paper._meta.fields) for each in Paper.objects.kept()]
    numbers = list(PaperNumber.objects.values_list("agency", "kind", "year", "last"))
    return sorted([*papers, *numbers, *SealBatch.objects.values_list()], key=str)


def paper(stream: UUID, kind: str) -> Paper:
    """The one paper of a kind about a case."""
    (found,) = [each for each in queries.of_case(stream) if each.kind == kind]
    return found


def test_a_paper_is_made_out_once_for_each_fact_the_law_wants_on_paper_and_can_be_made_again(county: County):
    case = filed(county).accepted()
    followed()
    followed()

    made = queries.of_case(case.stream)
    assert [each.kind for each in made] == ["collection_receipt", "acceptance_notice"]
    assert [each.number for each in made] == ["云岭审收字〔2026〕00001号", "云岭审受字〔2026〕00001号"]
    assert {each.agency_name for each in made} == {"云岭县行政审批局"}

    # Whoever sees the case sees its papers, a stranger none.
    assert queries.within(Scope.of(county.actor("applicant")), made[0].stream) == made[0]
    assert queries.within(Scope.of(county.actor("clerk")), made[0].stream) == made[0]
    assert queries.within(Scope.of(county.actor("stranger")), made[0].stream) is None

    # The same bytes a day later, in this process and in another one; nothing but the name is in clear.
    first = make.unsealed(made[1])
    county.move_to(clock.now() + timedelta(days=1))
    assert make.unsealed(made[1]) == first
    assert elsewhere(made[1]) == make.digest(first)
    said = "".join(text_of(first).split())
    applicant = county.applicant()
    assert applicant.name in said
    assert applicant.id_number not in said
    assert "予以受理" in said
    assert case.number in said
    assert "尚未盖章" not in said
    assert "尚未盖章" in text_of(make.draft(made[1]))
    assert all(applicant.name not in str(read.plain(entry)) for each in made for entry in read.entries(each.stream))

    # Rows are derived: made again from the log they are the same.
    before = rows()
    rebuild.rebuild()
    assert rows() == before

    # With the key the paper is gone, and says so.
    county_erased(case)
    with pytest.raises(NotPossible, match="case_gone"):
        make.unsealed(made[1])


def elsewhere(row: Paper) -> str:
    """The digest of the unsealed paper, as another process makes it."""
    code = (
        "import django; django.setup(); from banjie.duties.papers import make, queries; from uuid import UUID;"
        "import sys; print(make.digest(make.unsealed(queries.find(UUID(sys.argv[1])))))"
    )
    done = subprocess.run([sys.executable, "-c", code, row.stream.hex], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


def county_erased(case: Filed) -> None:
    """The case is withdrawn, and then the key of its personal data is destroyed."""
    case.do("applicant", lambda given: c.Withdraw(**given))
    case.do("data_steward", lambda given: c.Erase(**given, basis="个人信息保护法 第四十七条"))


def test_numbers_leave_no_gap_whatever_is_rolled_back_or_pressed_twice_at_once(county: County):
    about, at = uuid4(), clock.now()

    def made(id: UUID) -> str:
        with transaction.atomic():
            return register.make_out("general", "health", about, 1, at, id, data={"to": "某某"}).number

    ids = [uuid4() for _ in range(6)]
    numbers = in_threads(*[lambda id=id: made(id) for id in [*ids, *ids]])
    with transaction.atomic():
        register.make_out("general", "health", about, 1, at, uuid4())
        transaction.set_rollback(True)
    last = made(uuid4())

    assert len(set(numbers)) == 6
    assert {number[-6:-1] for number in numbers} == {f"{each:05d}" for each in range(1, 7)}
    assert last.endswith("00007号")
    assert last.startswith("云岭卫健")
    Agency.objects.filter(id="health").update(paper_prefix="")
    assert made(uuid4()).startswith("云岭县卫生健康委员会")
    assert made(ids[0]).startswith("云岭卫健"), "a number that was given stays"
    with transaction.atomic():
        next_year = register.make_out("general", "health", about, 1, at + timedelta(days=366), uuid4())
    assert (next_year.year, next_year.number[-6:-1]) == (at.year + 1, "00001")
    with pytest.raises(RuntimeError):
        register.make_out("general", "health", about, 1, at, uuid4())


def test_what_was_taken_back_is_void_on_paper_too(county: County):
    case = filed(county).accepted()
    position = case.state.version
    case.do("clerk", lambda given: c.TakeBack(**given))
    caught = queries.of_case(case.stream)
    assert caught == []

    with transaction.atomic():
        caught_up(case.stream)

    assert [(each.kind, each.status) for each in queries.of_case(case.stream)] == [
        ("collection_receipt", "made_out"),
        ("acceptance_notice", "voided"),
    ]
    assert paper(case.stream, "acceptance_notice").position == position


def test_papers_seal_themselves_under_an_authority_and_stay_as_they_are(county: County):
    case = filed(county).accepted()
    followed()
    now = clock.now()

    done = sum(sealing.work(now) for _ in range(3))

    receipt, notice = queries.of_case(case.stream)
    assert done == 2
    assert (receipt.status, notice.status) == ("sealed", "sealed")
    sealed, unsealed = queries.sealed_bytes(notice), make.unsealed(notice)
    assert sealed is not None
    assert sealed.startswith(unsealed), "the seal is added, and nothing of what was typeset is touched"
    assert make.digest(unsealed) == notice.digest
    assert queries.by_sealed_digest(make.digest(sealed)) == notice
    assert queries.by_sealed_digest(make.digest(sealed + b" ")) is None
    assert [each.kind for each in read.entries(notice.stream)] == ["made_out", "typeset", "sealed"]
    assert sealing.work(now) == 0
    with pytest.raises(NotPossible, match="already_sealed"):
        sealing.seal_now(notice, now)

    before = rows()
    rebuild.rebuild()
    assert rows() == before

    county_erased(case)
    assert queries.sealed_bytes(queries.of_case(case.stream)[1]) is None


def test_a_paper_that_reads_otherwise_than_when_it_was_typeset_is_not_sealed(county: County):
    case = filed(county)
    with transaction.atomic():
        caught_up(case.stream)
    receipt = paper(case.stream, "collection_receipt")
    Paper.objects.kept().filter(stream=receipt.stream).update(digest="0" * 64)

    with pytest.raises(NotPossible, match="document_changed"):
        sealing.seal_now(paper(case.stream, "collection_receipt"), clock.now())


def test_a_name_that_cannot_be_printed_is_said_and_never_left_out(county: County, monkeypatch):
    case = filed(county)
    with transaction.atomic():
        caught_up(case.stream)
        odd = register.make_out(
            "correction_notice", "approval-bureau", case.stream, 1, clock.now(), uuid4(), data={"to": "张\U00030000"}
        )
    assert make.unprintable(odd) == "\U00030000"

    with pytest.raises(NotPossible, match="cannot_be_printed"):
        sealing.seal_now(odd, clock.now())
    sealing.work(clock.now())

    assert sealing.refused([odd.stream]) == {odd.stream: "cannot_be_printed"}
    assert Paper.objects.kept().get(stream=odd.stream).status == "made_out"


def test_every_kind_has_a_template_and_a_word_of_its_own():
    known = set(kinds.rules().words)

    assert len(set(kinds.rules().words.values())) == len(known)
    for kind in known:
        assert kinds.template(kind).split("/")[0] == kind, kind
    assert set(policy.kinds(clock.today())) <= known
    assert kinds.template("something_else") == "general/2"
    assert kinds.number("something_else", "某局", 2026, 7) == "某局something_else字〔2026〕00007号"


def test_an_item_may_have_a_template_of_its_own(tmp_path, monkeypatch):
    folder = tmp_path / "papers"
    for kind in ("acceptance_notice", "acceptance_of_food"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "1.typ").write_text("text")
    (folder / "kinds.yaml").write_text(
        "kinds: {acceptance_notice: {word: 受}}\n"
        "templates: [{item: food, kind: acceptance_notice, template: acceptance_of_food/1}]\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path)

    assert kinds.template("acceptance_notice", item="food") == "acceptance_of_food/1"
    assert kinds.template("acceptance_notice", item="other") == "acceptance_notice/1"


@pytest.mark.slow
def test_a_batch_of_the_keeper_goes_on_where_it_was_killed_and_seals_nothing_twice(county: County, monkeypatch):
    cases = [decided(county) for _ in range(SIZE)]
    followed()
    now = clock.now()
    while sealing.to_be_typeset(now).exists():
        sealing.work(now)
    wanted = [each.stream for each in batches.for_the_keeper(["approval-bureau"], now)]
    assert len(wanted) == SIZE
    keeper = county.actor("seal_keeper")

    for nobody in (county.actor("decider"), county.actor("clerk")):
        with pytest.raises(NotPossible):
            batches.open_batch(wanted, nobody, "password", now, uuid4())
    with pytest.raises(NotPossible, match="step_up_needed"):
        batches.open_batch(wanted, keeper, "", now, uuid4())
    with pytest.raises(BadInput):
        batches.open_batch([], keeper, "password", now, uuid4())
    id = uuid4()
    batch = batches.open_batch(wanted, keeper, "password", now, id)
    assert batches.open_batch(wanted, keeper, "password", now, id) == batch
    with pytest.raises(BadInput):
        batches.open_batch(wanted, keeper, "password", now, uuid4())
    assert batches.progress(id) == batches.Progress(SIZE, 0, 0)

    # Killed between the signature and the record of it: the paper is not sealed, and its turn comes again.
    with monkeypatch.context() as broken:
        broken.setattr(settings, "FILES_DIR", "/dev/null/nothing")  # the disk is gone when the sealed file is kept
        assert sealing.work(now) == 0
    assert batches.progress(id).sealed == 0
    after = now + timedelta(minutes=2)
    while batches.progress(id).waiting:
        sealing.work(after)
    sealing.work(after)

    assert batches.progress(id) == batches.Progress(SIZE, SIZE, 0)
    assert SealBatch.objects.get().status == "closed"
    for paper_of in batches.papers_of(id):
        assert [each.kind for each in read.entries(paper_of.stream)] == ["made_out", "typeset", "sealed"]
        assert queries.sealed_bytes(paper_of)
    assert Waiting.objects.count() == 0
    before = rows()
    rebuild.rebuild()
    assert rows() == before
    assert len(cases) == SIZE


SIZE = 1000 if os.environ.get("BANJIE_SOAK") else 2


def decided(county: County) -> Filed:
    """An application decided at once at the window."""
    return filed(county, INSTANT).do("deciding_clerk", lambda given: c.DecideAtOnce(**given, outcome="grant"))
