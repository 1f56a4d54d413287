// One call: its sound beside its words, and both kept up to date while the call is live.
const SVG = "http://www.w3.org/2000/svg";
const NOTES = new Set(["caller_partial", "agent_speaking", "agent_stopped"]);
const BUCKETS = 680;
const SPEEDS = [1, 1.5, 2];
const QUIET_MS = 300;
const LOOK_AGAIN_MS = 4000;

const byId = (id) => document.getElementById(id);
const sound = byId("sound"), wave = byId("wave"), player = byId("player"), audio = byId("audio");
const story = byId("story"), now = byId("now");
const callId = sound.dataset.call;
let duration = 0;

function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// -- the outline of the sound ---------------------------------------------------------------------

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

function strokes(peaks, from, direction) {
  return peaks.map((peak, index) => {
    const height = 1 + 46 * Math.sqrt(peak);
    return `M${index + 0.5} ${from}V${(from + direction * height).toFixed(1)}`;
  }).join("");
}

async function outline() {
  const answer = await fetch(`/api/calls/${callId}/waveform?buckets=${BUCKETS}`, { cache: "no-store" }).catch(() => null);
  if (answer === null || !answer.ok || answer.redirected) return false;
  const shape = await answer.json();
  if (shape.duration_ms === 0) return false;
  duration = shape.duration_ms / 1000;
  const count = shape.caller.length;
  wave.replaceChildren();
  const drawing = make("svg", { viewBox: `0 0 ${count} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, wave);
  make("rect", { class: "span", y: 0, height: 100, width: 0, x: 0 }, drawing);
  for (const [from, until] of shape.pauses_ms) {
    const across = count / shape.duration_ms;
    const pause = make("rect", { class: "paused", y: 0, height: 100, x: from * across, width: Math.max(1, (until - from) * across) }, drawing);
    make("title", {}, pause).textContent = `not recorded: ${minutes(from / 1000)} to ${minutes(until / 1000)}`;
  }
  make("path", { class: "base", d: `M0 50H${count}` }, drawing);
  const width = Math.max(1, (wave.clientWidth / count) * 0.6);
  make("path", { class: "caller", d: strokes(shape.caller, 48, -1), "stroke-width": width }, drawing);
  make("path", { class: "ai", d: strokes(shape.agent, 52, 1), "stroke-width": width }, drawing);
  make("line", { class: "cursor", y1: 0, y2: 100, x1: 0, x2: 0 }, drawing);
  wave.setAttribute("aria-valuemax", duration.toFixed(0));
  place();
  return true;
}

// -- hearing it -----------------------------------------------------------------------------------

function seek(seconds, { play = !audio.paused } = {}) {
  audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, duration - 0.05));
  if (play) audio.play();
  place();
}

function lineAt(ms) {
  let found = null;
  for (const line of story.querySelectorAll("[data-playable]")) {
    if (ms >= Number(line.dataset.from) && ms < Number(line.dataset.until)) found = line;
  }
  return found;
}

function place() {
  const at = audio.currentTime;
  byId("clock").textContent = `${minutes(at)} / ${minutes(duration)}`;
  wave.setAttribute("aria-valuenow", at.toFixed(0));
  wave.setAttribute("aria-valuetext", `${minutes(at)} of ${minutes(duration)}`);
  const drawing = wave.querySelector("svg");
  const line = at > 0 || !audio.paused ? lineAt(at * 1000) : null;
  const before = story.querySelector(".playing");
  if (line !== before) {
    before?.classList.remove("playing");
    line?.classList.add("playing");
    if (line && !audio.paused) line.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
  if (!drawing || !duration) return;
  const across = drawing.viewBox.baseVal.width;
  const cursor = drawing.querySelector(".cursor"), span = drawing.querySelector(".span");
  const x = (at / duration) * across;
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  const from = line ? Math.max(0, Number(line.dataset.from)) / 1000 : 0;
  const until = line ? Number(line.dataset.until) / 1000 : 0;
  span.setAttribute("x", (from / duration) * across);
  span.setAttribute("width", (Math.max(0, until - from) / duration) * across);
}

function follow() {
  place();
  if (!audio.paused) requestAnimationFrame(follow);
}

function toggle() { audio.paused ? audio.play() : audio.pause(); }

function faster() {
  const speed = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
  audio.playbackRate = speed;
  byId("speed").firstChild.textContent = `${speed}×`;
}

function controls() {
  const step = (seconds) => () => seek(audio.currentTime + seconds);
  byId("play").addEventListener("click", toggle);
  byId("back").addEventListener("click", step(-5));
  byId("on").addEventListener("click", step(5));
  byId("speed").addEventListener("click", faster);
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      byId("play").firstElementChild.textContent = audio.paused ? "Play" : "Pause";
      byId("play").setAttribute("aria-pressed", String(!audio.paused));
      follow();
    });
  }
  audio.addEventListener("timeupdate", place);
  wave.addEventListener("pointerdown", (event) => {
    const box = wave.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * duration);
  });
  story.addEventListener("click", (event) => {
    const line = event.target.closest("[data-playable]");
    if (line && String(getSelection()) === "") seek(Number(line.dataset.from) / 1000, { play: true });
  });
  document.addEventListener("keydown", (event) => {
    if (player.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target.closest("button, a, input");
    const acts = { ArrowLeft: step(-5), ArrowRight: step(5), s: faster, ...(onButton ? {} : { " ": toggle }) };
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}

async function openSound() {
  if (sound.dataset.recording !== "1" || !(await outline())) {
    wave.hidden = player.hidden = byId("ticks").hidden = true;
    return;
  }
  if (!audio.src) audio.src = `/api/calls/${callId}/recording.wav`;
  byId("no-sound").hidden = true;
  if (wave.hidden) {
    wave.hidden = player.hidden = byId("ticks").hidden = false;
    await outline();
  }
}

// -- pausing the recording of a live call ---------------------------------------------------------

async function switchRecording(button) {
  button.disabled = true;
  const paused = button.dataset.paused !== "1";
  const answer = await fetch(`/api/calls/${callId}/recording`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ paused }),
  }).catch(() => null);
  const said = answer === null ? { detail: "The server does not answer." } : await answer.json().catch(() => ({}));
  byId("switch-problem").textContent = answer?.ok ? "" : String(said.detail ?? "That did not work.");
  byId("switch-problem").hidden = answer?.ok ?? false;
  button.disabled = false;
  if (answer?.ok) await refresh();
}

byId("title").addEventListener("click", (event) => {
  const button = event.target.closest("#switch-recording");
  if (button) switchRecording(button);
});

// -- while the call is live -----------------------------------------------------------------------

let wanted = Number(sound.dataset.last), shown = wanted, due = 0;
const isOver = () => sound.dataset.over === "1";

function localTimes() {
  for (const time of document.querySelectorAll("time")) {
    const day = time.classList.contains("short") ? {} : { day: "2-digit", month: "short" };
    time.textContent = new Date(time.dateTime).toLocaleString([], {
      ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
    });
  }
}

async function refresh() {
  due = 0;
  const answer = await fetch(`/calls/${callId}/story`, { cache: "no-store" }).catch(() => null);
  if (answer === null || !answer.ok) return;
  if (answer.redirected) return location.reload();
  const atEnd = innerHeight + scrollY > document.body.scrollHeight - 120;
  const focused = document.activeElement?.closest?.("[data-from]")?.dataset.from;
  story.innerHTML = await answer.text();
  shown = Number(answer.headers.get("X-Last-Event"));
  sound.dataset.over = answer.headers.get("X-Over");
  sound.dataset.recording = answer.headers.get("X-Recording");
  byId("title").innerHTML = byId("fresh-title").innerHTML;
  byId("proof").innerHTML = byId("fresh-proof").innerHTML;
  if (focused) story.querySelector(`[data-from="${CSS.escape(focused)}"] button`)?.focus();
  localTimes();
  tick();
  place();
  if (atEnd && audio.paused) scrollTo({ top: document.body.scrollHeight });
  if (shown < wanted) soon();
}

function soon() { due ||= setTimeout(refresh, QUIET_MS); }

function tick() {
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = minutes((Date.now() - Date.parse(place.dataset.since)) / 1000);
  }
}

function say(kind, text) {
  const ai = kind === "agent_speaking";
  now.hidden = kind === "agent_stopped" || text === "";
  now.querySelector(".who").textContent = ai ? "AI" : "Caller";
  now.querySelector(".who").classList.toggle("ai", ai);
  now.querySelector(".words").textContent = text;
}

function watch() {
  const feed = new EventSource(`/api/live?call=${callId}`);
  feed.addEventListener("message", (message) => {
    const word = JSON.parse(message.data);
    if (NOTES.has(word.kind)) return say(word.kind, word.text);
    if (word.kind === "caller_said" || word.kind === "agent_spoke") say("agent_stopped", "");
    wanted = Math.max(wanted, word.seq ?? 0);
    soon();
  });
  const looking = setInterval(async () => {
    if (document.hidden) return;
    await refresh();
    if (audio.paused) {
      if (audio.currentTime === 0) audio.removeAttribute("src");
      await openSound();
    }
    if (!isOver()) return;
    clearInterval(looking);
    clearInterval(ticking);
    feed.close();
    say("agent_stopped", "");
  }, LOOK_AGAIN_MS);
  const ticking = setInterval(tick, 1000);
}

localTimes();
tick();
controls();
openSound();
if (!isOver()) watch();
