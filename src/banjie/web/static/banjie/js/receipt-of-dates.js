// Does a receipt of dates agree with itself? Its digest, and every clock counted anew from what the receipt names.

import { sha256 } from "./sha256.js";
import { Clock, UnknownRule, calendarOf, dayOf, known, lengthened, limitOf, resultOf, spansOf, textOf } from "./timelimits.js";

const FORMAT = "banjie.receipt-of-dates";
const VERSION = 1;

// What is wrong in a receipt, as { code, where, says, should }; and each clock as it was counted here.
export function check(document) {
  const found = [];
  const clocks = [];
  try {
    look(document, found, clocks);
  } catch (fault) {
    const code = fault instanceof UnknownRule ? "unknown_rule" : "malformed";
    found.push({ code, where: "", says: String(fault.message), should: null });
  }
  return { digest: digestOf(document), differences: found, clocks };
}

function look(document, found, clocks) {
  if (document.format !== FORMAT || document.version !== VERSION) {
    found.push({ code: "unknown_format", where: "format", says: [document.format, document.version], should: [FORMAT, VERSION] });
    return;
  }
  compare(found, "digest", "digest", document.digest, digestOf(document));
  const calendars = new Map(document.calendars.map((each) => [each.version, calendarOf(each)]));
  const readings = document.region.readings;
  const on = dayOf(document.on);
  compare(found, "result", "on", document.on, document.as_of.slice(0, 10));
  const plainLegal = document.clocks.find((each) => each.clock === "legal");
  const legal = plainLegal ? new Clock(plainLegal, calendars.get(plainLegal.calendar), readings) : null;
  document.clocks.forEach((plain, place) => {
    const where = `clocks.${place}`;
    const calendar = calendars.get(plain.calendar);
    if (!calendar) {
      found.push({ code: "calendar_missing", where: `${where}.calendar`, says: plain.calendar, should: null });
      return;
    }
    const { spans, since } = spansOf(plain, readings);
    compare(found, "spans", `${where}.excluded`, plain.excluded, spans.map((each) => each.map(textOf)));
    compare(found, "spans", `${where}.stands_from`, plain.stands_from, since === null ? null : textOf(since));
    const limit = lengthened(plain, calendar, readings, legal);
    compare(found, "limit", `${where}.limit`, plain.limit, limit);
    limitOf(plain.limit);
    const clock = new Clock(plain, calendar, readings, limit);
    const result = resultOf(clock, on);
    for (const name of new Set([...Object.keys(result), ...Object.keys(plain.result)])) {
      compare(found, "result", `${where}.result.${name}`, plain.result[name], result[name]);
    }
    const days = known(() => clock.ledger());
    compareLedgers(found, `${where}.ledger`, plain.ledger, days);
    clocks.push({ plain, result, ledger: days ?? [] });
  });
}

function compare(found, code, where, says, should) {
  if (canonical(says) !== canonical(should)) found.push({ code, where, says: says ?? null, should: should ?? null });
}

function compareLedgers(found, where, says, should) {
  if (says === null || should === null || says.length !== should.length) {
    compare(found, "ledger", where, says === null ? null : says.length, should === null ? null : should.length);
    return;
  }
  const wrong = should.findIndex((each, place) => canonical(each) !== canonical(says[place]));
  if (wrong >= 0) found.push({ code: "ledger", where: `${where}.${wrong}`, says: says[wrong], should: should[wrong] });
}

// The one text of a value: keys in order, no spaces, as the receipt's digest wants it.
export function canonical(value) {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

export function digestOf(document) {
  const { digest: _, ...rest } = document ?? {};
  return sha256(new TextEncoder().encode(canonical(rest).normalize("NFC")));
}
