// @ts-check
import { anywidget, button, checkbox, choice, el, fmt, frame, slider, status } from "./kit.js";

const SIDE = 90; // pixels of the picture, both ways
const clamp = (v, low, high) => Math.max(low, Math.min(high, v));

/** IoU of two shapes laid corner on corner. */
export function shapeIou([w, h], [W, H]) {
  const shared = Math.min(w, W) * Math.min(h, H);
  return shared / (w * h + W * H - shared);
}

/** Row, column and anchor of a box, and its b_x, b_y, b_w, b_h. */
export function place([x1, y1, x2, y2], cells, anchors) {
  const x = ((x1 + x2) / 2) * cells / SIDE, y = ((y1 + y2) / 2) * cells / SIDE;
  const column = Math.min(Math.floor(x), cells - 1), row = Math.min(Math.floor(y), cells - 1);
  const fits = (anchors ?? []).map((a) => shapeIou([x2 - x1, y2 - y1], a));
  const slot = fits.length ? fits.indexOf(Math.max(...fits)) : 0;
  return { row, column, slot, code: [x - column, y - row, (x2 - x1) * cells / SIDE, (y2 - y1) * cells / SIDE] };
}

/** The target [row][column][slot][5 + C], and the indices of objects that found no place. */
export function encode(boxes, labels, cells, classes, anchors) {
  const slots = anchors ? anchors.length : 1, lost = [];
  const target = Array.from({ length: cells }, () => Array.from({ length: cells }, () =>
    Array.from({ length: slots }, () => Array(5 + classes).fill(0))));
  boxes.forEach((box, n) => {
    const { row, column, slot, code } = place(box, cells, anchors), here = target[row][column][slot];
    if (here[0]) { lost.push(n); return; }
    here[0] = 1;
    code.forEach((v, k) => { here[k + 1] = v; });
    here[4 + labels[n]] = 1;
  });
  return { target, lost };
}

const SHAPES = ["tall", "wide", "third", "fourth"];

