// One report: decide it through the API. Confirming takes two keys, and the plate picture must have been seen.

import { call, say, takeNext, typing } from "./api.js";
import { startViewer } from "./viewer.js";

const report = document.getElementById("report");
const { id, version, kind, plate } = report.dataset;
const base = `/v1/review/${id}`;
const error = report.querySelector("[data-error]");
const viewer = startViewer(report.querySelector(".viewer"), Number(report.dataset.frame));

async function attempt(work, place = error) {
  place.hidden = true;
  try {
    await work();
  } catch (problem) {
    say(place, problem);
    if (!problem.problem) throw problem;
  }
}

const acts = {
  async confirm() {
    await call("POST", `${base}/confirm`, { expected_version: Number(version), plate, vehicle_kind: kind });
    await takeNext("confirmed");
  },
  async reject(form) {
    const data = new FormData(form);
    await call("POST", `${base}/reject`, {
      expected_version: Number(version), reason_code: data.get("reason_code"), note: data.get("note"),
    });
    await takeNext("rejected");
  },
  async correct(form) {
    const data = new FormData(form);
    const body = { expected_version: Number(version), reason: data.get("reason") };
    for (const name of ["plate", "vehicle_kind", "ground_colour"]) if (data.get(name)) body[name] = data.get(name);
    await call("PATCH", base, body);
    location.replace(location.pathname);
  },
};

let opened = 0;
for (const form of report.querySelectorAll("form[data-act]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!form.closest("dialog").open) return;
    // the bounce of the key that opened the dialog must not confirm
    if (form.dataset.act === "confirm" && Date.now() - opened < 400) return;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    await attempt(() => acts[form.dataset.act](form), form.querySelector("[data-form-error]"));
    button.disabled = false;
  });
}

// confirming is possible once the plate picture has been in sight, whole, for a moment
const confirmButton = report.querySelector('[data-open="confirm"]');
const platePicture = report.querySelector("[data-plate-picture]");
if (confirmButton && platePicture) {
  let timer;
  const watcher = new IntersectionObserver(([entry]) => {
    clearTimeout(timer);
    if (entry.intersectionRatio < 0.95) return;
    timer = setTimeout(() => {
      watcher.disconnect();
      confirmButton.disabled = false;
      report.querySelector("[data-seen-hint]").hidden = true;
    }, 600);
  }, { threshold: [0, 0.95, 1] });
  watcher.observe(platePicture);
}

function open(name) {
  const dialog = document.getElementById(name);
  if (!dialog || (name === "confirm" && confirmButton.disabled)) return;
  dialog.showModal();
  opened = Date.now();
  if (name === "confirm") dialog.querySelector("[type=submit]").focus();
  if (name === "edit") dialog.querySelector("#plate").select();
}
for (const button of report.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => open(button.dataset.open));
}
for (const button of report.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
for (const radio of report.querySelectorAll("[data-needs-note]")) {
  radio.addEventListener("change", () => {
    const needed = radio.dataset.needsNote === "1";
    report.querySelector("#note").required = needed;
    report.querySelector("[data-note-optional]").hidden = needed;
  });
}

report.querySelector("[data-next]")?.addEventListener("click", () => attempt(() => takeNext("")));
report.querySelector("[data-claim]")?.addEventListener("click", () => attempt(async () => {
  await call("POST", `${base}/claim`);
  location.reload();
}));
report.querySelector("[data-release]")?.addEventListener("click", () => attempt(async () => {
  await call("POST", `${base}/release`);
  location.href = "/canh-sat?done=released";
}));

// single-letter keys can be switched off (WCAG 2.1.4); the choice stays on this machine
const keysOn = report.querySelector("[data-keys-on]");
const enabled = () => localStorage.getItem("keys") !== "off";
if (keysOn) {
  keysOn.checked = enabled();
  keysOn.addEventListener("change", () => localStorage.setItem("keys", keysOn.checked ? "on" : "off"));
}
document.addEventListener("keydown", (event) => {
  if (event.repeat && /^[a-z?]$/i.test(event.key)) return;
  if (!enabled() || typing(event)) return;
  const name = { c: "confirm", r: "reject", e: "edit", "?": "keys" }[event.key.toLowerCase()];
  if (name) {
    event.preventDefault();
    open(name);
  } else if (event.key.toLowerCase() === "n") {
    report.querySelector("[data-next]")?.click();
  } else if (viewer.key(event)) {
    event.preventDefault();
  }
});

// while the registry is being asked, fetch this page again and take over the owner's panel
async function refreshOwner() {
  const response = await fetch(location.pathname);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-owner]");
  report.querySelector("[data-owner]").replaceWith(fresh);
  report.dataset.lookup = page.getElementById("report").dataset.lookup;
}
if (report.dataset.mine === "1") {
  const asking = setInterval(async () => {
    if (report.dataset.lookup !== "waiting") return clearInterval(asking);
    if (!document.hidden) await refreshOwner().catch(() => {});
  }, 2000);
  setInterval(() => call("POST", `${base}/claim`).catch((problem) => say(error, problem)), 120000);
}
