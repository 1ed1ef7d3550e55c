// The page that checks a proof: it reads a file that somebody chooses and shows what holds and what does not.
// Everything a proof holds is put on the page as text, never as markup.

import { Malformed, checkProof, fromBase64, headOf, holdsConsistency, holdsInclusion, noteOf } from "./proof.js";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const { keys: TRUSTED } = JSON.parse(document.getElementById("data").textContent);
const LANGUAGES = Object.keys(WORDS);
const shown = { language: LANGUAGES.includes(document.documentElement.lang) ? document.documentElement.lang : LANGUAGES[0], text: null };

function word(code, facts = {}) {
  const text = WORDS[shown.language].proof_page[code] ?? code;
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
}

function actName(kind) {
  const acts = WORDS[shown.language].acts;
  return Object.hasOwn(acts, kind) ? acts[kind].name : kind;
}

// Milliseconds as a day and minute at UTC+8, the one time of the offices.
function momentOf(milliseconds) {
  return new Date(milliseconds + 8 * 3600_000).toISOString().slice(0, 16).replace("T", " ");
}

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

function notice(text, isNo) {
  return made("p", { class: isNo ? "notice no" : "notice" }, made("strong", {}, text));
}

function section(name, ...inside) {
  return made("section", { class: "card" }, made("h2", {}, name), ...inside);
}

function digits(bytes) {
  const text = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return made("span", { class: "number digest" }, text.match(/.{1,4}/g).join(" "));
}

function report(proof, found) {
  const facts = found.facts.map((fact) => made("li", {},
    made("strong", {}, `${actName(fact.kind)}: ${word(fact.holds ? "fact_holds" : "fact_fails")}`), made("br"),
    `${word("at")} ${momentOf(fact.at / 1000)} · ${word("recorded")} ${momentOf(fact.recordedAt / 1000)}`, made("br"),
    made("span", { class: "small soft" }, word("place", { number: fact.index + 1, position: fact.position })), made("br"),
    digits(fact.hash)));
  const witnesses = found.witnesses.map((each) => made("li", {},
    `${each.name} · ${momentOf(each.seconds * 1000)} · ${word(each.isKnown ? "key_known" : "key_unknown")}`));
  const opened = found.opened.map((each) => made("li", {},
    made("strong", {}, word(each.holds ? "opening_holds" : "opening_fails")), made("br"), each.value));
  return [
    proof.title || proof.number ? section([proof.title, proof.number].filter((each) => typeof each === "string").join(" · "), made("p", { class: "small soft" }, word("beside"))) : null,
    section(word("checkpoint"), pairs([
      [word("log"), `${found.origin} · ${word(found.isKnown ? "key_known" : "key_unknown")}`],
      [word("signature"), word(found.isSigned ? "signed" : "not_signed")],
      [word("size"), found.size],
      [word("root"), digits(found.root)],
      [word("made"), /^\d{4}-/.test(found.time) ? momentOf(Date.parse(found.time)) : found.time],
      [word("standing"), word(`standing_${found.standing.replace("-", "_")}`)],
    ]), made("h3", {}, word("witnesses", { number: witnesses.length })),
    witnesses.length ? made("ul", {}, ...witnesses) : made("p", {}, word("no_witnesses"))),
    section(word("facts"), made("ol", {}, ...facts)),
    opened.length ? section(word("opened"), made("p", { class: "small soft" }, word("opened_help")), made("ul", {}, ...opened)) : null,
  ].filter((each) => each !== null);
}

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
  try {
    const proof = JSON.parse(shown.text);
    const found = checkProof(proof, TRUSTED);
    const parts = report(proof, found);
    if (!found.holds) answer.append(notice(word("fails"), true));
    else if (!found.isKnown) answer.append(notice(word("holds_by_unknown_key"), true));
    else answer.append(notice(word(found.witnesses.filter((each) => each.isKnown).length > 1 ? "holds_finally" : "holds"), false));
    place.append(...parts);
  } catch (fault) {
    place.replaceChildren();
    answer.replaceChildren(notice(word("not_readable"), true));
    if (!(fault instanceof Malformed) && !(fault instanceof SyntaxError) && !(fault instanceof TypeError)) throw fault;
  }
}

async function chosen(file) {
  if (!file) return;
  shown.text = await file.text();
  show();
}

document.getElementById("proof").addEventListener("change", (event) => chosen(event.target.files[0]));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  chosen(event.dataTransfer.files[0]);
});
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    shown.language = button.dataset.language;
    speak();
  });
}
document.getElementById("known").hidden = TRUSTED.length === 0;
document.getElementById("keys").append(...TRUSTED.map((each) => made("li", {}, made("code", { class: "digest" }, each))));
document.getElementById("save").hidden = !location.protocol.startsWith("http");
// For programs that check many: the same functions, without a page.
globalThis.banjie = Object.freeze({ checkProof, fromBase64, headOf, holdsConsistency, holdsInclusion, noteOf, Malformed });
speak();
