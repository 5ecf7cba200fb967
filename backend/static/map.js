// Makes the drawn map one that can be moved, with Leaflet. The drawing stays: it says where the marks are,
// it is what a printer gets, and where this script or Leaflet does not run it is the map.

const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches;
const CLOSEST = 17;
const AROUND = { paddingTopLeft: [76, 32], paddingBottomRight: [56, 48] };
let leaflet = null;

function fetched(tag, attributes) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = done;
    element.onerror = failed;
    document.head.append(element);
  });
}

function leafletOf({ script, style }) {
  leaflet ??= Promise.all([
    fetched("link", { rel: "stylesheet", href: style }),
    fetched("script", { src: script }),
  ]).then(() => globalThis.L);
  return leaflet;
}

const escaped = (text) => new Option(text).innerHTML;

function attribution({ attribution, attributionUrl }) {
  const words = escaped(attribution ?? "");
  return attributionUrl ? `<a href="${escaped(attributionUrl)}" rel="noreferrer">${words}</a>` : words;
}

function markOf(drawn) {
  const circle = drawn.querySelector("circle");
  return {
    at: [Number(drawn.dataset.lat), Number(drawn.dataset.lng)],
    href: drawn.getAttribute("href"),
    tone: drawn.getAttribute("class"),
    says: drawn.querySelector("title").textContent,
    name: drawn.querySelector("text").textContent,
    radius_px: Number(circle.getAttribute("r")),
    shapes: [circle, ...drawn.querySelectorAll("path")],
  };
}

function picture({ radius_px, shapes }) {
  const half = radius_px + 3;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `${-half} ${-half} ${2 * half} ${2 * half}`);
  svg.setAttribute("width", 2 * half);
  svg.setAttribute("aria-hidden", "true");
  svg.append(...shapes.map((shape) => shape.cloneNode()));
  return svg;
}

function element(mark) {
  const found = document.createElement(mark.href ? "a" : "span");
  const label = document.createElement("b");
  label.textContent = mark.name;
  found.append(picture(mark), label);
  found.title = mark.says;
  found.setAttribute("aria-label", mark.says);
  if (mark.href) found.href = mark.href;
  else found.setAttribute("role", "img");
  return found;
}

// Of labels that lie over one another the last drawn, the topmost, is shown; every mark keeps its title.
function untangle(host) {
  const taken = [];
  for (const label of [...host.querySelectorAll(".map-mark b")].reverse()) {
    label.hidden = false;
    const box = label.getBoundingClientRect();
    const free = taken.every(
      (other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom,
    );
    label.hidden = !free;
    if (free) taken.push(box);
  }
}

function ground(L, data) {
  const Squares = L.GridLayer.extend({ createTile: () => L.DomUtil.create("div", "map-square") });
  const layers = [new Squares()];
  if (data.tiles) layers.push(L.tileLayer(data.tiles, { maxZoom: 19, attribution: attribution(data) }));
  return layers;
}

function fitControl(L, words, fit) {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar map-fit");
    const button = L.DomUtil.create("button", "", bar);
    button.type = "button";
    button.textContent = "⤢";
    button.title = words.fit;
    button.setAttribute("aria-label", words.fit);
    L.DomEvent.disableClickPropagation(bar).on(button, "click", fit);
    return bar;
  };
  return control;
}

class MovingMap {
  constructor(L, figure) {
    this.L = L;
    this.data = figure.dataset;
    this.host = document.createElement("div");
    this.host.className = "map-host";
    this.host.setAttribute("role", "region");
    this.host.setAttribute("aria-label", figure.dataset.label);
    figure.prepend(this.host);
    figure.classList.add("moving");
    this.map = L.map(this.host, {
      layers: ground(L, this.data), zoomControl: false, scrollWheelZoom: false, minZoom: 3, maxZoom: 19,
      fadeAnimation: !CALM, zoomAnimation: !CALM, markerZoomAnimation: !CALM, inertia: !CALM,
    });
    this.marks = L.layerGroup().addTo(this.map);
    this.map.attributionControl.setPrefix("Leaflet");
    L.control.zoom({ zoomInTitle: this.data.zoomIn, zoomOutTitle: this.data.zoomOut }).addTo(this.map);
    fitControl(L, this.data, () => this.fit()).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    // The wheel scrolls the page until somebody is in the map.
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.show(figure);
    this.fit();
    this.map.on("zoomend", () => untangle(this.host));
    untangle(this.host);
  }

  fit() {
    if (!this.bounds.isValid()) return;
    this.map.fitBounds(this.bounds, { ...AROUND, maxZoom: CLOSEST, animate: !CALM });
  }

  show(figure) {
    const at = [...figure.querySelectorAll("svg [data-lat]")].map(markOf);
    const told = JSON.stringify(at);
    if (told === this.told) return;
    this.told = told;
    const focused = document.activeElement?.closest?.(".map-mark a")?.getAttribute("href");
    this.marks.clearLayers();
    this.bounds = this.L.latLngBounds(at.map((mark) => mark.at));
    for (const mark of at) this.marks.addLayer(this.marker(mark));
    if (focused) [...this.host.querySelectorAll(".map-mark a")].find((link) => link.getAttribute("href") === focused)?.focus();
    untangle(this.host);
  }

  marker(mark) {
    const inside = element(mark);
    inside.addEventListener("focus", () => this.map.panInside(mark.at, { ...AROUND, animate: !CALM }));
    inside.addEventListener("click", (event) => {
      if (event.detail && this.map.dragging.moved()) event.preventDefault();
    });
    const icon = this.L.divIcon({ className: `map-mark ${mark.tone}`, html: inside, iconSize: [0, 0] });
    return this.L.marker(mark.at, { icon, keyboard: false, interactive: false });
  }
}

async function start(figure, running) {
  if (running.has(figure)) return;
  running.set(figure, null);
  try {
    const L = await leafletOf(figure.dataset);
    if (figure.isConnected && running.has(figure)) running.set(figure, new MovingMap(L, figure));
  } catch {
    figure.classList.remove("moving");
    figure.querySelector(".map-host")?.remove();
  }
}

// Starts each map when it comes into sight. Returns what ends them again.
export function startMaps(root) {
  const running = new Map();
  const sight = new IntersectionObserver((seen) => {
    for (const { target } of seen.filter((one) => one.isIntersecting)) {
      sight.unobserve(target);
      start(target, running);
    }
  }, { rootMargin: "200px" });
  for (const figure of root.querySelectorAll("figure[data-map]")) sight.observe(figure);

  function renewed({ detail: page }) {
    for (const figure of root.querySelectorAll("figure[data-map]")) {
      const fresh = page.querySelector("figure[data-map] svg");
      const old = figure.querySelector(":scope > svg");
      if (!fresh || old.contains(document.activeElement)) continue;
      old.replaceWith(fresh);
      running.get(figure)?.show(figure);
    }
  }
  document.addEventListener("renewed", renewed);
  return () => {
    sight.disconnect();
    document.removeEventListener("renewed", renewed);
    for (const moving of running.values()) moving?.map.remove();
    running.clear();
  };
}
