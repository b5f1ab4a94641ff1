// @ts-check
import { anywidget, button, choice, el, fmt, frame, slider, status } from "./kit.js";

export const WIDTH = 0.09, OTHER = 0.7;

/** How good a value is, 1 at the optimum. */
export const hill = (x, optimum) => Math.exp(-(((x - optimum) / WIDTH) ** 2) / 2);

/** What a setting reaches: hills of the two axes, weighted by their importance. */
export const quality = ([x, y], importance, optimum) =>
  importance * hill(x, optimum) + (1 - importance) * hill(y, OTHER);

/** The middles of the cells of a square board. */
export function board(trials) {
  const side = Math.round(Math.sqrt(trials));
  const along = Array.from({ length: side }, (_, i) => (i + 0.5) / side);
  return along.flatMap((y) => along.map((x) => [x, y]));
}

/** How many different values of one axis (0 or 1) occur. */
export const distinct = (points, axis) => new Set(points.map((p) => p[axis])).size;

/** The place of the best trial, the first of equals. */
export function best(points, importance, optimum) {
  const reached = points.map((p) => quality(p, importance, optimum));
  return reached.indexOf(Math.max(...reached));
}

/** In how many draws the best of the first `trials` points beats the grid's best. */
export function wins(draws, trials, importance, optimum) {
  const top = (points) => quality(points[best(points, importance, optimum)], importance, optimum);
  const mark = top(board(trials));
  return draws.filter((draw) => top(draw.slice(0, trials)) > mark).length;
}

const S = 200, HILL = 46, LEFT = 50; // the square, the hills, where the square begins
const percent = (v) => `${Math.round(100 * v)} %`;

/** One square with the hills of its axes and the values that its trials have. */
function panel(name) {
  const svg = el("svg", { class: "cv-square", viewBox: `0 0 ${LEFT + S + 8} ${HILL + S + 26}`, role: "img" });
  const caption = el("p", { class: "cv-panel-title" });
  const x = (v) => LEFT + v * S, y = (v) => HILL + (1 - v) * S;
  const along = Array.from({ length: 101 }, (_, i) => i / 100);
  return {
    node: el("div", { class: "cv-panel" }, caption, svg),
    draw(points, importance, optimum) {
      const top = best(points, importance, optimum), other = 1 - importance;
      // a hill is as high as its axis is important
      const up = (v) => HILL - 4 - (HILL - 8) * importance * hill(v, optimum);
      const out = (v) => LEFT - 6 - (HILL - 8) * other * hill(v, OTHER);
      svg.replaceChildren(
        el("rect", { x: LEFT, y: HILL, width: S, height: S, class: "cv-field" }),
        ...points.map(([px, py]) => el("g", { class: "cv-thread" },
          el("line", { x1: x(px), y1: HILL, x2: x(px), y2: up(px) }),
          el("line", { x1: LEFT, y1: y(py), x2: out(py), y2: y(py) }))),
        el("path", { class: "cv-hill", d: "M" + along.map((v) => `${x(v)} ${up(v)}`).join("L") }),
        el("path", { class: "cv-hill", d: "M" + along.map((v) => `${out(v)} ${y(v)}`).join("L") }),
        ...points.map(([px, py], i) => el("circle",
          { cx: x(px), cy: y(py), r: i === top ? 8 : 5, class: i === top ? "cv-dot cv-top" : "cv-dot" })),
        el("text", { x: LEFT + S / 2, y: HILL + S + 19, "text-anchor": "middle" }, "important"),
        el("text", { x: 14, y: HILL + S / 2, "text-anchor": "middle",
          transform: `rotate(-90 14 ${HILL + S / 2})` }, "the other one"));
      const count = distinct(points, 0), reached = quality(points[top], importance, optimum);
      caption.textContent = `${name}: ${count} ${count === 1 ? "value" : "values"}, best ${percent(reached)}`;
      svg.setAttribute("aria-label",
        `${name}: ${points.length} trials with ${count} different values of the important axis; ` +
        `the best reaches ${percent(reached)} of the optimum.`);
      return { count, reached };
    },
  };
}

export function mount(host, state, onChange) {
  let { trials, importance, optimum, draw, draws } = state;
  const left = panel("Grid"), right = panel("Random");
  const sentence = status();
  const many = choice("trials", ["4", "9", "16", "25"].map((n) => [n, n]), String(trials), (n) => {
    trials = Number(n); onChange("trials", trials); update();
  });
  const weight = slider("importance", { min: 0.5, max: 1, step: 0.05, value: importance, format: percent },
    (v) => { importance = v; onChange("importance", v); update(); });
  const place = slider("optimum at", { min: 0, max: 1, step: 0.01, value: optimum, format: (v) => fmt(v) },
    (v) => { optimum = v; onChange("optimum", v); update(); });
  const again = button("Draw again", () => {
    draw = (draw + 1) % draws.length; onChange("draw", draw); update();
  });

  function update() {
    const a = left.draw(board(trials), importance, optimum);
    const b = right.draw(draws[draw].slice(0, trials), importance, optimum);
    const ahead = wins(draws, trials, importance, optimum);
    const who = a.reached > b.reached ? "The grid is ahead here" : "Chance is ahead here";
    const why = Math.min(...board(trials).map(([v]) => Math.abs(v - optimum))) < 0.02
      ? " The optimum happens to lie on a line of the grid."
      : importance < 0.7 ? " Both axes matter now, so the grid wastes less." : "";
    sentence.textContent =
      `${trials} trials on a grid try ${a.count} values of the important axis, by chance ${b.count}. ` +
      `${who}, ${percent(Math.max(a.reached, b.reached))} of the optimum against ` +
      `${percent(Math.min(a.reached, b.reached))}; over ${draws.length} draws chance wins ${ahead}.${why}`;
  }

  const root = frame(host, "cv-random-versus-grid", state.label,
    el("div", { class: "cv-controls" }, many.node, weight.node, place.node, again),
    el("div", { class: "cv-row" }, left.node, right.node), sentence,
    el("p", { class: "cv-muted" },
      "The green hills say how good a value is; the blue threads, which values were tried. The large dot is the best trial."));
  update();
  return {
    set(key, value) {
      if (key === "trials") { trials = value; many.set(String(value)); }
      if (key === "importance") { importance = value; weight.set(value); }
      if (key === "optimum") { optimum = value; place.set(value); }
      if (key === "draw") draw = value;
      if (key === "draws") draws = value;
      update();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
