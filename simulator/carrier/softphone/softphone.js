// The softphone's page: buttons and keys on one side, the carrier's socket and the line's sound on the other.

const element = (id) => document.getElementById(id);
const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""]];
const NAMES = { "*": "star", "#": "hash" };
const TONES = { rows: [697, 770, 852, 941], columns: [1209, 1336, 1477] };
const STATES = {
  queued: ["Calling", "acc"], ringing: ["Ringing", "acc"], "in-progress": ["On a call", "good"],
  completed: ["Call ended", ""], busy: ["Busy", "warn"], "no-answer": ["No answer", "warn"],
  failed: ["Call failed", "bad"], canceled: ["Call canceled", "warn"],
};
const ENDED = new Set(["completed", "busy", "no-answer", "failed", "canceled"]);

const phone = { socket: null, sound: null, line: null, status: null, answeredAt: null, canType: false };

function pill(id, text, tone = "") {
  element(id).className = `pill ${tone}`;
  element(id).lastElementChild.textContent = text;
}

function elapsed() {
  const seconds = phone.answeredAt ? Math.floor((performance.now() - phone.answeredAt) / 1000) : 0;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function note(who, what, kind = "") {
  const row = document.createElement("li");
  row.className = `turn ${kind}`;
  for (const [tag, name, text] of [["time", "num", elapsed()], ["span", "who", who], ["span", "what", what]]) {
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = text;
    row.append(part);
  }
  element("log").append(row);
  row.scrollIntoView({ block: "nearest" });
}

function level(id, db) {
  const value = Math.max(-60, Math.min(0, Math.round(db)));
  const text = value <= -60 ? "silent" : `${value} dB`;
  element(id).firstElementChild.style.width = `${(value + 60) / 60 * 100}%`;
  element(id).setAttribute("aria-valuenow", value);
  element(id).setAttribute("aria-valuetext", text);
  element(`${id}-text`).textContent = text;
}

const isOnCall = () => phone.status === "in-progress";
const isBusy = () => phone.status !== null && !ENDED.has(phone.status);
const isConnected = () => phone.socket?.readyState === WebSocket.OPEN;
const send = (order) => isConnected() && phone.socket.send(JSON.stringify(order));

function refresh() {
  element("call").disabled = isBusy() || !isConnected();
  element("number").disabled = isBusy();
  element("hang-up").disabled = !isBusy();
  element("sentence").disabled = element("say").disabled = !isOnCall() || !phone.canType;
  for (const key of element("keypad").children) key.disabled = !isOnCall();
  element("microphone").disabled = !phone.microphone;
  element("clock").classList.toggle("running", isOnCall());
}

// mu-law to the loudness of a frame, for the meter.
function loudness(frame) {
  let energy = 0;
  for (const byte of frame) {
    const code = ~byte & 255;
    energy += ((((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132) / 32768) ** 2;
  }
  return 10 * Math.log10(Math.max(energy / frame.length, 1e-9));
}

async function openSound() {
  if (phone.sound) return phone.sound.resume();
  phone.sound = new AudioContext({ latencyHint: "interactive" });
  await phone.sound.audioWorklet.addModule("/softphone/line-worklet.js");
  phone.line = new AudioWorkletNode(phone.sound, "line", { outputChannelCount: [1] });
  phone.line.connect(phone.sound.destination);
  phone.line.port.onmessage = ({ data }) => {
    level("mine", isOnCall() ? data.level : -60);
    if (isOnCall() && isConnected()) phone.socket.send(data.frame);
  };
  return phone.sound.resume();
}

async function openMicrophone() {
  try {
    const wanted = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    phone.microphone = phone.sound.createMediaStreamSource(stream);
    phone.microphone.connect(phone.line);
    mute(false);
  } catch {
    pill("microphone", "No microphone", "warn");
    note("Phone", "No microphone: allow it in the browser, or type what you want to say.", "event");
  }
}

function mute(isMuted) {
  phone.isMuted = isMuted;
  phone.line.port.postMessage({ muted: isMuted });
  pill("microphone", isMuted ? "Microphone muted" : "Microphone on", isMuted ? "warn" : "good");
  element("microphone").setAttribute("aria-pressed", isMuted);
  level("mine", -60);
  refresh();
}

function closeMicrophone() {
  if (!phone.microphone) return;
  phone.microphone.mediaStream.getTracks().forEach((track) => track.stop());
  phone.microphone.disconnect();
  phone.microphone = null;
  pill("microphone", "Microphone off");
  refresh();
}

async function call() {
  if (isBusy() || !isConnected()) return;
  phone.status = "queued";
  phone.answeredAt = null;
  element("log").replaceChildren();
  refresh();
  await openSound();
  phone.line.port.postMessage({ reset: true });
  await openMicrophone();
  send({ do: "call", to: element("number").value.replace(/[^\d+]/g, "") });
}

function showStatus({ status, by }) {
  phone.status = status;
  const [text, tone] = STATES[status] ?? [status, ""];
  pill("state", text, tone);
  if (status === "in-progress") {
    phone.answeredAt = performance.now();
    element("clock").textContent = "0:00";
  }
  const ended = by === "caller" ? "You hung up" : "The other side hung up";
  if (status !== "queued") note("Line", status === "completed" ? ended : status === "in-progress" ? "Answered" : text, "event");
  if (ENDED.has(status)) {
    closeMicrophone();
    level("mine", -60);
    level("theirs", -60);
    element("number").disabled = false;
    element("number").focus();
  } else if (status === "in-progress" && phone.canType) {
    element("sentence").disabled = false;
    element("sentence").focus();
  }
  refresh();
}

function press(digit) {
  if (!isOnCall()) return;
  send({ do: "press", digit });
  note("You", `Pressed ${digit}`, "event");
  const position = KEYS.findIndex(([key]) => key === digit);
  const key = element("keypad").children[position];
  key.classList.add("down");
  setTimeout(() => key.classList.remove("down"), 150);
  for (const hertz of [TONES.rows[Math.floor(position / 3)], TONES.columns[position % 3]]) {
    const tone = new OscillatorNode(phone.sound, { frequency: hertz });
    const volume = new GainNode(phone.sound, { gain: 0.05 });
    tone.connect(volume).connect(phone.sound.destination);
    tone.start();
    tone.stop(phone.sound.currentTime + 0.12);
  }
}

function told(message) {
  switch (message.tell) {
    case "ready":
      phone.canType = message.can_type;
      element("known").replaceChildren(...message.numbers.map((number) => new Option(number, number)));
      element("number").value ||= message.numbers[0] ?? "";
      if (!message.can_type) element("sentence").placeholder = "No voice here to say typed sentences";
      break;
    case "status": showStatus(message); break;
    case "said": note("You", message.text); break;
    case "refused":
      if (phone.status === "queued") { phone.status = null; closeMicrophone(); }
      note("Phone", message.why, "trouble");
      break;
  }
  refresh();
}

function connect() {
  phone.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/softphone/ws`);
  phone.socket.binaryType = "arraybuffer";
  phone.socket.onopen = () => { pill("connection", "Connected", "good"); refresh(); };
  phone.socket.onmessage = ({ data }) => {
    if (typeof data === "string") return told(JSON.parse(data));
    level("theirs", loudness(new Uint8Array(data)));
    phone.line?.port.postMessage({ frame: data }, [data]);
  };
  phone.socket.onclose = () => {
    pill("connection", "Not connected", "bad");
    if (isBusy()) showStatus({ status: "failed" });
    refresh();
    setTimeout(connect, 2000);
  };
}

for (const [digit, letters] of KEYS) {
  const key = document.createElement("button");
  key.type = "button";
  key.className = "btn";
  key.setAttribute("aria-label", NAMES[digit] ?? digit);
  key.append(digit, Object.assign(document.createElement("small"), { textContent: letters }));
  key.addEventListener("click", () => press(digit));
  element("keypad").append(key);
}
element("dial").addEventListener("submit", (event) => { event.preventDefault(); call(); });
element("hang-up").addEventListener("click", () => send({ do: "hang_up" }));
element("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("sentence").value.trim();
  if (text && isOnCall()) send({ do: "type", text });
  element("sentence").value = "";
});
element("microphone").addEventListener("click", () => mute(!phone.isMuted));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isBusy()) send({ do: "hang_up" });
  if (event.target instanceof HTMLInputElement || event.repeat || event.ctrlKey || event.metaKey) return;
  if (/^[\d*#]$/.test(event.key)) press(event.key);
  if (event.key.toLowerCase() === "m" && phone.microphone) mute(!phone.isMuted);
});
setInterval(() => { if (isOnCall()) element("clock").textContent = elapsed(); }, 250);
refresh();
connect();
