// Checks a proof that a fact stands in a log: from the fact's own bytes to a root that the log and its witnesses signed.
//
// A second implementation, from the descriptions alone (RFC 6962, RFC 9162, C2SP signed-note and tlog-cosignature, and
// docs/how-to/check-a-proof.md); it shares no code with the program that makes proofs.

import { sha256, sha256Bytes } from "./sha256.js";
import { verifiesEd25519 } from "./ed25519.js";

const UTF8 = new TextEncoder();
const [LOG_KEY, WITNESS_KEY] = [1, 4];

export class Malformed extends Error {}

function require(isSo, what) {
  if (!isSo) throw new Malformed(what);
}

function joined(...parts) {
  const found = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let place = 0;
  for (const each of parts) {
    found.set(each, place);
    place += each.length;
  }
  return found;
}

function isSame(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function fromHex(text) {
  require(typeof text === "string" && /^(?:[0-9a-f]{2})*$/.test(text), "hex");
  return Uint8Array.from(text.match(/../g) ?? [], (each) => Number.parseInt(each, 16));
}

export function fromBase64(text) {
  require(typeof text === "string" && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text), "base64");
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

// Trees

export function leafOf(data) {
  return sha256Bytes(joined([0], data));
}

function nodeOf(left, right) {
  return sha256Bytes(joined([1], left, right));
}

function isSize(number) {
  return Number.isSafeInteger(number) && number >= 0;
}

export function holdsInclusion(leaf, index, size, path, root) {
  if (!isSize(index) || !isSize(size) || index >= size || path.some((each) => each.length !== 32)) return false;
  // Numbers of leaves may be larger than what bitwise operators of this language hold.
  let [place, last, found] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      found = nodeOf(sibling, found);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      found = nodeOf(found, sibling);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(found, root);
}

export function holdsConsistency(old, size, oldRoot, root, path) {
  if (!isSize(old) || !isSize(size) || old > size || path.some((each) => each.length !== 32)) return false;
  if (old === 0) return path.length === 0 && isSame(oldRoot, sha256Bytes([]));
  if (old === size) return path.length === 0 && isSame(oldRoot, root);
  const steps = Number.isInteger(Math.log2(old)) ? [oldRoot, ...path] : [...path];
  if (steps.length === 0) return false;
  let [place, last] = [old - 1, size - 1];
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  let [before, after] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [before, after] = [nodeOf(step, before), nodeOf(step, after)];
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      after = nodeOf(after, step);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(before, oldRoot) && isSame(after, root);
}

// Signed texts

export function keyOf(text) {
  require(typeof text === "string", "key");
  const found = /^([^ +]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  require(found, "key");
  const raw = fromBase64(found[3]);
  require(raw.length === 33 && (raw[0] === LOG_KEY || raw[0] === WITNESS_KEY), "key");
  const id = sha256Bytes(joined(UTF8.encode(`${found[1]}\n`), raw)).subarray(0, 4);
  require(isSame(id, fromHex(found[2])), "key");
  return { name: found[1], type: raw[0], id, publicKey: raw.subarray(1), text: text.trim() };
}

export function noteOf(whole) {
  require(typeof whole === "string" && whole.endsWith("\n"), "checkpoint");
  const cut = whole.lastIndexOf("\n\n");
  require(cut > 0, "checkpoint");
  const signatures = whole.slice(cut + 2, -1).split("\n").map((line) => {
    const found = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    require(found, "signature");
    const raw = fromBase64(found[2]);
    require(raw.length > 4, "signature");
    return { name: found[1], id: raw.subarray(0, 4), bytes: raw.subarray(4) };
  });
  return { text: whole.slice(0, cut + 1), signatures };
}

export function headOf(text) {
  const lines = text.split("\n");
  require(lines.pop() === "" && lines.length >= 3 && lines.every((each) => each !== ""), "checkpoint");
  const [origin, size, root, ...more] = lines;
  require(/^(?:0|[1-9]\d{0,14})$/.test(size), "checkpoint");
  const hash = fromBase64(root);
  require(hash.length === 32, "checkpoint");
  const said = (word) => more.find((each) => each.startsWith(`${word} `))?.slice(word.length + 1) ?? "";
  return { origin, size: Number(size), root: hash, time: said("time"), standing: said("standing") };
}

// Whether this key made this signature; a witness' says when, in seconds.
export function verifies(key, text, signature) {
  if (key.name !== signature.name || !isSame(key.id, signature.id)) return false;
  if (key.type === LOG_KEY) return verifiesEd25519(key.publicKey, UTF8.encode(text), signature.bytes);
  if (signature.bytes.length !== 72) return false;
  return verifiesEd25519(key.publicKey, UTF8.encode(`cosignature/v1\ntime ${secondsOf(signature)}\n${text}`), signature.bytes.subarray(8));
}

export function secondsOf(signature) {
  return signature.bytes.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
}

// Facts

export function hashOfFact(fact) {
  const { header, alg, prev, body } = fact;
  require(alg === "sha256" && Array.isArray(header) && header.length === 11 && typeof body === "string", "fact");
  require(header.every((each) => typeof each === "string" || Number.isSafeInteger(each)), "fact");
  const head = UTF8.encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  return sha256Bytes(joined([0], UTF8.encode(alg), fromHex(prev), length, head, UTF8.encode(body)));
}

// The commitments that stand in a fact, by the name of the reference they belong to.
function commitmentsIn(plain, found = new Map()) {
  if (plain !== null && typeof plain === "object") {
    const name = plain.ref ?? plain.id;
    if (typeof name === "string" && typeof plain.commitment === "string") found.set(name, plain.commitment);
    for (const each of Object.values(plain)) commitmentsIn(each, found);
  }
  return found;
}

// What a proof shows. `trusted`: keys (texts) that whoever checks has from elsewhere; without any, those of the file are
// used and `isKnown` is false. Throws Malformed for what is no proof.
export function checkProof(proof, trusted = []) {
  require(proof !== null && typeof proof === "object" && proof.format === "banjie-proof/1", "format");
  require(Array.isArray(proof.facts) && proof.facts.length > 0 && Array.isArray(proof.keys), "format");
  const note = noteOf(proof.checkpoint);
  const head = headOf(note.text);
  const own = trusted.map(keyOf);
  const isKnown = own.some((each) => each.type === LOG_KEY && each.name === head.origin);
  const given = proof.keys.map(keyOf);
  const logKeys = (isKnown ? own : given).filter((each) => each.type === LOG_KEY && each.name === head.origin);
  const isSigned = logKeys.some((key) => note.signatures.some((each) => verifies(key, note.text, each)));
  const witnesses = [];
  for (const key of [...own, ...given].filter((each) => each.type === WITNESS_KEY)) {
    const signature = note.signatures.find((each) => verifies(key, note.text, each));
    if (signature && !witnesses.some((each) => each.key === key.text)) {
      witnesses.push({ name: key.name, key: key.text, seconds: secondsOf(signature), isKnown: own.some((each) => each.text === key.text) });
    }
  }
  const commitments = new Map();
  const facts = proof.facts.map((fact) => {
    const hash = hashOfFact(fact);
    const holds = holdsInclusion(leafOf(hash), fact.index, head.size, fact.path.map(fromBase64), head.root);
    if (holds) commitmentsIn(JSON.parse(fact.body), commitments);
    const [stream, position, streamKind, kind, at, recordedAt] = fact.header;
    return { index: fact.index, holds, stream, position, streamKind, kind, at, recordedAt, hash };
  });
  const opened = (proof.opened ?? []).map(({ ref, salt, value }) => {
    require(typeof value === "string", "opened");
    const digest = sha256(joined(fromHex(salt), UTF8.encode(value)));
    return { ref, value, holds: commitments.get(ref) === digest };
  });
  const holds = isSigned && facts.every((each) => each.holds) && opened.every((each) => each.holds);
  return { holds, isSigned, isKnown, ...head, witnesses, facts, opened };
}
