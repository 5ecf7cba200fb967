// The next report made ready while this one is looked at: taken up, its page fetched, its pictures decoded.

import { call } from "./api.js";

async function decoded(article) {
  const pictures = [...article.querySelectorAll("img")].map((image) => image.decode().catch(() => {}));
  await Promise.all(pictures);
}

// Resolves to { id, article, title, links } or null where the queue holds nothing else.
export async function makeReady(after) {
  const item = await call("POST", `/v1/review/next?after=${after}`);
  if (!item) return null;
  const response = await fetch(`/canh-sat/duyet/${item.id}`);
  if (!response.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const article = document.importNode(page.getElementById("report"), true);
  await decoded(article);
  return { id: item.id, article, title: page.title, links: page.querySelector(".languages").innerHTML };
}

export async function letGo(ready) {
  if (ready) await call("POST", `/v1/review/${ready.id}/release`).catch(() => {});
}
