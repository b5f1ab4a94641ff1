// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

const MULTIPLES = { 1: [1], 2: [1, 2], 3: [1, 2, 4] };
const RATIOS = { 1: [1], 2: [0.5, 2], 3: [0.5, 1, 2] };

/** To the nearest whole number, halves to the even one. */
export function even(v) {
  const low = Math.floor(v), rest = v - low;
  if (rest !== 0.5) return Math.round(v) + 0;
  return low % 2 === 0 ? low : low + 1;
}

/** Boxes around the origin: for each ratio (height over width) every scale. */
export const baseAnchors = (scales, ratios) => ratios.flatMap((r) => scales.map((s) => {
  const w = s / Math.sqrt(r) / 2, h = (s * Math.sqrt(r)) / 2;
  return [-w, -h, w, h].map(even);
}));

/** Every base anchor at every place of an H × W map, row by row. */
export function gridAnchors([H, W], stride, base) {
  const boxes = [];
  for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) {
    for (const [x1, y1, x2, y2] of base) {
      boxes.push([x1 + j * stride, y1 + i * stride, x2 + j * stride, y2 + i * stride]);
    }
  }
  return boxes;
}

/** Intersection over union of two boxes; 0 if both are empty. */
export function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(0, w) * Math.max(0, h);
  const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
  return both ? both / (area(a) + area(b) - both) : 0;
}

/** 1 for an object, 0 for background, −1 for neither; the best of each object is 1. */
export function labels(anchors, objects, high = 0.7, low = 0.3) {
  const overlaps = objects.map((object) => anchors.map((anchor) => iou(object, anchor)));
  const tops = overlaps.map((own) => Math.max(...own));
  return anchors.map((_, n) => {
    const best = Math.max(...overlaps.map((own) => own[n]));
    const rescued = overlaps.some((own, m) => tops[m] > 0 && own[n] === tops[m]);
    return best >= high || rescued ? 1 : best < low ? 0 : -1;
  });
}

