"""Writes docs/figures.md: every published figure with its definition, as rulebook/figures.yaml gives it.

.venv/bin/python tools/figures_page.py
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "figures.md"
HEAD = """# The figures, and what each of them means

Made from `rulebook/figures.yaml` by `tools/figures_page.py`; a test holds the two together. How to read the pages:
[Read the figures](how-to/read-the-figures.md). The condition on the rows stands under the same code in
`src/banjie/duties/statistics/`.

A decision ends a case here, because the limits bind the decision (行政许可法 42); the time to issue and serve
has a limit of its own (art. 44). A share is never rounded in the office's favour: what should be many is rounded
down, what should be few is rounded up. What is left out of a figure is shown beside it, with its cases.
"""


def text() -> str:
    """The whole page."""
    from banjie.duties.statistics.definitions import definitions

    parts = [HEAD]
    for each in definitions().values():
        lines = [f"## {each.name} · {each.english}", "", f"`{each.code}` · {each.unit} · by: {each.period}", ""]
        lines.append(f"- Counted: {each.counted} / {each.counted_english}")
        if each.among:
            lines.append(f"- Among: {each.among} / {each.among_english}")
        lines.append(f"- Left out: {each.left_out} / {each.left_out_english}")
        if each.source:
            lines.append(f"- Source: {each.source}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def main() -> int:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    PAGE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
