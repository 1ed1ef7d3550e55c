"""Writes docs/screenshots/: the main pages of the demo county on a fixed day, as small PNG files. `make screenshots`.

The county is founded anew in a folder of its own, on a Monday in March 2026, with the eighteen stories told: the same
pages every time, apart from the random numbers of cases. A screen's few colours fit a palette, which the browser itself
finds; so no library for pictures is needed.
"""

import base64
import os
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
MOST_BYTES = 150_000
TALLEST = 1600
"""Pixels: below that a page repeats itself, and a reader of docs/ sees what it is like."""
WIDE, PHONE = 1280, 360

PAGES: tuple[tuple[str, str, str, int, dict[str, Any]], ...] = (
    ("portal-home", "", "/", WIDE, {}),
    ("portal-home-phone", "", "/", PHONE, {}),
    ("portal-home-elder-phone", "", "/", PHONE, {"elder": True}),
    ("portal-home-english", "", "/", WIDE, {"language": "en"}),
    ("portal-found-phone", "", "/?q=开饭店", PHONE, {}),
    ("guide", "", "/items/{code}/", WIDE, {}),
    ("guide-phone-dark", "", "/items/{code}/", PHONE, {"theme": "dark"}),
    ("guide-english", "", "/items/{code}/", WIDE, {"language": "en"}),
    ("apply-phone", "applicant", "/items/{code}/apply/{key}/questions/", PHONE, {}),
    ("apply", "applicant", "/items/{code}/apply/{key}/applicant/", WIDE, {}),
    ("receipt-phone", "applicant", "/cases/{applicant}/receipt/", PHONE, {}),
    ("case-phone", "applicant", "/cases/{applicant}/", PHONE, {}),
    ("case-dark", "applicant", "/cases/{applicant}/", WIDE, {"theme": "dark"}),
    ("window", "clerk", "/hall/", WIDE, {}),
    ("window-form", "clerk", "/hall/apply/{code}/", WIDE, {}),
    ("window-case", "clerk", "/hall/cases/{clerk}/", WIDE, {}),
    ("window-case-phone", "clerk", "/hall/cases/{clerk}/", PHONE, {}),
    ("desk", "officer", "/desk/", WIDE, {}),
    ("desk-dark", "officer", "/desk/", WIDE, {"theme": "dark"}),
    ("desk-phone", "officer", "/desk/", PHONE, {}),
    ("desk-case", "officer", "/desk/cases/{officer}/", WIDE, {}),
    ("desk-case-english", "officer", "/desk/cases/{officer}/", WIDE, {"language": "en"}),
    ("dates", "applicant", "/cases/{applicant}/dates/", WIDE, {}),
    ("check-a-date-phone", "", "/check-a-date/", PHONE, {}),
    ("supervision", "inspector", "/desk/supervision/", WIDE, {}),
    ("supervision-phone-dark", "inspector", "/desk/supervision/", PHONE, {"theme": "dark"}),
    ("overview", "head_of_agency", "/desk/overview/", WIDE, {}),
    ("overview-phone", "head_of_agency", "/desk/overview/", PHONE, {}),
    ("figures", "head_of_agency", "/desk/figures/", WIDE, {}),
    ("calendars", "calendar_keeper", "/desk/calendars/years/CN/2026/", WIDE, {}),
    ("inspections", "inspector", "/desk/inspections/", WIDE, {}),
    ("inspections-public-phone", "", "/inspections/", PHONE, {}),
    ("item-draft", "keeper", "/desk/items/drafts/{draft}/", WIDE, {}),
    ("item-editor", "keeper", "/desk/items/drafts/{draft}/edit/materials/", WIDE, {}),
    ("item-editor-phone", "keeper", "/desk/items/drafts/{draft}/edit/basics/", PHONE, {}),
    ("style-guide", "officer", "/styleguide/", WIDE, {}),
    ("style-guide-phone-dark", "officer", "/styleguide/", PHONE, {"theme": "dark"}),
    ("seals", "seal_keeper", "/desk/seals/", WIDE, {}),
    ("sealed-decision-phone", "", "/papers/{paper}/", PHONE, {}),
    ("verify-good", "", "/verify/", WIDE, {"file": "sealed"}),
    ("verify-altered", "", "/verify/", WIDE, {"file": "altered"}),
    ("verify-altered-phone", "", "/verify/", PHONE, {"file": "altered"}),
    ("licence", "applicant", "/licences/{licence}/", WIDE, {}),
    ("decisions", "", "/decisions/", WIDE, {}),
    ("decisions-phone", "", "/decisions/", PHONE, {}),
    ("archive", "archivist", "/desk/archive/", WIDE, {}),
    ("payments", "centre", "/desk/payments/{today}/", WIDE, {}),
    ("payments-phone", "centre", "/desk/payments/", PHONE, {}),
    ("log", "", "/log/", WIDE, {}),
    ("log-phone", "", "/log/", PHONE, {}),
    ("check-a-proof", "", "/check-a-proof/", WIDE, {"file": "proof"}),
    ("check-a-proof-phone", "", "/check-a-proof/", PHONE, {"file": "proof"}),
    ("looks", "applicant", "/account/looks/", WIDE, {}),
    ("joint-window", "clerk", "/hall/joint/venue-with-kitchen/", WIDE, {}),
    ("demo", "", "/demo/", WIDE, {}),
    ("demo-phone", "", "/demo/", PHONE, {}),
)
"""Name of the file, who looks, address, width, and how the page is to look; `file` is chosen on the page and sent."""

