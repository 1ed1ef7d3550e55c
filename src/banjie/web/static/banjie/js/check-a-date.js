// The page that checks a receipt of dates: it reads a file that somebody chooses and shows what agrees and what does not.
// Everything a receipt holds is put on the page as text, never as markup.

import { check } from "./receipt-of-dates.js";
import {
  Clock, Unloaded, calendarOf, dayOf, due, dueAt, instantOf, isProvisional, known, latestBefore, ledger, left, limitOf, resultOf, spent, textOf,
  textOfInstant, used,
} from "./timelimits.js";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const LANGUAGES = Object.keys(WORDS);
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const shown = { language: LANGUAGES.includes(document.documentElement.lang) ? document.documentElement.lang : LANGUAGES[0], text: null };

function word(code, facts = {}) {
  const text = WORDS[shown.language].verifier[code] ?? code;
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
}

function label(section, code) {
  const found = Object.hasOwn(WORDS[shown.language][section], code) ? WORDS[shown.language][section][code] : code;
  return typeof found === "object" ? found.name : found;
}

function dayInWords(text) {
  if (text === null || text === undefined) return word("none");
  const [year, month, day] = String(text).slice(0, 10).split("-").map(Number);
  const time = String(text).length > 10 ? ` ${String(text).slice(11, 16)}` : "";
  const name = shown.language === "en" ? `${day} ${MONTHS[month - 1]} ${year}` : `${year}年${month}月${day}日`;
  return name + time;
}

function limitInWords(limit) {
  const unit = WORDS[shown.language].units[limit.unit];
  return (limit.number === 1 ? unit.one : unit.other).replace("{number}", limit.number);
}

function valueInWords(value) {
  if (value === null || value === undefined) return word("none");
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  if (typeof value === "string") return /^\d{4}-\d\d-\d\d/.test(value) ? dayInWords(value) : value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

// Making parts of the page

function made(name, attributes = {}, ...inside) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...inside.filter((each) => each !== null));
  return node;
}

function pairs(lines) {
  const rows = lines.filter(([, value]) => value !== null && value !== "");
  return made("dl", { class: "facts" }, ...rows.map(([name, value]) =>
    made("div", {}, made("dt", {}, name), made("dd", {}, value instanceof Node ? value : String(value)))));
}

function table(heads, rows, name) {
  const head = made("thead", {}, made("tr", {}, ...heads.map((each) => made("th", { scope: "col" }, each))));
  const body = made("tbody", {}, ...rows.map((row) => made("tr", { class: row.counted ? "counted" : "" },
    ...row.cells.map((each, place) => made(place ? "td" : "th", place ? {} : { scope: "row" }, String(each))))));
  return made("div", { class: "days", tabindex: "0", role: "region", "aria-label": name }, made("table", {}, head, body));
}

function notice(text, isNo) {
  return made("p", { class: isNo ? "notice no" : "notice" }, made("strong", {}, text));
}

// The report

function report(document_, found) {
  const { digest, differences, clocks } = found;
  const parts = [];
  const came = location.hash.slice(1);
  if (/^[0-9a-f]{64}$/.test(came)) parts.push(notice(word(came === digest ? "digest_same" : "digest_other"), came !== digest));
  if (differences.length) parts.push(differencesTable(differences, document_));
  parts.push(section(word("case"), pairs([
    [word("case"), `${document_.case.item} · ${document_.case.query_number} · ${document_.case.number}`],
    [word("as_of"), dayInWords(document_.as_of)],
    [word("procedure"), `${document_.procedure.code} · ${document_.procedure.version} · ${document_.procedure.digest.slice(0, 16)}…`],
    [word("calendars"), document_.calendars.map(calendarInWords).join(" | ")],
    [word("digest"), made("span", {}, made("span", { class: "number digest" }, digest), made("br"), made("span", { class: "small soft" }, word("digest_help")))],
  ])));
  for (const [place, clock] of clocks.entries()) parts.push(clockSection(clock, differences, `clocks.${place}`));
  parts.push(section(word("facts"), table([word("number"), word("what"), word("when"), word("hash")],
    document_.log.facts.map((each) => ({ cells: [each.position, label("acts", each.kind), dayInWords(each.at), each.hash] })), word("facts"))));
  parts.push(made("p", { class: "small" }, word("proves", { command: "banjie verify-receipt" })));
  return parts;
}

function calendarInWords(calendar) {
  const years = calendar.years.map((each) => `${each.year} (${each.official ? each.document || word("official") : WORDS[shown.language].provisional})`);
  return `${calendar.version}: ${years.join(", ")}`;
}

function section(name, ...inside) {
  return made("section", { class: "card" }, made("h2", {}, name), ...inside);
}

