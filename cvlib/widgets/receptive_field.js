// @ts-check
import { anywidget, button, choice, el, frame, slider, status } from "./kit.js";

/** Outputs of one layer [kernel, stride, padding, dilation] over n inputs; 0 if none fit. */
export function outputs(n, [k, s, p, d]) {
  return Math.max(0, Math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1);
}

/** The length of every row, the input first. */
export const lengths = (n, layers) =>
  layers.reduce((rows, layer) => [...rows, outputs(rows[rows.length - 1], layer)], [n]);

/** Size, jump and start of the field after each layer, the input first. */
export function fields(layers) {
  const all = [{ size: 1, jump: 1, start: 0 }];
  for (const [k, s, p, d] of layers) {
    const { size, jump, start } = all[all.length - 1];
    all.push({ size: size + d * (k - 1) * jump, jump: jump * s, start: start - p * jump });
  }
  return all;
}

/**
 * For every row from the input up to `row`, how many paths lead from its units to `unit`.
 * Units in the padding are left out. With equal weights this is how much each counts.
 */
export function paths(n, layers, row, unit) {
  const sizes = lengths(n, layers);
  const counts = sizes.slice(0, row + 1).map((m) => Array(m).fill(0));
  counts[row][unit] = 1;
  for (let r = row; r > 0; r--) {
    const [k, s, p, d] = layers[r - 1];
    counts[r].forEach((ways, i) => {
      if (!ways) return;
      for (let u = 0; u < k; u++) {
        const j = i * s - p + u * d;
        if (j >= 0 && j < sizes[r - 1]) counts[r - 1][j] += ways;
      }
    });
  }
  return counts;
}

const PRESETS = {
  "two 3": [[3, 1, 1, 1], [3, 1, 1, 1]],
  "three 3": [[3, 1, 1, 1], [3, 1, 1, 1], [3, 1, 1, 1]],
  "one 7": [[7, 1, 3, 1]],
  "stride 2": [[3, 1, 1, 1], [3, 2, 1, 1], [3, 1, 1, 1]],
  "dilated": [[3, 1, 1, 1], [3, 1, 2, 2], [3, 1, 4, 4]],
};
const same = (k, d) => Math.floor((d * (k - 1)) / 2);

