// @ts-check
import { anywidget, choice, el, fmt, frame, numberInputs, status } from "./kit.js";

const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
const EPS = 1e-7;

/** What two boxes share, and four measures of how much they agree. */
export function measures(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const intersection = Math.max(w, 0) * Math.max(h, 0), union = area(a) + area(b) - intersection;
  const iou = union > 0 ? intersection / union : 0;
  const W = Math.max(a[2], b[2]) - Math.min(a[0], b[0]), H = Math.max(a[3], b[3]) - Math.min(a[1], b[1]);
  const hull = W * H, giou = hull > 0 ? iou - (hull - union) / hull : iou;
  const dx = (a[0] + a[2] - b[0] - b[2]) / 2, dy = (a[1] + a[3] - b[1] - b[3]) / 2;
  const diou = iou - (dx * dx + dy * dy) / (W * W + H * H + EPS);
  const angle = (c) => Math.atan2(c[2] - c[0], c[3] - c[1]);
  const v = (4 / Math.PI ** 2) * (angle(a) - angle(b)) ** 2;
  return { intersection, union, iou, giou, diou, ciou: diou - (v * v) / (1 - iou + v + EPS) };
}

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));

/** The box moved as a whole; it stays on the sheet of H × W. */
export function moved([x1, y1, x2, y2], dx, dy, [H, W]) {
  const sx = clamp(dx, -x1, W - x2), sy = clamp(dy, -y1, H - y2);
  return [x1 + sx, y1 + sy, x2 + sx, y2 + sy];
}

/** Coordinate k (0 … 3) set to v; it pushes the other side along, so no box is inverted. */
export function withSide(box, k, v, [H, W]) {
  const next = [...box];
  next[k] = clamp(Math.round(v), 0, k % 2 ? H : W);
  if (k < 2) next[k + 2] = Math.max(next[k + 2], next[k]);
  else next[k - 2] = Math.min(next[k - 2], next[k]);
  return next;
}

/** One sentence on what is seen. */
export function say(truth, box) {
  const m = measures(truth, box), empty = [truth, box].filter((b) => area(b) === 0).length;
  const s = (n) => `${n} ${n === 1 ? "pixel" : "pixels"}`;
  if (empty === 2) return "Both boxes are empty, so IoU would be 0/0. Here it counts as 0: nothing agrees with nothing.";
  if (empty) return "An empty box covers nothing: IoU is 0 wherever it lies.";
  if (m.intersection === 0) {
    const touch = Math.min(truth[2], box[2]) >= Math.max(truth[0], box[0]) && Math.min(truth[3], box[3]) >= Math.max(truth[1], box[1]);
    return (touch ? "The boxes touch, but an edge has no area: IoU is 0. " : "The boxes do not meet: IoU is 0, and stays 0 when you move one a little. ")
      + `GIoU (${fmt(m.giou)}) and DIoU (${fmt(m.diou)}) do change.`;
  }
  const head = `They share ${s(m.intersection)} of ${m.union}: IoU ${fmt(m.iou)}. `;
  if (m.iou === 1) return head + "The same box: correct at every threshold.";
  const inside = m.union === Math.max(area(truth), area(box));
  const tail = inside ? " One lies in the other, so GIoU equals IoU; only DIoU and CIoU see where." : "";
  if (m.iou === 0.5) return head + "Exactly 0.5: not above it, so wrong by the rule of PASCAL VOC; correct by COCO's, which takes ≥." + tail;
  if (m.iou > 0.5) return head + "Correct at 0.5." + tail;
  const share = m.intersection / area(truth);
  return head + `Not correct at 0.5${share < 0.5 ? ":" : ", although"} ${fmt(100 * share, 0)} % of the true box is covered.` + tail;
}

const PRESETS = {
  shifted: [[4, 4, 16, 14], [8, 6, 20, 16]],
  good: [[4, 4, 16, 14], [5, 5, 17, 15]],
  half: [[4, 4, 16, 14], [4, 4, 16, 9]],
  inside: [[4, 4, 16, 14], [5, 5, 8, 8]],
  touching: [[4, 4, 16, 14], [16, 4, 26, 14]],
  apart: [[2, 4, 10, 12], [22, 8, 29, 14]],
  empty: [[4, 4, 16, 14], [10, 2, 10, 18]],
  "both empty": [[4, 4, 4, 14], [10, 9, 10, 9]],
};
const NAMES = ["true box", "prediction"], KINDS = ["truth", "guess"], SIDES = ["x1", "y1", "x2", "y2"];

