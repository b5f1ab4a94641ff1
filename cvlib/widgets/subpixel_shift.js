// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

const SIDE = 12, DISC = [6, 6, 2.5], CORNER = 1.25, SIZE = 7.5, BINS = 14, POINTS = 8, STEP = 0.125, MOST = 2;

/** To the nearest whole number, halves away from zero. */
const away = (v) => Math.sign(v) * Math.floor(Math.abs(v) + 0.5) + 0;

/** First and one past the last of each bin of a rounded side. */
function edges(start, end) {
  const first = away(start), size = away(end) - first + 1;
  return Array.from({ length: BINS }, (_, p) =>
    [first + Math.floor(p * (size / BINS)), first + Math.ceil((p + 1) * (size / BINS))]);
}

/** The value between the centres of cells; the centre of the first is (0, 0). */
function bilinear(map, y, x) {
  const H = map.length, W = map[0].length;
  if (y < -1 || y > H || x < -1 || x > W) return 0;
  y = Math.min(Math.max(y, 0), H - 1); x = Math.min(Math.max(x, 0), W - 1);
  const i = Math.floor(y), j = Math.floor(x), v = y - i, u = x - j;
  const below = Math.min(i + 1, H - 1), right = Math.min(j + 1, W - 1);
  return (1 - v) * ((1 - u) * map[i][j] + u * map[i][right]) +
    v * ((1 - u) * map[below][j] + u * map[below][right]);
}

/** The region as one of three methods reads it, 14 × 14. */
export function cut(map, [x1, y1, x2, y2], method) {
  if (method === "RoIPool") {
    const rows = edges(y1, y2), columns = edges(x1, x2);
    return rows.map(([a, b]) => columns.map(([c, d]) => {
      let best = -Infinity;
      for (let i = Math.max(a, 0); i < Math.min(b, map.length); i++) {
        for (let j = Math.max(c, 0); j < Math.min(d, map[0].length); j++) best = Math.max(best, map[i][j]);
      }
      return Number.isFinite(best) ? best : 0;
    }));
  }
  const off = method === "RoIAlign" ? 0.5 : 0, h = (y2 - y1) / BINS, w = (x2 - x1) / BINS;
  return Array.from({ length: BINS }, (_, p) => Array.from({ length: BINS }, (_, q) => {
    let sum = 0;
    for (const a of [0.25, 0.75]) for (const b of [0.25, 0.75]) sum += bilinear(map, y1 + (p + a) * h - off, x1 + (q + b) * w - off);
    return sum / 4;
  }));
}

/** How far right and down the mask lies of its object, and their IoU. */
export function putBack(cells, [x1, y1, x2, y2]) {
  const [x, y, r] = DISC;
  let both = 0, either = 0, right = 0, down = 0, n = 0;
  for (let i = 0; i < SIDE * POINTS; i++) {
    for (let j = 0; j < SIDE * POINTS; j++) {
      const u = (j + 0.5) / POINTS, v = (i + 0.5) / POINTS;
      const q = Math.floor(((u - x1) / (x2 - x1)) * BINS), p = Math.floor(((v - y1) / (y2 - y1)) * BINS);
      const mask = (cells[p]?.[q] ?? 0) >= 0.5, real = (u - x) ** 2 + (v - y) ** 2 <= r ** 2;
      if (mask) { right += u; down += v; n++; }
      both += mask && real ? 1 : 0; either += mask || real ? 1 : 0;
    }
  }
  return n ? [right / n - x, down / n - y, both / either] : [0, 0, 0];
}

