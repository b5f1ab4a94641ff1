// @ts-check
import { anywidget, choice, el, fmt, frame, grid, slider, status } from "./kit.js";

/** To the nearest whole number, halves away from zero. */
export const away = (v) => Math.sign(v) * Math.floor(Math.abs(v) + 0.5) + 0;

/** First and one past the last of each bin of a rounded side. */
export function edges(start, end, bins) {
  const first = away(start), size = away(end) - first + 1;
  return Array.from({ length: bins }, (_, p) =>
    [first + Math.floor(p * (size / bins)), first + Math.ceil((p + 1) * (size / bins))]);
}

/** Rows and columns of the bins that RoIPool reads. */
export const poolBins = ([x1, y1, x2, y2], bins) => [edges(y1, y2, bins), edges(x1, x2, bins)];

/** The maximum in every bin; 0 in a bin outside the map. */
export function roiPool(map, box, bins) {
  const [rows, columns] = poolBins(box, bins), H = map.length, W = map[0].length;
  return rows.map(([a, b]) => columns.map(([c, d]) => {
    let best = -Infinity;
    for (let i = Math.max(a, 0); i < Math.min(b, H); i++) {
      for (let j = Math.max(c, 0); j < Math.min(d, W); j++) best = Math.max(best, map[i][j]);
    }
    return Number.isFinite(best) ? best : 0;
  }));
}

/** Where RoIAlign reads along one side: `count` points in each of `bins`, in cells. */
export function along(start, end, bins, count) {
  const step = (end - start) / bins;
  return Array.from({ length: bins }, (_, p) =>
    Array.from({ length: count }, (_, i) => start + p * step + ((i + 0.5) * step) / count));
}

/** The value between the centres of cells; the centre of the first is (0.5, 0.5). */
export function bilinear(map, y, x) {
  const H = map.length, W = map[0].length;
  y -= 0.5; x -= 0.5;
  if (y < -1 || y > H || x < -1 || x > W) return 0;
  y = Math.min(Math.max(y, 0), H - 1); x = Math.min(Math.max(x, 0), W - 1);
  const i = Math.floor(y), j = Math.floor(x), v = y - i, u = x - j;
  const below = Math.min(i + 1, H - 1), right = Math.min(j + 1, W - 1);
  return (1 - v) * ((1 - u) * map[i][j] + u * map[i][right]) +
    v * ((1 - u) * map[below][j] + u * map[below][right]);
}

/** The mean of count × count points in every bin (aligned). */
export function roiAlign(map, [x1, y1, x2, y2], bins, count) {
  const ys = along(y1, y2, bins, count), xs = along(x1, x2, bins, count);
  return ys.map((rows) => xs.map((columns) => {
    let sum = 0;
    for (const y of rows) for (const x of columns) sum += bilinear(map, y, x);
    return sum / (count * count);
  }));
}

const STRIDE = 16, COUNT = 2, STEP = 0.25, LEAST = 1;
const WORDS = ["left", "top", "width", "height"];

