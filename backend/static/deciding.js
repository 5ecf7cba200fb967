// Deciding on one report: dialogs, keys, the plate that must have been in sight, the lease. Confirming takes two keys.

import { call, say, typing } from "./api.js";
import { startGeometry } from "./geometry.js";
import { startMaps } from "./map.js";
import { startViewer } from "./viewer.js";

const BOUNCE_MS = 400; // the bounce of the key that opened the dialog must not confirm
const SEEN_MS = 600;
const RENEW_MS = 120000;

// `acts` by the name of their form: async (data, dwell_s) => void; `next` and `left` lead away from here.
export function decide(article, { acts, next, left, renew }) {
  const base = article.dataset.base;
  const error = article.querySelector("[data-error]");
  const viewer = startViewer(article.querySelector(".viewer"), Number(article.dataset.frame));
  const toggleGeometry = startGeometry(article);
  const gone = new AbortController();
  const timers = [];
  const shownAt = performance.now();
  const dwell = () => Math.round(performance.now() - shownAt) / 1000;

  async function attempt(work, place = error) {
    place.hidden = true;
    try {
      await work();
    } catch (problem) {
      say(place, problem);
      if (!problem.problem) throw problem;
    }
  }

  let opened = 0;
  for (const form of article.querySelectorAll("form[data-act]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!form.closest("dialog").open) return;
      if (form.dataset.act === "confirm" && Date.now() - opened < BOUNCE_MS) return;
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      performance.mark("decision-key");
      await attempt(() => acts[form.dataset.act](new FormData(form), dwell()), form.querySelector("[data-form-error]"));
      button.disabled = false;
    });
  }

  // confirming is possible once the plate picture has been in sight, whole, for a moment
  const confirmButton = article.querySelector('[data-open="confirm"]');
  const platePicture = article.querySelector("[data-plate-picture]");
  if (confirmButton && platePicture) {
    let timer;
    const watcher = new IntersectionObserver(([entry]) => {
      clearTimeout(timer);
      if (entry.intersectionRatio < 0.95) return;
      timer = setTimeout(() => {
        watcher.disconnect();
        confirmButton.disabled = false;
        article.querySelector("[data-seen-hint]").hidden = true;
      }, SEEN_MS);
    }, { threshold: [0, 0.95, 1] });
    watcher.observe(platePicture);
    gone.signal.addEventListener("abort", () => watcher.disconnect());
  }

  function open(name) {
    const dialog = article.querySelector(`#${name}`);
    if (!dialog || (name === "confirm" && confirmButton.disabled)) return;
    dialog.showModal();
    opened = Date.now();
    if (name === "confirm") dialog.querySelector("[type=submit]").focus();
    if (name === "edit") dialog.querySelector("#plate").select();
  }
  for (const button of article.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => open(button.dataset.open));
  }
  for (const button of article.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const radio of article.querySelectorAll("[data-needs-note]")) {
    radio.addEventListener("change", () => {
      const needed = radio.dataset.needsNote === "1";
      article.querySelector("#note").required = needed;
      article.querySelector("[data-note-optional]").hidden = needed;
    });
  }

  article.querySelector("[data-next]")?.addEventListener("click", () => attempt(next));
  article.querySelector("[data-claim]")?.addEventListener("click", () => attempt(async () => {
    await call("POST", `${base}/claim`);
    location.reload();
  }));
  article.querySelector("[data-release]")?.addEventListener("click", () => attempt(async () => {
    await call("POST", `${base}/release`);
    await left("released");
  }));

  // single-letter keys can be switched off (WCAG 2.1.4); the choice stays on this machine
  const keysOn = article.querySelector("[data-keys-on]");
  const enabled = () => localStorage.getItem("keys") !== "off";
  if (keysOn) {
    keysOn.checked = enabled();
    keysOn.addEventListener("change", () => localStorage.setItem("keys", keysOn.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.repeat && /^[a-z?]$/i.test(event.key)) return;
    if (!enabled() || typing(event)) return;
    const key = event.key.toLowerCase();
    const name = { c: "confirm", r: "reject", e: "edit", "?": "keys" }[key];
    if (name) open(name);
    else if (key === "g") toggleGeometry();
    else if (key === "n") article.querySelector("[data-next]")?.click();
    else if (key === "q") location.href = article.dataset.queue;
    else if (!viewer.key(event)) return;
    event.preventDefault();
  }, { signal: gone.signal });

  const endMaps = startMaps(article);
  if (article.dataset.mine === "1") {
    timers.push(setInterval(() => {
      if (article.dataset.lookup === "waiting" && !document.hidden) refreshOwner(article).catch(() => {});
    }, 2000));
    timers.push(setInterval(() => renew().catch((problem) => say(error, problem)), RENEW_MS));
  }
  return {
    leave() {
      gone.abort();
      timers.forEach(clearInterval);
      viewer.stop();
      endMaps();
    },
  };
}

// while the registry is being asked, fetch this page again and take over the owner's panel
async function refreshOwner(article) {
  const response = await fetch(location.pathname);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-owner]");
  if (!fresh || !article.isConnected) return;
  article.querySelector("[data-owner]").replaceWith(fresh);
  article.dataset.lookup = page.getElementById("report").dataset.lookup;
}
