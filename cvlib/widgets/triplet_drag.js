// @ts-check
import { anywidget, button, checkbox, choice, el, fmt, frame, slider, status } from "./kit.js";

const minus = ([a, b], [c, d]) => [a - c, b - d];
const length = ([a, b]) => Math.hypot(a, b);

/** d(A, P), d(A, N) and the loss max(0, d(A, P) − d(A, N) + margin). */
export function measured([a, p, n], margin, squared) {
  const power = squared ? 2 : 1;
  const near = length(minus(a, p)) ** power, far = length(minus(a, n)) ** power;
  return { near, far, loss: Math.max(0, near - far + margin) };
}

/** The gradient of the loss at each point; zero where the triplet is content. */
export function gradients([a, p, n], margin, squared) {
  if (measured([a, p, n], margin, squared).loss <= 0) return [[0, 0], [0, 0], [0, 0]];
  const part = (v) => { // of d by the first of the two points
    const size = length(v);
    if (squared) return [2 * v[0], 2 * v[1]];
    return size ? [v[0] / size, v[1] / size] : [0, 0];
  };
  const near = part(minus(a, p)), far = part(minus(a, n));
  return [minus(near, far), [0 - near[0], 0 - near[1]], far];
}

/** Radii about the anchor: beyond the first the order is right, beyond the second by the margin. */
export function radii([a, p], margin, squared) {
  const near = length(minus(a, p));
  return [near, squared ? Math.sqrt(near * near + margin) : near + margin];
}

/** "easy", "semi-hard" or "hard". */
export function kind(points, margin, squared) {
  const { near, far, loss } = measured(points, margin, squared);
  return far <= near ? "hard" : loss > 0 ? "semi-hard" : "easy";
}

/** A point moved to the unit circle; the middle goes to the right. */
export const onCircle = ([x, y]) => {
  const size = Math.hypot(x, y);
  return size ? [x / size, y / size] : [1, 0];
};

/** The points after one step downhill. */
export function stepped(points, margin, squared, sphere, rate) {
  const grads = gradients(points, margin, squared);
  return points.map(([x, y], k) => {
    const next = [x - rate * grads[k][0], y - rate * grads[k][1]];
    return sphere ? onCircle(next) : next;
  });
}

const PRESETS = {
  easy: [[0, 0], [0.4, 0.15], [-0.9, -0.8]],
  "semi-hard": [[0, 0], [0.7, 0.2], [-0.3, -0.8]],
  hard: [[0, 0], [0.9, 0.5], [0.35, -0.25]],
  collapsed: [[0.3, 0.1], [0.3, 0.1], [0.3, 0.1]],
};
const NAMES = ["anchor", "positive", "negative"], LETTERS = ["A", "P", "N"];

