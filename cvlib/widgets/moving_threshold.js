// @ts-check
import { SVG_TAGS, anywidget, checkbox, choice, el, fmt, frame, slider, status } from "./kit.js";

/** Intersection over union of two boxes [x1, y1, x2, y2]. */
export function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  const area = (c) => (c[2] - c[0]) * (c[3] - c[1]);
  return (w * h) / (area(a) + area(b) - w * h);
}

/** The detections from the surest down, each with its best overlap and what VOC says of it. */
export function judged(found, targets, threshold) {
  const taken = targets.map((boxes) => boxes.map(() => false));
  const order = found.map((_, i) => i).sort((i, j) => found[j].score - found[i].score || i - j);
  return order.map((index) => {
    const { picture, box, score } = found[index];
    let overlap = 0, target = -1;
    targets[picture].forEach((coin, j) => {
      const value = iou(box, coin);
      if (value > overlap) { overlap = value; target = j; }
    });
    let verdict = "false";
    if (overlap > threshold) {
      verdict = taken[picture][target] ? "duplicate" : "hit";
      taken[picture][target] = true;
    }
    return { index, score, overlap, verdict };
  });
}

/** Precision and recall after each of a list of hits. */
export function curve(hits, n) {
  let found = 0;
  return hits.map((hit, i) => {
    found += hit ? 1 : 0;
    return { precision: found / (i + 1), recall: found / n };
  });
}

/** At each place the largest value there or behind. */
export function envelope(values) {
  const out = [...values];
  for (let i = out.length - 2; i >= 0; i--) out[i] = Math.max(out[i], out[i + 1]);
  return out;
}

/** Heights of the staircase at the recalls 0, 1/steps, …, 1; whole numbers decide. */
export function readings(hits, n, steps) {
  const heights = envelope(curve(hits, n).map((point) => point.precision));
  let found = 0;
  const reached = hits.map((hit) => (found += hit ? 1 : 0));
  return Array.from({ length: steps + 1 }, (_, k) => {
    const at = reached.findIndex((true_) => true_ * steps >= k * n);
    return at < 0 ? 0 : heights[at];
  });
}

/** The area under the staircase, or the mean of its readings. */
export function averagePrecision(hits, n, method) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  if (method === "area") {
    const heights = envelope(curve(hits, n).map((point) => point.precision));
    return sum(heights.filter((_, i) => hits[i])) / n;
  }
  const all = readings(hits, n, method === "11 points" ? 10 : 100);
  return sum(all) / all.length;
}

SVG_TAGS.add("image");
const WORDS = { hit: "hit", duplicate: "false: found before", false: "false" };
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