export function mount(host, state, onChange) {
  let { cells, boxes, labels, chosen } = state, on = state.use_anchors;
  const { names, anchors } = state, C = names.length, U = 4, W = SIDE * U;
  const svg = el("svg", { class: "cv-yolo-sheet", viewBox: `-6 -6 ${W + 12} ${W + 12}`, role: "group", "aria-label": "the picture, its grid and its objects" });
  const line = status(), table = el("table", { class: "cv-yolo-numbers" });
  const kind = choice("class", names.map((n) => [n, n]), names[labels[chosen] - 1], (name) => {
    if (labels[chosen] === undefined) return;
    labels = labels.map((l, n) => (n === chosen ? names.indexOf(name) + 1 : l));
    changed();
  });
  const anchored = checkbox("two anchors, tall and wide", on, (v) => { on = v; changed(); });
  const size = slider("cells each way", { min: 1, max: 7, value: cells }, (v) => { cells = v; changed(); });
  const remove = button("Remove", () => {
    boxes = boxes.filter((_, n) => n !== chosen);
    labels = labels.filter((_, n) => n !== chosen);
    chosen = Math.max(0, Math.min(chosen, boxes.length - 1));
    changed();
  });
  const add = button("Add an object", () => {
    const at = [[30, 30, 60, 60], [36, 24, 54, 66], [18, 36, 72, 58]][boxes.length % 3];
    append(at);
  });

  function append(box) {
    if (boxes.length >= 8) return;
    boxes = [...boxes, box];
    labels = [...labels, names.findIndex((n) => kind.node.querySelector(`[value="${n}"]`)?.checked) + 1 || 1];
    chosen = boxes.length - 1;
    changed();
  }
  function put(n, box) { boxes = boxes.map((b, k) => (k === n ? box : b)); changed(); }
  function changed() {
    draw();
    onChange("cells", cells); onChange("boxes", boxes); onChange("labels", labels);
    onChange("use_anchors", on); onChange("chosen", chosen);
  }
  const moved = ([x1, y1, x2, y2], dx, dy) => {
    const sx = clamp(dx, -x1, SIDE - x2), sy = clamp(dy, -y1, SIDE - y2);
    return [x1 + sx, y1 + sy, x2 + sx, y2 + sy];
  };

  /** Arrows move an object, with Shift they move its lower right corner. */
  function key(e, n) {
    if (e.key === "Delete" || e.key === "Backspace") { chosen = n; e.preventDefault(); remove.click(); return; }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    const b = boxes[n];
    put(n, !e.shiftKey ? moved(b, ...step)
      : [b[0], b[1], clamp(b[2] + step[0], b[0] + 2, SIDE), clamp(b[3] + step[1], b[1] + 2, SIDE)]);
    svg.querySelector(`[data-n="${n}"]`)?.focus();
  }

  let held = null;
  const at = (e) => {
    const r = svg.getBoundingClientRect(), s = (W + 12) / r.width;
    return [((e.clientX - r.left) * s - 6) / U, ((e.clientY - r.top) * s - 6) / U];
  };
  svg.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    const [x, y] = at(e), b = boxes[chosen];
    const corner = b && Math.hypot(b[2] - x, b[3] - y) < (e.pointerType === "touch" ? 6 : 3);
    const inside = boxes.map((o, n) => n).filter((n) => x >= boxes[n][0] && x <= boxes[n][2] && y >= boxes[n][1] && y <= boxes[n][3]);
    if (corner) held = { n: chosen, corner };
    else if (inside.length) {
      const n = inside.includes(chosen) ? chosen : inside[inside.length - 1];
      held = { n, from: [x, y], box: boxes[n] };
      if (n !== chosen) { chosen = n; changed(); }
    } else held = { from: [x, y] };
    svg.setPointerCapture(e.pointerId);
    e.preventDefault();
  });
  svg.addEventListener("pointermove", (e) => {
    if (!held) return;
    const [x, y] = at(e).map((v) => clamp(Math.round(v), 0, SIDE));
    if (held.n === undefined) {
      const [fx, fy] = held.from.map((v) => clamp(Math.round(v), 0, SIDE));
      const box = [Math.min(fx, x), Math.min(fy, y), Math.max(fx, x), Math.max(fy, y)];
      if (box[2] - box[0] < 4 || box[3] - box[1] < 4) return;
      if (!held.made) { if (boxes.length >= 8) return; held.made = true; append(box); } else put(boxes.length - 1, box);
    } else if (held.corner) {
      const b = boxes[held.n];
      put(held.n, [b[0], b[1], clamp(x, b[0] + 2, SIDE), clamp(y, b[1] + 2, SIDE)]);
    } else put(held.n, moved(held.box, Math.round(at(e)[0] - held.from[0]), Math.round(at(e)[1] - held.from[1])));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, () => {
      const n = held?.made ? boxes.length - 1 : held?.n;
      held = null;
      if (n !== undefined) svg.querySelector(`[data-n="${n}"]`)?.focus({ preventScroll: true });
    });
  }

  function draw() {
    const used = on ? anchors : null, { target, lost } = encode(boxes, labels, cells, C, used), s = W / cells;
    const parts = [];
    target.forEach((rowOf, i) => rowOf.forEach((cell, j) => {
      const full = cell.filter((slot) => slot[0]).length;
      if (full) parts.push(el("rect", { class: "full", x: j * s, y: i * s, width: s, height: s, style: `fill-opacity:${0.3 + 0.25 * (full - 1)}` }));
    }));
    for (let k = 0; k <= cells; k++) parts.push(
      el("line", { class: "rule", x1: k * s, x2: k * s, y1: 0, y2: W }), el("line", { class: "rule", x1: 0, x2: W, y1: k * s, y2: k * s }));
    const own = boxes[chosen] ? place(boxes[chosen], cells, used) : null;
    if (own) parts.push(el("rect", { class: "own", x: own.column * s, y: own.row * s, width: s, height: s }));
    if (own && on) {
      const [w, h] = anchors[own.slot].map((v) => v * U), b = boxes[chosen];
      parts.push(el("rect", { class: "anchor", x: (b[0] + b[2]) * U / 2 - w / 2, y: (b[1] + b[3]) * U / 2 - h / 2, width: w, height: h }));
    }
    boxes.forEach((b, n) => {
      const away = lost.includes(n), style = `${away ? "lost" : "object"}${n === chosen ? " chosen" : ""}`;
      parts.push(el("rect", {
        class: style, x: b[0] * U, y: b[1] * U, width: (b[2] - b[0]) * U, height: (b[3] - b[1]) * U, tabindex: 0, role: "button", "data-n": n,
        "aria-label": `${names[labels[n] - 1]} ${n + 1}${away ? ", lost" : ""}`, "aria-pressed": String(n === chosen),
        onkeydown: (e) => key(e, n), onfocus: () => { if (n !== chosen && !held) { chosen = n; changed(); svg.querySelector(`[data-n="${n}"]`)?.focus(); } },
      }),
        el("circle", { class: style, cx: (b[0] + b[2]) * U / 2, cy: (b[1] + b[3]) * U / 2, r: 5 }),
        el("text", { x: b[0] * U + 5, y: b[1] * U + 16 }, names[labels[n] - 1]));
    });
    if (boxes[chosen]) parts.push(el("circle", { class: "grip", cx: boxes[chosen][2] * U, cy: boxes[chosen][3] * U, r: 7 }));
    svg.replaceChildren(...parts);
    const rowNames = ["p_c", "b_x", "b_y", "b_w", "b_h", ...names];
    const slots = own ? target[own.row][own.column] : [Array(5 + C).fill(0)];
    table.replaceChildren(
      el("caption", {}, own ? `the cell in row ${own.row}, column ${own.column}` : "no object is chosen"),
      el("tbody", {}, ...(on ? [el("tr", { class: "head" }, el("th", { scope: "row" }, "anchor"),
        ...slots.map((_, k) => el("th", { scope: "col", class: own && k === own.slot ? "hand" : "" }, SHAPES[k])))] : []),
      ...rowNames.map((name, k) => el("tr", {}, el("th", { scope: "row" }, name),
        ...slots.map((slot, b) => el("td", { class: own && b === own.slot ? "hand" : "" }, fmt(slot[k])))))));
    size.set(cells);
    anchored.set(on);
    kind.set(names[labels[chosen] - 1]);
    remove.disabled = !boxes.length;
    add.disabled = boxes.length >= 8;
    line.textContent = say(own, lost);
  }

  function say(own, lost) {
    const slots = on ? anchors.length : 1, total = cells * cells * slots * (5 + C);
    const shape = on ? `${cells} × ${cells} × ${slots} × ${5 + C}` : `${cells} × ${cells} × ${5 + C}`;
    const end = `The target has ${shape} = ${total} numbers, ${boxes.length - lost.length} of its ${cells * cells * slots} places are filled.`;
    if (!own) return `An empty picture: every number is 0. ${end}`;
    const name = names[labels[chosen] - 1], where = `row ${own.row}, column ${own.column}`;
    if (lost.includes(chosen)) {
      return `This ${name} is lost: ${where}${on ? `, the ${SHAPES[own.slot]} anchor,` : ""} is taken by an earlier object. ` +
        (on ? "Only a finer grid would help. " : "A finer grid or anchors may help. ") + end;
    }
    const [, , w, h] = own.code, over = [w > 1 ? "wider" : "", h > 1 ? "taller" : ""].filter(Boolean).join(" and ");
    return `The midpoint of this ${name} lies in ${where}${on ? `, and its shape is nearest to the ${SHAPES[own.slot]} anchor` : ""}. ` +
      (over ? `It is ${over} than its cell, so ${w > 1 && h > 1 ? "b_w and b_h exceed" : w > 1 ? "b_w exceeds" : "b_h exceeds"} 1. ` : "") + end;
  }

  const root = frame(host, "cv-yolo-target", state.label,
    el("div", { class: "cv-controls" }, size.node, anchored.node), el("div", { class: "cv-yolo-two" }, svg, table), line,
    el("div", { class: "cv-controls" }, kind.node, add, remove),
    el("p", { class: "cv-muted" }, "Drag on the picture to draw an object, drag an object to move it, its corner to stretch it. With the keyboard: arrows move, with Shift they stretch, Delete removes. Rows and columns are counted from 0."));
  draw();
  return {
    set(key, value) {
      if (key === "cells") cells = value;
      if (key === "boxes") boxes = value;
      if (key === "labels") labels = value;
      if (key === "use_anchors") on = value;
      if (key === "chosen") chosen = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