export function mount(host, state, onChange) {
  let { points, margin, squared, sphere } = state;
  const U = 170, W = 3.2 * U, H = 2.9 * U;
  const X = (v) => W / 2 + v * U, Y = (v) => H / 2 - v * U;
  const keep = (v, most) => Math.max(-most, Math.min(most, v));
  const inside = ([x, y]) => (sphere ? onCircle([x, y]) : [keep(x, 1.5), keep(y, 1.35)]);

  const svg = el("svg", { class: "cv-pad", viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": "anchor, positive and negative" });
  const line = status(), body = el("tbody");
  const rings = el("g"), arrows = el("g");
  const dots = NAMES.map((name, k) => el("circle", { class: `dot ${name}`, r: 13, tabindex: 0, role: "button", onkeydown: (e) => key(e, k) }));
  const letters = LETTERS.map((letter) => el("text", { class: "letter", "text-anchor": "middle" }, letter));
  svg.append(rings, arrows, ...dots, ...letters);

  const presets = choice("show", Object.keys(PRESETS).map((k) => [k, k]), "", (k) => change({ points: PRESETS[k].map(inside) }));
  const bar = slider("margin α", { min: 0, max: 1.5, step: 0.05, value: margin, format: (v) => v.toFixed(2) }, (v) => change({ margin: v }));
  const kinds = choice("distance", [["squared", "squared"], ["plain", "plain"]], squared ? "squared" : "plain", (v) => change({ squared: v === "squared" }));
  const circle = checkbox("points of length 1", sphere, (v) => { sphere = v; change({ sphere: v, points: points.map(inside) }); });
  const steps = (count) => {
    let next = points;
    for (let k = 0; k < count; k++) next = stepped(next, margin, squared, sphere, 0.05).map(inside);
    change({ points: next });
  };

  function change(next) {
    if (next.points) points = next.points;
    if (next.margin !== undefined) margin = next.margin;
    if (next.squared !== undefined) squared = next.squared;
    draw();
    for (const [name, value] of Object.entries(next)) onChange(name, value);
  }
  const put = (k, at) => change({ points: points.map((q, i) => (i === k ? inside(at) : q)) });
  function key(e, k) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!move) return;
    e.preventDefault();
    const [x, y] = points[k], size = e.shiftKey ? 0.01 : 0.05;
    if (!sphere) return put(k, [x + size * move[0], y + size * move[1]]);
    const turn = Math.atan2(y, x) - size * (move[0] - move[1] * Math.sign(x || 1)); // right: clockwise
    put(k, [Math.cos(turn), Math.sin(turn)]);
  }

  let held = -1;
  const place = (e) => {
    const box = svg.getBoundingClientRect(), s = W / box.width;
    return [((e.clientX - box.left) * s - W / 2) / U, (H / 2 - (e.clientY - box.top) * s) / U];
  };
  svg.addEventListener("pointerdown", (e) => {
    if (e.button) return;
    const at = place(e), far = points.map((q) => length(minus(q, at)));
    // of points that lie on one spot the negative is taken first: it can be pulled away
    held = [2, 1, 0].reduce((best, k) => (far[k] < far[best] ? k : best), 2);
    if (far[held] > (e.pointerType === "touch" ? 0.35 : 0.2)) { held = -1; return; }
    dots[held].focus({ preventScroll: true });
    svg.setPointerCapture?.(e.pointerId);
    e.preventDefault();
  });
  svg.addEventListener("pointermove", (e) => { if (held >= 0 && e.buttons) put(held, place(e)); });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { held = -1; });

  function arrow(from, [gx, gy]) {
    const size = Math.hypot(gx, gy);
    if (size < 1e-9) return [];
    const far = Math.min(0.12 + 0.2 * size, 0.65) * U, ux = -gx / size, uy = gy / size; // downhill, y down
    const [x0, y0] = [X(from[0]) + 15 * ux, Y(from[1]) + 15 * uy], [x1, y1] = [x0 + far * ux, y0 + far * uy];
    const [bx, by] = [x1 - 11 * ux, y1 - 11 * uy];
    return [el("line", { x1: x0, y1: y0, x2: bx, y2: by }),
      el("polygon", { points: `${x1},${y1} ${bx - 6 * uy},${by + 6 * ux} ${bx + 6 * uy},${by - 6 * ux}` })];
  }

  function draw() {
    const { near, far, loss } = measured(points, margin, squared), [inner, outer] = radii(points, margin, squared);
    const [ax, ay] = points[0], what = kind(points, margin, squared), grads = gradients(points, margin, squared);
    rings.replaceChildren(
      ...(sphere ? [el("circle", { class: "unit", cx: X(0), cy: Y(0), r: U })] : []),
      el("circle", { class: "belt", cx: X(ax), cy: Y(ay), r: (inner + outer) / 2 * U, style: `stroke-width:${(outer - inner) * U}px` }),
      el("circle", { class: "inner", cx: X(ax), cy: Y(ay), r: inner * U }),
      el("circle", { class: "outer", cx: X(ax), cy: Y(ay), r: outer * U }));
    arrows.replaceChildren(...points.flatMap((q, k) => arrow(q, grads[k])));
    points.forEach(([x, y], k) => {
      dots[k].setAttribute("cx", X(x));
      dots[k].setAttribute("cy", Y(y));
      dots[k].setAttribute("aria-label", `${NAMES[k]} at ${fmt(x)}, ${fmt(y)}`);
      letters[k].setAttribute("x", X(x));
      letters[k].setAttribute("y", Y(y) + 6);
      const covered = points.slice(k + 1).some((q) => length(minus(q, points[k])) * U < 9);
      letters[k].setAttribute("visibility", covered ? "hidden" : "visible");
    });
    presets.set(Object.keys(PRESETS).find((k) => JSON.stringify(PRESETS[k]) === JSON.stringify(points)));
    const d = squared ? "²" : "";
    body.replaceChildren(...[[`‖A − P‖${d}`, near], [`‖A − N‖${d}`, far], ["margin α", margin], ["loss", loss]].map(([name, v], k) =>
      el("tr", { class: k === 3 ? "main" : "" }, el("th", { scope: "row" }, name), el("td", {}, v.toFixed(2)))));
    const still = grads.flat().every((g) => g === 0);
    line.textContent = {
      easy: `Easy: the negative lies beyond both rings, the loss is 0 and no point moves. There is nothing to learn from this triplet.`,
      "semi-hard": `Semi-hard: the negative is further than the positive, but not by the margin. The loss is ${fmt(loss)}, less than α.`,
      hard: still ? `All three lie on one point: the loss is α = ${fmt(margin)}, and yet there is no gradient. This is the collapse; no step leads out of it.`
        : `Hard: the negative is ${far < near ? "nearer than the positive" : "as near as the positive"}. The loss is ${fmt(loss)}, at least α.`,
    }[what];
  }

  const root = frame(host, "cv-triplet-drag", state.label,
    el("div", { class: "cv-controls" }, presets.node),
    el("div", { class: "cv-sheet" }, svg, el("div", { class: "cv-side" },
      el("table", { class: "cv-numbers" }, el("caption", {}, "in numbers"), body),
      bar.node, kinds.node, circle.node,
      el("div", { class: "cv-buttons" }, button("One step", () => steps(1)), button("20 steps", () => steps(20))))),
    line,
    el("p", { class: "cv-muted" }, "Drag a point, or focus it and use the arrow keys. Arrows show where gradient descent takes each point; between the rings a negative is semi-hard."));
  draw();
  return {
    set(name, value) {
      if (name === "points") points = value;
      if (name === "margin") { margin = value; bar.set(value); }
      if (name === "squared") { squared = value; kinds.set(value ? "squared" : "plain"); }
      if (name === "sphere") { sphere = value; circle.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
