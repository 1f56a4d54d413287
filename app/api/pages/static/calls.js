// The list while calls are live: rows are fetched again when something happens, words appear as they come.
"use strict";
(() => {
  const rows = document.getElementById("rows");
  const count = document.getElementById("live-count");
  const NOTES = new Set(["caller_partial", "agent_speaking", "agent_stopped"]);
  const QUIET_MS = 400;
  const LOOK_AGAIN_MS = 5000;
  let due = 0;

  const clock = (seconds) => {
    const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
    return `${Math.floor(seconds / 60)}:${rest}`;
  };

  function settle() {
    for (const time of rows.querySelectorAll("time")) {
      time.textContent = new Date(time.dateTime).toLocaleString([], {
        day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
      });
    }
    tick();
  }

  function tick() {
    for (const cell of rows.querySelectorAll("[data-since]")) {
      cell.textContent = clock(Math.max(0, (Date.now() - Date.parse(cell.dataset.since)) / 1000));
    }
  }

  async function refresh() {
    due = 0;
    const answer = await fetch("/calls/rows", { cache: "no-store" }).catch(() => null);
    if (answer === null || !answer.ok) return;
    if (answer.redirected) return location.reload();
    const focused = document.activeElement?.closest("[data-call]")?.dataset.call;
    const said = new Map([...rows.querySelectorAll("[data-call]")].map((row) => [row.dataset.call, row.querySelector(".says").cloneNode(true)]));
    rows.innerHTML = await answer.text();
    for (const row of rows.querySelectorAll(".hot")) {
      const says = said.get(row.dataset.call);
      if (says) row.querySelector(".says").replaceWith(says);
    }
    if (focused) rows.querySelector(`[data-call="${focused}"] a`)?.focus();
    const live = Number(rows.firstElementChild?.dataset.live ?? 0);
    count.textContent = `${live} live`;
    count.classList.toggle("good", live > 0);
    if (live > 0) count.prepend(Object.assign(document.createElement("i"), { className: "dot" }));
    settle();
  }

  const soon = () => { due ||= setTimeout(refresh, QUIET_MS); };

  function told(message) {
    const word = JSON.parse(message.data);
    if (!NOTES.has(word.kind)) return soon();
    const says = rows.querySelector(`[data-call="${CSS.escape(word.call_id)}"] .says`);
    if (!says) return soon();
    const ai = word.kind === "agent_speaking";
    says.classList.toggle("ai", ai);
    says.dataset.who = ai ? "AI" : "Caller";
    says.textContent = word.kind === "agent_stopped" ? "" : word.text;
  }

  settle();
  setInterval(tick, 1000);
  // Calls of other processes are not in this process's feed: they are looked up now and then.
  setInterval(() => { if (!document.hidden) soon(); }, LOOK_AGAIN_MS);
  new EventSource("/api/live").addEventListener("message", told);
})();
