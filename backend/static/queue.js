import { call, say, takeNext, typing } from "./api.js";

const error = document.querySelector("[data-error]");
const next = document.querySelector("[data-next]");

async function attempt(button, work) {
  button.disabled = true;
  error.hidden = true;
  try {
    await work();
  } catch (problem) {
    button.disabled = false;
    say(error, problem);
  }
}

next.addEventListener("click", () => attempt(next, () => takeNext("")));
for (const button of document.querySelectorAll("[data-claim]")) {
  button.addEventListener("click", () => attempt(button, async () => {
    await call("POST", `/v1/review/${button.dataset.claim}/claim`);
    location.href = `/canh-sat/duyet/${button.dataset.claim}`;
  }));
}
const second = document.querySelector("[data-second]");
second?.addEventListener("click", () => attempt(second, async () => {
  const item = await call("POST", "/v1/second-reviews/next");
  location.href = item ? `/canh-sat/duyet-lai/${item.id}` : "/canh-sat";
}));
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "n" && !typing(event) && !next.disabled) next.click();
});
