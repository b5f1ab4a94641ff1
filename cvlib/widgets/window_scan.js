// @ts-check
import { anywidget, choice, el, fmt, frame, player, status } from "./kit.js";

/** Levels of windows over a picture [H, W]: rows, columns, resized size, first index. */
export function levels([H, W], window, stride, scales) {
  let first = 0;
  return scales.map((scale) => {
    const size = [Math.floor(H * scale), Math.floor(W * scale)];
    const [rows, columns] = size.map((n) => Math.max(0, Math.floor((n - window) / stride) + 1));
    const level = { scale, size, rows, columns, first };
    first += rows * columns;
    return level;
  });
}

/** How many windows there are on all levels. */
export const count = (all) => all.reduce((n, l) => n + l.rows * l.columns, 0);

/** The box [x1, y1, x2, y2] of window `index` in the picture [H, W]. */
export function boxAt([H, W], window, stride, all, index) {
  const level = all.find((l) => index >= l.first && index < l.first + l.rows * l.columns);
  if (!level) return null;
  const n = index - level.first, x = (n % level.columns) * stride, y = Math.floor(n / level.columns) * stride;
  const u = W / level.size[1], v = H / level.size[0];
  return [x * u, y * v, (x + window) * u, (y + window) * v];
}

/** Intersection over union of two boxes: what they share over what they cover together. */
export function overlap(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  const area = (c) => (c[2] - c[0]) * (c[3] - c[1]);
  return (w * h) / (area(a) + area(b) - w * h);
}

/** For each object the best overlap of any window, and that window's index. */
export function best(size, window, stride, all, boxes) {
  const found = boxes.map(() => ({ overlap: 0, index: -1 })), n = count(all);
  for (let i = 0; i < n; i++) {
    const box = boxAt(size, window, stride, all, i);
    boxes.forEach((b, k) => { const o = overlap(box, b); if (o > found[k].overlap) found[k] = { overlap: o, index: i }; });
  }
  return found;
}

/**
 * Multiply-adds of a net without padding on a picture [H, W]. Layers are [in, out, kernel, stride];
 * kernel 0 is the fully connected layer, as large as the map of a `window`; then K class scores.
 * Every layer behind the last pool steps `stride` pixels of the picture from answer to answer.
 */
export function multiplyAdds(net, [H, W], window, stride, K) {
  let size = [H, W], map = window, jump = 1, sum = 0;
  for (const [cin, cout, kernel, s] of net) {
    const k = kernel || map, step = kernel ? s : Math.max(1, stride / jump);
    size = size.map((n) => Math.max(0, Math.floor((n - k) / step) + 1));
    map = Math.floor((map - k) / step) + 1;
    jump *= step;
    if (!(cin === cout && s > 1)) sum += size[0] * size[1] * cin * cout * k * k;
    if (!kernel) sum += size[0] * size[1] * cout * K;
  }
  return sum;
}

/** Both costs over all levels: every window cut out, and one pass over each level. */
export function costs(net, all, window, stride, K) {
  const one = multiplyAdds(net, [window, window], window, stride, K);
  const pass = all.reduce((s, l) => s + (l.rows * l.columns ? multiplyAdds(net, l.size, window, stride, K) : 0), 0);
  return { one, cropped: one * count(all), convolved: pass };
}

const SCALES = { "1": [1], "1, ½": [1, 0.5], "2, 1, ½": [2, 1, 0.5] };
const sides = [48, 64, 96, 128].map((n) => [String(n), String(n)]);
const steps = [8, 16, 32, 64].map((n) => [String(n), String(n)]);
const big = (n) => (n >= 1e9 ? `${fmt(n / 1e9, 1)} billion` : `${fmt(n / 1e6, n < 1e8 ? 1 : 0)} million`);

