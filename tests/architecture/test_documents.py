"""What the documents point at is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OUTSIDE = ("http://", "https://", "mailto:")


def anchors(document: Path) -> set[str]:
    """The names by which the headings of a document are reached."""
    titles = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[`*\[\]]", "", title).lower() for title in titles]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def test_every_link_in_the_documents_leads_somewhere() -> None:
    lost, looked_at = [], 0
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
            if link.startswith(OUTSIDE):
                continue
            looked_at += 1
            path, _, anchor = link.partition("#")
            place = document.parent / path if path else document
            if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
                lost.append(f"{document.relative_to(ROOT)}: {link}")

    assert lost == []
    assert looked_at > 100


def test_every_file_that_the_tour_names_is_in_the_house() -> None:
    told = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|html|js|yaml|css))", told))
    places = [ROOT / "src", ROOT / "rulebook", ROOT / "tests", ROOT / "tools"]
    files = [f"/{each.relative_to(ROOT)}" for place in places for each in place.rglob("*.*")]

    assert sorted(each for each in named if not any(file.endswith(f"/{each}") for file in files)) == []
    assert len(named) > 100
