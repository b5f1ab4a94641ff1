// @ts-check
import { anywidget, choice, el, fmt, frame, numberInputs, player, slider, status } from "./kit.js";

/** Where each window starts, in positions of the unpadded input (negative: padding). */
export function starts(n, size, stride, padding) {
  const count = Math.floor((n + 2 * padding - size) / stride) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => i * stride - padding);
}

/** The matrix of a 1-D convolution: in each row the same weights, moved along. */
export function toeplitz(w, n, stride, padding) {
  return starts(n, w.length, stride, padding).map((start) =>
    Array.from({ length: n }, (_, j) => w[j - start] ?? 0));
}

/** Matrix times vector. */
export const multiply = (T, x) => T.map((row) => row.reduce((sum, v, j) => sum + v * x[j], 0));

const EXAMPLES = {
  apart: { w: [1, 2], stride: 2, padding: 0 },
  overlap: { w: [1, 2], stride: 1, padding: 0 },
  change: { w: [-1, 1], stride: 1, padding: 0 },
  smooth: { w: [0.25, 0.5, 0.25], stride: 1, padding: 1 },
};
const SIGNALS = {
  digits: [3, 1, 4, 1, 5, 9, 2, 6],
  step: [0, 0, 0, 0, 4, 4, 4, 4],
  spike: [0, 0, 0, 1, 0, 0, 0, 0],
  ramp: [0, 1, 2, 3, 4, 5, 6, 7],
};
const DASHES = ["none", "8 4", "2 4", "10 3 2 3"]; // weights differ by more than colour
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const low = (k) => [...String(k)].map((d) => "₀₁₂₃₄₅₆₇₈₉"[+d]).join("");

