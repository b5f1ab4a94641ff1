// @ts-check
import { anywidget, button, checkbox, el, fmt, frame, onTheme, paintPixels, rgbOf, slider, status } from "./kit.js";

// A plane is [row][column]; the column j covers x from j to j + 1, as in cvlib.augment.
// A field is [dx, dy] in pixels: pixel q of the result shows the place q + d(q).

/** Bytes in base64 as a plane of numbers. */
export function decode(data, size) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return Array.from({ length: size }, (_, i) => Array.from(bytes.slice(i * size, (i + 1) * size)));
}

/** A plane smoothed by a Gaussian; mirrored at its edges. */
export function blur(plane, sigma) {
  const r = Math.floor(Math.floor(8 * sigma + 1) / 2);
  if (r === 0) return plane;
  const taps = Array.from({ length: 2 * r + 1 }, (_, t) => Math.exp(-(((t - r) / sigma) ** 2) / 2));
  const sum = taps.reduce((a, b) => a + b, 0);
  const mirror = (k, n) => (k < 0 ? -k : k >= n ? 2 * n - 2 - k : k);
  const rows = (p) => p.map((row) => {
    const wide = Array.from({ length: row.length + 2 * r }, (_, k) => row[mirror(k - r, row.length)]);
    return row.map((_, j) => {
      let total = 0;
      for (let t = 0; t <= 2 * r; t++) total += taps[t] * wide[j + t];
      return total / sum;
    });
  });
  const turned = (p) => p[0].map((_, j) => p.map((row) => row[j]));
  return turned(rows(turned(rows(plane))));
}

/** A field in pixels: noise (x and y planes in [−1, 1]), blurred, times alpha / 2. */
export const field = (noise, alpha, sigma) =>
  noise.map((plane) => blur(plane, sigma).map((row) => row.map((v) => v * alpha / 2)));

/** The picture bent: the bilinear mean of four pixels; 0 beyond the edge. */
export function bend(plane, [dx, dy]) {
  const at = (r, c) => plane[r]?.[c] ?? 0;
  return plane.map((row, i) => row.map((_, j) => {
    const x = j + dx[i][j], y = i + dy[i][j], c = Math.floor(x), r = Math.floor(y), u = x - c, v = y - r;
    return (1 - v) * ((1 - u) * at(r, c) + u * at(r, c + 1)) + v * ((1 - u) * at(r + 1, c) + u * at(r + 1, c + 1));
  }));
}

/** Labels bent: that of the nearest pixel; 255 beyond the edge. */
export const bendLabels = (labels, [dx, dy]) => labels.map((row, i) => row.map((_, j) =>
  labels[Math.floor(i + dy[i][j] + 0.5)]?.[Math.floor(j + dx[i][j] + 0.5)] ?? 255));

/** How far the pixel that moves farthest moves. */
export const farthest = ([dx, dy]) =>
  Math.max(...dx.flatMap((row, i) => row.map((v, j) => Math.hypot(v, dy[i][j]))));

/** Share of the pixels that a move turns inside out: neighbours have changed places. */
export function folded([dx, dy]) {
  let count = 0;
  const H = dx.length - 1, W = dx[0].length - 1;
  for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) {
    const xx = 1 + dx[i][j + 1] - dx[i][j], xy = dx[i + 1][j] - dx[i][j];
    const yx = dy[i][j + 1] - dy[i][j], yy = 1 + dy[i + 1][j] - dy[i][j];
    if (xx * yy - xy * yx <= 0) count++;
  }
  return count / (H * W);
}

/** Share of the pixels with a class in both maps that carry different ones. */
export function differing(a, b) {
  const known = a.flatMap((row, i) => row.map((v, j) => [v, b[i][j]])).filter(([v, w]) => v !== 255 && w !== 255);
  return known.filter(([v, w]) => v !== w).length / Math.max(known.length, 1);
}

