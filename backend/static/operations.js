// Keeps the operators' page fresh: fetches it again and takes over what is inside #live.

import { startMaps } from "./map.js";

const EVERY_MS = 5000;
const WATCHED_MS = 9 * 60 * 1000; // the server ends a moving picture after ten minutes

async function refresh() {
  const live = document.getElementById("live");
  if (live === null || document.hidden || live.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.pathname, { headers: { "X-Refresh": "1" } });
    if (response.redirected) return void (location.href = "/dang-nhap?next=" + location.pathname);
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("live");
    for (const watched of live.querySelectorAll("[data-watching]")) {
      fresh.querySelector(`[data-stream="${watched.dataset.stream}"]`)?.replaceWith(watched);
    }
    live.replaceWith(fresh);
    offerToWatch();
    document.dispatchEvent(new CustomEvent("renewed", { detail: page }));
  } catch {
    live.querySelector("[data-stale]").hidden = false;
  }
}

function offerToWatch() {
  for (const button of document.querySelectorAll("[data-watch]")) button.hidden = false;
}

// One picture after another (MJPEG) in place of the last one, until it is stopped or the page is left.
function watch(box, on) {
  const image = box.querySelector("img");
  box.dataset.still ??= image.src;
  clearTimeout(Number(box.dataset.ends));
  box.toggleAttribute("data-watching", on);
  box.querySelector("[data-word]").textContent = on ? box.dataset.stop : box.dataset.start;
  const told = box.querySelector("[data-no-stream]");
  told.textContent = "";
  image.onerror = on ? () => { watch(box, false); told.textContent = told.dataset.noStream; } : null;
  image.src = on ? box.dataset.stream : box.dataset.still;
  if (on) box.dataset.ends = setTimeout(() => watch(box, false), WATCHED_MS);
}

setInterval(refresh, EVERY_MS);
offerToWatch();
document.addEventListener("click", ({ target }) => {
  const box = target.closest("[data-watch]")?.closest("[data-stream]");
  if (box) watch(box, !box.hasAttribute("data-watching"));
});
startMaps(document);
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});