export function mount(host, state, onChange) {
  const size = state.size, [H, W] = size, U = 20;
  let boxes = [state.truth, state.prediction];
  const svg = el("svg", { class: "cv-pad", viewBox: `-8 -8 ${W * U + 16} ${H * U + 16}`, role: "group", "aria-label": "two boxes" });
  const line = status(), body = el("tbody");
  const presets = choice("show", Object.keys(PRESETS).map((k) => [k, k]), "", (k) => change(structuredClone(PRESETS[k])));
  const inputs = NAMES.map((name, n) => {
    const made = numberInputs(name, [boxes[n]], (_, k, v) => put(n, withSide(boxes[n], k, v, size)),
      { step: 1, kind: n ? "output" : "input" });
    made.node.querySelectorAll("input").forEach((input, k) => {
      input.setAttribute("aria-label", `${name}, ${SIDES[k]}`);
      input.addEventListener("blur", () => made.set([boxes[n]]));
    });
    return made;
  });
  const grid = [];
  for (let x = 0; x <= W; x += 2) grid.push(el("line", { class: "grid", x1: x * U, x2: x * U, y1: 0, y2: H * U }));
  for (let y = 0; y <= H; y += 2) grid.push(el("line", { class: "grid", x1: 0, x2: W * U, y1: y * U, y2: y * U }));
  const shared = el("rect", { class: "shared" });
  const rects = KINDS.map((kind, n) => el("rect", { class: kind, tabindex: 0, role: "button",
    onkeydown: (e) => key(e, n) }));
  const handles = KINDS.map((kind) => [0, 1, 2, 3].map(() => el("circle", { class: `handle ${kind}`, r: 7 })));
  svg.append(...grid, ...rects, shared, ...handles.flat());

  function put(n, box) { change(boxes.map((b, k) => (k === n ? box : b))); }
  function change(next) {
    boxes = next;
    draw();
    onChange("truth", boxes[0]);
    onChange("prediction", boxes[1]);
  }

  /** Arrows move the box; with Shift they move its lower right corner. */
  function key(e, n) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    const [dx, dy] = step, b = boxes[n];
    put(n, !e.shiftKey ? moved(b, dx, dy, size)
      : [b[0], b[1], clamp(b[2] + dx, b[0], W), clamp(b[3] + dy, b[1], H)]);
  }

  let held = null; // { n, sides } or { n, from, box }
  function grab(e) {
    const [x, y] = place(e), reach = e.pointerType === "touch" ? 1.6 : 0.8;
    let best = reach;
    held = null;
    for (const n of [1, 0]) {
      const b = boxes[n];
      // of corners in one place the lower right comes first: an empty box can be opened
      for (const [i, j] of [[2, 3], [0, 1], [2, 1], [0, 3]]) {
        const far = Math.hypot(b[i] - x, b[j] - y);
        if (far < best) { best = far; held = { n, sides: [i, j] }; }
      }
    }
    for (const n of [1, 0]) {
      const b = boxes[n], slack = 0.4;
      const on = x >= b[0] - slack && x <= b[2] + slack && y >= b[1] - slack && y <= b[3] + slack;
      if (!held && on) held = { n, from: [x, y], box: b };
    }
    if (held) { rects[held.n].focus({ preventScroll: true }); svg.setPointerCapture?.(e.pointerId); e.preventDefault(); }
  }
  function drag(e) {
    if (!held || !e.buttons) return;
    const [x, y] = place(e), { n, sides, from, box } = held;
    if (sides) {
      const b = [...boxes[n]];
      sides.forEach((k, axis) => {
        const v = Math.round([x, y][axis]);
        b[k] = k < 2 ? clamp(v, 0, b[k + 2]) : clamp(v, b[k - 2], axis ? H : W);
      });
      return put(n, b);
    }
    put(n, moved(box, Math.round(x - from[0]), Math.round(y - from[1]), size));
  }
  function place(e) {
    const b = svg.getBoundingClientRect(), s = (W * U + 16) / b.width;
    return [((e.clientX - b.left) * s - 8) / U, ((e.clientY - b.top) * s - 8) / U];
  }
  svg.addEventListener("pointerdown", (e) => { if (e.button === 0) grab(e); });
  svg.addEventListener("pointermove", drag);
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { held = null; });

  const set = (node, props) => Object.entries(props).forEach(([k, v]) => node.setAttribute(k, String(v)));
  const spot = ([x1, y1, x2, y2]) => ({ x: x1 * U, y: y1 * U, width: (x2 - x1) * U, height: (y2 - y1) * U });
  function draw() {
    const [a, b] = boxes, m = measures(a, b);
    const both = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
    set(shared, m.intersection > 0 ? spot(both) : spot([0, 0, 0, 0]));
    boxes.forEach((box, n) => {
      set(rects[n], { ...spot(box), "aria-label": `${NAMES[n]}, from ${box[0]}, ${box[1]} to ${box[2]}, ${box[3]}` });
      [[0, 1], [2, 1], [0, 3], [2, 3]].forEach(([i, j], k) => set(handles[n][k], { cx: box[i] * U, cy: box[j] * U }));
      inputs[n].set([box]);
    });
    presets.set(Object.keys(PRESETS).find((k) => JSON.stringify(PRESETS[k]) === JSON.stringify(boxes)));
    const rows = [["area of the true box", area(a), "truth"], ["area of the prediction", area(b), "guess"],
      ["intersection", m.intersection, "both"], ["union", m.union, ""],
      ["IoU", fmt(m.iou, 3), "main"], ["GIoU", fmt(m.giou, 3), ""], ["DIoU", fmt(m.diou, 3), ""], ["CIoU", fmt(m.ciou, 3), ""]];
    body.replaceChildren(...rows.map(([name, value, kind]) => el("tr", { class: kind },
      el("th", { scope: "row" }, name), el("td", {}, String(value)))));
    line.textContent = say(a, b);
  }

  const table = el("table", { class: "cv-measures" }, el("caption", {}, "in numbers"), body);
  const root = frame(host, "cv-box-overlap", state.label,
    el("div", { class: "cv-controls" }, presets.node),
    el("div", { class: "cv-sheet" },
      el("div", {}, svg, el("div", { class: "cv-row cv-corners" }, ...inputs.map((i) => i.node))), table),
    line,
    el("p", { class: "cv-muted" }, "Drag a box or one of its corners. Or focus a box: arrow keys move it, with Shift its lower right corner."));
  draw();
  return {
    set(name, value) {
      if (name === "truth") boxes = [value, boxes[1]];
      if (name === "prediction") boxes = [boxes[0], value];
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
