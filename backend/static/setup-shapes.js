// What can be drawn in a camera file, and where it stands in the document. No DOM here.

const LAMPS = ["red", "amber", "green", "head"];

export function at(doc, path) {
  return path.reduce((value, key) => value?.[key], doc);
}

export function put(doc, path, value) {
  const inner = at(doc, path.slice(0, -1));
  if (value === undefined) delete inner[path.at(-1)];
  else inner[path.at(-1)] = value;
}

// Every shape of the document: its kind, a name, where its numbers stand, and how they are meant.
export function shapesOf(doc) {
  const found = [];
  const add = (kind, name, path, form, owner = null) => found.push({ kind, name, path, form, owner });
  if (doc.calibration?.points) add("points", "", ["calibration", "points"], "points");
  if (doc.stop_line?.ends_px) add("stop_line", "", ["stop_line", "ends_px"], "gate", ["stop_line"]);
  (doc.road?.lanes ?? []).forEach((one, i) => add("lane", one.name, ["road", "lanes", i, "polygon_px"], "polygon", ["road", "lanes", i]));
  for (const [path, one] of heads(doc))
    for (const lamp of LAMPS.filter((lamp) => one[lamp])) add("lamp", `${one.name ?? ""} ${lamp}`.trim(), [...path, lamp], "box", [...path, lamp]);
  if (doc.speed?.zone_px) add("speed", "", ["speed", "zone_px"], "polygon", ["speed"]);
  (doc.zones ?? []).forEach((one, i) => add("zone", one.name, ["zones", i, "polygon_px"], "polygon", ["zones", i]));
  (doc.solid_lines ?? []).forEach((one, i) => add("solid_line", one.name, ["solid_lines", i, "points_px"], "chain", ["solid_lines", i]));
  (doc.forbidden_turns ?? []).forEach((one, i) => {
    add("turn_in", one.name, ["forbidden_turns", i, "enter_px"], "gate", ["forbidden_turns", i]);
    add("turn_out", one.name, ["forbidden_turns", i, "leave_px"], "gate", ["forbidden_turns", i]);
  });
  (doc.ignore_px ?? []).forEach((_, i) => add("ignore", `${i + 1}`, ["ignore_px", i], "polygon", ["ignore_px", i]));
  return found;
}

function heads(doc) {
  if (doc.signal) return [[["signal"], doc.signal]];
  return (doc.signals ?? []).map((one, i) => [["signals", i], one]);
}

// The points one can take hold of, px.
export function pointsOf(doc, shape) {
  const value = at(doc, shape.path);
  if (shape.form === "points") return value.map((one) => one.picture_px);
  if (shape.form === "box") return [[value[0], value[1]], [value[0] + value[2], value[1] + value[3]]];
  return value;
}

export function movePoint(doc, shape, index, [x, y]) {
  const value = at(doc, shape.path), to = [tenth(x), tenth(y)];
  if (shape.form === "points") value[index].picture_px = to;
  else if (shape.form === "box") {
    const [left, top] = index === 0 ? to : value, right = index === 1 ? to[0] : value[0] + value[2], bottom = index === 1 ? to[1] : value[1] + value[3];
    value.splice(0, 4, tenth(left), tenth(top), tenth(Math.max(right - left, 1)), tenth(Math.max(bottom - top, 1)));
  } else value[index] = to;
}

export function canAdd(shape) {
  return ["polygon", "chain", "points"].includes(shape.form);
}

export function canRemove(doc, shape) {
  const least = { polygon: 3, chain: 2, points: 4 }[shape.form];
  return least !== undefined && at(doc, shape.path).length > least;
}

// A new point half-way to the next one.
export function addPoint(doc, shape, index) {
  const value = at(doc, shape.path), points = pointsOf(doc, shape);
  const here = points[index], next = points[(index + 1) % points.length];
  const middle = [tenth((here[0] + next[0]) / 2), tenth((here[1] + next[1]) / 2)];
  value.splice(index + 1, 0, shape.form === "points" ? { picture_px: middle, road_m: [0, 0] } : middle);
}

export function removeShape(doc, shape) {
  if (!shape.owner) return;
  const last = shape.owner.at(-1), list = at(doc, shape.owner.slice(0, -1));
  if (typeof last === "number") list.splice(last, 1);
  else delete list[last];
  if (Array.isArray(list) && list.length === 0) put(doc, shape.owner.slice(0, -1), undefined);
}

// Draws another of a kind in the middle of the picture; the path of its numbers.
export function addShape(doc, kind) {
  const [width, height] = doc.picture_size_px ?? [1920, 1080];
  const x = width / 2, y = height / 2, dx = width / 10, dy = height / 10;
  const polygon = [[x - dx, y - dy], [x + dx, y - dy], [x + dx, y + dy], [x - dx, y + dy]];
  const gate = (off) => [[x - dx, y + off], [x + dx, y + off]];
  const list = (owner, name, value) => ((owner[name] ??= []).push(value), owner[name].length - 1);
  if (kind === "lane") return ["road", "lanes", list((doc.road ??= { direction_m: [0, 1] }), "lanes", { name: `${(doc.road.lanes?.length ?? 0) + 1}`, polygon_px: polygon }), "polygon_px"];
  if (kind === "zone") return ["zones", list(doc, "zones", { name: `${(doc.zones?.length ?? 0) + 1}`, kind: "no_stopping", polygon_px: polygon }), "polygon_px"];
  if (kind === "solid_line") return ["solid_lines", list(doc, "solid_lines", { name: `${(doc.solid_lines?.length ?? 0) + 1}`, points_px: gate(0) }), "points_px"];
  if (kind === "turn") return ["forbidden_turns", list(doc, "forbidden_turns", { name: `${(doc.forbidden_turns?.length ?? 0) + 1}`, kind: "u_turn", enter_px: gate(dy), leave_px: gate(-dy) }), "enter_px"];
  if (kind === "ignore") return ["ignore_px", list(doc, "ignore_px", polygon)];
  if (kind === "speed") { doc.speed ??= { limit_kmh: 50, zone_px: polygon }; return ["speed", "zone_px"]; }
  if (kind === "stop_line") { doc.stop_line ??= { ends_px: gate(0) }; return ["stop_line", "ends_px"]; }
  const [path, head] = heads(doc)[0] ?? [["signal"], (doc.signal = {})];
  const lamp = ["red", "green", "amber"].find((name) => !head[name]) ?? "red";
  head[lamp] ??= [x, y / 4, width / 60, width / 60];
  return [...path, lamp];
}

const VEHICLES = ["motorbike", "car", "bus", "truck", "bicycle"];

// What is typed in beside the points: [field, how, choices].
export function extrasOf(shape) {
  return {
    lane: [["name", "text"], ["kinds", "list", VEHICLES], ["direction_m", "pair"], ["emergency", "yes"]],
    zone: [["name", "text"], ["kind", "one", ["no_entry", "no_stopping", "no_parking", "crosswalk", "junction"]], ["kinds", "list", VEHICLES], ["sign", "text"]],
    solid_line: [["name", "text"], ["forbidden_from", "one", ["both", "left", "right"]], ["sign", "text"]],
    turn_in: [["name", "text"], ["kind", "one", ["left", "right", "u_turn"]], ["sign", "text"]],
    turn_out: [["name", "text"], ["kind", "one", ["left", "right", "u_turn"]], ["sign", "text"]],
    speed: [["limit_kmh", "number"]],
  }[shape.kind] ?? [];
}

export function tenth(value) {
  return Math.round(value * 10) / 10;
}
