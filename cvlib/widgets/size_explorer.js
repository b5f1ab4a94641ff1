// @ts-check
import { anywidget, choice, el, frame, player, slider, status } from "./kit.js";

/** Pixels a kernel spans from its first tap to its last. */
export const reach = (f, d) => d * (f - 1) + 1;

/** How many places a window has; null when the kernel spans more than the padded input. */
export function outputSize(n, f, p, s, d) {
  const room = n + 2 * p - reach(f, d);
  return room < 0 ? null : Math.floor(room / s) + 1;
}

/** First pixel of every window, in input coordinates: negative in the padding. */
export const starts = (n, f, p, s, d) =>
  Array.from({ length: outputSize(n, f, p, s, d) ?? 0 }, (_, i) => i * s - p);

/** Cells of the padded row (−p … n+p−1) that no tap of any window reads. */
export function unread(n, f, p, s, d) {
  const seen = new Set(starts(n, f, p, s, d).flatMap((a) => Array.from({ length: f }, (_, i) => a + i * d)));
  return Array.from({ length: n + 2 * p }, (_, i) => i - p).filter((i) => !seen.has(i));
}

/** Cells behind the last window: what the floor throws away. */
export const leftOver = (n, f, p, s, d) => Math.max(0, n + 2 * p - reach(f, d)) % s;

const many = (k, word) => `${k} ${word}${k === 1 ? "" : "s"}`;

/** What is seen now, in a few words. */
export function explain(n, f, p, s, d) {
  const k = reach(f, d), out = outputSize(n, f, p, s, d), over = leftOver(n, f, p, s, d);
  if (out === null) {
    return `Not legal: the kernel reaches over ${k} pixels and the padded row has only ${n + 2 * p}. `
      + `A padding of ${Math.ceil((k - n) / 2)} would make room.`;
  }
  const says = [];
  if (s > 1) says.push(`${many(out, "window")}, one every ${s} pixels.${over ? "" : " The last one ends exactly at the end."}`);
  else if (out === n) says.push(k === 1 ? "One tap needs no padding to keep the size." : `Same: ${many(p, "zero")} on each side ${p === 1 ? "makes" : "make"} good the ${k - 1} places that the kernel costs.`);
  else if (p === 0) says.push(`Valid: the window stays inside, and the output is ${k - 1} smaller than the input.`);
  else if (p === k - 1) says.push(`Full: every overlap counts, down to a single tap, and the output is ${k - 1} larger.`);
  else says.push(`The output is ${Math.abs(out - n)} ${out < n ? "smaller" : "larger"} than the input.`);
  if (s === 1 && k % 2 === 0 && p > 0 && Math.abs(out - n) === 1) says.push(`An even reach has no middle: no equal padding on both sides gives exactly ${n}.`);
  if (over > 0) {
    const lost = Math.max(0, over - p);
    says.push(`Behind the last window ${many(over, "cell")} ${over === 1 ? "is" : "are"} left over, too few for another step; the floor drops ${over === 1 ? "it" : "them"}. `
      + (lost === 0 ? "Only padding is lost." : `The last ${lost === 1 ? "pixel" : many(lost, "pixel")} of the image ${lost === 1 ? "is" : "are"} never read.`));
  }
  const holes = unread(n, f, p, s, d).filter((i) => i >= 0 && i < n + p - over && i < n);
  if (holes.length) says.push(`Between the taps ${many(holes.length, "pixel")} ${holes.length === 1 ? "is" : "are"} never read.`);
  if (p >= k) says.push("The first window sees nothing but padding.");
  return says.join(" ");
}

const PRESETS = {
  valid: { n: 8, kernel_size: 3, padding: 0, stride: 1, dilation: 1 },
  same: { n: 8, kernel_size: 3, padding: 1, stride: 1, dilation: 1 },
  full: { n: 8, kernel_size: 3, padding: 2, stride: 1, dilation: 1 },
  strided: { n: 8, kernel_size: 3, padding: 0, stride: 2, dilation: 1 },
  dilated: { n: 10, kernel_size: 3, padding: 0, stride: 1, dilation: 2 },
  AlexNet: { n: 227, kernel_size: 11, padding: 0, stride: 4, dilation: 1 },
};
const NS = [...Array(40).keys()].map((i) => i + 1).concat([48, 56, 64, 96, 112, 128, 192, 224, 227, 256]);

