// NumPy's RandomState: the Mersenne Twister, seeded by one number (Matsumoto & Nishimura 1998).

const STATE = 624;
const SHIFT = 397;

/** The stream of numpy.random.RandomState(seed). */
export class RandomState {
  constructor(seed) {
    this.words = new Uint32Array(STATE);
    this.words[0] = seed;
    for (let i = 1; i < STATE; i += 1) {
      const before = this.words[i - 1];
      this.words[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
    this.place = STATE;
  }

  #renew() {
    const w = this.words;
    for (let i = 0; i < STATE; i += 1) {
      const after = w[(i + 1) % STATE];
      const mixed = (w[i] & 0x80000000) | (after & 0x7fffffff);
      w[i] = w[(i + SHIFT) % STATE] ^ (mixed >>> 1) ^ (after & 1 ? 0x9908b0df : 0);
    }
    this.place = 0;
  }

  /** One output of 32 bits. */
  output() {
    if (this.place === STATE) this.#renew();
    let word = this.words[this.place];
    this.place += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** A number in [0, 1), of two outputs: random_sample(). */
  random() {
    const high = this.output() >>> 5;
    const low = this.output() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
}

/** All orders of four patterns, as itertools.permutations(range(4)) lists them. */
const ORDERS = [];
for (let a = 0; a < 4; a += 1) {
  for (let b = 0; b < 4; b += 1) {
    for (let c = 0; c < 4; c += 1) {
      const d = 6 - a - b - c;
      if (new Set([a, b, c, d]).size === 4 && d >= 0 && d < 4) ORDERS.push([a, b, c, d]);
    }
  }
}

/** The stream as the drawing of the starting weights has left it; `init` is null for given ones. */
export function streamAfterWeights(seed, init) {
  const random = new RandomState(seed);
  if (init === null) return random;
  if (!init.startsWith("normal")) {
    for (let k = 0; k < 9; k += 1) random.random();
    return random;
  }
  // Marsaglia's polar method: each point in the unit disc gives two of the nine numbers.
  for (let number = 0; number < 9; ) {
    const a = 2 * random.random() - 1;
    const b = 2 * random.random() - 1;
    const square = a * a + b * b;
    if (square < 1 && square !== 0) number += 2;
  }
  return random;
}

/** Draw the order of the patterns in a shuffled epoch. */
export function drawOrder(random) {
  return ORDERS[Math.floor(24 * random.random())];
}
