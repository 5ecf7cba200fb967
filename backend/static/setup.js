// The editor of a camera's set-up: what is drawn over the picture, typed beside it and written as text is one thing.

import { addPoint, addShape, at, canAdd, canRemove, extrasOf, movePoint, pointsOf, put, removeShape, shapesOf, tenth } from "./setup-shapes.js";

const SVG = "http://www.w3.org/2000/svg";
const form = document.getElementById("setup");
const words = JSON.parse(form.dataset.words), rules = JSON.parse(form.dataset.rules);
const base = `/v1/cameras/${form.dataset.camera}`;
const find = (name) => form.querySelector(`[data-${name}]`);
const text = form.elements.content;
let doc = null, look = null, chosen = 0, asked = 0, timer = 0, hits = new Set();

const api = async (path, body, method = "POST") => {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value };
  return fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
};

function make(name, attributes = {}, ...inside) {
  const node = name.includes(":") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
  node.append(...inside);
  return node;
}

function say(sentence, tone = "") {
  const box = find("status");
  box.textContent = sentence;
  box.className = `notice ${tone}`;
  box.hidden = !sentence;
}

// ---- asking the server what a file means

async function check(body) {
  const mine = ++asked;
  try {
    const answer = await api("/look", body);
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    if (mine !== asked) return;
    look = found;
    say("");
  } catch {
    if (mine === asked) say(words.lost, "warn");
    return;
  }
  if (body.document) text.value = look.content;
  else doc = look.document;
  find("draw").hidden = doc === null;
  form.querySelectorAll("[data-plain]").forEach((one) => one.remove());
  tell();
  if (doc) (body.document ? paint : rebuild)();
}

function changed() {
  paint();
  clearTimeout(timer);
  timer = setTimeout(() => check({ document: doc }), 250);
}

function tell() {
  const box = find("verdict");
  box.replaceChildren();
  if (look.faults.length) {
    box.append(make("p", { class: "field-error" }, words.faults));
    const list = make("ul");
    for (const one of look.faults) list.append(make("li", {}, one.line ? `${words.line} ${one.line}: ` : "", one.field ? make("code", {}, one.field) : "", ` ${one.message}`));
    box.append(list);
  } else box.append(make("p", {}, make("strong", {}, words.good)));
  if (look.residual_px !== null) box.append(make("p", {}, `${words.residual} ${look.residual_px} px, ${look.residual_m} m.`));
}

// ---- drawing

function rebuild() {
  const choose = find("choose");
  const shapes = shapesOf(doc);
  chosen = Math.min(chosen, Math.max(shapes.length - 1, 0));
  choose.replaceChildren(...shapes.map((one, i) => make("option", { value: i, selected: i === chosen ? "" : null }, `${words[one.kind]} ${one.name}`.trim())));
  const list = find("rule-list");
  list.replaceChildren(...Object.entries(rules).map(([key, name]) => {
    const box = make("input", { type: "checkbox", value: key });
    box.checked = (doc.rules ?? []).includes(key);
    box.addEventListener("change", () => {
      doc.rules = (doc.rules ?? []).filter((one) => one !== key).concat(box.checked ? [key] : []);
      changed();
    });
    return make("label", { class: "choice" }, box, make("span", {}, name));
  }));
  numbers();
  paint();
}

const path = (points, closed) => points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("") + (closed ? "Z" : "");

function paint() {
  const [width, height] = doc.picture_size_px ?? [1920, 1080], stage = find("stage");
  stage.setAttribute("viewBox", `0 0 ${width} ${height}`);
  find("picture").setAttribute("width", width);
  find("picture").setAttribute("height", height);
  find("grid").replaceChildren(...(look.grid_px ?? []).map((line) => make("svg:path", { d: path(line) })));
  find("paths").replaceChildren(...(look.paths ?? []).map((one) => make("svg:path", { d: path(one.picture_px), class: hits.has(one.track) ? "hit" : null })));
  const shapes = shapesOf(doc);
  find("shapes").replaceChildren(...shapes.filter((one) => one.form !== "points").map((one) => {
    const points = pointsOf(doc, one), [[x, y], [x2, y2]] = points;
    const d = one.form === "box" ? path([[x, y], [x2, y], [x2, y2], [x, y2]], true) : path(points, one.form === "polygon");
    const node = make("svg:path", { d, class: `shape ${one.kind}${shapes.indexOf(one) === chosen ? " chosen" : ""}${one.form === "polygon" ? "" : " open"}` });
    node.addEventListener("pointerdown", () => pick(shapes.indexOf(one)));
    return node;
  }));
  handles(shapes[chosen], width);
  plan();
}