export function mount(host, state, onChange) {
  let { shift, method } = state;
  const map = state.values, S = 30;
  const svg = el("svg", { viewBox: `0 0 ${SIDE * S} ${SIDE * S}`, role: "img" });
  const sentence = status();
  const methods = choice("read by", [["RoIPool", "RoIPool"], ["RoIAlign", "RoIAlign"], ["half a cell off", "half a cell off"]],
    method, (v) => { method = v; onChange("method", v); draw(); });
  const knobs = ["right", "down"].map((word, k) => slider(word, { min: 0, max: MOST, step: STEP, value: shift[k], format: (v) => fmt(v, 3) },
    (v) => move(k ? [shift[0], v] : [v, shift[1]])));

  function move(wanted) {
    shift = wanted.map((v) => Math.min(MOST, Math.max(0, Math.round(v / STEP) * STEP)));
    onChange("shift", shift);
    draw();
  }

  function draw() {
    const [x1, y1] = shift.map((s) => CORNER + s), box = [x1, y1, x1 + SIZE, y1 + SIZE], side = (SIZE / BINS) * S;
    const cells = cut(map, box, method), [right, down, iou] = putBack(cells, box);
    const under = map.flatMap((row, i) => row.map((v, j) =>
      el("rect", { x: j * S, y: i * S, width: S, height: S, class: "cell", "fill-opacity": 0.1 + 0.6 * v })));
    const mask = cells.flatMap((row, p) => row.flatMap((v, q) => v < 0.5 ? [] :
      [el("rect", { x: x1 * S + q * side, y: y1 * S + p * side, width: side + 0.3, height: side + 0.3, class: "mask" })]));
    svg.replaceChildren(...under, ...mask,
      el("circle", { cx: DISC[0] * S, cy: DISC[1] * S, r: DISC[2] * S, class: "true" }),
      el("rect", { x: x1 * S, y: y1 * S, width: SIZE * S, height: SIZE * S, class: "region" }));
    const where = [[right, "to the right", "to the left"], [down, "down", "up"]]
      .map(([v, more, less]) => Math.abs(v) < 0.125 ? null : `${fmt(Math.abs(v))} cells ${v > 0 ? more : less}`).filter(Boolean);
    const off = Math.hypot(right, down), pixels = fmt(off * 16, 0);
    sentence.textContent = (method === "RoIPool"
      ? `The region is rounded: it is read from column ${away(x1)} to ${away(x1 + SIZE)}, and laid back at ${fmt(x1)} to ${fmt(x1 + SIZE)}. `
      : method === "RoIAlign" ? "The region is read where it is and laid back there. "
        : "The region is read half a cell too far right and down, and laid back where it is. ") +
      (where.length ? `The mask lies ${where.join(" and ")} of its object, ${pixels} pixels at a stride of 16; ` : "The mask lies on its object; ") +
      `IoU ${fmt(iou)}, ${iou >= 0.75 ? "enough for both 0.5 and 0.75" : iou > 0.5 ? "found at 0.5, missed at 0.75" : "missed at 0.5"}.`;
    svg.setAttribute("aria-label", `A disc, the region round it, and the mask that ${method} lays back; IoU ${fmt(iou)}`);
    knobs.forEach((k, i) => k.set(shift[i]));
  }

  let grip = null;
  const at = (e) => {
    const area = svg.getBoundingClientRect();
    return [((e.clientX - area.left) / area.width) * SIDE, ((e.clientY - area.top) / area.height) * SIDE];
  };
  svg.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    const [x, y] = at(e);
    grip = [x - shift[0], y - shift[1]];
    svg.setPointerCapture(e.pointerId);
  });
  svg.addEventListener("pointermove", (e) => {
    if (grip) { const [x, y] = at(e); move([x - grip[0], y - grip[1]]); }
  });
  svg.addEventListener("pointerup", () => { grip = null; });

  const root = frame(host, "cv-subpixel-shift", state.label,
    el("div", { class: "cv-controls" }, methods.node),
    svg, sentence,
    el("div", { class: "cv-controls cv-knobs" }, ...knobs.map((k) => k.node)),
    el("p", { class: "cv-muted" }, "Dashed: the object. Purple: the region, to be dragged. Orange: the mask cut out of the map and laid back into the region."));
  draw();
  return {
    set(key, value) {
      if (key === "shift") shift = value;
      if (key === "method") { method = value; methods.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