export function mount(host, state, onChange) {
  let { stride, smallest, scales, ratios, place } = state;
  const [H, W] = state.size, names = Object.keys(state.objects), objects = Object.values(state.objects);
  const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, role: "group", tabindex: "0",
    "aria-label": "places of the feature map over the photograph: press one, or use the arrow keys" });
  const image = el("img", { src: state.source });
  const sentence = status();
  const rows = el("tbody");
  const set = (key, value) => { onChange(key, value); draw(); };
  const strides = choice("stride", [8, 16, 32].map((s) => [String(s), String(s)]), String(stride), (v) => {
    const old = stride;
    stride = Number(v);
    place = place.map((at, k) => Math.min(Math.round((at * old) / stride), grid()[k] - 1));
    onChange("place", place);
    set("stride", stride);
  });
  const scaleCount = choice("scales", ["1", "2", "3"].map((n) => [n, n]), String(scales), (v) => { scales = Number(v); set("scales", scales); });
  const ratioCount = choice("ratios", [["1", "1"], ["2", "½, 2"], ["3", "½, 1, 2"]], String(ratios), (v) => { ratios = Number(v); set("ratios", ratios); });
  const least = slider("smallest scale", { min: 16, max: 128, step: 8, value: smallest, format: (v) => `${v} px` }, (v) => { smallest = v; set("smallest", v); });
  const grid = () => [Math.floor(H / stride), Math.floor(W / stride)];

  let key = "", all = [], marks = [];
  /** Anchors and labels of the whole map; they change with the knobs, not with the place. */
  function lay() {
    const wanted = [stride, smallest, scales, ratios].join();
    if (wanted === key) return;
    key = wanted;
    all = gridAnchors(grid(), stride, baseAnchors(MULTIPLES[scales].map((m) => m * smallest), RATIOS[ratios]));
    marks = labels(all, objects);
  }

  function go(i, j) {
    const [rows_, columns] = grid();
    place = [Math.max(0, Math.min(rows_ - 1, i)), Math.max(0, Math.min(columns - 1, j))];
    set("place", place);
  }

  function draw() {
    lay();
    const [P, Q] = grid(), k = scales * ratios, first = (place[0] * Q + place[1]) * k;
    const mine = all.slice(first, first + k), own = marks.slice(first, first + k);
    const outside = ([x1, y1, x2, y2]) => x1 < 0 || y1 < 0 || x2 > W || y2 > H;
    const rect = ([x1, y1, x2, y2], name) => el("rect", { x: x1, y: y1, width: x2 - x1, height: y2 - y1, class: name });
    const dots = [];
    for (let i = 0; i < P; i++) for (let j = 0; j < Q; j++) {
      const good = marks.slice((i * Q + j) * k, (i * Q + j + 1) * k).includes(1);
      dots.push(el("circle", { cx: j * stride, cy: i * stride, r: good ? 3.6 : 1.6, class: `dot${good ? " positive" : ""}` }));
    }
    svg.replaceChildren(picture, ...dots, ...objects.flatMap((o) => [rect(o, "under"), rect(o, "object")]),
      ...mine.map((a) => rect(a, "under")),
      ...mine.map((a, n) => rect(a, `anchor${own[n] === 1 ? " positive" : ""}${outside(a) ? " outside" : ""}`)),
      el("circle", { cx: place[1] * stride, cy: place[0] * stride, r: 7, class: "place" }));
    const count = (label) => marks.filter((m) => m === label).length;
    rows.replaceChildren(...[["object", 1], ["background", 0], ["neither", -1]].map(([word, label]) =>
      el("tr", {}, el("th", { scope: "row" }, word), el("td", {}, String(own.filter((m) => m === label).length)),
        el("td", {}, String(count(label))), el("td", {}, `${fmt((100 * count(label)) / marks.length, 1)} %`))));
    const best = objects.map((o) => mine.map((a) => iou(o, a))).map((v) => Math.max(...v));
    const nearest = best.indexOf(Math.max(...best));
    const over = mine.filter(outside).length;
    sentence.textContent = `${P} × ${Q} places with ${k} ${k === 1 ? "anchor" : "anchors"} each: ${all.length} in all, of which ${count(1)} stand for an object. ` +
      (best[nearest] > 0 ? `At this place the best overlaps the ${names[nearest]} with an IoU of ${fmt(best[nearest])}` +
        (own.includes(1) ? (best[nearest] >= 0.7 ? ": enough. " : ": below 0.7, but no anchor does better. ") : ". ") : "At this place no anchor touches an object. ") +
      (over ? `${over} of ${k} reach beyond the picture.` : "All lie inside the picture.");
  }

  const at = (e) => {
    const area = svg.getBoundingClientRect();
    return [Math.round(((e.clientY - area.top) / area.height) * H / stride), Math.round(((e.clientX - area.left) / area.width) * W / stride)];
  };
  svg.addEventListener("pointerdown", (e) => { if (e.button === 0) { svg.setPointerCapture(e.pointerId); go(...at(e)); } });
  svg.addEventListener("pointermove", (e) => { if (svg.hasPointerCapture(e.pointerId)) go(...at(e)); });
  svg.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    if (!step) return;
    e.preventDefault();
    go(place[0] + step[0], place[1] + step[1]);
  });

  const picture = document.createElementNS("http://www.w3.org/2000/svg", "image");
  for (const [name, value] of Object.entries({ href: image.src, width: W, height: H, preserveAspectRatio: "none" })) picture.setAttribute(name, String(value));
  const root = frame(host, "cv-anchor-boxes", state.label,
    el("div", { class: "cv-controls" }, strides.node, scaleCount.node, ratioCount.node, least.node), svg, sentence,
    el("table", { class: "cv-labels" }, el("caption", {}, "labels of the anchors"),
      el("thead", {}, el("tr", {}, el("td", {}), ...["here", "in all", "share"].map((h) => el("th", { scope: "col" }, h)))), rows),
    el("p", { class: "cv-muted" }, "Press a place and drag, or use the arrow keys. Green: an anchor that stands for an object, and the places that have one. Dashed white: the true boxes."));
  draw();
  return {
    set(name, value) {
      if (name === "stride") { stride = value; strides.set(String(value)); }
      if (name === "smallest") { smallest = value; least.set(value); }
      if (name === "scales") { scales = value; scaleCount.set(String(value)); }
      if (name === "ratios") { ratios = value; ratioCount.set(String(value)); }
      if (name === "place") place = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
