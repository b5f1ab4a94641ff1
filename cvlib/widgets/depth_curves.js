// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

const NOTICED = 0.5; // percentage points below which two errors are called equal

/** The depths that occur, the shallowest first. */
export const depths = (runs) => [...new Set(runs.map((r) => r.depth))].sort((a, b) => a - b);

/** The place of a run in the list, −1 if there is none. */
export const find = (runs, depth, residual) =>
  runs.findIndex((r) => r.depth === depth && r.residual === residual);

const shallowest = (runs, residual) =>
  Math.min(...runs.filter((r) => r.residual === residual).map((r) => r.depth));

/** Error of a net less that of the shallowest of its kind, in percentage points. */
export function gap(runs, depth, residual, epoch, key) {
  const at = (d) => runs[find(runs, d, residual)][key][epoch - 1];
  return at(depth) - at(shallowest(runs, residual));
}

/** What depth did: "degrades", "overfits", "gains", "equal" or "shallowest". */
export function verdict(runs, depth, residual, epoch) {
  if (depth === shallowest(runs, residual)) return "shallowest";
  const [train, test] = ["train", "test"].map((key) => gap(runs, depth, residual, epoch, key));
  if (train > NOTICED) return "degrades";
  if (train >= -NOTICED) return "equal";
  return test > NOTICED ? "overfits" : "gains";
}

/** The first epoch, from 1, whose error is at most `level`; 0 if it never is. */
export const reached = (errors, level) => errors.findIndex((e) => e <= level) + 1;

/** Where the axis ends: the first tenth of the training may leave it, in tens. */
export function axis_top(runs) {
  const later = runs.flatMap((r) => ["train", "test"].flatMap((key) => r[key].slice(Math.floor(r[key].length / 10))));
  return Math.max(10, Math.min(100, Math.ceil(Math.floor(Math.max(...later) + 1) / 10) * 10));
}

/** The points of a curve in a box, as SVG writes them; errors above `top` lie on it. */
export function points(errors, box, top) {
  const step = box.width / Math.max(1, errors.length - 1);
  return errors.map((e, i) => [box.x + i * step, box.y + box.height * (1 - Math.min(e, top) / top)]);
}

const percent = (v) => `${v.toFixed(1)} %`;
const by = (v) => `${Math.abs(v).toFixed(1)} points`;

