// A second review: the same desk as the first, and nothing of what the first officer said.

import { call } from "./api.js";
import { decide } from "./deciding.js";

const article = document.getElementById("report");
const { base, version } = article.dataset;
const verdict = (body) => call("POST", `${base}/verdict`, { expected_version: Number(version), ...body });

async function onwards() {
  const item = await call("POST", "/v1/second-reviews/next");
  location.href = item ? `/canh-sat/duyet-lai/${item.id}` : "/canh-sat?done=second";
}

decide(article, {
  acts: {
    async confirm(data, dwell_s) {
      await verdict({ verdict: "confirmed", plate: data.get("plate"), vehicle_kind: data.get("vehicle_kind"), dwell_s });
      await onwards();
    },
    async reject(data, dwell_s) {
      await verdict({ verdict: "rejected", reason_code: data.get("reason_code"), note: data.get("note"), dwell_s });
      await onwards();
    },
  },
  next: onwards,
  left: () => { location.href = "/canh-sat?done=released"; },
  renew: () => call("POST", `${base}/claim`),
});