export function mount(host, state, onChange) {
  let { box, bins, method } = state;
  const map = state.values, H = map.length, W = map[0].length, S = 44;
  const svg = el("svg", { viewBox: `0 0 ${W * S} ${H * S}`, role: "group", tabindex: "0",
    "aria-label": "the region on the map: arrow keys move it, with Shift they resize it" });
  const sentence = status();
  const results = { RoIPool: grid("RoIPool", [[0]], { kind: "output", digits: 1 }),
    RoIAlign: grid("RoIAlign", [[0]], { kind: "output", digits: 1 }) };
  const methods = choice("show", [["RoIPool", "RoIPool"], ["RoIAlign", "RoIAlign"]], method,
    (v) => { method = v; onChange("method", v); draw(); });
  const sizes = choice("bins", ["1", "2", "3", "4"].map((n) => [n, `${n} × ${n}`]), String(bins),
    (v) => { bins = Number(v); onChange("bins", bins); draw(); });
  const knobs = WORDS.map((word, k) => slider(word,
    { min: k < 2 ? 0 : LEAST, max: k % 2 ? H : W, step: STEP, value: 1 }, (v) => {
      const [x1, y1, x2, y2] = box, size = [x2 - x1, y2 - y1];
      if (k < 2) place([k ? x1 : v, k ? v : y1], size);
      else place([x1, y1], [k === 2 ? v : size[0], k === 3 ? v : size[1]]);
    }));

  const snap = (v) => Math.round(v / STEP) * STEP;
  /** Puts the region where it is wanted, or as near as the map allows. */
  function place([x, y], [w, h]) {
    w = Math.min(Math.max(snap(w), LEAST), W); h = Math.min(Math.max(snap(h), LEAST), H);
    x = Math.min(Math.max(snap(x), 0), W - w); y = Math.min(Math.max(snap(y), 0), H - h);
    box = [x, y, x + w, y + h];
    onChange("box", box);
    draw();
  }

  function draw() {
    const [x1, y1, x2, y2] = box, [rows, columns] = poolBins(box, bins);
    const pooled = roiPool(map, box, bins), aligned = roiAlign(map, box, bins, COUNT);
    const pooling = method === "RoIPool";
    const read = (i, j) => pooling && i >= rows[0][0] && i < rows[bins - 1][1] && j >= columns[0][0] && j < columns[bins - 1][1];
    const best = (i, j) => read(i, j) && rows.some(([a, b], p) => i >= a && i < b &&
      columns.some(([c, d], q) => j >= c && j < d && map[i][j] === pooled[p][q]));
    const cells = map.flatMap((row, i) => row.map((v, j) => el("g", {},
      el("rect", { x: j * S, y: i * S, width: S, height: S, class: `cell${read(i, j) ? " read" : ""}` }),
      el("text", { x: (j + 0.5) * S, y: (i + 0.5) * S, class: `${read(i, j) ? "read" : ""}${best(i, j) ? " best" : ""}` }, fmt(v)))));
    const marks = [];
    const rect = (x, y, w, h, name) => marks.push(el("rect", { x: x * S, y: y * S, width: w * S, height: h * S, class: name }));
    if (pooling) {
      rows.forEach(([a, b]) => columns.forEach(([c, d]) => rect(c + 0.04, a + 0.04, d - c - 0.08, b - a - 0.08, "bin inner")));
      rect(columns[0][0], rows[0][0], columns[bins - 1][1] - columns[0][0], rows[bins - 1][1] - rows[0][0], "bin");
    } else {
      const w = (x2 - x1) / bins, h = (y2 - y1) / bins;
      for (let p = 0; p < bins; p++) for (let q = 0; q < bins; q++) rect(x1 + q * w, y1 + p * h, w, h, "bin inner");
      for (const y of along(y1, y2, bins, COUNT).flat()) {
        for (const x of along(x1, x2, bins, COUNT).flat()) marks.push(el("circle", { cx: x * S, cy: y * S, r: 4.5, class: "point" }));
      }
    }
    const region = el("rect", { x: x1 * S, y: y1 * S, width: (x2 - x1) * S, height: (y2 - y1) * S, class: "region" });
    const handle = el("circle", { cx: x2 * S, cy: y2 * S, r: 11, class: "handle" });
    svg.replaceChildren(...cells, region, ...marks, handle);
    results.RoIPool.set(pooled); results.RoIAlign.set(aligned);
    [x1, y1, x2 - x1, y2 - y1].forEach((v, k) => knobs[k].set(v));
    sentence.textContent = pooling ? poolSentence(rows, columns) : alignSentence();
  }

  function poolSentence(rows, columns) {
    const [x1, y1, x2, y2] = box, tall = rows[bins - 1][1] - rows[0][0], wide = columns[bins - 1][1] - columns[0][0];
    const moved = Math.max(Math.abs(columns[0][0] - x1), Math.abs(rows[0][0] - y1));
    const shared = rows.some(([, b], p) => p + 1 < bins && rows[p + 1][0] < b) || columns.some(([, b], q) => q + 1 < bins && columns[q + 1][0] < b);
    return `The region is ${fmt(x2 - x1)} × ${fmt(y2 - y1)} cells; RoIPool reads ${wide} × ${tall}, columns ${columns[0][0]} to ${columns[0][0] + wide - 1} and rows ${rows[0][0]} to ${rows[0][0] + tall - 1}. ` +
      (moved ? `Rounding moved its corner by up to ${fmt(moved)} cell, ${fmt(moved * STRIDE)} pixels of the picture. ` : "Its corner fell on a cell. ") +
      (shared ? "Neighbouring bins share cells." : "No two bins share a cell.");
  }

  function alignSentence() {
    const [x1, y1, x2, y2] = box;
    return `The region is ${fmt(x2 - x1)} × ${fmt(y2 - y1)} cells, and so is what RoIAlign reads: nothing is rounded. ` +
      `Each bin is ${fmt((x2 - x1) / bins)} × ${fmt((y2 - y1) / bins)} cells and the mean of ${COUNT * COUNT} points between the cells.`;
  }

  const at = (e) => {
    const area = svg.getBoundingClientRect();
    return [((e.clientX - area.left) / area.width) * W, ((e.clientY - area.top) / area.height) * H];
  };
  let grip = null;
  svg.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    const [x, y] = at(e), [x1, y1, x2, y2] = box, corner = Math.hypot(x - x2, y - y2) < 0.7;
    if (!corner && (x < x1 || x > x2 || y < y1 || y > y2)) place([x - (x2 - x1) / 2, y - (y2 - y1) / 2], [x2 - x1, y2 - y1]);
    grip = { corner, x: x - (corner ? box[2] : box[0]), y: y - (corner ? box[3] : box[1]) };
    svg.setPointerCapture(e.pointerId);
  });
  svg.addEventListener("pointermove", (e) => {
    if (!grip || !svg.hasPointerCapture(e.pointerId)) return;
    const [px, py] = at(e), [x1, y1, x2, y2] = box, x = px - grip.x, y = py - grip.y;
    if (grip.corner) place([x1, y1], [Math.min(x, W) - x1, Math.min(y, H) - y1]);
    else place([x, y], [x2 - x1, y2 - y1]);
  });
  svg.addEventListener("pointerup", () => { grip = null; });
  svg.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[e.key];
    if (!step) return;
    e.preventDefault();
    const [x1, y1, x2, y2] = box, size = [x2 - x1, y2 - y1];
    if (e.shiftKey) place([x1, y1], [Math.min(size[0] + step[0], W - x1), Math.min(size[1] + step[1], H - y1)]);
    else place([x1 + step[0], y1 + step[1]], size);
  });

  const root = frame(host, "cv-region-pooling", state.label,
    el("div", { class: "cv-controls" }, methods.node, sizes.node),
    el("div", { class: "cv-sheet" }, svg, el("div", { class: "cv-results" }, results.RoIPool.node, results.RoIAlign.node)),
    sentence,
    el("div", { class: "cv-controls cv-knobs" }, ...knobs.map((k) => k.node)),
    el("p", { class: "cv-muted" }, "Drag the region or its round corner; with the keyboard, arrow keys move it and Shift with arrow keys resizes it, a quarter of a cell at a time."));
  draw();
  return {
    set(key, value) {
      if (key === "box") box = value;
      if (key === "bins") { bins = value; sizes.set(String(value)); }
      if (key === "method") { method = value; methods.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
