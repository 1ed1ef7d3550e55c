// Ed25519 signatures checked by the letter of RFC 8032, here because a page opened from a disk may have no other.

const FIELD = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const CURVE = inField(-121665n * inverse(121666n));
const HALF = power(2n, (FIELD - 1n) / 4n); // a root of -1
const BASE = point(inField(4n * inverse(5n)), 0n);
const NEUTRAL = [0n, 1n, 1n, 0n];

function inField(number) {
  const found = number % FIELD;
  return found < 0n ? found + FIELD : found;
}

function power(base, exponent) {
  let [found, square] = [1n, inField(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) found = (found * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return found;
}

function inverse(number) {
  return power(number, FIELD - 2n);
}

// The point with this y and this last bit of x, in extended coordinates (x, y, z, xy/z); null where there is none.
function point(y, sign) {
  const [above, below] = [inField(y * y - 1n), inField(CURVE * y * y + 1n)];
  const square = inField(above * inverse(below));
  let x = power(square, (FIELD + 3n) / 8n);
  if (inField(x * x - square) !== 0n) x = inField(x * HALF);
  if (inField(x * x - square) !== 0n || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = FIELD - x;
  return [x, y, 1n, inField(x * y)];
}

function plus([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % FIELD;
  const b = ((y1 + x1) * (y2 + x2)) % FIELD;
  const c = (2n * t1 * t2 * CURVE) % FIELD;
  const d = (2n * z1 * z2) % FIELD;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [inField(e * f), inField(g * h), inField(f * g), inField(e * h)];
}

function littleEndian(bytes) {
  let found = 0n;
  for (let place = bytes.length - 1; place >= 0; place -= 1) found = (found << 8n) | BigInt(bytes[place]);
  return found;
}

function decoded(bytes) {
  const whole = littleEndian(bytes);
  const y = whole & ((1n << 255n) - 1n);
  return y < FIELD ? point(y, whole >> 255n) : null;
}

function encoded([x, y, z]) {
  const one = inverse(z);
  let whole = inField(y * one) | ((inField(x * one) & 1n) << 255n);
  const found = new Uint8Array(32);
  for (let place = 0; place < 32; place += 1) {
    found[place] = Number(whole & 255n);
    whole >>= 8n;
  }
  return found;
}

// Whether the owner of this public key (32 bytes) signed this message with these 64 bytes.
export function verifiesEd25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const owner = decoded(publicKey);
  const scalar = littleEndian(signature.subarray(32));
  if (owner === null || scalar >= ORDER) return false;
  const whole = new Uint8Array(64 + message.length);
  whole.set(signature.subarray(0, 32));
  whole.set(publicKey, 32);
  whole.set(message, 64);
  const challenge = littleEndian(sha512(whole)) % ORDER;
  const away = [FIELD - owner[0], owner[1], 1n, FIELD - owner[3]];
  const both = plus(BASE, away);
  let found = NEUTRAL;
  for (let bit = 252n; bit >= 0n; bit -= 1n) {
    found = plus(found, found);
    const [one, other] = [(scalar >> bit) & 1n, (challenge >> bit) & 1n];
    if (one && other) found = plus(found, both);
    else if (one) found = plus(found, BASE);
    else if (other) found = plus(found, away);
  }
  return encoded(found).every((byte, place) => byte === signature[place]);
}

// SHA-512 (FIPS 180-4); round constants from their definition: the fractions of the roots of the first primes.

function longFractions(count, root) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    let isPrime = true;
    for (let other = 2; other * other <= number; other += 1) if (number % other === 0) isPrime = false;
    if (!isPrime) continue;
    const wanted = BigInt(number) << BigInt(64 * root);
    let [low, high] = [0n, BigInt(number + 1) << 64n];
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** BigInt(root) <= wanted) low = middle;
      else high = middle;
    }
    found.push(low & LONG);
  }
  return found;
}

const LONG = (1n << 64n) - 1n;
const LONG_ROUNDS = longFractions(80, 3);
const LONG_BEGIN = longFractions(8, 2);

export function sha512(bytes) {
  const padded = new Uint8Array(((bytes.length + 16) >> 7) * 128 + 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const turned = (word, by) => ((word >> by) | (word << (64n - by))) & LONG;
  const state = [...LONG_BEGIN];
  const words = [];
  for (let block = 0; block < padded.length; block += 128) {
    for (let place = 0; place < 16; place += 1) words[place] = view.getBigUint64(block + 8 * place);
    for (let place = 16; place < 80; place += 1) {
      const [early, late] = [words[place - 15], words[place - 2]];
      const first = turned(early, 1n) ^ turned(early, 8n) ^ (early >> 7n);
      const second = turned(late, 19n) ^ turned(late, 61n) ^ (late >> 6n);
      words[place] = (words[place - 16] + first + words[place - 7] + second) & LONG;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let round = 0; round < 80; round += 1) {
      const mixed = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const chosen = (e & f) ^ ((e ^ LONG) & g);
      const one = h + mixed + chosen + LONG_ROUNDS[round] + words[round];
      const other = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const most = (a & b) ^ (a & c) ^ (b & c);
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & LONG, c, b, a, (one + other + most) & LONG];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => {
      state[place] = (state[place] + word) & LONG;
    });
  }
  const found = new Uint8Array(64);
  const out = new DataView(found.buffer);
  state.forEach((word, place) => out.setBigUint64(8 * place, word));
  return found;
}
