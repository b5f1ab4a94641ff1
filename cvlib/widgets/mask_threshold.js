// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

const LEAST = 0.05, MOST = 0.95, STEP = 0.01;

/** Pixels in both masks, only in the predicted one and only in the true one. */
export function counts(map, real, threshold) {
  let both = 0, extra = 0, missed = 0;
  map.forEach((row, i) => row.forEach((v, j) => {
    const mask = v >= threshold, there = real[i][j] > 0;
    both += mask && there ? 1 : 0; extra += mask && !there ? 1 : 0; missed += !mask && there ? 1 : 0;
  }));
  return [both, extra, missed];
}

/** Intersection over union. */
export function iou(map, real, threshold) {
  const [both, extra, missed] = counts(map, real, threshold);
  return both + extra + missed ? both / (both + extra + missed) : 0;
}

/** For how many of COCO's thresholds 0.50, 0.55, …, 0.95 an overlap is enough. */
export const passed = (overlap) =>
  Array.from({ length: 10 }, (_, k) => 0.5 + k * 0.05).filter((least) => overlap >= least - 1e-9).length;

/** The threshold with the largest overlap, in steps of a hundredth. */
export function best(map, real) {
  let top = [0, 0];
  for (let k = 5; k <= 95; k++) {
    const value = iou(map, real, k / 100);
    if (value > top[1] + 1e-12) top = [k / 100, value];
  }
  return top;
}

export function mount(host, state, onChange) {
  let { kind, threshold } = state;
  const S = 16, W = 360, H = 190, LEFT = 44, BOTTOM = 34;
  const picture = el("svg", { role: "img" }), plot = el("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", class: "plot" });
  const sentence = status();
  const kinds = choice("the network is", [["sharp", "sure"], ["unsure", "unsure"], ["shifted", "sure and beside it"]], kind,
    (v) => { kind = v; onChange("kind", v); draw(); });
  const knob = slider("threshold", { min: LEAST, max: MOST, step: STEP, value: threshold },
    (v) => { threshold = v; onChange("threshold", v); draw(); });
  const px = (v) => LEFT + v * (W - LEFT - 10), py = (v) => (H - BOTTOM) * (1 - v) + 8 * v;

  function draw() {
    const [map, real] = state.maps[kind], n = map.length;
    const [both, extra, missed] = counts(map, real, threshold), overlap = iou(map, real, threshold), [at, top] = best(map, real);
    picture.setAttribute("viewBox", `0 0 ${n * S} ${n * S}`);
    picture.setAttribute("aria-label", `The map cut at ${fmt(threshold)}: ${both} pixels right, ${extra} too many, ${missed} missing`);
    picture.replaceChildren(...map.flatMap((row, i) => row.flatMap((v, j) => {
      const mask = v >= threshold, there = real[i][j] > 0;
      const name = mask ? (there ? "both" : "extra") : there ? "missed" : "none";
      const cell = el("rect", { x: j * S, y: i * S, width: S, height: S, class: name, "fill-opacity": mask ? 1 : 0.08 + 0.5 * v });
      // a second sign beside the colour: too many has a cross, missing a dot
      if (name === "extra") return [cell, el("path", { d: `M${j * S + 4} ${i * S + 4}l8 8m0 -8l-8 8`, class: "sign" })];
      if (name === "missed") return [cell, el("circle", { cx: (j + 0.5) * S, cy: (i + 0.5) * S, r: 3, class: "dot" })];
      return [cell];
    })));
    const line = Array.from({ length: 91 }, (_, k) => (k + 5) / 100).map((v) => `${px(v).toFixed(1)},${py(iou(map, real, v)).toFixed(1)}`).join(" ");
    const level = (v) => [el("line", { x1: px(0), x2: px(1), y1: py(v), y2: py(v), class: "level" }), el("text", { x: LEFT - 6, y: py(v), class: "left" }, fmt(v))];
    plot.replaceChildren(...[0, 0.5, 0.75, 1].flatMap(level), el("polyline", { points: line, class: "curve" }),
      el("line", { x1: px(threshold), x2: px(threshold), y1: py(0), y2: py(1), class: "hand" }),
      el("circle", { cx: px(threshold), cy: py(overlap), r: 6, class: "point" }),
      el("text", { x: px(0.5), y: H - 6, class: "axis" }, "threshold; upwards the IoU"));
    plot.setAttribute("aria-label", `IoU over the threshold: ${fmt(overlap)} at ${fmt(threshold)}, the most ${fmt(top)} at ${fmt(at)}`);
    const n10 = passed(overlap);
    sentence.textContent = `${both} pixels are right, ${extra} too many and ${missed} missing: IoU ${fmt(overlap)}, ` +
      (n10 ? `enough for ${n10} of COCO's ten thresholds. ` : "not enough for any of COCO's ten thresholds. ") +
      (top - overlap < 0.02 ? "There is hardly a better place to cut. " : `At ${fmt(at)} it would be ${fmt(top)}. `) +
      (kind === "shifted" ? "No threshold moves a mask back to where its object is."
        : kind === "unsure" ? "Where the map is flat, the outline depends on the threshold."
          : "Where the map is steep, the threshold hardly matters.");
    knob.set(threshold);
  }

  const root = frame(host, "cv-mask-threshold", state.label,
    el("div", { class: "cv-controls" }, kinds.node, knob.node),
    el("div", { class: "cv-sheet" }, picture, plot), sentence,
    el("p", { class: "cv-muted" }, "Green: in both masks. Orange with a cross: predicted, not true. Outlined with a dot: true, not predicted."));
  draw();
  return {
    set(key, value) {
      if (key === "kind") { kind = value; kinds.set(value); }
      if (key === "threshold") threshold = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
