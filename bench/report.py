"""The results as tables: Markdown for a person and for docs/performance.md, JSON for a program."""

import json
import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


def write(results: dict[str, Any], folder: Path) -> None:
    """`latest.json` with every sample, and `latest.md` with the tables."""
    folder.mkdir(exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (folder / "latest.md").write_text(markdown(results))


def into(page: Path, text: str) -> None:
    """Replace what stands between the two markers of a page; ValueError when they are not there."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the results: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}")


def markdown(results: dict[str, Any]) -> str:
    """Everything measured, as Markdown."""
    parts = [_machine(results)]
    parts += [_scenario(scenario) for scenario in results["scenarios"]]
    if "race" in results:
        parts.append(race(results["race"]))
    if "deadlines" in results:
        parts.append(deadlines(results["deadlines"]))
    if "search" in results:
        parts.append(search(results["search"]))
    if "pages" in results:
        parts.append(pages(results["pages"]))
    if "submitting" in results:
        parts.append(submitting(results["submitting"]))
    if "sweep" in results:
        parts.append(sweep(results["sweep"]))
    if "certificates" in results:
        parts.append(certificates(results["certificates"]))
    if "audit" in results:
        parts.append(audit(results["audit"]))
    return "\n\n".join(parts) + "\n"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def middle(values: list[float], digits: int = 2) -> str:
    """The median and the range of several rounds."""
    if not values:
        return "–"
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _machine(results: dict[str, Any]) -> str:
    about, asked = results["machine"], results["options"]
    versions: dict[str, str] = {"Python": about["python"]}
    for scenario in results["scenarios"]:
        for participant in scenario["participants"]:
            versions |= participant["versions"]
    for result in results.get("submitting", []):
        versions |= result["versions"]
    versions |= {"SQLite": about["sqlite"]}
    limits = [
        f"{name} {rate:,.0f} (÷ 8 = {rate / 8:,.0f})"
        for name, rate in results["commits_per_second"].items()
        if rate is not None
    ]
    lines = [
        f"Measured {results['measured_at']} in {results['minutes']} minutes: {asked['rounds']} rounds, "
        f"{asked['cases']} cases a turn, seed {asked['seed']}.",
        "",
        f"- Machine: {about['cpu']}, {about['cores']} cores, load {about['load_before']} before; "
        f"{about['filesystem']}, 8 kB fdatasync {about['fdatasync_us']:.0f} µs (median).",
        "- Versions: " + ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) + ".",
        "- Durable single-row commits a second, nothing else done (a lifecycle needs eight): "
        + "; ".join(limits)
        + ".",
    ]
    if reason := results.get("without_postgresql"):
        lines.append(f"- **PostgreSQL is left out**: {reason}")
    return "\n".join(lines)


def _by_round(participant: dict[str, Any]) -> dict[int, float]:
    rounds: dict[int, list[float]] = {}
    for sample in participant["samples"]:
        rounds.setdefault(int(sample["round"]), []).append(sample["ms"])
    return {round_: statistics.median(values) for round_, values in rounds.items()}


def _scenario(scenario: dict[str, Any]) -> str:
    by_name = {participant["name"]: participant for participant in scenario["participants"]}
    raw = _by_round(by_name["raw"]) if "raw" in by_name else {}
    postgresql = scenario["database"] == "postgresql"
    head = ["implementation", "lifecycles/s", "ms each", "client CPU ms", "statements a command"]
    head += ["round trips a command"] if postgresql else []
    head += ["time ÷ raw", "cases a turn"]
    rows = []
    for participant in sorted(by_name.values(), key=lambda each: statistics.median(_by_round(each).values())):
        each = [sample["ms"] for sample in participant["samples"]]
        own = _by_round(participant)
        row = [
            participant["name"],
            f"{1000 / statistics.median(each):.1f}",
            middle(each),
            middle([sample["cpu_ms"] for sample in participant["samples"]]),
            f"{participant['statements_per_command']:.2f}",
        ]
        row += [f"{participant['round_trips_per_command']:.2f}"] if postgresql else []
        row += [
            middle([own[round_] / raw[round_] for round_ in own if round_ in raw]),
            f"{participant['cases']}" + (f" × {scenario['workers']}" if scenario["workers"] > 1 else ""),
        ]
        rows.append(row)
    parts = [f"### {scenario['title']}: case lifecycles", table(head, rows)]
    if comparison := _pairs(scenario):
        parts.append(comparison)
    parts.append(_noise(scenario))
    parts += [f"**Left out: {name}** – {reason}." for name, reason in scenario["excluded"].items()]
    return "\n\n".join(parts)


def _pairs(scenario: dict[str, Any]) -> str:
    ours = {key: values for key, values in scenario["pairs"].items() if key.endswith(" / banjie")}
    if not ours:
        return ""
    rows = [
        [
            key.removesuffix(" / banjie"),
            middle([value["ratio"] for value in values]),
            middle([value["cpu_ratio"] for value in values]),
        ]
        for key, values in ours.items()
    ]
    parts = [table(["Banjie against (turn beside turn)", "its time ÷ ours", "its client CPU ÷ ours"], sorted(rows))]
    if values := ours.get("raw / banjie"):
        parts.append(
            f"Banjie costs {middle([1 / value['ratio'] for value in values])} × the time and "
            f"{middle([1 / value['cpu_ratio'] for value in values])} × the client CPU of the hand-written SQL."
        )
    return "\n\n".join(parts)


def _noise(scenario: dict[str, Any]) -> str:
    same = scenario["pairs"].get("raw again / raw", [])
    if not same:
        return "Noise: not measured (it needs `raw` and `raw again`)."
    ratios = [value["ratio"] for value in same]
    worst = max(abs(math.log(ratio)) for ratio in ratios)
    return (
        f"Noise: the same hand-written SQL against itself gave {middle(ratios)}; "
        f"single turns differ by up to {math.expm1(worst) * 100:.0f} % for no reason."
    )


def race(result: dict[str, Any]) -> str:
    """The join race."""
    rows = [
        [row["name"], f"{row['stuck']:,} of {row['cases']:,}", f"{row['refused']:,}", f"{row['ms']:.2f}"]
        for row in result["rows"]
    ]
    head = ["join by", "stuck cases", "reviews refused", "ms for both reviews (median)"]
    parts = ["### The parallel join: two reviewers finish at the same instant (PostgreSQL)", table(head, rows)]
    parts += [f"**Left out: {name}** – {reason}." for name, reason in result["excluded"].items()]
    return "\n\n".join(parts)


def deadlines(result: dict[str, Any]) -> str:
    """The working-day deadlines."""
    rows = [
        [
            row["name"],
            f"{statistics.median(row['per_second']):,.0f}",
            f"{min(row['per_second']):,.0f}–{max(row['per_second']):,.0f}",
            middle(row["ratios"], 0) if row["ratios"] else "1",
            str(row["differing"]),
        ]
        for row in result["rows"]
    ]
    head = ["deadline = start + 20 working days", "a second", "range", "Banjie is × faster", "dates that differ"]
    parts = ["### Working-day deadlines", table(head, rows), f"{result['dates']} start dates of 2026."]
    parts += [f"**Left out: {name}** – {reason}." for name, reason in result["excluded"].items()]
    return "\n\n".join(parts)


def search(results: list[dict[str, Any]]) -> str:
    """The search for an item."""
    rows, notes = [], []
    for result in results:
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[result["database"]]
        for row in result["rows"]:
            ours, scan = ([ms for sample in row["samples"] for ms in sample[side]] for side in ("ours", "scan"))
            rows.append(
                [
                    f"{name}, {row['length']} character{'s' if row['length'] > 1 else ''}",
                    f"{statistics.median(ours):.2f}",
                    f"{max(ours):.1f}",
                    f"{statistics.median(scan):.1f}",
                    middle([sample["ratio"] for sample in row["samples"]], 1),
                    f"{row['differing']} of {row['queries']}",
                ]
            )
        notes.append(
            f"{name}: {result['items']:,} items; {result['pieces']:,} rows of the index with "
            f"{result['bytes'] / 1e6:.0f} MB of places, filled in {result['fill_seconds']:.1f} s."
        )
    head = ["20 best of all items", "ours, ms", "worst", "scan, ms", "its time ÷ ours", "answers that differ"]
    return "\n\n".join(["### Search: our index against a scan with LIKE", table(head, rows), " ".join(notes)])


def audit(results: list[dict[str, Any]]) -> str:
    """The audit of the log, and its proofs, beside the limit."""
    names = list(results[0]["rates"])
    rows = []
    for name in names:
        row = [name]
        for result in results:
            alone = 1 / statistics.median(result["rates"]["hashing alone"])
            read_ = 1 / statistics.median(result["rates"]["reading alone"])
            rate = statistics.median(result["rates"][name])
            row.append(f"{rate:,.0f}")
            row.append(f"{1 / rate / (alone + read_):.2f}" if name.startswith("chains") else "–")
        rows.append(row)
    head = ["a second, one core"]
    for result in results:
        head += [{"sqlite": "SQLite", "postgresql": "PostgreSQL"}[result["database"]], "time ÷ (reading + hashing)"]
    first = results[0]
    note = (
        f"{first['events']:,} facts of {first['bytes']} hashed bytes, ten a stream; a proof has at most "
        f"{first['hashes_in_a_proof']} hashes. Growing the stored tree, checkpoint included: "
        + ", ".join(f"{result['grown']:,.0f} leaves a second ({result['database']})" for result in results)
        + ". Reading alone is the statement of the audit with nothing done to its rows, hashing alone SHA-256 over as "
        "many bytes from memory: together they are what an audit in this language cannot go below."
    )
    note += "".join(
        f" PostgreSQL's own process carried {each['server']:,.0f} facts of the chains a second of its time."
        for each in results
        if each["server"]
    )
    return "\n\n".join(["### Evidence: the audit of the log, and its proofs", table(head, rows), note])


def pages(result: dict[str, Any]) -> str:
    """The guide of an item, as a visitor gets it."""
    rows = []
    for side, name in (("rendered", "rendered anew"), ("kept", "kept"), ("held", "held by the browser (304)")):
        times = [ms for sample in result["samples"] for ms in sample[side]]
        ratio = middle([sample["ratio"] for sample in result["samples"]], 1) if side == "kept" else "–"
        rows.append(
            [name, f"{statistics.median(times):.2f}", f"{max(times):.1f}", ratio if side != "rendered" else "1"]
        )
    head = ["the guide of an item, from request to answer", "ms", "worst", "× faster than rendering"]
    read = "is read at once" if result["is_read_at_once"] else "IS NOT READ AT ONCE"
    note = (
        f"{result['guides']} guides of {result['bytes'] / 1000:.0f} KB; {result['wrong']} that did not read the same. "
        f"A version that is published {read}."
    )
    return "\n\n".join(["### The guide: kept against rendered", table(head, rows), note])


def sweep(results: list[dict[str, Any]]) -> str:
    """The worker's search for cases whose time has come."""
    rows = []
    for result in results:
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[result["database"]]
        of = {side: [each[side] for each in result["samples"]] for side in ("nothing", "ours", "scan", "ratio")}
        worst = max(each["worst_nothing"] for each in result["samples"])
        nothing = f"{statistics.median(of['nothing']):.3f} (worst {worst:.2f})"
        due = f"{result['due']:,} of {result['cases']:,}"
        rows.append([f"{name}, {due} due", nothing, middle(of["ours"]), middle(of["scan"], 0), middle(of["ratio"], 0)])
    head = ["open cases whose time has come", "nothing due, ms", "ours, ms", "scan in Python, ms", "its time ÷ ours"]
    return "\n\n".join(["### The sweep: our index against a scan", table(head, rows)])


def certificates(results: list[dict[str, Any]]) -> str:
    """Papers made and sealed per second, and what that takes against the typesetter and the signer alone."""
    head = ["Database", "made and sealed / s", "typesetter, ms", "signer, ms", "ours, ms", "ours / both alone"]
    head += ["ours, CPU ms", "the same in CPU"]
    rows = [
        [
            result["database"],
            middle([1000 / each["ours"] for each in result["samples"]], 1),
            middle([each["typesetter"] for each in result["samples"]], 1),
            middle([each["signer"] for each in result["samples"]], 1),
            middle([each["ours"] for each in result["samples"]], 1),
            middle([each["ratio"] for each in result["samples"]]),
            middle([each["ours cpu"] for each in result["samples"]], 1),
            middle([each["cpu ratio"] for each in result["samples"]]),
        ]
        for result in results
    ]
    return "\n\n".join(["### Papers made and sealed, on one core", table(head, rows)])


def submitting(results: list[dict[str, Any]]) -> str:
    """An application handed in over HTTP."""
    rows, notes = [], []
    for result in results:
        database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[result["database"]]
        for nth, name in ((0, "banjie"), (1, "DRF")):
            samples = [each for each in result["samples"] if each["other"] == "DRF"]
            trips = result["round_trips"][name]
            rows.append(
                [
                    f"{database}, {name}",
                    middle([each["ms"][nth] for each in samples]),
                    f"{statistics.mean(each['cpu_ms'][nth] for each in samples):.2f}",
                    f"{result['statements'][name]:.1f}" + (f" ({trips:.1f})" if trips is not None else ""),
                    _of_rounds(samples, "ms") if nth else "1",
                    _of_rounds(samples, "cpu_ms") if nth else "1",
                ]
            )
        same = [each for each in result["samples"] if each["other"] == "banjie again"]
        notes.append(
            f"{database}: {result['answered']['banjie']:,} submissions of each; ours against itself gave "
            f"{_of_rounds(same, 'ms')} in time and {_of_rounds(same, 'cpu_ms')} in CPU."
        )
    head = [
        "POST /api/v1/cases",
        "ms",
        "server CPU ms",
        "statements (round trips)",
        "its time ÷ ours",
        "its CPU ÷ ours",
    ]
    return "\n\n".join(["### Handing in an application over HTTP", table(head, rows), " ".join(notes)])


def _of_rounds(samples: list[dict[str, Any]], what: str) -> str:
    """The other's share of ours: times as the median of a round's pairs, CPU, which is counted in ticks, as its sum."""
    ratios = []
    for round_ in sorted({each["round"] for each in samples}):
        pairs = [each[what] for each in samples if each["round"] == round_]
        ours, other = (sum(each) for each in zip(*pairs, strict=True))
        ratios.append(other / ours if what == "cpu_ms" else statistics.median(its / mine for mine, its in pairs))
    return middle(ratios)
