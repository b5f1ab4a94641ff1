// @ts-check
import { anywidget, button, choice, el, fmt, frame, grid, numberInputs, player, status } from "./kit.js";

/** Every pixel becomes a block of f × f. */
export const nearest = (x, f) => blank(x, f).map((row, i) => row.map((_, j) => x[Math.floor(i / f)][Math.floor(j / f)]));

/** Every pixel in the upper left corner of its block, zeros elsewhere. */
export const nails = (x, f) => blank(x, f).map((row, i) =>
  row.map((_, j) => (i % f || j % f ? 0 : x[i / f][j / f])));

/** Where the maximum of every block of f × f stands, row · width + column; the first of equals. */
export function switches(before, f) {
  return Array.from({ length: before.length / f }, (_, p) => Array.from({ length: before[0].length / f }, (_, q) => {
    let best = [p * f, q * f];
    for (let i = p * f; i < (p + 1) * f; i++) {
      for (let j = q * f; j < (q + 1) * f; j++) if (before[i][j] > before[best[0]][best[1]]) best = [i, j];
    }
    return best[0] * before[0].length + best[1];
  }));
}

/** Every pixel where the maximum of its block stood, zeros elsewhere. */
export function unpool(x, before, f) {
  const places = switches(before, f), W = before[0].length, y = blank(x, f);
  x.forEach((row, p) => row.forEach((v, q) => { y[Math.floor(places[p][q] / W)][places[p][q] % W] = v; }));
  return y;
}

/** Zeros, f times as tall and as wide as x. */
const blank = (x, f) => Array.from({ length: x.length * f }, () => Array(x[0].length * f).fill(0));

/** The result of one of the three. */
export const enlarge = (method, x, before, f) =>
  method === "nearest" ? nearest(x, f) : method === "nails" ? nails(x, f) : unpool(x, before, f);

const POOLED = { // what had been pooled, for each factor
  2: [[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]],
  3: [[1, 0, 2, 3, 1, 0], [4, 9, 1, 0, 2, 7], [2, 3, 0, 1, 5, 2], [0, 1, 8, 2, 0, 1], [3, 2, 1, 6, 4, 3], [1, 5, 0, 2, 1, 0]],
};

export function mount(host, state, onChange) {
  let now = structuredClone(state);
  const factor = () => now.before.length / now.x.length;
  const change = (next) => {
    now = { ...now, ...next };
    for (const key of Object.keys(next)) onChange(key, now[key]);
    draw();
  };
  const methods = choice("method", [["nearest", "nearest neighbour"], ["nails", "bed of nails"], ["unpooling", "max unpooling"]],
    now.method, (method) => change({ method }));
  const factors = choice("times", [["2", "2"], ["3", "3"]], String(factor()), (f) => change({ before: structuredClone(POOLED[f]) }));
  const steps = player("pixel", 4, now.at, (at) => change({ at }));
  const shuffle = button("Shuffle what was pooled", () =>
    change({ before: now.before.map((row) => row.map(() => Math.floor(Math.random() * 10))) }));
  const input = numberInputs("input", now.x, (i, j, value) => {
    const x = structuredClone(now.x);
    x[i][j] = value;
    change({ x, at: i * x[0].length + j });
  }, { kind: "input" });
  const pooled = grid("pooled before", now.before, { kind: "plain" });
  const output = grid("output", [[0]], {
    kind: "output", onPress: (i, j) => change({ at: source(i, j) }),
    name: (i, j, v) => `output row ${i + 1} column ${j + 1}: ${fmt(v)}`,
  });
  const says = status(), arrow = (sign) => el("span", { class: "cv-arrow", "aria-hidden": "true" }, sign);
  const Q = now.x[0].length;

  /** The number of x that belongs to the block of an output. */
  const source = (i, j) => Math.floor(i / factor()) * Q + Math.floor(j / factor());

  function draw() {
    const f = factor(), { x, before, method, at } = now, y = enlarge(method, x, before, f);
    const places = switches(before, f).flat(), W = y[0].length, top = f * Math.floor(at / Q), left = f * (at % Q);
    methods.set(method); factors.set(String(f)); steps.set(at);
    input.set(x);
    [...input.node.rows].forEach((row, i) => [...row.cells].forEach((cell, j) => { cell.className = i * Q + j === at ? "hand" : ""; }));
    pooled.set(before);
    pooled.mark((i, j) => [places.includes(i * W + j) ? "won" : "", source(i, j) === at ? "lit" : ""].filter(Boolean).join(" "));
    output.set(y);
    const holds = (i, j) => source(i, j) === at && (method === "nearest" || (method === "nails" ? i === top && j === left : places[at] === i * W + j));
    output.mark((i, j) => (holds(i, j) ? "hand" : source(i, j) === at ? "lit" : y[i][j] === 0 ? "none" : ""));
    was.hidden = method !== "unpooling";
    shuffle.hidden = method !== "unpooling";
    root.classList.toggle("cv-big", f > 2);

    const v = fmt(x[Math.floor(at / Q)][at % Q]), rest = f * f - 1;
    const place = `row ${Math.floor(places[at] / W) + 1}, column ${places[at] % W + 1}`;
    const won = fmt(before[Math.floor(places[at] / W)][places[at] % W]);
    const zeros = `Of the ${W * y.length} outputs ${y.flat().filter((e) => e === 0).length} are 0.`;
    says.textContent = method === "nearest"
      ? `The ${v} is copied to all ${f * f} cells of its block. Edges stay where they were, in steps of ${f}.`
      : method === "nails"
        ? `The ${v} is placed in the upper left corner of its block; the other ${rest} cells stay 0. ${zeros}`
        : `The ${v} goes where the ${won} won its window, ${place}; the other ${rest} cells stay 0. ${zeros}`;
  }

  const was = el("div", { class: "cv-was" }, pooled.node);
  const root = frame(host, "cv-three-upsamplers", state.label,
    el("div", { class: "cv-controls" }, methods.node, factors.node),
    el("div", { class: "cv-enlarged" }, was, input.node, arrow("→"), output.node),
    el("div", { class: "cv-controls" }, steps.node, shuffle), says,
    el("p", { class: "cv-muted" }, "Type other numbers, or press an output to see where it comes from."));
  draw();
  return {
    set(key, value) { now = { ...now, [key]: value }; draw(); },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