PALETTE = """async (picture) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const {data} = canvas.getImageData(0, 0, image.width, image.height);
  const seen = new Map();
  const mark = (at) => (data[at] >> 2) << 12 | (data[at + 1] >> 2) << 6 | (data[at + 2] >> 2);
  for (let at = 0; at < data.length; at += 4) {
    const key = mark(at), known = seen.get(key);
    if (known) known.many += 1;
    else seen.set(key, {many: 1, rgb: [data[at], data[at + 1], data[at + 2]]});
  }
  const kept = [...seen.values()].sort((a, b) => b.many - a.many).slice(0, COLOURS);
  const far = (a, b) => (a[0] - b[0]) ** 2 * 2 + (a[1] - b[1]) ** 2 * 4 + (a[2] - b[2]) ** 2 * 3;
  for (const each of seen.values()) {
    let best = 0;
    for (let n = 1; n < kept.length; n++) if (far(kept[n].rgb, each.rgb) < far(kept[best].rgb, each.rgb)) best = n;
    each.place = best;
  }
  const pixels = new Uint8Array(image.width * image.height);
  for (let at = 0; at < data.length; at += 4) pixels[at / 4] = seen.get(mark(at)).place;
  let text = "";
  for (let at = 0; at < pixels.length; at += 32768) text += String.fromCharCode(...pixels.subarray(at, at + 32768));
  return {width: image.width, height: image.height, palette: kept.map((each) => each.rgb), pixels: btoa(text)};
}"""


def main(wanted: list[str]) -> int:
    """Write those whose name contains one of the words given, or all of them."""
    with _county() as county:
        from tests.browser.visits import serving

        with serving() as address:
            return _write(county, address, wanted)


