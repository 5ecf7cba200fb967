// The shared screen: keys on the glass, reading aloud with the machine's own voice, and forgetting in time.

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
  return [...document.querySelectorAll(".k-form input")].some((input) => input.value);
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

// The keypad writes into the box that was touched last; a real keyboard and a scanner work as well.
const pad = document.querySelector("[data-pad]");
if (pad) {
  const boxes = [...document.querySelectorAll("[data-keypad]")];
  const rows = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM-"];
  let box = boxes.find((one) => !one.value) ?? boxes[0];

  const choose = (next) => {
    box = next;
    for (const one of boxes) one.classList.toggle("k-active", one === box);
    box.focus({ preventScroll: true });
  };
  const key = (label, press, wide) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    if (wide) button.className = "k-wide";
    button.addEventListener("click", press);
    return button;
  };
  const write = (text) => {
    box.value += text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const row of rows) {
    const line = document.createElement("div");
    line.className = "k-row";
    line.append(...[...row].map((letter) => key(letter, () => write(letter))));
    pad.append(line);
  }
  const last = document.createElement("div");
  last.className = "k-row";
  last.append(
    key(pad.dataset.erase, () => { box.value = box.value.slice(0, -1); }, true),
    key(pad.dataset.next, () => choose(boxes[(boxes.indexOf(box) + 1) % boxes.length]), true),
  );
  pad.append(last);
  for (const one of boxes) {
    one.inputMode = "none";
    one.addEventListener("focus", () => choose(one));
  }
  pad.hidden = false;
  choose(box);
}
