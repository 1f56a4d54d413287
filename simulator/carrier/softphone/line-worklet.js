// The sound of a telephone line in the browser: microphone down to 8 kHz mu-law, and the line's mu-law up again.

const LINE_RATE = 8000;
const FRAME = 160;
const PHASES = 64;
const EDGE_HZ = 3500;          // passed to here
const PREFILL = 4 * FRAME;     // 80 ms gathered before the far side is heard, and again after a gap
const MOST = 30 * FRAME;       // 600 ms: beyond this the oldest is dropped, so that delay cannot grow

// Windowed sinc in `PHASES` fractions of an input sample: one row of taps for each fraction.
function lowPass(rate, cutHz, half) {
  const rows = [];
  for (let phase = 0; phase < PHASES; phase++) {
    const row = new Float32Array(2 * half);
    let sum = 0;
    for (let k = 0; k < 2 * half; k++) {
      const x = k - half + 1 - phase / PHASES;
      const y = 2 * cutHz / rate * x;
      const sinc = y === 0 ? 1 : Math.sin(Math.PI * y) / (Math.PI * y);
      const window = 0.42 + 0.5 * Math.cos(Math.PI * x / half) + 0.08 * Math.cos(2 * Math.PI * x / half);
      row[k] = Math.abs(x) < half ? sinc * window : 0;
      sum += row[k];
    }
    rows.push(row.map((tap) => tap / sum));
  }
  return rows;
}

// Reads a growing signal at another rate: sample n of the output lies at n * step of the input.
class Resampler {
  constructor(from, to, cutHz, half) {
    this.step = from / to;
    this.half = half;
    this.rows = lowPass(from, cutHz, half);
    this.input = new Float32Array(2 * half);
    this.at = half;
  }

  push(samples) {
    const keep = this.input.subarray(Math.max(0, Math.floor(this.at) - this.half));
    this.at -= this.input.length - keep.length;
    const joined = new Float32Array(keep.length + samples.length);
    joined.set(keep);
    joined.set(samples, keep.length);
    this.input = joined;
  }

  // The next output sample, or null until more input has come.
  next() {
    const whole = Math.floor(this.at);
    if (whole + this.half >= this.input.length) return null;
    const row = this.rows[Math.min(PHASES - 1, Math.round((this.at - whole) * PHASES))];
    let sum = 0;
    for (let k = 0; k < row.length; k++) sum += row[k] * this.input[whole - this.half + 1 + k];
    this.at += this.step;
    return sum;
  }
}

// G.711 mu-law, ITU-T recommendation, 14-bit law on 16-bit samples.
function encode(value) {
  let sample = Math.max(-32635, Math.min(32635, Math.round(value * 32768)));
  const sign = sample < 0 ? 0x80 : 0;
  sample = Math.abs(sample) + 132;
  const exponent = 31 - Math.clz32(sample) - 7;
  return ~(sign | exponent << 4 | sample >> exponent + 3 & 15) & 255;
}

function decode(byte) {
  const code = ~byte & 255;
  const sample = ((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132;
  return (code & 128 ? -sample : sample) / 32768;
}

function dbfs(sumOfSquares, count) {
  return count ? 10 * Math.log10(Math.max(sumOfSquares / count, 1e-9)) : -90;
}

class Line extends AudioWorkletProcessor {
  constructor() {
    super();
    this.down = new Resampler(sampleRate, LINE_RATE, EDGE_HZ, Math.ceil(sampleRate / 500));
    this.up = new Resampler(LINE_RATE, sampleRate, EDGE_HZ + 300, 16);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.energy = 0;
    this.waiting = [];
    this.isFilling = true;
    this.isMuted = false;
    this.port.onmessage = ({ data }) => {
      if (data.frame) this.hear(new Uint8Array(data.frame));
      if ("muted" in data) this.isMuted = data.muted;
      if (data.reset) { this.waiting = []; this.isFilling = true; }
    };
  }

  hear(frame) {
    this.waiting.push(frame);
    while (this.waiting.length * FRAME > MOST) this.waiting.shift();
    if (this.waiting.length * FRAME >= PREFILL) this.isFilling = false;
  }

  process([input], [output]) {
    if (input[0] && !this.isMuted) this.speak(input[0]);
    this.sound(output[0]);
    return true;
  }

  speak(samples) {
    this.down.push(samples);
    for (let value = this.down.next(); value !== null; value = this.down.next()) {
      this.energy += value * value;
      this.frame[this.filled++] = encode(value);
      if (this.filled < FRAME) continue;
      const frame = this.frame.slice();
      this.port.postMessage({ frame: frame.buffer, level: dbfs(this.energy, FRAME) }, [frame.buffer]);
      this.filled = this.energy = 0;
    }
  }

  sound(samples) {
    for (let i = 0; i < samples.length; i++) {
      let value = this.up.next();
      if (value === null) {
        this.feed();
        value = this.up.next() ?? 0;
      }
      samples[i] = value;
    }
  }

  // A frame of the far side, or silence where the buffer has run dry.
  feed() {
    const frame = this.isFilling ? undefined : this.waiting.shift();
    if (!frame) this.isFilling = true;
    this.up.push(frame ? Float32Array.from(frame, decode) : new Float32Array(FRAME / 4));
  }
}

registerProcessor("line", Line);