/** Numbers in [0, 1) from a seed, the same on every machine (mulberry32). */
export function chance(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a field does, in a sentence. */
export function verdict(alpha, sigma, far, fold, wrong) {
  const moved = `σ = ${fmt(sigma, 1)}, α = ${fmt(alpha, 0)}: `;
  if (alpha === 0) return `${moved}nothing moves, so nothing is gained.`;
  const most = `pixels move by up to ${fmt(far, 1)}`;
  const percent = (v) => (v < 0.01 ? "less than 1 %" : `${Math.round(100 * v)} %`);
  const smooth = fold === 0 ? "and neighbours together: cells bend and stay cells."
    : fold < 0.02 ? `and ${percent(fold)} of the picture is folded over: about as far as one should go.`
      : `and ${percent(fold)} of the picture is folded over: the walls tear, no tissue looks so.`;
  const labels = wrong === null ? "" : ` The labels were bent by another draw: ${percent(wrong)} of them are wrong now.`;
  return `${moved}${most}, ${smooth}${labels}`;
}

const LINES = 12; // pixels between two lines of the grid

export function mount(host, state, onChange) {
  let { size, alpha, sigma, seed, together } = state;
  const picture = decode(state.picture, size), labels = decode(state.labels, size);
  const sentence = status();
  const figures = ["the picture, with lines that were straight", "the labels: cell, wall, and unknown"].map((text) => {
    const canvas = el("canvas", { role: "img", "aria-label": text });
    return { canvas, node: el("figure", {}, canvas, el("figcaption", { class: "cv-muted" }, text)) };
  });
  const far = slider("α, how far", { min: 0, max: 800, step: 20, value: alpha, format: (v) => fmt(v, 0) },
    (v) => { alpha = v; changed("alpha", v); });
  const smooth = slider("σ, how smooth", { min: 1, max: 16, step: 0.5, value: sigma, format: (v) => fmt(v, 1) },
    (v) => { sigma = v; changed("sigma", v); });
  const again = button("Draw again", () => { seed += 1; changed("seed", seed); });
  const same = checkbox("bend the labels by the same field", together, (v) => { together = v; changed("together", v); });

  function changed(key, value) { onChange(key, value); show(); }

  /** Two planes of noise. */
  function noise(random) {
    return [0, 1].map(() => Array.from({ length: size }, () => Array.from({ length: size }, () => 2 * random() - 1)));
  }

  function show() {
    const random = chance(1000 * seed + 7);
    const d = field(noise(random), alpha, sigma);
    const bent = bend(picture, d), right = bendLabels(labels, d);
    const shown = together ? right : bendLabels(labels, field(noise(random), alpha, sigma));
    const line = rgbOf(root, "kernel"), cell = rgbOf(root, "output"), none = rgbOf(root, "surface"), wall = rgbOf(root, "ink");
    const near = (v) => { const m = ((v % LINES) + LINES) % LINES; return m < 0.5 || m >= LINES - 0.5; };
    paintPixels(figures[0].canvas, size, size, (i, j) =>
      near(j + 0.5 + d[0][i][j]) || near(i + 0.5 + d[1][i][j]) ? line : Array(3).fill(Math.round(bent[i][j])));
    paintPixels(figures[1].canvas, size, size, (i, j) => (shown[i][j] === 255 ? none : shown[i][j] ? cell : wall));
    sentence.textContent = verdict(alpha, sigma, farthest(d), folded(d), together ? null : differing(right, shown));
  }

  const root = frame(host, "cv-elastic-field", state.label,
    el("div", { class: "cv-controls" }, far.node, smooth.node), el("div", { class: "cv-controls" }, again, same.node),
    el("div", { class: "cv-pair" }, ...figures.map((f) => f.node)), sentence);
  const stop = onTheme(show);
  show();
  return {
    set(key, value) {
      if (key === "alpha") { alpha = value; far.set(value); }
      if (key === "sigma") { sigma = value; smooth.set(value); }
      if (key === "seed") seed = value;
      if (key === "together") { together = value; same.set(value); }
      show();
    },
    destroy() { stop(); root.remove(); },
  };
}
export default anywidget(mount);