function handles(shape, width) {
  const layer = find("handles"), focused = layer.contains(document.activeElement) ? Number(document.activeElement.dataset.index) : -1;
  layer.replaceChildren();
  if (!shape) return;
  pointsOf(doc, shape).forEach(([x, y], index) => {
    const miss = shape.form === "points" && look.points?.[index] ? `, ${words.miss} ${look.points[index].miss_px} px` : "";
    const handle = make("svg:circle", { class: "handle", cx: x, cy: y, r: width / 130, tabindex: 0, role: "button", "data-index": index, "aria-label": `${words[shape.kind]} ${shape.name} ${words.point} ${index + 1}: ${x}, ${y}${miss}` });
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); event.preventDefault(); handle.focus(); });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const to = new DOMPoint(event.clientX, event.clientY).matrixTransform(find("stage").getScreenCTM().inverse());
      movePoint(doc, shape, index, [to.x, to.y]);
      [handle.cx.baseVal.value, handle.cy.baseVal.value] = [tenth(to.x), tenth(to.y)];
    });
    handle.addEventListener("pointerup", () => { numbers(); changed(); });
    handle.addEventListener("keydown", (event) => key(event, shape, index));
    layer.append(handle, make("svg:text", { class: "handle-name", x: x + width / 100, y: y - width / 100, "font-size": width / 70, "aria-hidden": "true" }, index + 1));
  });
  layer.querySelector(`[data-index="${focused}"]`)?.focus();
}

function key(event, shape, index) {
  const step = event.shiftKey ? 10 : 1;
  const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
  if (way) {
    const [x, y] = pointsOf(doc, shape)[index];
    movePoint(doc, shape, index, [x + way[0], y + way[1]]);
  } else if (event.key === "Insert" && canAdd(shape)) addPoint(doc, shape, index);
  else if (event.key === "Delete" && canRemove(doc, shape)) at(doc, shape.path).splice(index, 1);
  else return;
  event.preventDefault();
  numbers();
  changed();
}

function pick(index) {
  chosen = index;
  find("choose").value = index;
  numbers();
  paint();
}

// ---- numbers beside the picture

function field(label, value, write, type = "number") {
  const input = make("input", type === "number" ? { type: "number", step: "any", value } : { type, value: value ?? "" });
  input.addEventListener("change", () => { write(type === "number" ? Number(input.value) : input.value); changed(); });
  return make("div", {}, make("label", {}, label, input));
}

function numbers() {
  const box = find("numbers"), shape = shapesOf(doc)[chosen];
  box.replaceChildren();
  if (!shape) return;
  for (const one of extrasOf(shape)) box.append(extra(shape, ...one));
  const value = at(doc, shape.path);
  if (shape.form === "box") {
    const row = make("div", { class: "number-row wide" });
    ["x", "y", "w", "h"].forEach((name, i) => row.append(field(words[name], value[i], (to) => (value[i] = to))));
    box.append(row);
  } else value.forEach((one, i) => box.append(pointRow(shape, one, i)));
  if (shape.owner) box.append(button(words.remove, () => { removeShape(doc, shape); chosen = 0; rebuild(); changed(); }, "danger"));
}

function pointRow(shape, one, i) {
  const row = make("div", { class: "number-row" }, make("span", { class: "place" }, `${words.point} ${i + 1}`));
  const px = shape.form === "points" ? one.picture_px : one;
  row.append(field(words.x, px[0], (to) => (px[0] = to)), field(words.y, px[1], (to) => (px[1] = to)));
  row.append(canRemove(doc, shape) ? button("×", () => { at(doc, shape.path).splice(i, 1); numbers(); changed(); }, "", `${words.remove_point} ${i + 1}`) : make("span"));
  if (shape.form === "points") row.append(field(words.road_x, one.road_m[0], (to) => (one.road_m[0] = to)), field(words.road_y, one.road_m[1], (to) => (one.road_m[1] = to)));
  if (canAdd(shape)) row.append(button("+", () => { addPoint(doc, shape, i); numbers(); changed(); }, "", `${words.add_point} ${i + 1}`));
  return row;
}

function extra(shape, name, how, choices) {
  const owner = at(doc, shape.owner), label = words[name] ?? name;
  const write = (value) => put(doc, [...shape.owner, name], value);
  const box = make("div", { class: "extra" });
  if (how === "one") {
    const select = make("select", {}, ...choices.map((one) => make("option", { value: one, selected: one === owner[name] ? "" : null }, one)));
    select.addEventListener("change", () => { write(select.value); changed(); });
    box.append(make("label", {}, label, select));
  } else if (how === "yes") {
    const input = make("input", { type: "checkbox" });
    input.checked = owner[name] === true;
    input.addEventListener("change", () => { write(input.checked || undefined); changed(); });
    box.append(make("label", { class: "choice inline" }, input, label));
  } else if (how === "list") box.append(field(label, (owner[name] ?? []).join(", "), (to) => write(split(to)), "text"));
  else if (how === "pair") box.append(field(label, (owner[name] ?? []).join(" "), (to) => write(to.trim() ? to.trim().split(/[\s,]+/).map(Number) : undefined), "text"));
  else box.append(field(label, owner[name] ?? "", write, how));
  return box;
}

const split = (value) => { const found = value.split(/[,\s]+/).filter(Boolean); return found.length ? found : undefined; };

function button(label, act, tone = "", name = null) {
  const node = make("button", { type: "button", class: tone || null, "aria-label": name }, label);
  node.addEventListener("click", act);
  return node;
}

// ---- the road from above

