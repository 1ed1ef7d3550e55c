// How days count, a second time: written from the counting rules and not from the program they check. It walks day by
// day, where the other looks up tables. Days are whole numbers (days since 1970), instants are microseconds of the
// office's zone (UTC+8). `Unloaded` is thrown where a year is needed that the calendar does not have.

const DAY = 86_400_000;
const MICROSECONDS = 86_400_000_000;
const ZONE = 8 * 3_600_000_000;
const LARGEST = 100_000;
const LIMIT_KEYS = new Set(["number", "unit", "stays"]);
const DAY_UNITS = new Set(["working_day", "calendar_day", "month"]);
const INSTANT_UNITS = { hour: 3_600_000_000, minute: 60_000_000 };

export class Unloaded extends Error {}
export class UnknownRule extends Error {}

// Days and instants

export function dayOf(text) {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const day = found ? Date.UTC(+found[1], +found[2] - 1, +found[3]) / DAY : NaN;
  if (Number.isNaN(day) || textOf(day) !== text) throw new UnknownRule(`no day: ${text}`);
  return day;
}

export function textOf(day) {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

function yearOf(day) {
  return new Date(day * DAY).getUTCFullYear();
}

export function instantOf(text) {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{6}))?)?\+08:00$/.exec(text);
  if (!found) throw new UnknownRule(`no instant of the office: ${text}`);
  const [, day, hour, minute, second = "0", rest = "0"] = found;
  return dayOf(day) * MICROSECONDS + (+hour * 3600 + +minute * 60 + +second) * 1_000_000 + +rest;
}

