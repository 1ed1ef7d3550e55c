// Answers one question of conformance/timelimits with the functions of the page that checks receipts.
([asked, plain]) => {
  const b = globalThis.banjie;
  const days = (spans) => Object.fromEntries(spans.flatMap(([first, last]) => {
    const found = [];
    for (let day = b.dayOf(first); day <= b.dayOf(last); day += 1) found.push([b.textOf(day), "off"]);
    return found;
  }));
  const off = days(plain.days_off);
  const of = (year, text) => text.startsWith(`${year}-`);
  const years = [];
  for (let year = plain.first_year; year <= plain.last_year; year += 1) years.push({
    year, official: plain.official.includes(year), workdays: plain.working_days.filter((each) => of(year, each)),
    holidays: Object.fromEntries(Object.entries(off).filter(([each]) => of(year, each))),
  });
  const overlays = plain.regional.map((each) => ({ holidays: days(each.days_off), workdays: each.working_days }));
  const calendar = b.calendarOf({ years, overlays });
  const limit = asked.limit && b.limitOf(asked.limit);
  const pauses = () => asked.pauses.map((each) => each.map(b.dayOf));
  const moments = () => asked.pauses.map((each) => each.map(b.instantOf));
  const answer = () => {
    switch (asked.asks) {
      case "due": {
        const start = b.dayOf(asked.start);
        const last = b.due(start, limit, calendar, pauses());
        return { due: b.textOf(last), provisional: b.isProvisional(start, last, calendar) };
      }
      case "ledger":
        return { days: b.ledger(b.dayOf(asked.start), limit, calendar, pauses()).map((each) => [each.day, each.counted, each.number]) };
      case "count": {
        const [start, on] = [b.dayOf(asked.start), b.dayOf(asked.on)];
        return { used: b.used(start, on, limit, calendar, pauses()), left: b.left(start, on, limit, calendar, pauses()) };
      }
      case "due_at":
        return { due_at: b.textOfInstant(b.dueAt(b.instantOf(asked.start), limit, calendar, moments(), asked.hours ?? [])) };
      case "spent": {
        const hours = asked.hours ?? [];
        const minutes = b.spent(b.instantOf(asked.start), b.instantOf(asked.end), calendar, moments(), hours) / 60_000_000;
        const minute = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
        const whole = hours.reduce((sum, [opens, closes]) => sum + minute(closes) - minute(opens), 0) || 1440;
        return { minutes, working_days: Math.floor(minutes / whole), and_minutes: minutes % whole };
      }
      case "elapsed": {
        const first = b.dayOf(asked.first) - (asked.inclusive ? 1 : 0);
        return { days: b.used(first, b.dayOf(asked.last), { number: 0, unit: asked.unit, stays: false }, calendar) };
      }
      case "latest_before":
        return { day: b.textOf(b.latestBefore(b.dayOf(asked.end), limit, calendar, asked.rolls)) };
    }
  };
  try {
    return answer();
  } catch (fault) {
    if (fault instanceof b.Unloaded) return { refused: "calendar_not_loaded", year: Number(fault.message) };
    throw fault;
  }
}
