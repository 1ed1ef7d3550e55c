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

// The hash as 64 hexadecimal digits.
export function sha256(bytes) {
  return hashed(bytes).map((word) => word.toString(16).padStart(8, "0")).join("");
}

// The hash as 32 bytes.
export function sha256Bytes(bytes) {
  const found = new Uint8Array(32);
  const view = new DataView(found.buffer);
  hashed(bytes).forEach((word, place) => view.setUint32(4 * place, word));
  return found;
}

function hashed(bytes) {
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
  return state;
}