export function mount(host, state, onChange) {
  let { window: side, stride, scales, index } = state;
  const { size, boxes, names, net, classes: K } = state, [H, W] = size;
  let all = levels(size, side, stride, scales), fits = best(size, side, stride, all, boxes);

  const img = el("img", { class: "dark-light", src: state.picture, width: W, height: H, alt: `A picture with ${names.length} objects: ${names.join(", ")}` });
  const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, tabindex: "0", role: "application", "aria-label": "Place of the window; move it with the arrow keys" });
  const stage = el("div", { class: "cv-stage" }, img, svg);
  const line = status(), price = el("p", { class: "cv-price" });
  const bars = el("div", { class: "cv-bars", "aria-hidden": "true" });
  const walk = player("window", Math.max(1, count(all)), index, (v) => { index = v; onChange("index", v); draw(); }, 250);
  const named = (list) => Object.keys(SCALES).find((k) => JSON.stringify(SCALES[k]) === JSON.stringify(list)) ?? "";
  const pickSide = choice("window", sides, String(side), (v) => { side = Number(v); onChange("window", side); rebuild(); });
  const pickStride = choice("stride", steps, String(stride), (v) => { stride = Number(v); onChange("stride", stride); rebuild(); });
  const pickScales = choice("picture at", Object.keys(SCALES).map((k) => [k, k]), named(scales), (v) => { scales = SCALES[v]; onChange("scales", scales); rebuild(); });

  function rebuild() {
    walk.stop();
    all = levels(size, side, stride, scales);
    fits = best(size, side, stride, all, boxes);
    index = Math.max(0, Math.min(index, count(all) - 1));
    onChange("index", index);
    walk.set(index, Math.max(1, count(all)));
    draw();
  }
  const levelOf = (i) => all.find((l) => i >= l.first && i < l.first + l.rows * l.columns);
  function go(i) { index = i; onChange("index", i); walk.stop(); walk.set(i, count(all)); draw(); }

  /** The window of this scale whose middle is nearest to the finger. */
  function point(e) {
    const { left, top, width, height } = svg.getBoundingClientRect(), l = levelOf(index);
    if (!l) return;
    const at = (part, whole, n) => Math.max(0, Math.min(n - 1, Math.round((part * whole - side / 2) / stride)));
    const c = at((e.clientX - left) / width, l.size[1], l.columns), r = at((e.clientY - top) / height, l.size[0], l.rows);
    const i = l.first + r * l.columns + c;
    if (i !== index) go(i);
  }
  svg.addEventListener("pointerdown", (e) => { if (e.button === 0) { svg.setPointerCapture(e.pointerId); point(e); } });
  svg.addEventListener("pointermove", (e) => { if (svg.hasPointerCapture(e.pointerId)) point(e); });
  svg.addEventListener("keydown", (e) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key], l = levelOf(index);
    if (!move || !l) return;
    e.preventDefault();
    const n = index - l.first, r = Math.floor(n / l.columns) + move[0], c = (n % l.columns) + move[1];
    if (r >= 0 && c >= 0 && r < l.rows && c < l.columns) go(l.first + r * l.columns + c);
  });

  function draw() {
    const box = boxAt(size, side, stride, all, index), l = levelOf(index), n = count(all);
    const rect = ([x1, y1, x2, y2], name) => el("rect", { x: x1, y: y1, width: x2 - x1, height: y2 - y1, class: name });
    const parts = boxes.map((b) => rect(b, "cv-truth"));
    if (l) {
      let dots = ""; // the middles of all windows of this scale
      const u = W / l.size[1], v = H / l.size[0];
      for (let r = 0; r < l.rows; r++) for (let c = 0; c < l.columns; c++) dots += `M${((c * stride + side / 2) * u).toFixed(1)} ${((r * stride + side / 2) * v).toFixed(1)}h0`;
      parts.push(el("path", { d: dots, class: "cv-dots" }));
    }
    fits.forEach((f) => { if (f.overlap >= 0.5) parts.push(rect(boxAt(size, side, stride, all, f.index), "cv-fit")); });
    if (box) parts.push(rect(box, "cv-hand"));
    svg.replaceChildren(...parts);
    const good = fits.filter((f) => f.overlap >= 0.5).length;
    const here = box ? boxes.map((b, k) => [overlap(box, b), names[k]]).sort((a, b) => b[0] - a[0])[0] : null;
    line.textContent = n === 0 ? "No window fits: the picture is smaller than the window at every scale."
      : `${n} windows. ` + (here[0] ? `This one overlaps the ${here[1]} by ${fmt(here[0])}. ` : "This one sees no object. ") +
        `Some window overlaps at least half with ${good} of ${boxes.length} objects` +
        (good === boxes.length ? "." : `; ${boxes.length - good} ${boxes.length - good === 1 ? "fits" : "fit"} none.`);
    const { cropped, convolved } = costs(net, all, side, stride, K);
    price.textContent = n ? `Multiply-adds: ${big(cropped)} to cut out every window, ${big(convolved)} in one pass a scale. ` +
      (cropped > 1.05 * convolved ? `The pass costs ${fmt(cropped / convolved, 1)} times less.`
        : cropped < 0.95 * convolved ? "Cutting out is cheaper: the windows leave gaps, and the pass computes those, too." : "About the same: windows hardly share a pixel.") : "";
    const top = Math.max(cropped, convolved, 1);
    bars.replaceChildren(...[["cut out", cropped, "cv-cut"], ["one pass", convolved, "cv-pass"]].map(([name, value, kind]) =>
      el("div", { class: "cv-bar" }, el("span", {}, name), el("i", { class: kind, style: `width:${(70 * value / top).toFixed(2)}%` }))));
  }

  const root = frame(host, "cv-window-scan", state.label,
    el("div", { class: "cv-controls" }, pickSide.node, pickStride.node, pickScales.node),
    stage, el("p", { class: "cv-muted" }, "Drag the window, or move it with the arrow keys. Dots: the middles of all windows of this scale. Green: the windows that fit best."),
    walk.node, line, price, bars);
  draw();
  return {
    set(key, value) {
      if (key === "window") { side = value; pickSide.set(String(value)); }
      if (key === "stride") { stride = value; pickStride.set(String(value)); }
      if (key === "scales") { scales = value; pickScales.set(named(value)); }
      if (key === "index") { index = value; walk.set(index, Math.max(1, count(all))); draw(); } else rebuild();
    },
    destroy() { walk.stop(); root.remove(); },
  };
}
export default anywidget(mount);