function plan() {
  const box = find("plan"), lines = Object.values(look.plan_m ?? {}).flat(), paths = (look.paths ?? []).map((one) => one.road_m.map(([, x, y]) => [x, y])).filter((one) => one.length > 1);
  const marked = (doc.calibration?.points ?? []).map((one) => one.road_m);
  const all = [...marked, ...lines.flat()];
  box.replaceChildren();
  if (!all.length || !look.grid_px?.length) return;
  const xs = all.map(([x]) => x), ys = all.map(([, y]) => y), pad = 5;
  const left = Math.min(...xs) - pad, right = Math.max(...xs) + pad, low = Math.min(...ys) - pad, high = Math.max(...ys) + pad;
  const turned = ([x, y]) => [tenth(x - left), tenth(high - y)];
  box.setAttribute("viewBox", `0 0 ${right - left} ${high - low}`);
  for (let x = Math.ceil(left / 5) * 5; x <= right; x += 5) box.append(make("svg:path", { class: "metre", d: path([turned([x, low]), turned([x, high])]) }));
  for (let y = Math.ceil(low / 5) * 5; y <= high; y += 5) box.append(make("svg:path", { class: "metre", d: path([turned([left, y]), turned([right, y])]) }));
  for (const line of lines) box.append(make("svg:path", { class: "drawn", d: path(line.map(turned), line.length > 2) }));
  (look.paths ?? []).forEach((one) => { if (one.road_m.length > 1) box.append(make("svg:path", { class: `path${hits.has(one.track) ? " hit" : ""}`, d: path(one.road_m.map(([, x, y]) => turned([x, y]))) })); });
}

// ---- the box: its picture, and a trial

async function answerOf(id) {
  for (let tries = 0; tries < 60; tries++) {
    await new Promise((done) => setTimeout(done, 1000));
    const answer = await fetch(`${base}/asks/${id}`);
    const found = answer.ok ? await answer.json() : null;
    if (found?.answered_at) return found;
  }
  return null;
}

async function newPicture(event) {
  event.preventDefault();
  say(find("status").dataset.asked);
  const answer = await api("/asks", { kind: "view" });
  if (!answer.ok) return say(words.no_answer, "warn");
  await pictureOf((await answer.json()).id);
}

async function pictureOf(id) {
  say(find("status").dataset.asked);
  const found = await answerOf(id);
  if (!found) return say(words.no_answer, "warn");
  find("picture").setAttribute("href", `${base}/picture?t=${Date.now()}`);
  if (!text.value.trim() && found.reply.camera_file) text.value = found.reply.camera_file;
  if (!text.value.trim()) return say(words.empty);
  await check({ content: text.value });
  say(words.picture);
}

async function rehearse(event) {
  event.preventDefault();
  const box = find("trial");
  box.replaceChildren(make("p", { role: "status" }, words.waiting));
  const answer = await api("/rehearsals", { content: text.value });
  const started = await answer.json();
  if (!answer.ok) return box.replaceChildren(make("p", { class: "field-error" }, started.title), ...(started.errors ?? []).map((one) => make("p", {}, `${one.field}: ${one.message}`)));
  const reply = (await answerOf(started.id))?.reply;
  if (!reply) return box.replaceChildren(make("p", { class: "field-error" }, words.no_answer));
  box.replaceChildren(...[reply.trouble, ...reply.faults.map((one) => `${one.field}: ${one.message}`)].filter(Boolean).map((one) => make("p", { class: "field-error" }, one)));
  const found = reply.rehearsal;
  if (!found) return;
  hits = new Set(found.findings.map((one) => one.track));
  box.append(make("p", { role: "status" }, `${found.tracks} ${words.vehicles}; ${found.crossed.length} ${words.crossed}.`));
  const list = make("ul");
  for (const one of found.findings) list.append(make("li", {}, make("strong", {}, rules[one.rule] ?? one.rule), `, ${words.vehicle} ${one.track}: ${one.code ? `${words.withheld} (${one.code})` : words.would}. ${document.documentElement.lang === "vi" ? one.vi : one.en}`));
  box.append(found.findings.length ? list : make("p", {}, words.nothing));
  if (found.unheard.length) box.append(make("p", {}, `${words.unheard} ${found.unheard.map((one) => rules[one] ?? one).join(", ")}`));
  if (doc) paint();
}

text.addEventListener("change", () => (text.value.trim() ? check({ content: text.value }) : say(words.empty)));
find("choose").addEventListener("change", (event) => pick(Number(event.target.value)));
find("add").addEventListener("click", () => {
  const made = addShape(doc, find("kind-to-add").value).join();
  chosen = Math.max(shapesOf(doc).findIndex((one) => one.path.join() === made), 0);
  rebuild();
  changed();
});
form.querySelectorAll("[data-show]").forEach((box) => box.addEventListener("change", () => (find(box.dataset.show).style.display = box.checked ? "" : "none")));
form.querySelector("[value=view]").addEventListener("click", newPicture);
find("rehearse").addEventListener("click", rehearse);
find("text").open = false;
if (text.value.trim()) check({ content: text.value });
if (form.dataset.waits) pictureOf(form.dataset.waits);