export function mount(host, state, onChange) {
  let { n, layers, row, unit } = state;
  const W = 640, GAP = 64, SIDE = Math.min(20, (W - 10) / n);
  const svg = el("svg", { class: "cv-stack", role: "group", "aria-label": "units of each layer" });
  const sentence = status();
  const rows = el("div", { class: "cv-rf-layers" });
  const preset = choice("stack", Object.keys(PRESETS).map((k) => [k, k]), "", (key) => {
    layers = structuredClone(PRESETS[key]);
    row = layers.length;
    unit = Math.floor(lengths(n, layers)[row] / 2);
    changed(true);
  });

  function changed(rebuild) {
    const sizes = lengths(n, layers);
    row = Math.min(row, layers.length);
    unit = Math.max(0, Math.min(unit, sizes[row] - 1));
    onChange("layers", layers); onChange("row", row); onChange("unit", unit);
    if (rebuild) controls();
    draw();
  }

  function controls() {
    rows.replaceChildren(...layers.map((layer, l) => el("div", { class: "cv-controls" },
      el("span", { class: "cv-muted" }, `layer ${l + 1}`),
      ...[["kernel", 0, 1, 7], ["stride", 1, 1, 3], ["dilation", 3, 1, 4]].map(([name, at, lo, hi]) =>
        slider(String(name), { min: Number(lo), max: Number(hi), value: layer[at] }, (v) => {
          const before = structuredClone(layers);
          layer[at] = v;
          layer[2] = layer[1] > 1 && layer[0] === 2 ? 0 : same(layer[0], layer[3]);
          if (Math.min(...lengths(n, layers)) < 1) { layers = before; controls(); return; }
          changed(false);
        }).node))),
      el("div", { class: "cv-controls" },
        button("Add a layer", () => { if (layers.length < 4) layers.push([3, 1, 1, 1]); row = layers.length; changed(true); },
          { disabled: layers.length >= 4 }),
        button("Remove the last", () => { if (layers.length > 1) layers.pop(); changed(true); },
          { disabled: layers.length <= 1 })));
  }

  /** The unit nearest to a finger or the mouse: the squares are small on a phone. */
  function pick(e) {
    const box = svg.getBoundingClientRect(), scale = W / box.width, height = svg.viewBox.baseVal.height;
    const at = (height - SIDE / 2 - 3 - (e.clientY - box.top) * scale) / GAP;
    const r = Math.max(1, Math.min(layers.length, Math.round(at))), f = fields(layers)[r];
    const i = Math.round((((e.clientX - box.left) * scale - 5 - SIDE / 2) / SIDE - f.start - (f.size - 1) / 2) / f.jump);
    const nearest = Math.max(0, Math.min(lengths(n, layers)[r] - 1, i));
    if (r !== row || nearest !== unit) go(r, nearest);
  }

  function go(r, i) { row = r; unit = i; changed(false); svg.querySelector(`[data-at="${r}-${i}"]`)?.focus(); }

  function draw() {
    const sizes = lengths(n, layers), field = fields(layers), counts = paths(n, layers, row, unit);
    const H = GAP * layers.length + SIDE + 8;
    preset.set(Object.keys(PRESETS).find((k) => JSON.stringify(PRESETS[k]) === JSON.stringify(layers)));
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    const x = (r, i) => { // a unit stands above the middle of what it sees
      const f = field[r];
      return 5 + SIDE * (f.start + i * f.jump + (f.size - 1) / 2) + SIDE / 2;
    };
    const y = (r) => H - SIDE - 3 - r * GAP;
    const wires = [], cells = [];
    for (let r = row; r > 0; r--) {
      const [k, s, p, d] = layers[r - 1];
      counts[r].forEach((ways, i) => {
        for (let u = 0; ways && u < k; u++) {
          const j = i * s - p + u * d;
          if (j < 0 || j >= sizes[r - 1]) continue;
          wires.push(el("line", { x1: x(r, i), y1: y(r) + SIDE, x2: x(r - 1, j), y2: y(r - 1), class: "cv-wire" }));
        }
      });
    }
    sizes.forEach((size, r) => {
      const top = Math.max(...(counts[r] ?? [1]), 1);
      for (let i = 0; i < size; i++) {
        const ways = counts[r]?.[i] ?? 0, here = r === row && i === unit;
        const kind = here ? "hand" : ways ? "seen" : "idle";
        const cell = el("rect", {
          x: x(r, i) - SIDE / 2 + 1, y: y(r), width: SIDE - 2, height: SIDE, rx: 2,
          class: `cv-unit cv-${r ? "map" : "pixel"} cv-${kind}`,
          style: ways && !here ? `fill-opacity:${(0.25 + 0.75 * ways / top).toFixed(3)}` : null,
        });
        if (r) {
          cell.setAttribute("data-at", `${r}-${i}`);
          cell.setAttribute("role", "button");
          cell.setAttribute("tabindex", here ? "0" : "-1");
          cell.setAttribute("aria-pressed", String(here));
          cell.setAttribute("aria-label", `layer ${r}, unit ${i + 1} of ${size}`);
          cell.addEventListener("click", () => go(r, i));
        }
        cells.push(cell);
      }
    });
    svg.replaceChildren(el("g", {}, ...wires), el("g", {}, ...cells));
    const { size, jump } = field[row], seen = counts[0].filter(Boolean).length;
    const weights = layers.slice(0, row).map(([k]) => k * k).reduce((a, b) => a + b, 0);
    const middle = Math.max(...counts[0]);
    const fewest = Math.min(...counts[0].filter(Boolean));
    const cut = counts[0][0] + counts[0][n - 1] > 0 ? "lie in the picture" : "are connected";
    sentence.textContent =
      `This unit of layer ${row} sees ${size} × ${size} pixels` +
      (seen < size ? ` (${seen} of ${size} in a row ${cut})` : "") +
      `; its neighbour sees ${jump} ${jump === 1 ? "pixel" : "pixels"} further. ` +
      (middle > fewest ? `The pixels it sees reach it by ${fewest} to ${middle} ways: the middle counts more. ` : "") +
      `Weights, for C channels in and out: ${weights} C².`;
  }

  svg.addEventListener("pointerdown", (e) => { if (e.button === 0) { svg.setPointerCapture(e.pointerId); pick(e); } });
  svg.addEventListener("pointermove", (e) => { if (svg.hasPointerCapture(e.pointerId)) pick(e); });
  svg.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[e.key];
    if (!step) return;
    e.preventDefault();
    const sizes = lengths(n, layers), r = Math.max(1, Math.min(layers.length, row + step[0]));
    const i = step[0] ? Math.round(unit * (sizes[r] - 1) / Math.max(1, sizes[row] - 1)) : unit + step[1];
    go(r, Math.max(0, Math.min(sizes[r] - 1, i)));
  });

  const root = frame(host, "cv-receptive-field", state.label,
    el("div", { class: "cv-controls" }, preset.node), svg, sentence,
    el("p", { class: "cv-muted" }, "The lowest row is the input. Press a unit and drag, or move with the arrow keys."), rows);
  controls();
  draw();
  return {
    set(key, value) {
      if (key === "layers") { layers = value; controls(); }
      if (key === "row") row = value;
      if (key === "unit") unit = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
