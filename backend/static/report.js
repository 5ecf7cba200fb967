// The review of one report after another: what is next lies ready, so that a decision shows it at once.

import { letGo, makeReady } from "./ahead.js";
import { call, takeNext } from "./api.js";
import { decide } from "./deciding.js";

let ahead = Promise.resolve(null);

function mount(article) {
  const { id, version, kind, plate, mine } = article.dataset;
  const base = article.dataset.base;
  const expected_version = Number(version);
  let ready = null;

  async function onwards(done) {
    const next = await ahead;
    if (!next) return takeNext(done);
    desk.leave();
    article.replaceWith(next.article);
    history.pushState({}, "", `/canh-sat/duyet/${next.id}?done=${done}`);
    document.title = next.title;
    document.querySelector(".languages").innerHTML = next.links;
    scrollTo(0, 0);
    mount(next.article);
    const said = document.querySelector("[data-said]");
    said.textContent = { confirmed: said.dataset.confirmed, rejected: said.dataset.rejected }[done];
    next.article.querySelector("h1").focus();
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("next-evidence")));
  }

  const desk = decide(article, {
    acts: {
      async confirm(data, dwell_s) {
        await call("POST", `${base}/confirm`, { expected_version, plate, vehicle_kind: kind, dwell_s });
        await onwards("confirmed");
      },
      async reject(data, dwell_s) {
        await call("POST", `${base}/reject`, {
          expected_version, reason_code: data.get("reason_code"), note: data.get("note"), dwell_s,
        });
        await onwards("rejected");
      },
      async correct(data, dwell_s) {
        const body = { expected_version, reason: data.get("reason"), dwell_s };
        for (const name of ["plate", "vehicle_kind", "ground_colour", "vehicle_colour"]) if (data.get(name)) body[name] = data.get(name);
        await call("PATCH", base, body);
        location.replace(location.pathname);
      },
    },
    next: () => takeNext(""),
    async left(done) {
      await letGo(await ahead);
      location.href = `/canh-sat?done=${done}`;
    },
    async renew() {
      await call("POST", `${base}/claim`);
      if (ready) await call("POST", `/v1/review/${ready.id}/claim`).catch(() => { ahead = Promise.resolve(null); });
    },
  });

  ahead = Promise.resolve(null);
  if (mine === "1") {
    ahead = makeReady(id).catch(() => null);
    ahead.then((found) => {
      ready = found;
      if (article.isConnected) article.dataset.ahead = found ? "ready" : "none";
    });
  }
}

addEventListener("popstate", () => location.reload());
mount(document.getElementById("report"));