export function mount(host, state, onChange) {
  let { threshold, iou: least, duplicate, method } = state;
  const { size: [W, H], targets, found, pictures } = state;
  const n = targets.flat().length;
  const sentence = status(), note = el("p", { class: "cv-muted" });
  const shots = pictures.map((src, k) => {
    const layer = el("g");
    return { layer, node: el("svg", { class: "cv-mt-shot", viewBox: `0 0 ${W} ${H}`, role: "img",
      "aria-label": `Picture ${k + 1}: coins, with true boxes dashed and counted detections` },
    el("image", { href: src, width: W, height: H }), layer) };
  });
  const rows = el("tbody");
  const list = el("table", { class: "cv-mt-list" }, el("caption", {}, "detections, the surest first"),
    el("thead", {}, el("tr", {}, ...["score", "picture", "IoU", "verdict"].map((w) => el("th", { scope: "col" }, w)))), rows);
  const P = { left: 42, top: 12, w: 274, h: 206 };
  const X = (recall) => P.left + P.w * recall, Y = (precision) => P.top + P.h * (1 - precision);
  const chart = el("svg", { class: "cv-mt-chart", viewBox: "0 0 330 262", role: "img" });

  const bar = slider("score at least", { min: 0.2, max: 1, step: 0.01, value: threshold, format: (v) => v.toFixed(2) },
    (v) => { threshold = v; onChange("threshold", v); draw(); });
  const overlaps = choice("a hit needs IoU above", ["0.3", "0.5", "0.75", "0.9"].map((v) => [v, v]), String(least),
    (v) => { least = Number(v); onChange("iou", least); draw(); });
  const methods = choice("AP", [["area", "area"], ["11 points", "11 points"], ["101 points", "101 points"]], method,
    (v) => { method = v; onChange("method", v); draw(); });
  const twice = checkbox("find the first coin twice", duplicate,
    (v) => { duplicate = v; onChange("duplicate", v); draw(); });

  const current = () => judged(duplicate ? found : found.slice(0, -1), targets, least);

  function draw() {
    const all = current(), hits = all.map((d) => d.verdict === "hit");
    const count = all.filter((d) => d.score >= threshold).length;
    const points = curve(hits, n), ap = averagePrecision(hits, n, method);
    drawBoxes(all, count);
    drawList(all, count);
    drawChart(all, points, hits, count);
    chart.setAttribute("aria-label", `Precision over recall; average precision ${fmt(ap)}`);
    sentence.textContent = said(all, points, count) + ` AP over all thresholds: ${ap.toFixed(3)}.`;
    const never = n - hits.filter(Boolean).length;
    note.textContent = !never ? "Every coin is found at some threshold: the curve ends at recall 1."
      : `${plural(never, "coin")} of ${n} ${never === 1 ? "is" : "are"} found at no threshold: the curve ends at recall ` +
        `${fmt((n - never) / n)}, and AP cannot be more than that${method === "area" ? "." : ", but for the readings of a grid."}`;
  }

  function said(all, points, count) {
    if (!count) return "Nothing is sure enough: no detection counts, and precision is 0/0.";
    const { precision, recall } = points[count - 1], last = all[count - 1];
    const true_ = Math.round(recall * n);
    const effect = { hit: "a hit: the curve went right", duplicate: "a duplicate: the coin had been found, so the curve fell",
      false: `a false positive, with an overlap of ${fmt(last.overlap)}: the curve fell` }[last.verdict];
    return `${true_} of ${plural(count, "detection")} right: precision ${fmt(precision)}. ${true_} of ${n} coins found: ` +
      `recall ${fmt(recall, 3)}. The last one counted is ${effect}.`;
  }

  const kind = (d) => (d.verdict === "hit" ? "cv-hit" : "cv-false");

  function drawBoxes(all, count) {
    shots.forEach(({ layer }, k) => layer.replaceChildren(
      ...targets[k].map(([x1, y1, x2, y2]) =>
        el("rect", { class: "cv-mt-truth", x: x1, y: y1, width: x2 - x1, height: y2 - y1 })),
      ...all.slice(0, count).flatMap((d, i) => {
        const { picture, box: [x1, y1, x2, y2] } = found[d.index];
        if (picture !== k) return [];
        return [
          el("rect", { class: `cv-mt-box ${kind(d)}${i === count - 1 ? " cv-last" : ""}`, x: x1, y: y1, width: x2 - x1, height: y2 - y1 }),
          el("rect", { class: "cv-mt-plate", x: x1, y: y1, width: 18, height: 9.5 }),
          el("text", { class: "cv-mt-score", x: x1 + 1.2, y: y1 + 7.6 }, d.score.toFixed(2)),
        ];
      })));
  }

  function drawList(all, count) {
    rows.replaceChildren(...all.map((d, i) => el("tr",
      { class: `${i < count ? kind(d) : "cv-below"}${i === count - 1 ? " cv-last" : ""}` },
      ...[d.score.toFixed(2), String(found[d.index].picture + 1), d.overlap.toFixed(2), WORDS[d.verdict]]
        .map((text) => el("td", {}, text)))));
  }

  function drawChart(all, points, hits, count) {
    const path = (list) => list.map((p, i) => `${i ? "L" : "M"}${X(p.recall).toFixed(1)} ${Y(p.precision).toFixed(1)}`).join("");
    const heights = envelope(points.map((p) => p.precision));
    let stairs = `M${X(0)} ${Y(heights[0] ?? 0)}`, before = 0;
    points.forEach((p, i) => {
      if (p.recall > before) stairs += `L${X(before)} ${Y(heights[i])}L${X(p.recall)} ${Y(heights[i])}`;
      before = p.recall;
    });
    const steps = { "11 points": 10, "101 points": 100 }[method];
    const marks = [0, 0.25, 0.5, 0.75, 1];
    chart.replaceChildren(
      ...marks.flatMap((v) => [
        el("line", { class: "cv-mt-grid", x1: X(0), x2: X(1), y1: Y(v), y2: Y(v) }),
        el("text", { x: X(v), y: Y(0) + 16, "text-anchor": "middle" }, String(v)),
        el("text", { x: X(0) - 6, y: Y(v) + 4, "text-anchor": "end" }, String(v))]),
      el("path", { class: "cv-mt-area", d: `${stairs}L${X(before)} ${Y(0)}L${X(0)} ${Y(0)}Z` }),
      el("path", { class: "cv-mt-stairs", d: stairs }),
      ...(steps ? readings(hits, n, steps).map((h, k) =>
        el("line", { class: "cv-mt-reading", x1: X(k / steps), x2: X(k / steps), y1: Y(0), y2: Y(h) })) : []),
      el("path", { class: "cv-mt-later", d: path(points.slice(Math.max(0, count - 1))) }),
      el("path", { class: "cv-mt-line", d: path(points.slice(0, count)) }),
      ...points.map((p, i) => el("circle", { cx: X(p.recall), cy: Y(p.precision), r: i === count - 1 ? 7 : 4,
        class: `cv-mt-dot ${i === count - 1 ? "cv-mt-here" : i < count ? kind(all[i]) : "cv-below"}` })),
      el("line", { class: "cv-mt-axis", x1: X(0), x2: X(1), y1: Y(0), y2: Y(0) }),
      el("line", { class: "cv-mt-axis", x1: X(0), x2: X(0), y1: Y(0), y2: Y(1) }),
      el("text", { x: X(0.5), y: 256, "text-anchor": "middle" }, "recall"),
      el("text", { x: 10, y: Y(0.5), "text-anchor": "middle", transform: `rotate(-90 10 ${Y(0.5)})` }, "precision"));
  }

  /** The point of the curve nearest to a finger sets the threshold. */
  function pick(e) {
    const box = chart.getBoundingClientRect(), scale = 330 / box.width;
    const x = (e.clientX - box.left) * scale, y = (e.clientY - box.top) * scale;
    const all = current(), points = curve(all.map((d) => d.verdict === "hit"), n);
    const far = points.map((p) => Math.hypot(X(p.recall) - x, Y(p.precision) - y));
    threshold = all[far.indexOf(Math.min(...far))].score;
    bar.set(threshold);
    onChange("threshold", threshold);
    draw();
  }
  chart.addEventListener("pointerdown", (e) => { if (e.button === 0) { chart.setPointerCapture(e.pointerId); pick(e); } });
  chart.addEventListener("pointermove", (e) => { if (chart.hasPointerCapture(e.pointerId)) pick(e); });

  const root = frame(host, "cv-moving-threshold", state.label,
    el("div", { class: "cv-controls" }, bar.node, twice.node),
    el("div", { class: "cv-controls" }, overlaps.node, methods.node),
    el("div", { class: "cv-mt-shots" }, ...shots.map((s) => s.node)), sentence,
    el("div", { class: "cv-row" }, chart, list), note);
  draw();
  return {
    set(key, value) {
      if (key === "threshold") { threshold = value; bar.set(value); }
      if (key === "iou") { least = value; overlaps.set(String(value)); }
      if (key === "method") { method = value; methods.set(value); }
      if (key === "duplicate") { duplicate = value; twice.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
