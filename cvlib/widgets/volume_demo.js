// @ts-check
import { anywidget, choice, el, fmt, frame, grid, player, status } from "./kit.js";

/** Zeros around every channel of a volume (C, H, W). */
export const pad = (volume, p) => volume.map((x) => {
  const wide = new Array(x[0].length + 2 * p).fill(0), side = new Array(p).fill(0);
  const zeros = Array.from({ length: p }, () => [...wide]);
  return [...zeros, ...x.map((row) => [...side, ...row, ...side]), ...zeros];
});

/** Products of one filter (C, R, S) with the window at (r, c) of a padded volume. */
export const products = (padded, filter, r, c) => filter.map((plane, k) =>
  plane.map((row, u) => row.map((w, v) => w * padded[k][r + u][c + v])));

const total = (rows) => rows.flat().reduce((sum, v) => sum + v, 0);

/** One number for each channel: the sum of its products. */
export const sums = (padded, filter, r, c) => products(padded, filter, r, c).map(total);

/** The output volume (F, P, Q). */
export function convolve(volume, filters, biases, stride, p) {
  const x = pad(volume, p), [R, S] = [filters[0][0].length, filters[0][0][0].length];
  const P = Math.floor((x[0].length - R) / stride) + 1, Q = Math.floor((x[0][0].length - S) / stride) + 1;
  return filters.map((filter, f) => Array.from({ length: P }, (_, i) => Array.from({ length: Q }, (_, j) =>
    sums(x, filter, i * stride, j * stride).reduce((a, b) => a + b, biases[f]))));
}

const low = (k) => [...String(k)].map((d) => "₀₁₂₃₄₅₆₇₈₉"[+d]).join("");

export function mount(host, state, onChange) {
  let { volume, filters, biases, stride, padding, step } = state;
  const padded = () => pad(volume, padding);
  const maps = () => convolve(volume, filters, biases, stride, padding);
  const [P, Q] = [maps()[0].length, maps()[0][0].length], count = filters.length * P * Q;
  const where = () => [Math.floor(step / (P * Q)), Math.floor((step % (P * Q)) / Q), step % Q];
  function go(v) { step = v; onChange("step", step); draw(); }

  const which = choice("filter", filters.map((_, f) => [String(f), `w${low(f)}`]), "0",
    (f) => go(Number(f) * P * Q + (step % (P * Q))));
  const steps = player("output", count, step, go, 900);
  const blocks = volume.map((_, k) => {
    const x = grid(`channel ${k}`, padded()[k], { kind: "input" });
    const w = grid("", filters[0][k], { kind: "kernel" });
    const xw = grid("products", products(padded(), filters[0], 0, 0)[k], { kind: "plain" });
    const sum = el("p", { class: "cv-sum" });
    const node = el("div", { class: "cv-block" }, x.node,
      el("div", { class: "cv-under" }, el("div", { class: "cv-pair" }, w.node, xw.node), sum));
    return { x, w, xw, sum, node };
  });
  const outputs = filters.map((_, f) => grid(`output ${f}`, maps()[f], {
    kind: "output",
    onPress(i, j) { go(f * P * Q + i * Q + j); },
    name: (i, j, v) => `output ${f} row ${i + 1} column ${j + 1}: ${v === "" ? "not reached yet" : fmt(v)}`,
  }));
  const says = status();

  function draw() {
    const [f, i, j] = where(), x = padded(), y = maps();
    const [r, c] = [i * stride, j * stride], H = x[0].length - padding, W = x[0][0].length - padding;
    const parts = sums(x, filters[f], r, c);
    which.set(String(f));
    steps.set(step, count);
    blocks.forEach((block, k) => {
      const plane = filters[f][k], seen = products(x, filters[f], r, c)[k];
      const inside = (a, b) => a >= r && a < r + plane.length && b >= c && b < c + plane[0].length;
      block.x.set(x[k]);
      block.x.mark((a, b) => [inside(a, b) ? "lit" : "",
        a < padding || b < padding || a >= H || b >= W ? "pad" : ""].join(" ").trim());
      block.w.caption(`w${low(f)}, channel ${k}`);
      block.w.set(plane);
      block.xw.set(seen);
      block.sum.replaceChildren("sum ", el("strong", {}, fmt(parts[k])));
    });
    outputs.forEach((map, g) => {
      map.set(y[g].map((row, a) => row.map((v, b) => (g * P * Q + a * Q + b <= step ? v : ""))));
      map.mark((a, b) => {
        const at = g * P * Q + a * Q + b;
        return at === step ? "hand" : at > step ? "faint" : "";
      });
    });
    says.replaceChildren(
      ...parts.flatMap((v, k) => [k ? " + " : "", v < 0 && k ? `(${fmt(v)})` : fmt(v)]),
      " + ", el("span", { class: "cv-ker" }, `${fmt(biases[f])} (bias)`), " = ",
      el("strong", { class: "cv-out" }, fmt(y[f][i][j])),
      el("span", { class: "cv-muted" }, `  output ${f}, row ${i}, column ${j}; the window starts at row ${r}, column ${c}`));
  }

  const root = frame(host, "cv-volume-demo", state.label,
    el("div", { class: "cv-controls" }, which.node, steps.node),
    el("div", { class: "cv-stage" }, ...blocks.map((b) => b.node),
      el("div", { class: "cv-maps" }, ...outputs.map((o) => o.node)), says),
    el("p", { class: "cv-muted" }, "Press an output to go there. Dashed zeros are the padding."));
  draw();
  return {
    set(key, value) {
      if (key === "volume") volume = value;
      if (key === "filters") filters = value;
      if (key === "biases") biases = value;
      if (key === "stride") stride = value;
      if (key === "padding") padding = value;
      if (key === "step") step = value;
      draw();
    },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