function differencesTable(differences, document_) {
  const rows = differences.map((each) => made("li", {},
    made("strong", {}, label("receipt_differences", each.code)), ` · ${placeInWords(each.where, document_)}`, made("br"),
    `${word("says")}: ${valueInWords(each.says)}`, made("br"), `${word("should")}: ${valueInWords(each.should)}`));
  return section(word("differs", { number: differences.length }), made("ol", { class: "differs" }, ...rows));
}

function placeInWords(where, document_) {
  const found = /^clocks\.(\d+)(?:\.result\.(\w+))?/.exec(where);
  const clock = found ? document_.clocks?.[Number(found[1])] : null;
  if (!clock) return where;
  const name = clockName(clock);
  return found[2] ? `${name} · ${label("receipt_results", found[2])}` : `${name} · ${where}`;
}

function clockName(plain) {
  const step = (shown.language === "en" && plain.step_english) || plain.step_name || plain.step;
  return label("clocks", plain.clock) + (step ? ` · ${step}` : "");
}

function clockSection({ plain, result, ledger }, differences, where) {
  const wrong = differences.filter((each) => each.where.startsWith(`${where}.`));
  const said = result.due_at === null ? result.due : result.due_at;
  const provisional = result.provisional ? ` (${WORDS[shown.language].provisional})` : "";
  const pauses = plain.pauses.map((each) => word("pause", {
    ground: label("grounds", each.ground), notice: each.notice, stopped: dayInWords(each.stopped_on), told: dayInWords(each.told_end), resumed: dayInWords(each.resumed_on),
  }));
  const extension = plain.extension === null ? null : word("extended", {
    length: limitInWords(plain.extension.length), notice: plain.extension.notice, on: dayInWords(plain.extension.on),
  });
  const lines = ledger.map((each) => ({ counted: each.counted, cells: [
    `${dayInWords(each.day)} ${WORDS[shown.language].weekdays[weekday(each.day)]}`,
    each.counted ? each.number : "–",
    label("ledger", each.reason) + (each.name ? ` · ${label("holidays", each.name)}` : "") + (each.official ? "" : ` (${WORDS[shown.language].provisional})`),
  ] }));
  return made("section", { class: wrong.length ? "card differs" : "card" },
    made("h2", {}, `${clockName(plain)}: ${word(wrong.length ? "clock_differs" : "clock_agrees")}`),
    pairs([
      [label("receipt_results", "due"), made("strong", {}, dayInWords(said) + provisional)],
      [word("start"), dayInWords(plain.start.on)],
      [word("limit"), limitInWords(plain.limit)],
      [word("extension"), extension],
      [word("pauses"), pauses.join("；")],
      [word("ended_on"), plain.ended_on === null ? null : dayInWords(plain.ended_on)],
      [label("receipt_results", "used"), result.used],
      [label("receipt_results", "left"), result.left],
    ]),
    made("details", {}, made("summary", {}, word("ledger")), table([word("day"), word("number"), word("why")], lines, word("ledger"))));
}

function weekday(text) {
  return String(new Date(`${text}T00:00:00Z`).getUTCDay() || 7);
}

// The page

function speak() {
  document.documentElement.lang = shown.language;
  document.title = `${word("title")} · 办结 Banjie`;
  for (const node of document.querySelectorAll("[data-words]")) node.textContent = word(node.dataset.words);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === shown.language));
  show();
}

function show() {
  const [answer, place] = [document.getElementById("answer"), document.getElementById("report")];
  answer.replaceChildren();
  place.replaceChildren();
  if (shown.text === null) return;
  let document_;
  try {
    document_ = JSON.parse(shown.text);
  } catch {
    answer.append(notice(word("not_readable"), true));
    return;
  }
  const found = check(document_);
  const isOurs = !found.differences.some((each) => each.code === "malformed" || each.code === "unknown_format");
  if (!isOurs) answer.append(notice(word("not_readable"), true));
  else if (found.differences.length) answer.append(notice(word("differs", { number: found.differences.length }), true));
  else answer.append(notice(word("agrees"), false));
  try {
    place.append(...report(document_, found));
  } catch {
    if (isOurs) answer.replaceChildren(notice(word("not_readable"), true));
  }
}

async function chosen(file) {
  if (!file) return;
  shown.text = await file.text();
  show();
}

document.getElementById("receipt").addEventListener("change", (event) => chosen(event.target.files[0]));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  chosen(event.dataTransfer.files[0]);
});
addEventListener("hashchange", show);
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    shown.language = button.dataset.language;
    speak();
  });
}
document.getElementById("save").hidden = !location.protocol.startsWith("http");
// For programs that check many: the same functions, without a page.
globalThis.banjie = Object.freeze({
  check, Clock, Unloaded, calendarOf, dayOf, due, dueAt, instantOf, isProvisional, known, latestBefore, ledger, left, limitOf, resultOf, spent, textOf,
  textOfInstant, used,
});
speak();
