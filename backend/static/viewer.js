// Pictures and video of one report: tabs, enlarging, the loupe, speed, stepping frame by frame.

import { startLoupe } from "./loupe.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2];

export function startViewer(root, frameS) {
  const tabs = [...root.querySelectorAll("[data-tab]")];
  const views = [...root.querySelectorAll("[data-role]")];
  const video = root.querySelector("[data-video]");
  const at = root.querySelector("[data-at]");
  const zoomButton = root.querySelector("[data-zoom]");
  const loupeButton = root.querySelector("[data-loupe]");
  const [left, top, width, height] = root.dataset.box.split(" ").map(Number);
  const language = document.documentElement.lang;

  const current = () => tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const inSight = () => views.find((view) => !view.hidden);
  // the lower half of the vehicle, where its plate hangs
  const plate = () => (at?.naturalWidth
    ? { x: (left + width / 2) / at.naturalWidth, y: (top + height * 0.7) / at.naturalHeight }
    : { x: 0.5, y: 0.6 });
  const loupe = startLoupe(root.querySelector("[data-stage]"), () => inSight().querySelector("img, video"), plate);

  function show(role, focus) {
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === role;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    for (const view of views) view.hidden = view.dataset.role !== role;
    root.querySelector('[data-tools="video"]').hidden = role !== "clip";
    zoomButton.hidden = role === "clip";
    if (role !== "clip") video?.pause();
    if (root.classList.contains("zoomed") && at?.naturalWidth) centre(inSight());
  }

  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => show(tab.dataset.tab, false));
    tab.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!move || loupe.on) return;
      event.preventDefault();
      event.stopPropagation();
      show(tabs[(index + move + tabs.length) % tabs.length].dataset.tab, true);
    });
  });

  // the picture lies in the middle of its box, with bars beside or above it where the shapes differ
  function centre(view) {
    const scale = Math.min(view.scrollWidth / at.naturalWidth, view.scrollHeight / at.naturalHeight);
    const x = (view.scrollWidth - at.naturalWidth * scale) / 2 + (left + width / 2) * scale;
    const y = (view.scrollHeight - at.naturalHeight * scale) / 2 + (top + height / 2) * scale;
    view.scrollTo(x - view.clientWidth / 2, y - view.clientHeight / 2);
  }

  function zoom() {
    const on = root.classList.toggle("zoomed");
    zoomButton.setAttribute("aria-pressed", String(on));
    if (on && at?.naturalWidth) for (const view of views) centre(view);
  }
  const magnify = () => loupeButton.setAttribute("aria-pressed", String(loupe.toggle()));
  zoomButton.addEventListener("click", zoom);
  loupeButton.addEventListener("click", magnify);

  function step(frames) {
    if (!video) return;
    video.pause();
    const wanted = video.currentTime + frames * frameS;
    video.currentTime = Math.min(Math.max(wanted, 0), video.duration || 0);
  }
  const play = () => (video.paused ? video.play() : video.pause());
  const speedShown = root.querySelector("[data-speed]");
  function speed(change) {
    const now = SPEEDS.indexOf(video.playbackRate);
    video.playbackRate = SPEEDS[Math.min(Math.max(now + change, 0), SPEEDS.length - 1)];
    speedShown.textContent = `${video.playbackRate.toLocaleString(language)}×`;
  }
  for (const button of root.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  for (const button of root.querySelectorAll("[data-faster]")) {
    button.addEventListener("click", () => speed(Number(button.dataset.faster)));
  }
  root.querySelector("[data-play]")?.addEventListener("click", play);
  const time = root.querySelector("[data-time]");
  const seconds = (value) => value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const shown = () => {
    if (video.duration) time.textContent = `${seconds(video.currentTime)} / ${seconds(video.duration)} s`;
  };
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video?.addEventListener(event, shown);

  function videoKey(event) {
    if (event.key === "ArrowLeft" || event.key === ",") step(-1);
    else if (event.key === "ArrowRight" || event.key === ".") step(1);
    else if (event.key === "[") speed(-1);
    else if (event.key === "]") speed(1);
    else if (event.key === " " && !event.target.closest("button, video, a, summary")) play();
    else return false;
    return true;
  }

  return {
    stop: () => loupe.stop(),
    key(event) {
      if (loupe.key(event)) return true;
      const onVideo = tabs[current()]?.dataset.tab === "clip";
      if (/^[1-5]$/.test(event.key) && tabs[event.key - 1]) show(tabs[event.key - 1].dataset.tab, false);
      else if (event.key.toLowerCase() === "l") magnify();
      else if (event.key.toLowerCase() === "z" && !onVideo) zoom();
      else return onVideo && videoKey(event);
      return true;
    },
  };
}
