// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

/** Every entry for itself into [−limit, limit]. */
export const byValue = (g, limit) => g.map((v) => Math.max(-limit, Math.min(limit, v)));

/** The norm of these entries together with all others, whose norm is `others`. */
export const total = (g, others = 0) => Math.hypot(...g, others);

/** One factor for all entries, so that their norm and that of the others is at most `limit`. */
export function byNorm(g, limit, others = 0) {
  const length = total(g, others);
  return length > limit ? g.map((v) => (v * limit) / length) : [...g];
}

/** Degrees between two arrows in the plane, from 0 to 180; 0 if one has no length. */
export function angle([a, b], [c, d]) {
  return Math.hypot(a, b) * Math.hypot(c, d) === 0 ? 0
    : (Math.abs(Math.atan2(a * d - b * c, a * c + b * d)) * 180) / Math.PI;
}

/** One sentence on what is seen. */
export function say(g, limit, others) {
  const length = total(g, others), value = byValue(g, limit), turned = angle(g, value);
  const cut = value.some((v, k) => v !== g[k]), together = others ? "With all other weights the" : "The";
  if (limit === 0) return "A threshold of 0 stops every step: nothing is learned.";
  if (length <= limit) {
    return `${together} gradient is ${fmt(length)} long, below the threshold: nothing is clipped. Clipping never lengthens a step.`;
  }
  const norm = `${together} norm is ${fmt(length)}, so by norm everything is multiplied by ${fmt(limit / length, 3)}; the direction stays.`;
  if (!cut) return `${norm} By value nothing happens: each entry for itself is within ±${fmt(limit)}.`;
  const [big, small] = Math.abs(g[0]) >= Math.abs(g[1]) ? [0, 1] : [1, 0];
  if (turned < 0.05) {
    const why = g[small] === 0 ? "there is only one entry" : "both entries are equally large";
    return `${norm} By value the direction stays too, because ${why}: the one case in which it does.`;
  }
  const share = (v) => fmt(Math.abs(v[small] / v[big]), 2);
  return `${norm} By value the arrow turns by ${fmt(turned, 1)}°: g${"₁₂"[small]} was ${share(g)} times as large as g${"₁₂"[big]}, now it is ${share(value)} times.`;
}

const PRESETS = {
  lopsided: { g1: 5, g2: 1, threshold: 2, others: 0 },
  cliff: { g1: 5.5, g2: -0.2, threshold: 0.5, others: 0 },
  diagonal: { g1: 4, g2: 4, threshold: 2, others: 0 },
  short: { g1: 1, g2: 0.7, threshold: 2, others: 0 },
  "one layer of many": { g1: 1.5, g2: 1, threshold: 2, others: 6 },
};

