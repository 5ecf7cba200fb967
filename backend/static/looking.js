// The evidence of a dossier, to look at only: the pictures, the loupe and the keys, and nothing to decide.

import { typing } from "./api.js";
import { startGeometry } from "./geometry.js";
import { startMaps } from "./map.js";
import { startViewer } from "./viewer.js";

const article = document.getElementById("report");
const viewer = startViewer(article.querySelector(".viewer"), Number(article.dataset.frame));
const toggleGeometry = startGeometry(article);
startMaps(article);

document.addEventListener("keydown", (event) => {
  if (localStorage.getItem("keys") === "off" || typing(event)) return;
  if (event.key.toLowerCase() === "g") toggleGeometry();
  else if (!viewer.key(event)) return;
  event.preventDefault();
});
