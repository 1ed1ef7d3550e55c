"""How fast decisions are made out as PDFs and sealed: the whole way, beside the typesetter and the signer alone.

The whole way is what the worker does for one paper of a batch: read the case from the log, decrypt its particulars,
make the data, typeset, let the seal service look at the log, sign, encrypt and keep the file, record both facts. The
two alone get what it made: the same data into the same template (`typst.compile`), the same bytes into the same
signature with the same drawn seal (pyHanko, EC P-256, its line in the journal of the key). Not measured: how the worker
finds a paper, takes it for itself and lets it go. A round takes the three turn by turn over papers of its own.
"""

import random
import sys
import time
from collections.abc import Callable
from typing import Any

import each_database
import report


def measure(url: str, papers: int, rounds: int, seed: int) -> dict[str, Any]:
    """Milliseconds a paper of each side in each round, by the clock and of this process's CPU, and the ratio of ours to
    the other two together."""
    each_database.set_up(url)

    from banjie.store.postgresql.reading import as_the_house

    with as_the_house():
        return _measured(papers, rounds, seed)


def _measured(papers: int, rounds: int, seed: int) -> dict[str, Any]:
    from uuid import uuid4

    from django.db import connection, transaction

    from banjie.demo import county as demo
    from banjie.duties.papers import contents, follow, queries, sealing
    from banjie.duties.papers.models import Paper
    from banjie.duties.seals import orders
    from banjie.duties.seals.models import Seal
    from banjie.engine import commands as c
    from banjie.store import papers as typesetter
    from banjie.store.log.install import create_installation
    from banjie.store.signing import custody, pades, stamp
    from banjie.web import clock
    from tests.county import INSTANT, County
    from tests.faces.cases import filed

    create_installation(demo=True)
    demo.found(clock.now())
    county: Any = County(None)  # type: ignore[arg-type]  # the real clock

    def made_out() -> Paper:
        case = filed(county, INSTANT).do("deciding_clerk", lambda given: c.DecideAtOnce(**given, outcome="grant"))
        with transaction.atomic():
            follow.caught_up(case.stream)
        (paper,) = [each for each in queries.of_case(case.stream) if each.kind == "decision_to_grant"]
        sealing.typeset(paper, clock.now())
        return paper

    def sealed(of: list[Paper]) -> None:
        now = clock.now()
        for paper in of:
            sealing.seal_now(paper, now, keeper)

    def signed(pdf: bytes) -> bytes:
        return pades.sign(pdf, custody.keys().signer(row.code), drawing, box, name=row.name, reason="bench")

    keeper = county.actor("seal_keeper")
    row = Seal.objects.get(agency="approval-bureau", use="approval", state="active")
    drawing = stamp.drawn(row.agency_name, row.title, row.code, stamp.DEMO)
    box = typesetter.seal_box("decision_to_grant/1")
    samples = []
    draw = random.Random(seed)
    for _ in range(rounds + 1):  # the first warms fonts and keys, and is left out
        fresh = [made_out() for _ in range(papers)]
        wanted = [(each.stream, each.version, each.digest) for each in fresh]
        orders.order(wanted, keeper, "bench", clock.now(), uuid4())
        data = [(each.template, contents.of(each)) for each in fresh]
        pdfs = [typesetter.typeset(*each) for each in data]
        if not samples:
            sealed(fresh[:1])  # the demo's keys are made with the first signature
            fresh, data, pdfs = fresh[1:], data[1:], pdfs[1:]
        sides: dict[str, Callable[[], object]] = {
            "ours": lambda fresh=fresh: sealed(fresh),
            "typesetter": lambda data=data: [typesetter.typeset(*each) for each in data],
            "signer": lambda pdfs=pdfs: [signed(each) for each in pdfs],
        }
        sample = {}
        for side in draw.sample(sorted(sides), 3):
            start, cpu = time.perf_counter(), time.process_time()
            sides[side]()
            sample[side] = (time.perf_counter() - start) * 1000 / len(fresh)
            sample[f"{side} cpu"] = (time.process_time() - cpu) * 1000 / len(fresh)
        sample["ratio"] = sample["ours"] / (sample["typesetter"] + sample["signer"])
        sample["cpu ratio"] = sample["ours cpu"] / (sample["typesetter cpu"] + sample["signer cpu"])
        samples.append(sample)
        assert all(queries.sealed_bytes(each) for each in map(_again, fresh)), "every paper is there, sealed"
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return {"database": name, "papers": papers, "samples": samples[1:]}


def _again(paper: Any) -> Any:
    return type(paper).objects.kept().get(stream=paper.stream)


def main() -> int:
    """Measure every database in its own process, and print; `--papers` in each round."""
    each_database.run(__file__, __doc__ or "", ("papers", 20), measure, report.certificates)
    return 0


if __name__ == "__main__":
    sys.exit(main())