export function textOfInstant(instant) {
  const day = Math.floor(instant / MICROSECONDS);
  let rest = instant - day * MICROSECONDS;
  const micro = rest % 1_000_000;
  rest = (rest - micro) / 1_000_000;
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${textOf(day)}T${time}${micro ? `.${String(micro).padStart(6, "0")}` : ""}+08:00`;
}

function timeOf(text) {
  const [hour, minute, second = "0"] = text.split(":");
  return (+hour * 3600 + +minute * 60 + +second) * 1_000_000;
}

// The calendar: whether a day is a working day, and why

export function calendarOf(plain) {
  const years = new Map();
  for (const each of plain.years) {
    years.set(each.year, { official: each.official, holidays: each.holidays, workdays: new Set(each.workdays) });
  }
  const overlays = plain.overlays.map((each) => ({ holidays: each.holidays, workdays: new Set(each.workdays) }));
  return { years, overlays: overlays.reverse(), known: new Map() };
}

export function whyOf(day, calendar) {
  const before = calendar.known.get(day);
  if (before) return before;
  const year = calendar.years.get(yearOf(day));
  if (!year) throw new Unloaded(String(yearOf(day)));
  const why = reasonOf(textOf(day), day, [...calendar.overlays, year]);
  calendar.known.set(day, why);
  return why;
}

function reasonOf(text, day, layers) {
  for (const layer of layers) {
    if (layer.workdays.has(text)) return { works: true, reason: "make_up_day", name: "" };
    if (Object.hasOwn(layer.holidays, text)) return { works: false, reason: "holiday", name: layer.holidays[text] };
  }
  const weekday = (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday; 0 is a Monday
  return weekday < 5
    ? { works: true, reason: "working_day", name: "" }
    : { works: false, reason: "weekend", name: "" };
}

function isOfficial(year, calendar) {
  return calendar.years.get(year)?.official === true;
}

// Limits in days. `pauses` are pairs [stopped, resumed): the day a clock stops does not count, the day it resumes does.

export function limitOf(plain) {
  for (const key of Object.keys(plain)) if (!LIMIT_KEYS.has(key)) throw new UnknownRule(`limit.${key}`);
  if (!DAY_UNITS.has(plain.unit) && !(plain.unit in INSTANT_UNITS)) throw new UnknownRule(`unit ${plain.unit}`);
  if (!Number.isInteger(plain.number) || plain.number < 0 || plain.number > LARGEST) throw new UnknownRule(`number ${plain.number}`);
  return { number: plain.number, unit: plain.unit, stays: plain.stays === true };
}

function isPaused(day, pauses) {
  return pauses.some(([stopped, resumed]) => stopped <= day && day < resumed);
}

// n months: the corresponding day of the n-th month after, else the last day of that month.
function monthsLater(start, number) {
  const from = new Date(start * DAY);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + number];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay)) / DAY;
}

function lengthOf(start, limit) {
  if (limit.unit === "month") return monthsLater(start, limit.number) - start;
  if (limit.unit in INSTANT_UNITS) throw new UnknownRule("a limit of hours or minutes ends at an instant");
  return limit.number;
}

export function due(start, limit, calendar, pauses = []) {
  if (limit.number === 0) return start;
  if (limit.unit === "working_day") {
    whyOf(start, calendar);
    let day = start;
    for (let counted = 0; counted < limit.number; ) {
      day += 1;
      const works = whyOf(day, calendar).works;
      if (works && !isPaused(day, pauses)) counted += 1;
    }
    return day;
  }
  let day = start;
  for (let counted = 0, length = lengthOf(start, limit); counted < length; ) {
    day += 1;
    if (!isPaused(day, pauses)) counted += 1;
  }
  if (limit.stays) return day;
  while (!whyOf(day, calendar).works || isPaused(day, pauses)) day += 1;
  return day;
}

export function used(start, on, limit, calendar, pauses = []) {
  let counted = 0;
  if (on > start && limit.unit === "working_day") whyOf(start, calendar);
  for (let day = start + 1; day <= on; day += 1) {
    const counts = limit.unit === "working_day" ? whyOf(day, calendar).works : true;
    if (counts && !isPaused(day, pauses)) counted += 1;
  }
  return counted;
}

export function left(start, on, limit, calendar, pauses = []) {
  const total = limit.unit === "working_day" ? limit.number : lengthOf(start, limit);
  return total - used(start, on, limit, calendar, pauses);
}

export function isProvisional(start, end, calendar) {
  for (let year = yearOf(start); year <= yearOf(end); year += 1) if (!isOfficial(year, calendar)) return true;
  return false;
}

export function ledger(start, limit, calendar, pauses = []) {
  const end = due(start, limit, calendar, pauses);
  const working = limit.unit === "working_day";
  const length = working ? limit.number : lengthOf(start, limit);
  const line = (day, counted, number, reason, name) => ({
    day: textOf(day), counted, number, reason, name, official: isOfficial(yearOf(day), calendar),
  });
  const lines = [line(start, false, 0, "day_zero", "")];
  let number = 0;
  for (let day = start + 1; day <= end; day += 1) {
    const why = whyOf(day, calendar);
    if (isPaused(day, pauses)) lines.push(line(day, false, number, "paused", ""));
    else if (working) {
      number += why.works ? 1 : 0;
      lines.push(line(day, why.works, number, why.reason, why.name));
    } else if (number < length) {
      number += 1;
      lines.push(line(day, true, number, "calendar_day", why.name));
    } else {
      const rests = why.reason === "weekend" || why.reason === "holiday";
      lines.push(line(day, false, number, rests ? why.reason : "rolled", why.name));
    }
  }
  return lines;
}

// Limits in hours and minutes: inside the hall's hours of working days, or by the wall clock where there are no hours.

// `stands` are pairs of instants.
export function dueAt(start, limit, calendar, stands, hours) {
  let remaining = limit.number * INSTANT_UNITS[limit.unit];
  if (!remaining) return start;
  for (const [opened, closed] of openSpans(start, calendar, hours)) {
    for (const [from, until] of without(opened, closed, stands)) {
      if (until - from >= remaining) return from + remaining;
      remaining -= until - from;
    }
  }
  throw new UnknownRule("time has no end");
}

// How long such a clock ran between two instants, in microseconds.
export function spent(start, end, calendar, stands, hours) {
  let ran = 0;
  if (end <= start) return ran;
  for (const [opened, closed] of openSpans(start, calendar, hours, Math.floor(end / MICROSECONDS))) {
    if (opened >= end) break;
    for (const [from, until] of without(opened, closed, stands)) ran += Math.max(0, Math.min(until, end) - from);
  }
  return ran;
}

// The last day on which something is in time that is owed so long before `end`, which itself never counts.
export function latestBefore(end, limit, calendar, rolls) {
  let day = end;
  if (limit.unit === "working_day") {
    for (let counted = 0; counted < limit.number; ) {
      day -= 1;
      if (whyOf(day, calendar).works) counted += 1;
    }
    return day;
  }
  day = limit.unit === "month" ? monthsLater(end, -limit.number) : end - limit.number;
  if (!rolls || limit.number === 0) return day;
  while (day < end - 1 && !whyOf(day, calendar).works) day += 1;
  return Math.min(day, end - 1);
}

function* openSpans(start, calendar, hours, last = Infinity) {
  if (!hours.length) {
    for (let from = start; Math.floor(from / MICROSECONDS) <= last; from += MICROSECONDS) {
      whyOf(Math.floor(from / MICROSECONDS), calendar); // a year nobody loaded is refused here too
      yield [from, from + MICROSECONDS];
    }
    return;
  }
  for (let day = Math.floor(start / MICROSECONDS); day <= last; day += 1) {
    if (!whyOf(day, calendar).works) continue;
    for (const [opens, closes] of hours) {
      const [opened, closed] = [day * MICROSECONDS + timeOf(opens), day * MICROSECONDS + timeOf(closes)];
      if (closed > start) yield [Math.max(opened, start), closed];
    }
  }
}

function without(opened, closed, stands) {
  let pieces = [[opened, closed]];
  for (const [stopped, resumed] of stands) {
    if (resumed <= stopped) continue;
    pieces = pieces.flatMap(([from, until]) =>
      resumed <= from || stopped >= until ? [[from, until]] : [[from, stopped], [resumed, until]],
    ).filter(([from, until]) => from < until);
  }
  return pieces;
}

// A clock of a receipt: what its readings make of its pauses, and what it says on a day

const SPAN_READINGS = { told_time: ["told", "actual"], pause_edges: ["half_open", "after_stop", "both"] };

export function spansOf(clock, readings) {
  for (const [name, known] of Object.entries(SPAN_READINGS)) {
    if (!known.includes(readings[name])) throw new UnknownRule(`${name}: ${readings[name]}`);
  }
  const spans = [];
  let since = null;
  for (const pause of clock.pauses) {
    const [stopped, told] = [dayOf(pause.stopped_on), dayOf(pause.told_end)];
    const resumed = pause.resumed_on === null ? null : dayOf(pause.resumed_on);
    let end = resumed ?? told;
    if (readings.told_time === "told") end = Math.min(end, told);
    let span = [stopped, Math.max(end, stopped)];
    if (readings.pause_edges === "after_stop") span = [span[0] + 1, span[1] + 1];
    else if (readings.pause_edges === "both" && pause.ground === "hearing") span = [span[0], span[1] + 1];
    spans.push(span);
    const endsByItself = pause.ends_by_itself === null ? null : dayOf(pause.ends_by_itself);
    if (resumed === null && endsByItself !== told) since = since === null ? span[0] : Math.min(since, span[0]);
  }
  const ended = clock.ended_on === null ? null : dayOf(clock.ended_on);
  if (since !== null && ended !== null && ended >= since) return { spans: [...spans, [since, ended + 1]], since: null };
  return { spans, since };
}

export class Clock {
  constructor(plain, calendar, readings, limit = plain.limit) {
    const { spans, since } = spansOf(plain, readings);
    this.start = dayOf(plain.start.on);
    this.startAt = plain.start.at === null ? this.start * MICROSECONDS : instantOf(plain.start.at);
    this.limit = limitOf(limit);
    this.calendar = calendar;
    this.pauses = spans;
    this.since = since;
    this.ended = plain.ended_on === null ? null : dayOf(plain.ended_on);
    this.hours = plain.hours;
  }

  get byTheClock() {
    return this.limit.unit in INSTANT_UNITS;
  }

  dueAt(pauses = this.pauses) {
    const stands = pauses.map(([stopped, resumed]) => [stopped * MICROSECONDS, resumed * MICROSECONDS]);
    return dueAt(this.startAt, this.limit, this.calendar, stands, this.hours);
  }

  due(pauses = this.pauses) {
    if (this.byTheClock) return Math.floor(this.dueAt(pauses) / MICROSECONDS);
    return due(this.start, this.limit, this.calendar, pauses);
  }

  // The limit in days, and the pauses as a day sees them: what nobody has let run again has stood up to then.
  seen(on) {
    const stands = this.since !== null && on >= this.since;
    const pauses = stands ? [...this.pauses, [this.since, on + 1]] : this.pauses;
    if (!this.byTheClock) return { pauses, limit: this.limit };
    const days = { number: 0, unit: "calendar_day", stays: true };
    const number = used(this.start, this.due(pauses), days, this.calendar, pauses);
    return { pauses, limit: { ...days, number } };
  }

  used(on) {
    const day = this.ended === null ? on : Math.min(on, this.ended);
    const { pauses, limit } = this.seen(day);
    return used(this.start, day, limit, this.calendar, pauses);
  }

  left(on) {
    const day = this.ended === null ? on : Math.min(on, this.ended);
    const { pauses, limit } = this.seen(day);
    return left(this.start, day, limit, this.calendar, pauses);
  }

  isOver(on) {
    const day = this.ended ?? on;
    return day > this.due(this.seen(day).pauses);
  }

  isPaused(on) {
    return this.ended === null && isPaused(on, this.seen(on).pauses);
  }

  isProvisional() {
    return isProvisional(this.start, this.due(), this.calendar);
  }

  ledger() {
    const { limit } = this.seenWithoutDay();
    return ledger(this.start, limit, this.calendar, this.pauses);
  }

  seenWithoutDay() {
    if (!this.byTheClock) return { limit: this.limit };
    const days = { number: 0, unit: "calendar_day", stays: true };
    return { limit: { ...days, number: used(this.start, this.due(), days, this.calendar, this.pauses) } };
  }
}

// null where a calendar is missing, as in a receipt.
export function known(read) {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof Unloaded) return null;
    throw fault;
  }
}

export function resultOf(clock, on) {
  return {
    due: known(() => textOf(clock.due())),
    due_at: clock.byTheClock ? known(() => textOfInstant(clock.dueAt())) : null,
    provisional: known(() => clock.isProvisional()),
    used: known(() => clock.used(on)),
    left: known(() => clock.left(on)),
    over: known(() => clock.isOver(on)),
    paused: known(() => clock.isPaused(on)),
  };
}

// The limit after its extension: of a promise, as much of it as the statutory day allows.
export function lengthened(plain, calendar, readings, legal) {
  const { base, extension } = plain;
  if (extension === null) return base;
  if (extension.length.unit !== base.unit) throw new UnknownRule("an extension in another unit than its limit");
  const longer = (number) => ({ ...base, number: base.number + number });
  if (plain.clock !== "promised") return longer(extension.length.number);
  if (legal === null || new Clock(plain, calendar, readings, base).due() < dayOf(extension.on)) return base;
  for (let number = extension.length.number; number > 0; number -= 1) {
    if (new Clock(plain, calendar, readings, longer(number)).due() <= legal.due()) return longer(number);
  }
  return base;
}
