// Says, within seconds, that something is new in the case; the page itself works without this.

const news = document.querySelector("[data-version]");
const EVERY_MS = 5000;

async function look() {
  if (document.hidden) return;
  const answer = await fetch("/ho-so/phien-ban").catch(() => null);
  if (!answer?.ok) return void clearInterval(timer);
  const { version } = await answer.json();
  if (String(version) === news.dataset.version) return;
  clearInterval(timer);
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = news.dataset.look;
  news.append(`${news.dataset.news} `, link);
}

const timer = setInterval(look, EVERY_MS);