export function mount(host, state, onChange) {
  const now = { g1: state.g1, g2: state.g2, threshold: state.threshold, others: state.others };
  const R = 6, W = 480, unit = W / (2 * R), H = W * 0.75; // what is shown, in units of the gradient
  const X = (v) => W / 2 + v * unit, Y = (v) => H / 2 - v * unit;
  const TALL = H / 2 / unit;
  const round = (v) => Math.round(v * 20) / 20;

  function change(next, sliders = true) {
    Object.assign(now, next);
    draw();
    if (sliders) sync();
    for (const [key, value] of Object.entries(next)) onChange(key, value);
  }
  const two = (v) => fmt(v);
  const control = {
    threshold: slider("threshold", { min: 0, max: 6, step: 0.05, value: 2, format: two }, (v) => change({ threshold: v }, false)),
    g1: slider("g₁", { min: -R, max: R, step: 0.05, value: 0, format: two }, (v) => change({ g1: v }, false)),
    g2: slider("g₂", { min: -4.5, max: 4.5, step: 0.05, value: 0, format: two }, (v) => change({ g2: v }, false)),
    others: slider("all others, norm", { min: 0, max: 10, step: 0.1, value: 0, format: two }, (v) => change({ others: v }, false)),
  };
  const sync = () => Object.entries(control).forEach(([key, c]) => c.set(now[key]));
  const presets = choice("show", Object.keys(PRESETS).map((k) => [k, k]), "", (key) => change(PRESETS[key]));
  const svg = el("svg", { class: "cv-pad", viewBox: `0 0 ${W} ${H}`, role: "img" });
  const line = status(), body = el("tbody");
  const head = [el("td"), ...["g₁", "g₂", "length", "turned"].map((t) => el("th", { scope: "col" }, t))];
  const table = el("table", { class: "cv-arrows" }, el("caption", {}, "in numbers"), el("thead", {}, el("tr", {}, ...head)), body);

  function arrow([x, y], kind) {
    const length = Math.hypot(x, y) * unit, tip = 11;
    if (length < 1) return [];
    const [ux, uy] = [(x * unit) / length, (-y * unit) / length], size = Math.min(tip, length);
    const [ex, ey] = [X(x), Y(y)], [bx, by] = [ex - ux * size, ey - uy * size];
    return [el("line", { class: kind, x1: X(0), y1: Y(0), x2: bx, y2: by }),
      el("polygon", { class: kind, points: `${ex},${ey} ${bx - uy * 5},${by + ux * 5} ${bx + uy * 5},${by - ux * 5}` })];
  }

  /** The wedge between the gradient and what clipping by value left of it. */
  function wedge(g, value) {
    if (angle(g, value) < 1) return [];
    const far = 46, points = [`${X(0)},${Y(0)}`], a = Math.atan2(g[1], g[0]), b = Math.atan2(value[1], value[0]);
    for (let k = 0; k <= 12; k++) {
      const at = a + ((b - a) * k) / 12;
      points.push(`${X(0) + far * Math.cos(at)},${Y(0) - far * Math.sin(at)}`);
    }
    return [el("polygon", { class: "wedge", points: points.join(" ") })];
  }

  function draw() {
    const g = [now.g1, now.g2], c = now.threshold;
    const value = byValue(g, c), norm = byNorm(g, c, now.others), turned = angle(g, value);
    presets.set(Object.keys(PRESETS).find((k) => Object.entries(PRESETS[k]).every(([key, v]) => now[key] === v)));
    const length = total(g, now.others), reach = length ? (c * Math.hypot(...g)) / length : c;
    // the two names stand on either side of the arrows, away from each other
    const side = g[0] * value[1] - g[1] * value[0] >= 0 ? 1 : -1, size = Math.hypot(...g) || 1;
    const name = ([x, y], away, words, kind) => {
      const tx = X(x) + (-g[1] / size) * away * 20 + (g[0] / size) * 6, ty = Y(y) - (g[0] / size) * away * 20 - (g[1] / size) * 6;
      return el("text", { class: kind, x: Math.max(40, Math.min(W - 40, tx)), y: Math.max(14, Math.min(H - 6, ty + 5)), "text-anchor": "middle" }, words);
    };
    const clipped = length > c;
    svg.setAttribute("aria-label", `The gradient (${fmt(g[0])}, ${fmt(g[1])}), by value (${fmt(value[0])}, ${fmt(value[1])}), by norm (${fmt(norm[0])}, ${fmt(norm[1])}).`);
    svg.replaceChildren(
      el("line", { class: "axis", x1: 0, x2: W, y1: Y(0), y2: Y(0) }),
      el("line", { class: "axis", x1: X(0), x2: X(0), y1: 0, y2: H }),
      el("text", { class: "small", x: W - 16, y: Y(0) - 6, "text-anchor": "middle" }, "g₁"),
      el("text", { class: "small", x: X(0) + 14, y: 14, "text-anchor": "middle" }, "g₂"),
      el("rect", { class: "bound value", x: X(-c), y: Y(c), width: 2 * c * unit, height: 2 * c * unit }),
      el("circle", { class: "bound norm", cx: X(0), cy: Y(0), r: reach * unit }),
      ...wedge(g, value), ...arrow(g, "whole"), ...arrow(value, "value"), ...arrow(norm, "norm"),
      el("circle", { class: "handle", cx: X(g[0]), cy: Y(g[1]), r: 9 }),
      ...(clipped ? [name(value, side, "by value", "value"), name(norm, -side, "by norm", "norm")] : []));
    const rows = [["gradient", g, "whole"], ["by value", value, "value"], ["by norm", norm, "norm"]];
    body.replaceChildren(...rows.map(([words, v, kind]) => el("tr", { class: kind },
      el("th", { scope: "row" }, words), ...[fmt(v[0]), fmt(v[1]), fmt(Math.hypot(...v)),
        kind === "whole" ? "" : `${fmt(angle(g, v), 1)}°`].map((text) => el("td", {}, text)))));
    line.textContent = say(g, c, now.others);
  }

  function drag(e) {
    const box = svg.getBoundingClientRect(), scale = W / box.width;
    const g1 = round(((e.clientX - box.left) * scale - W / 2) / unit);
    const g2 = round((H / 2 - (e.clientY - box.top) * scale) / unit);
    change({ g1: Math.max(-R, Math.min(R, g1)), g2: Math.max(-TALL, Math.min(TALL, g2)) });
  }
  svg.addEventListener("pointerdown", (e) => { if (e.button === 0) { svg.setPointerCapture(e.pointerId); drag(e); } });
  svg.addEventListener("pointermove", (e) => { if (svg.hasPointerCapture?.(e.pointerId)) drag(e); });

  const root = frame(host, "cv-clipping-arrows", state.label,
    el("div", { class: "cv-controls" }, presets.node),
    el("div", { class: "cv-sheet" }, svg, el("div", {}, table,
      el("div", { class: "cv-knobs" }, control.threshold.node, control.g1.node, control.g2.node, control.others.node))),
    line);
  draw();
  sync();
  return {
    set(key, value) { if (key in now) { now[key] = value; draw(); sync(); } },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