export function mount(host, state, onChange) {
  let { x, w, stride, padding, at } = state;
  const change = (next) => {
    ({ x, w, stride, padding, at } = { x, w, stride, padding, at, ...next });
    draw();
    for (const [key, value] of Object.entries({ ...next, at })) onChange(key, value);
  };

  const examples = choice("example", [["apart", "size 2, stride 2"], ["overlap", "size 2, stride 1"],
    ["change", "change"], ["smooth", "smooth, padded"]], "", (key) => change(structuredClone(EXAMPLES[key])));
  const signals = choice("signal", [["digits", "digits of π"], ["step", "step"], ["spike", "spike"],
    ["ramp", "ramp"]], "", (key) => change({ x: [...SIGNALS[key]] }));
  const sizes = slider("kernel size", { min: 1, max: 4, value: w.length }, (k) =>
    change({ w: Array.from({ length: k }, (_, i) => w[i] ?? 1) }));
  const strides = slider("stride", { min: 1, max: 3, value: stride }, (v) => change({ stride: v }));
  const paddings = slider("padding", { min: 0, max: 2, value: padding }, (v) => change({ padding: v }));
  const outputs = player("output", 1, 0, (v) => change({ at: v }));
  const weights = el("div"), net = el("div"), table = el("div");
  const says = status(), counts = el("p", { class: "cv-muted cv-counts" });
  /** @type {any} */ let editor = null;

  function draw() {
    const at0 = starts(x.length, w.length, stride, padding);
    const T = toeplitz(w, x.length, stride, padding), y = multiply(T, x);
    at = Math.max(0, Math.min(at, y.length - 1));
    if (editor?.size !== w.length) {
      editor = { size: w.length, ...numberInputs("weights w", [w], (_, k, v) => {
        w[k] = v;
        change({ w });
      }) };
      weights.replaceChildren(editor.node);
    }
    editor.set([w]);
    const like = Object.entries(EXAMPLES).find(([, e]) => same(e, { w, stride, padding }));
    examples.set(like?.[0]);
    signals.set(Object.entries(SIGNALS).find(([, s]) => same(s, x))?.[0]);
    sizes.set(w.length); strides.set(stride); paddings.set(padding); outputs.set(at, y.length);
    net.replaceChildren(drawNet(at0, y));
    table.replaceChildren(drawMatrix(at0, T, y));
    const used = w.map((v, k) => [v, x[at0[at] + k] ?? 0, k]);
    says.replaceChildren(el("span", { class: "cv-out" }, `y${low(at + 1)}`), " = ",
      ...used.flatMap(([v, pixel, k]) => [k ? " + " : "", el("span", { class: "cv-ker" }, fmt(v)), "·",
        el("span", { class: "cv-in" }, fmt(pixel))]), " = ", el("strong", { class: "cv-out" }, fmt(y[at])));
    const n = x.length, many = (k, word) => `${k} ${word}${k === 1 ? "" : "s"}`;
    counts.textContent = `${many(w.length, "weight")} for ${many(y.length, "output")}. A matrix of `
      + `free numbers would have ${y.length} × ${n} = ${y.length * n}.`;
  }

  /** Inputs at the left, outputs at the right, each beside the middle of its window. */
  function drawNet(at0, y) {
    const H = 34, top = 26, W = 300, right = 208;
    const rows = x.length + 2 * padding;
    const row = (place) => top + (place + padding + 0.5) * H;
    const centre = (i) => row(at0[i] + (w.length - 1) / 2);
    const svg = el("svg", { viewBox: `0 0 ${W} ${top + rows * H + 4}`, width: W, role: "img",
      "aria-label": `${x.length} inputs, ${y.length} outputs; lines of one style share a weight` });
    svg.append(el("text", { x: 62, y: 15, class: "cv-head", "text-anchor": "middle" }, "input x"),
      el("text", { x: right + 22, y: 15, class: "cv-head", "text-anchor": "middle" }, "output y"));
    const lines = at0.flatMap((start, i) => w.map((_, k) => ({ i, k, y1: row(start + k), y2: centre(i) })));
    lines.sort((a, b) => Number(a.i === at) - Number(b.i === at)); // lit ones on top
    for (const { i, k, y1, y2 } of lines) {
      svg.append(el("line", { x1: 86, y1, x2: right, y2, class: `cv-w${k}${i === at ? " lit" : ""}`,
        "stroke-dasharray": DASHES[k] }));
    }
    w.forEach((_, k) => {
      const y1 = row(at0[at] + k), t = 0.3;
      svg.append(el("text", { x: 86 + t * (right - 86), y: y1 + t * (centre(at) - y1) + 5, class: "cv-name",
        "text-anchor": "middle" }, `w${low(k + 1)}`));
    });
    for (let place = -padding; place < x.length + padding; place++) {
      const real = place >= 0 && place < x.length, inside = place - at0[at];
      svg.append(box(40, row(place), real ? fmt(x[place]) : "0",
        `${real ? "in" : "pad"}${inside >= 0 && inside < w.length ? " lit" : ""}`));
      if (real) svg.append(el("text", { x: 32, y: row(place) + 5, class: "cv-head", "text-anchor": "end" },
        `x${low(place + 1)}`));
    }
    y.forEach((v, i) => {
      const node = box(right, centre(i), fmt(v), `out${i === at ? " hand" : ""}`);
      node.append(el("text", { x: right + 54, y: centre(i) + 5, class: "cv-head" }, `y${low(i + 1)}`));
      node.addEventListener("pointerenter", () => i !== at && change({ at: i }));
      node.addEventListener("pointerdown", () => i !== at && change({ at: i }));
      svg.append(node);
    });
    return svg;
  }

  function drawMatrix(at0, T, y) {
    const C = 33, R = 30, top = 26, n = x.length, W = n * C + 62;
    const svg = el("svg", { viewBox: `0 0 ${W} ${top + R + 10 + T.length * R + 4}`, width: W, role: "img",
      "aria-label": `the matrix, ${T.length} rows and ${n} columns: ${T.map((r) => r.map((v) => fmt(v)).join(" ")).join("; ")}` });
    svg.append(el("text", { x: 0, y: 15, class: "cv-head" }, "the same as a matrix: each row times x"));
    const cell = (j, cy, text, kind, title = "") => el("g", { class: `cv-cell ${kind}` },
      el("rect", { x: j * C + 1, y: cy + 1, width: C - 2, height: R - 2, rx: 2 }),
      el("text", { x: (j + 0.5) * C, y: cy + R / 2 + 5, "text-anchor": "middle" }, text),
      ...(title ? [el("title", {}, title)] : []));
    x.forEach((v, j) => {
      const k = j - at0[at];
      svg.append(cell(j, top, fmt(v), `in${k >= 0 && k < w.length ? " lit" : ""}`));
    });
    T.forEach((row, i) => {
      const cy = top + R + 10 + i * R, g = el("g", { class: "cv-rowline" });
      row.forEach((v, j) => {
        const k = j - at0[i], inside = k >= 0 && k < w.length;
        g.append(cell(j, cy, fmt(v), `${inside ? `ker cv-f${k}` : "zero"}${i === at ? " lit" : ""}`,
          inside ? `w${low(k + 1)}` : "no connection"));
      });
      g.append(el("text", { x: n * C + 10, y: cy + R / 2 + 5, "text-anchor": "middle", class: "cv-head" }, "="));
      const out = el("g", { class: `cv-cell out${i === at ? " hand" : ""}` },
        el("rect", { x: n * C + 20, y: cy + 1, width: 40, height: R - 2, rx: 2 }),
        el("text", { x: n * C + 40, y: cy + R / 2 + 5, "text-anchor": "middle" }, fmt(y[i])));
      g.append(out);
      g.addEventListener("pointerenter", () => i !== at && change({ at: i }));
      g.addEventListener("pointerdown", () => i !== at && change({ at: i }));
      svg.append(g);
    });
    return svg;
  }

  const box = (left, middle, text, kind) => el("g", { class: `cv-cell ${kind}` },
    el("rect", { x: left, y: middle - 14, width: 46, height: 28, rx: 3 }),
    el("text", { x: left + 23, y: middle + 5, "text-anchor": "middle" }, text));

  const root = frame(host, "cv-weights-matrix", state.label,
    el("div", { class: "cv-controls" }, examples.node, signals.node),
    el("div", { class: "cv-row cv-top" }, weights,
      el("div", { class: "cv-sliders" }, sizes.node, strides.node, paddings.node)),
    el("div", { class: "cv-row cv-pictures" }, net, el("div", {}, table, says, counts)),
    el("div", { class: "cv-controls" }, outputs.node));
  draw();
  return {
    set(key, value) {
      if (key === "x") x = value;
      if (key === "w") w = value;
      if (key === "stride") stride = value;
      if (key === "padding") padding = value;
      if (key === "at") at = value;
      draw();
    },
    destroy() { outputs.stop(); root.remove(); },
  };
}
export default anywidget(mount);
