// Prints and reads the page on a button; without JavaScript the browser's own menu prints and the clerk reads.

import { readAloud } from "./reading.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const reader = document.querySelector("[data-reader]");
if (reader) {
  readAloud({
    read: reader.querySelector("[data-read]"),
    quiet: reader.querySelector("[data-quiet]"),
    none: reader.querySelector("[data-no-voice]"),
    within: document.querySelector(".to-read"),
  });
}
