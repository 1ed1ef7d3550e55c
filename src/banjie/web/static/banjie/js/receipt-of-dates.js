// Does a receipt of dates agree with itself? Its digest, and every clock counted anew from what the receipt names.

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

// SHA-256 (FIPS 180-4), here because a page opened from a disk may have no other. Round constants from their definition:
// the fractions of the roots of the first primes.

function fractions(count, root) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    let isPrime = true;
    for (let other = 2; other * other <= number; other += 1) if (number % other === 0) isPrime = false;
    if (isPrime) found.push(fractionOf(number, root));
  }
  return found;
}

// floor(2^32 * (number ** (1/root) mod 1)), exactly.
function fractionOf(number, root) {
  const wanted = BigInt(number) << BigInt(32 * root);
  let [low, high] = [0n, BigInt(number + 1) << 32n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(root) <= wanted) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const ROUNDS = fractions(64, 3);
const BEGIN = fractions(8, 2);

export function sha256(bytes) {
  const length = bytes.length;
  const padded = new Uint8Array(((length + 8) >> 6) * 64 + 64);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const turned = (word, by) => (word >>> by) | (word << (32 - by));
  const state = [...BEGIN];
  const words = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let place = 0; place < 16; place += 1) words[place] = view.getUint32(block + 4 * place);
    for (let place = 16; place < 64; place += 1) {
      const [early, late] = [words[place - 15], words[place - 2]];
      const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      words[place] = (words[place - 16] + first + words[place - 7] + second) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let round = 0; round < 64; round += 1) {
      const mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const chosen = (e & f) ^ (~e & g);
      const one = (h + mixed + chosen + ROUNDS[round] + words[round]) | 0;
      const other = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const most = (a & b) ^ (a & c) ^ (b & c);
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other + most) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => {
      state[place] = (state[place] + word) >>> 0;
    });
  }
  return state.map((word) => word.toString(16).padStart(8, "0")).join("");
}
