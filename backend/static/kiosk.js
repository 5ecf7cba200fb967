// The shared screen: keys on the glass, reading aloud with the machine's own voice, and forgetting in time.

import "./keys.js";
import { readAloud } from "./reading.js";

const idleS = Number(document.body.dataset.idleS);
const warningS = Number(document.body.dataset.warningS);

// Coming back from the browser's memory shows what somebody else saw: start over instead.
addEventListener("pageshow", (event) => event.persisted && location.replace("/kiosk"));

const warning = document.querySelector("[data-warning]");
const end = document.querySelector("[data-end]");
const atStart = location.pathname === "/kiosk";
let touchedAt = Date.now();
let askedAt = Date.now();

function anythingTyped() {
  return [...document.querySelectorAll(".k-form input")].some((input) => input.type === "radio" ? input.checked : input.value);
}

let leaving = false;

function forget() {
  if (leaving) return;
  leaving = true;
  document.querySelector("main").hidden = true;
  if (atStart) location.replace("/kiosk");
  else end.requestSubmit();
}

async function moreTime() {
  touchedAt = askedAt = Date.now();
  if (warning.open) warning.close();
  if (atStart) return;
  const answer = await fetch("/kiosk/con-day", { method: "POST" }).catch(() => null);
  if (answer?.status === 401 || answer?.redirected) forget();
}

function watch() {
  const idle = (Date.now() - touchedAt) / 1000;
  if (atStart && !anythingTyped()) return;
  if (idle >= idleS + warningS) return forget();
  if (idle < idleS) return;
  if (!warning.open) {
    stopReading();
    warning.showModal();
  }
  warning.querySelector("[data-seconds]").textContent = Math.max(0, Math.ceil(idleS + warningS - idle));
}

for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
  addEventListener(kind, () => {
    if (warning.open) return;
    touchedAt = Date.now();
    if (Date.now() - askedAt > 20000) moreTime();
  }, { passive: true, capture: true });
}
warning.querySelector("[data-more]").addEventListener("click", moreTime);
warning.querySelector("[data-done]").addEventListener("click", forget);
warning.addEventListener("cancel", (event) => { event.preventDefault(); moreTime(); });
setInterval(watch, 500);

// The machine is on; one that was revoked meanwhile starts over and is told so.
setInterval(async () => {
  const answer = await fetch("/kiosk/nhip", { method: "POST" }).then((said) => said.json()).catch(() => null);
  if (answer?.paired === false) location.replace("/kiosk");
}, 60000);

const print = document.querySelector("[data-print]");
print.hidden = atStart;
print.addEventListener("click", () => window.print());

const stopReading = readAloud({
  read: document.querySelector("[data-read]"),
  quiet: document.querySelector("[data-quiet]"),
  none: document.querySelector("[data-no-voice]"),
  within: document.querySelector("main"),
  spoke: () => { touchedAt = Date.now(); },
});