def _write(county: Any, address: str, wanted: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium
    from tests.browser.visits import Visits

    examples, files = _examples(county), _files(county)
    FOLDER.mkdir(exist_ok=True)
    too_large = 0
    with sync_playwright() as driver:
        arguments, speaks = ["--no-sandbox", "--disable-gpu"], {**os.environ, "LANGUAGE": "zh_CN"}
        browser = driver.chromium.launch(executable_path=chromium.found(), args=arguments, env=speaks)
        painter = browser.new_page()
        for name, role, path, width, look in PAGES:
            if wanted and not any(each in name for each in wanted):
                continue
            visits, sent = Visits(browser, address, county), look.get("file", "")
            page = visits.open(role, size=(width, 800), **{each: look[each] for each in look if each != "file"})
            page.goto(path.format(**examples), wait_until="networkidle")
            if sent:
                _send(page, *files[sent])
            tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            taken = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
            for context in browser.contexts:
                if context is not painter.context:
                    context.close()
            size = _keep(FOLDER / f"{name}.png", taken, painter)
            too_large += size > MOST_BYTES
            print(f"{name}.png  {width} x {tall}  {size // 1000} kB{'  TOO LARGE' if size > MOST_BYTES else ''}")
    return 1 if too_large else 0


def _send(page: Any, name: str, content: bytes) -> None:
    """Choose this file on the page, and send it where the page does not look at it itself."""
    chosen = page.locator("input[type=file]").first
    kind = "application/pdf" if name.endswith(".pdf") else "application/json"
    chosen.set_input_files({"name": name, "mimeType": kind, "buffer": content})
    form = page.locator("form", has=page.locator("input[type=file]"))
    if form.count():
        form.locator("button").first.click()
    page.wait_for_load_state("networkidle")


def _keep(path: Path, picture: bytes, painter: Any) -> int:
    """Write the picture with as many colours as fit into the size; how large it became."""
    encoded = "data:image/png;base64," + base64.b64encode(picture).decode()
    made = b""
    for colours in (256, 64, 32, 16):
        found = painter.evaluate(PALETTE.replace("COLOURS", str(colours)), encoded)
        made = png(found["width"], found["height"], found["palette"], base64.b64decode(found["pixels"]))
        if len(made) <= MOST_BYTES:
            break
    path.write_bytes(made)
    return len(made)


def png(width: int, height: int, palette: list[list[int]], pixels: bytes) -> bytes:
    """A PNG file of palette colours; 16 and fewer take half a byte a pixel."""
    depth = 4 if len(palette) <= 16 else 8
    lines = []
    for y in range(height):
        line = pixels[y * width : (y + 1) * width]
        if depth == 4:
            even = line + b"\0" * (len(line) % 2)
            line = bytes(even[x] << 4 | even[x + 1] for x in range(0, len(even), 2))
        lines.append(b"\0" + line)
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)
    colours = b"".join(bytes(each) for each in palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@contextmanager
def _county() -> Iterator[Any]:
    """The demo county with its stories, in a folder that is gone afterwards, on a day that is always the same."""
    folder = tempfile.mkdtemp(prefix="banjie-screenshots-")
    os.environ["BANJIE_DATA_DIR"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    for name in ("BANJIE_DATABASE_URL", "BANJIE_SECRET_KEY", "BANJIE_KEY_FILE", "BANJIE_FILES_DIR"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    try:
        import django

        from banjie.web.messages import compile_messages

        compile_messages()
        django.setup()
        import time_machine
        from django.core.management import call_command

        from tests.browser.county import tell
        from tests.county import MONDAY, County

        call_command("migrate", verbosity=0)
        with time_machine.travel(MONDAY, tick=True) as traveller:
            tell()
            county = County(traveller)
            _sealed(county)
            _paid(county)
            yield county
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sealed(county: Any) -> None:
    """The keeper has had sealed what waits, packages and licences are made, and an official has called an applicant."""
    from uuid import uuid4

    from banjie.cases import unmask
    from banjie.config import worker
    from banjie.duties.licences import copies
    from banjie.duties.licences.models import Licence
    from banjie.duties.papers import batches
    from banjie.engine.not_possible import NotPossible
    from banjie.web import clock
    from tests.browser.pages import Examples

    keeper, now = county.actor("seal_keeper"), clock.now()
    waiting = [each.stream for each in batches.for_the_keeper([keeper.agency], now)]
    batches.open_batch(waiting, keeper, "demo", now, uuid4())
    while worker.turn():
        """Papers are sealed, licences signed, packages made."""
    clerks = set(Examples(county).numbers("clerk"))
    for number in (each for each in Examples(county).numbers("applicant") if each in clerks):
        why = "电话联系申请人，约定领取证照的时间。"
        unmask.unmask(number, county.actor("clerk"), "contact", why, clock.now(), uuid4())
        break
    holder = county.actor("applicant")
    for each in Licence.objects.kept().filter(party=holder.id):
        with suppress(NotPossible):
            at, until = clock.now(), clock.today() + timedelta(days=30)
            copies.make(each.stream, "办理外卖平台入驻", "示例外卖平台", until, by=holder, at=at, command_id=uuid4())


def _paid(county: Any) -> None:
    """Four fees are paid at the stand-in for a provider, whose statement has one amount wrong; the day is compared."""
    from uuid import uuid4

    from django.conf import settings

    from banjie.demo.peers.payments import Payments
    from banjie.duties.fees import paying, raising, reconciling
    from banjie.web import clock
    from tests.faces.cases import filed

    secret = "for pictures only"
    provider = Payments(secret)
    settings.PAYMENT = {"url": provider.start(), "key": "banjie", "secret": secret}
    try:
        dug = {"kind_of_use": "occupy", "begins_on": "2026-03-20", "ends_on": "2026-03-30"}
        cases = [filed(county, "road-excavation", area=area, **dug).accepted() for area in (40, 12, 25, 60)]
        orders = []
        for case in cases:
            fee = raising.raise_fee(case.stream, "road-occupation", county.actor("clerk"), uuid4(), clock.now())
            orders.append(paying.order(fee.fee, "qr", county.actor("applicant"), uuid4(), clock.now()))
        while paying.work(clock.now()):
            """The provider has every order."""
        for order in orders:
            provider.pay(order.order.hex)
        county.move_to(clock.now() + timedelta(minutes=1))
        while paying.work(clock.now()):
            """And every payment has been heard of."""
        provider.books[orders[-1].order.hex]["wrong_by"] = 100
        reconciling.compare(clock.today(), "999921", clock.now())
    finally:
        provider.stop()


def _files(county: Any) -> dict[str, tuple[str, bytes]]:
    """What is sent on the pages that check: a sealed decision, the same with one byte changed, a proof of a case."""
    from banjie.duties.papers import queries
    from tests.browser.pages import Examples

    sealed = queries.sealed_bytes(_sealed_decision()) or b""
    middle = len(sealed) // 2
    altered = sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]
    number = Examples(county).numbers("applicant")[0]
    proof = county.client("applicant").get(f"/cases/{number}/proof/").content
    return {"sealed": ("决定书.pdf", sealed), "altered": ("决定书.pdf", altered), "proof": ("proof.json", proof)}


def _sealed_decision() -> Any:
    from banjie.duties.papers.models import Paper

    return Paper.objects.kept().filter(kind="decision_to_grant", status="sealed").order_by("at")[0]


def _examples(county: Any) -> dict[str, str]:
    from banjie.duties.licences.models import Licence
    from banjie.records.catalogue.models import Draft
    from banjie.web import clock
    from tests.browser.pages import Examples
    from tests.county import FOOD

    examples = Examples(county)
    draft = Draft.objects.filter(code=county.code(FOOD), published_version=0).get()
    holder = county.client("applicant")
    licences = [each.stream for each in Licence.objects.kept().order_by("stream")]
    own = [each for each in licences if holder.get(f"/licences/{each}/").status_code == 200]
    more = {"today": clock.today().isoformat(), "paper": _sealed_decision().stream.hex, "licence": str(own[0])}
    whose = {role: examples.numbers(role)[0] for role in ("applicant", "clerk", "officer")}
    return {
        "code": county.code(FOOD),
        "key": "00000000-0000-0000-0000-000000000001",
        "draft": str(draft.id),
        **whose,
        **more,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