export function mount(host, state, onChange) {
  let s = { ...state };
  const sizes = () => [s.n, s.kernel_size, s.padding, s.stride, s.dilation];
  function change(next) {
    s = { ...s, ...next };
    s.at = Math.max(0, Math.min(s.at, (outputSize(...sizes()) ?? 1) - 1));
    draw();
    for (const key of new Set([...Object.keys(next), "at"])) onChange(key, s[key]);
  }
  const ns = NS.includes(s.n) ? NS : [...NS, s.n].sort((a, b) => a - b);
  const presets = choice("example", Object.keys(PRESETS).map((k) => [k, k]), "", (key) => change({ ...PRESETS[key], at: 0 }));
  const bar = (label, key, min, max) =>
    slider(label, { min, max, value: s[key] }, (v) => change({ [key]: v }));
  const bars = {
    n: slider("input n", { min: 0, max: ns.length - 1, value: ns.indexOf(s.n), format: (i) => String(ns[i]) }, (i) => change({ n: ns[i] })),
    kernel_size: bar("kernel f", "kernel_size", 1, 11), padding: bar("padding p", "padding", 0, 10),
    stride: bar("stride s", "stride", 1, 8), dilation: bar("dilation d", "dilation", 1, 4),
  };
  const steps = player("window", 1, 0, (v) => change({ at: v }), 600);
  const formula = el("p", { class: "cv-formula" }), says = status();
  const row = el("div", { class: "cv-line" }), plane = el("div", { class: "cv-plane" });
  let width = 0;
  const room = () => Math.max(240, Math.min(row.clientWidth || 460, 600));

  function draw() {
    const [n, f, p, st, d] = sizes(), out = outputSize(n, f, p, st, d), k = reach(f, d);
    const like = Object.entries(PRESETS).find(([, v]) => Object.entries(v).every(([key, x]) => s[key] === x));
    presets.set(like?.[0]);
    bars.n.set(Math.max(0, ns.indexOf(n)));
    for (const key of ["kernel_size", "padding", "stride", "dilation"]) bars[key].set(s[key]);
    steps.set(s.at, Math.max(1, out ?? 1));
    const x = (v) => el("span", { class: "cv-in" }, String(v)), w = (v) => el("span", { class: "cv-ker" }, String(v));
    const part = (...nodes) => el("span", { class: "cv-part" }, ...nodes);
    formula.replaceChildren(
      ...(d > 1 ? [part("reach ", w("f′"), " = ", w("d"), "(", w("f"), " − 1) + 1 = ", w(`${d}·${f - 1}`), " + 1 = ", w(k)), el("br")] : []),
      part("⌊(", x("n"), " + 2", w("p"), " − ", w(d > 1 ? "f′" : "f"), ") / ", w("s"), "⌋ + 1 "),
      part("= ⌊(", x(n), " + 2·", w(p), " − ", w(k), ") / ", w(st), "⌋ + 1 "),
      part(`= ⌊${String(n + 2 * p - k).replace("-", "−")} / ${st}⌋ + 1 `),
      part("= ", out === null ? "no output" : el("strong", { class: "cv-out" }, String(out))));
    says.textContent = explain(n, f, p, st, d);
    width = room();
    row.replaceChildren(drawRow(n, f, p, st, d, out));
    plane.replaceChildren(drawPlane(n, f, p, st, d, out));
  }

  const rect = (left, top, w, h, kind) => el("rect", { x: left, y: top, width: Math.max(w, 0.4), height: Math.max(h, 0.4), class: kind });
  const cross = (left, top, w, h) => el("path", { d: `M${left + 0.2 * w} ${top + 0.8 * h}L${left + 0.8 * w} ${top + 0.2 * h}`, class: "cross" });

  /** The row of pixels, one line a window, the row of outputs. */
  function drawRow(n, f, p, st, d, out) {
    const first = starts(n, f, p, st, d), T = n + 2 * p, span = Math.max(T, reach(f, d));
    const c = Math.min(34, (width - 4) / Math.max(span, out ?? 0)), gap = c > 6 ? 1 : 0, left = (i) => 2 + (i + p) * c;
    const tall = Math.max(c, 13), h = Math.max(1.3, Math.min(15, 190 / Math.max(1, first.length))), top = 22, below = top + tall + 8;
    const end = below + (first.length || 1) * h + 8, lost = new Set(unread(n, f, p, st, d));
    const svg = el("svg", { width, height: end + tall + 24, role: "img", "aria-label": explain(n, f, p, st, d) });
    svg.append(el("text", { x: left(0), y: 14, class: "head" }, `input, ${n} pixels${p ? ` and ${p} + ${p} of padding` : ""}`));
    const taps = out === null ? Array.from({ length: f }, (_, i) => i * d - p) : Array.from({ length: f }, (_, i) => first[s.at] + i * d);
    for (let i = -p; i < n + p; i++) {
      const real = i >= 0 && i < n, lit = out !== null && taps.includes(i);
      svg.append(rect(left(i) + gap, top, c - 2 * gap, tall - 2 * gap, `${real ? "in" : "pad"}${lit ? (c < 8 ? " solid" : " lit") : ""}${lost.has(i) && real && out ? " lost" : ""}`));
      if (c >= 19) svg.append(el("text", { x: left(i) + c / 2, y: top + tall / 2 + 4, class: real ? "x" : "zero", "text-anchor": "middle" }, real ? String(i) : "0"));
      if (out && lost.has(i)) svg.append(cross(left(i), top, c, tall));
    }
    const lines = out === null ? [taps] : first.map((a) => Array.from({ length: f }, (_, i) => a + i * d));
    lines.forEach((window, i) => {
      const y = below + i * h, g = el("g", { class: `win${i === s.at ? " lit" : ""}${out === null ? " bad" : ""}` });
      const thick = Math.max(1, Math.min(9, 0.66 * h));
      g.append(rect(left(window[0]), y - 1, (reach(f, d)) * c, h, "touch"));
      if (d > 1) g.append(rect(left(window[0]) + c / 2, y + thick / 2 - 0.7, (reach(f, d) - 1) * c, 1.4, "tie"));
      const solid = d === 1 && c < 12;
      if (solid) g.append(rect(left(window[0]), y, f * c, thick, "tap"));
      else for (const t of window) g.append(rect(left(t) + 1.5, y, c - 3, thick, "tap"));
      if (out) g.addEventListener("pointerenter", () => i !== s.at && change({ at: i }));
      svg.append(g);
    });
    const shift = (n - (out ?? 0)) / 2;
    for (let i = 0; i < (out ?? 0); i++) {
      const g = el("g", {}, rect(left(shift + i) + gap, end, Math.max(c - 2 * gap, i === s.at ? 3 : 0), tall - 2 * gap, `out${i === s.at ? " hand" : ""}`));
      if (c >= 19) g.append(el("text", { x: left(shift + i) + c / 2, y: end + tall / 2 + 4, class: "y", "text-anchor": "middle" }, String(i)));
      g.addEventListener("pointerdown", () => change({ at: i }));
      g.addEventListener("pointerenter", () => i !== s.at && change({ at: i }));
      svg.append(g);
    }
    svg.append(el("text", { x: left(out ? Math.max(shift, -p) : 0), y: end + tall + 16, class: "head" }, out ? `output, ${out}` : "no output"));
    return svg;
  }

  /** The same in both directions: the image in its padding, the window, the map. */
  function drawPlane(n, f, p, st, d, out) {
    const T = n + 2 * p, span = Math.max(T, out ?? 0), side = 124, c = Math.min(16, side / span);
    const top = 22, origin = p * c + 1, size = T * c, right = side + 22;
    const svg = el("svg", { width: 2 * side + 24, height: top + side + 4, role: "img",
      "aria-label": out ? `the same in both directions: ${n} by ${n} pixels become ${out} by ${out}` : "no output" });
    svg.append(el("text", { x: 0, y: 13, class: "head" }, `as a plane, ${n} × ${n}`), rect(1, top, size, size, "pad"), rect(origin, top + p * c, n * c, n * c, "in"));
    if (out === null) return svg;
    for (const i of unread(n, f, p, st, d)) {
      svg.append(rect(origin + i * c, top, c, size, "shade"), rect(1, top + (i + p) * c, size, c, "shade"));
    }
    if (c > 4) svg.append(lattice(1, top, T, c));
    const a = s.at * st - p;
    for (let u = 0; u < f; u++) for (let v = 0; v < f; v++) {
      svg.append(rect(origin + (a + v * d) * c + (c > 4 ? 1 : 0), top + (a + u * d + p) * c + (c > 4 ? 1 : 0), c - (c > 4 ? 2 : 0), c - (c > 4 ? 2 : 0), "tap lit"));
    }
    svg.append(el("text", { x: right, y: 13, class: "head" }, `${out} × ${out} = ${out * out}`), rect(right, top, out * c, out * c, "out"));
    if (c > 4) svg.append(lattice(right, top, out, c));
    svg.append(rect(right + s.at * c, top + s.at * c, Math.max(c, 3), Math.max(c, 3), "out hand"));
    return svg;
  }

  const lattice = (left, top, k, c) => el("path", { class: "lattice", d: Array.from({ length: k - 1 }, (_, i) =>
    `M${left + (i + 1) * c} ${top}v${k * c}M${left} ${top + (i + 1) * c}h${k * c}`).join("") });

  const root = frame(host, "cv-size-explorer", state.label,
    el("div", { class: "cv-controls" }, presets.node),
    el("div", { class: "cv-bars" }, ...Object.values(bars).map((b) => b.node)),
    el("div", { class: "cv-controls" }, steps.node), formula, says,
    el("div", { class: "cv-stage" }, row, plane));
  draw();
  const watch = new ResizeObserver(() => {
    if (room() !== width) draw();
  });
  watch.observe(root);
  return {
    set(key, value) { s[key] = value; draw(); },
    destroy() { watch.disconnect(); steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
