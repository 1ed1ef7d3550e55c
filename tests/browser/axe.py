"""What axe finds on a page: the rules of WCAG 2.2 AA, one line a fault, short enough to be read in a failing test."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BESIDES = ["heading-order", "page-has-heading-one", "landmark-one-main", "region"]
"""Good practice that our own rules ask for too."""
LOOKS = ["color-contrast", "target-size", "link-in-text-block"]
"""What can change with the look of a page; the rest is the same document."""
RUN = """async (asked) => {
  const why = (node) => [...node.any, ...node.all, ...node.none].map((each) => each.message).join("; ").slice(0, 160);
  const said = (node) => `${node.html.slice(0, 140)} -- ${why(node)}`;
  const found = await axe.run(document, asked);
  return found.violations.map((each) => [each.id, each.nodes.length, each.nodes.slice(0, 3).map(said)]);
}"""


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What is wrong with the page as it stands now; with `rules` only these are looked at."""
    if not page.evaluate("'axe' in window"):
        # From now on every page that opens in this window brings it along; handing it to each anew costs half a look.
        page.add_init_script(SCRIPT)
        # Nothing comes back: else the whole of axe would be brought over, a third of a second's work.
        page.evaluate(f"(() => {{ {SCRIPT} }})(); undefined")
    asked: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": rules}
    else:
        asked["runOnly"] = {"type": "tag", "values": TAGS}
        asked["rules"] = {each: {"enabled": True} for each in BESIDES}
    found = page.evaluate(RUN, asked)
    return [f"{rule} ({many}): {' | '.join(nodes)}" for rule, many, nodes in found]