export function mount(host, state, onChange) {
  let { runs, depth, residual, epoch } = state;
  const all = depths(runs), top = axis_top(runs), last = Math.min(...runs.map((r) => r.train.length));
  const picture = el("div"), sentence = status(), more = el("p", { class: "cv-muted cv-aside" });

  function change(next) {
    for (const [key, value] of Object.entries(next)) onChange(key, value);
    draw();
  }
  const kind = choice("block", [["plain", "plain"], ["residual", "residual"]], "", (key) => {
    residual = key === "residual";
    change({ residual });
  });
  const deep = slider("depth", { min: 0, max: all.length - 1, value: 0, format: (v) => `${all[v]} layers` },
    (v) => { depth = all[v]; change({ depth }); });
  const when = slider("epoch", { min: 1, max: last, value: last, format: (v) => `${v} of ${last}` },
    (v) => { epoch = v; change({ epoch }); });

  function draw() {
    depth = all.includes(depth) ? depth : all[all.length - 1];
    epoch = Math.max(1, Math.min(last, epoch || last));
    kind.set(residual ? "residual" : "plain");
    deep.set(all.indexOf(depth));
    when.set(epoch, last);
    picture.replaceChildren(drawing());
    say();
  }

  function say() {
    const place = find(runs, depth, residual);
    if (place < 0) { sentence.textContent = "This net was not trained."; more.textContent = ""; return; }
    const run = runs[place], base = runs[find(runs, shallowest(runs, residual), residual)];
    const [train, test] = [run.train, run.test].map((e) => e[epoch - 1]);
    const catches = reached(run.train, base.train[last - 1]);
    const off = (key) => gap(runs, depth, residual, epoch, key), begin =
      `After epoch ${epoch}, ${run.name} gets ${percent(train)} of its training images wrong and ${percent(test)} of the test images. `;
    sentence.textContent = begin + {
      shallowest: "It is the shallowest of its kind: go deeper and compare.",
      degrades: `On the images it was trained on it does worse than ${base.name}, by ${by(off("train"))}. `
        + (catches ? `It is slower, and catches up with where that one ends in epoch ${catches}.` : "That is degradation, not overfitting."),
      overfits: `It fits the training images better than ${base.name}, by ${by(off("train"))}, and does worse on the test images: overfitting.`,
      gains: `It fits the training images better than ${base.name}, by ${by(off("train"))}`
        + (off("test") < -NOTICED ? ` and the test images by ${by(off("test"))}: depth pays.` : "; on the test images the two are level."),
      equal: `On the training images it is level with ${base.name}.`,
    }[verdict(runs, depth, residual, epoch)];
    const twin = runs[find(runs, depth, !residual)];
    const goal = base.train[last - 1], first = catches;
    more.textContent = (twin ? `Its twin ${twin.name}, with as many weights: ${percent(twin.train[epoch - 1])} and ${percent(twin.test[epoch - 1])}. ` : "")
      + (run === base ? "" : `The training error at which ${base.name} ends, ${percent(goal)}, `
        + (first ? `is reached in epoch ${first}.` : "is never reached."));
  }

  /** All training errors, pale; the chosen run's two errors; where the hand stands. */
  function drawing() {
    const narrow = (root?.clientWidth || 700) < 560, W = narrow ? 350 : 680, H = narrow ? 286 : 316;
    const box = { x: 40, y: 28, width: W - 40 - (narrow ? 12 : 112), height: H - 28 - 42 };
    const Y = (v) => box.y + box.height * (1 - v / top), X = (e) => box.x + ((e - 1) / Math.max(1, last - 1)) * box.width;
    const chosen = runs[find(runs, depth, residual)];
    const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, width: W, role: "img", "aria-label":
      `Errors over ${last} epochs on an axis from 0 to ${top} percent. ` + runs.map((r) =>
        `${r.name}: training ${percent(r.train[epoch - 1])}, test ${percent(r.test[epoch - 1])}`).join("; ") + "." });
    const text = (x, y, words, props = {}) => svg.append(el("text", { x, y, ...props }, words));
    for (let v = 0; v <= top; v += top > 50 ? 20 : 10) {
      svg.append(el("line", { class: "cv-tick", x1: box.x, x2: box.x + box.width, y1: Y(v), y2: Y(v) }));
      text(box.x - 6, Y(v) + 5, String(v), { "text-anchor": "end", class: "cv-small" });
    }
    text(4, 14, "error, %", { class: "cv-small" });
    const line = (errors, kind) => svg.append(el("polyline", { class: kind,
      points: points(errors.slice(0, last), box, top).map((q) => q.map((v) => v.toFixed(1)).join(",")).join(" ") }));
    for (const r of runs) if (r !== chosen) line(r.train, `cv-pale ${r.residual ? "res" : "plain"}`);
    if (chosen) {
      line(chosen.test, "cv-test");
      line(chosen.train, `cv-train ${residual ? "res" : "plain"}`);
    }
    svg.append(el("line", { class: "cv-now", x1: X(epoch), x2: X(epoch), y1: box.y, y2: box.y + box.height }));
    if (chosen) for (const key of ["test", "train"]) {
      svg.append(el("circle", { class: "cv-dot", cx: X(epoch), cy: Y(Math.min(top, chosen[key][epoch - 1])), r: 5 }));
    }
    if (!narrow) labels(text, chosen, box, Y);
    for (const e of new Set([1, Math.round(last / 2), last])) {
      text(X(e), H - 22, String(e), { "text-anchor": e === 1 ? "start" : e === last ? "end" : "middle", class: "cv-small" });
    }
    text(box.x + box.width / 2, H - 4, "epoch", { "text-anchor": "middle", class: "cv-small" });
    return svg;
  }

  /** Names at the ends of the curves that the sentence speaks of, pushed apart. */
  function labels(text, chosen, box, Y) {
    const spoken = [chosen, runs[find(runs, depth, !residual)], runs[find(runs, shallowest(runs, residual), residual)]];
    const ends = runs.filter((r) => spoken.includes(r)).map((r) => ({ words: r.name, y: Y(Math.min(top, r.train[last - 1])), kind: r === chosen ? "on" : "" }));
    if (chosen) ends.push({ words: `${chosen.name}, test`, y: Y(Math.min(top, chosen.test[last - 1])), kind: "test" });
    ends.sort((a, b) => a.y - b.y);
    ends.forEach((e, i) => { if (i) e.y = Math.max(e.y, ends[i - 1].y + 16); });
    const low = box.y + box.height + 4;
    for (let i = ends.length - 1, most = low; i >= 0; i--, most -= 16) ends[i].y = Math.min(ends[i].y, most);
    for (const e of ends) text(box.x + box.width + 6, e.y + 4, e.words, { class: `cv-small ${e.kind}` });
  }

  const key = el("p", { class: "cv-key cv-muted" },
    el("span", { class: "cv-swatch train" }), "training error, chosen net ",
    el("span", { class: "cv-swatch test" }), "its test error ",
    el("span", { class: "cv-swatch pale" }), "training errors of the others");
  let root = null;
  root = frame(host, "cv-depth-curves", state.label,
    el("div", { class: "cv-controls" }, kind.node, deep.node, when.node), picture, key, sentence, more);
  draw();
  const watch = new ResizeObserver(() => picture.replaceChildren(drawing()));
  watch.observe(root);
  return {
    set(name, value) {
      if (name === "depth") depth = value;
      if (name === "residual") residual = value;
      if (name === "epoch") epoch = value;
      if (name === "runs") runs = value;
      draw();
    },
    destroy() { watch.disconnect(); root.remove(); },
  };
}
export default anywidget(mount);
