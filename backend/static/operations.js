// Keeps the operators' page fresh: fetches it again and takes over what is inside #live.

const EVERY_MS = 5000;

async function refresh() {
  const live = document.getElementById("live");
  if (live === null || document.hidden || live.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.pathname, { headers: { "X-Refresh": "1" } });
    if (response.redirected) return void (location.href = "/dang-nhap?next=" + location.pathname);
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    live.replaceWith(page.getElementById("live"));
  } catch {
    live.querySelector("[data-stale]").hidden = false;
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});
