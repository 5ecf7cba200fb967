// Pictures and video of one report: tabs, the mark on the vehicle, enlarging, stepping frame by frame.

export function startViewer(root, frameS) {
  const tabs = [...root.querySelectorAll("[data-tab]")];
  const views = [...root.querySelectorAll("[data-role]")];
  const video = root.querySelector("[data-video]");
  const at = root.querySelector("[data-at]");
  const zoomButton = root.querySelector("[data-zoom]");
  const [left, top, width, height] = root.dataset.box.split(" ").map(Number);

  function show(role, focus) {
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === role;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    for (const view of views) view.hidden = view.dataset.role !== role;
    root.querySelector('[data-tools="video"]').hidden = role !== "clip";
    root.querySelector('[data-tools="picture"]').hidden = role === "clip";
    if (role !== "clip") video?.pause();
    if (root.classList.contains("zoomed") && at?.naturalWidth) centre(views.find((view) => !view.hidden));
  }

  const current = () => tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");

  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => show(tab.dataset.tab, false));
    tab.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      show(tabs[(index + move + tabs.length) % tabs.length].dataset.tab, true);
    });
  });

  function drawMark() {
    const mark = root.querySelector("[data-mark]");
    if (!at?.naturalWidth || !mark) return;
    mark.setAttribute("viewBox", `0 0 ${at.naturalWidth} ${at.naturalHeight}`);
    const rect = mark.firstElementChild;
    rect.setAttribute("x", left - 4);
    rect.setAttribute("y", top - 4);
    rect.setAttribute("width", width + 8);
    rect.setAttribute("height", height + 8);
  }
  at?.addEventListener("load", drawMark);
  drawMark();
  root.querySelector("[data-toggle-mark]")?.addEventListener("change", (event) => {
    root.classList.toggle("unmarked", !event.target.checked);
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
  zoomButton.addEventListener("click", zoom);

  function step(frames) {
    if (!video) return;
    video.pause();
    const wanted = video.currentTime + frames * frameS;
    video.currentTime = Math.min(Math.max(wanted, 0), video.duration || 0);
  }
  const play = () => (video.paused ? video.play() : video.pause());
  for (const button of root.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  root.querySelector("[data-play]")?.addEventListener("click", play);
  const time = root.querySelector("[data-time]");
  const shown = () => {
    if (video.duration) time.textContent = `${video.currentTime.toFixed(2)} / ${video.duration.toFixed(2)} s`;
  };
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video?.addEventListener(event, shown);

  return {
    key(event) {
      const onVideo = tabs[current()]?.dataset.tab === "clip";
      if (/^[1-5]$/.test(event.key) && tabs[event.key - 1]) show(tabs[event.key - 1].dataset.tab, false);
      else if (event.key.toLowerCase() === "z" && !onVideo) zoom();
      else if (onVideo && event.key === "ArrowLeft") step(-1);
      else if (onVideo && event.key === "ArrowRight") step(1);
      else if (onVideo && event.key === " " && !event.target.closest("button, video, a, summary")) play();
      else return false;
      return true;
    },
  };
}
