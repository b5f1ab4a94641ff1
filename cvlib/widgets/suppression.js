// @ts-check
import { SVG_TAGS, anywidget, checkbox, el, fmt, frame, player, slider, status } from "./kit.js";

/** Intersection over union of two boxes; 0 if both are empty. */
export function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(w, 0) * Math.max(h, 0);
  const union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
  return union > 0 ? both / union : 0;
}

/**
 * Greedy suppression, pick by pick: the box picked and those that it throws out.
 * @returns {{best:number, out:number[]}[]}
 */
export function picks(boxes, scores, labels, score, threshold, perClass) {
  let left = scores.map((_, n) => n).filter((n) => scores[n] >= score);
  left.sort((a, b) => scores[b] - scores[a] || a - b);
  const found = [];
  while (left.length) {
    const [best, ...others] = left;
    const goes = (n) => (!perClass || labels[n] === labels[best]) && iou(boxes[best], boxes[n]) > threshold;
    found.push({ best, out: others.filter(goes) });
    left = others.filter((n) => !goes(n));
  }
  return found;
}

/** The boxes that stay, the best first. */
export const kept = (...args) => picks(...args).map((p) => p.best);

/**
 * Where the words of each box go, [left, baseline], or null if they find no room: in a corner of
 * the box, above it, below it or one row further in, clear of the words of the boxes before.
 */
export function wordsAt(boxes, widths, size, [W, H]) {
  const taken = [], row = 1.25 * size, top = size, bottom = H - 0.4 * size;
  return boxes.map((box, n) => {
    const [x1, x2] = [box[0], box[2]].map((x) => Math.min(Math.max(x, 0), W));
    const [y1, y2] = [box[1], box[3]].map((y) => Math.min(Math.max(y, 0), H));
    const first = y1 + size + 1, last = y2 - 0.4 * size - 1, width = widths[n];
    const spots = [first, last, y1 - 0.4 * size, y2 + size, first + row, last - row].flatMap((y) =>
      [x1 + 2, x2 - 2 - width].map((x) => [Math.min(Math.max(x, 2), W - 2 - width), y]));
    const spot = spots.find(([x, y]) => y >= top && y <= bottom
      && taken.every(([a, b, w]) => x >= a + w || a >= x + width || Math.abs(y - b) >= row));
    if (spot) taken.push([...spot, width]);
    return spot ?? null;
  });
}

/** Each box that stays: "hit", "again" (its object was hit before) or "stray". */
export function outcome(boxes, labels, keep, truth, truthLabels) {
  const taken = new Set();
  return keep.map((n) => {
    let place = -1, most = 0.5;
    truth.forEach((box, m) => {
      const overlap = iou(boxes[n], box);
      if (truthLabels[m] === labels[n] && overlap > most) { most = overlap; place = m; }
    });
    if (place < 0) return "stray";
    if (taken.has(place)) return "again";
    taken.add(place);
    return "hit";
  });
}

/** One sentence on what is seen. */
export function say(total, likely, said, objects) {
  const count = (kind) => said.filter((k) => k === kind).length, hits = count("hit");
  const lost = objects - hits, again = count("again"), stray = count("stray");
  const s = (n, one, many = one + "s") => `${n} ${n === 1 ? one : many}`;
  const parts = [`${s(total, "box", "boxes")}, ${likely} likely enough, ${said.length} left.`,
    `${hits} of ${s(objects, "object")} found`];
  const faults = [again ? `${again} found again` : "", stray ? s(stray, "stray box", "stray boxes") : "", lost ? `${lost} missed` : ""];
  const more = faults.filter(Boolean).join(", ");
  return `${parts[0]} ${parts[1]}${more ? `; ${more}` : ", each once, and nothing else"}.`;
}

SVG_TAGS.add("image");

export function mount(host, state, onChange) {
  const { boxes, scores, labels, truth, names, size: [H, W] } = state, truthLabels = state.truth_labels;
  const now = { score: state.score, iou: state.iou, per_class: state.per_class };
  let steps = [], step = 0;
  const svg = el("svg", { class: "cv-scene", viewBox: `0 0 ${W} ${H}`, role: "img" });
  const line = status(), told = el("p", { class: "cv-told" });
  const two = (v) => v.toFixed(2);

  function change(next) {
    const all = step >= steps.length;
    Object.assign(now, next);
    for (const [key, value] of Object.entries(next)) onChange(key, value);
    work();
    step = all ? steps.length : Math.min(step, steps.length);
    walk.set(step, steps.length + 1);
    draw();
  }
  const work = () => { steps = picks(boxes, scores, labels, now.score, now.iou, now.per_class); };
  work();
  step = steps.length;
  const control = {
    score: slider("least score", { min: 0, max: 1, step: 0.01, value: now.score, format: two }, (v) => change({ score: v })),
    iou: slider("most IoU", { min: 0, max: 1, step: 0.01, value: now.iou, format: two }, (v) => change({ iou: v })),
    per_class: checkbox("each class by itself", now.per_class, (v) => change({ per_class: v })),
  };
  const walk = player("picks made", steps.length + 1, step, (v) => { step = v; draw(); }, 900);
  const output = walk.node.querySelector("output");
  const truthBox = checkbox("show the truth", false, () => draw());
  const small = matchMedia("(max-width: 640px)"); // there the words are larger: see the style sheet
  const shown = () => truthBox.node.querySelector("input").checked;

  const rect = ([x1, y1, x2, y2], kind) =>
    el("rect", { class: kind, x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
  const name = (n) => `${names[labels[n]]} ${two(scores[n])}`;

  function draw() {
    const done = steps.slice(0, step), last = step < steps.length || step === 0 ? done[step - 1] : null;
    const out = new Set(done.flatMap((p) => p.out)), stay = done.map((p) => p.best), settled = new Set([...stay, ...out]);
    const likely = scores.map((p, n) => n).filter((n) => scores[n] >= now.score);
    const goes = new Set(last?.out ?? []);
    const waiting = likely.filter((n) => !settled.has(n)), gone = [...out].filter((n) => !goes.has(n));
    const size = small.matches ? 10 : 7.5, first = last ? [last.best, ...stay.filter((n) => n !== last.best)] : stay;
    const spots = wordsAt(first.map((n) => boxes[n]), first.map((n) => 0.53 * size * name(n).length), size, [W, H]);
    const words = first.map((n, k) => spots[k]
      && el("text", { x: spots[k][0], y: spots[k][1], class: n === last?.best ? "hand" : "" }, name(n))).filter(Boolean);
    svg.replaceChildren(el("image", { href: state.picture, width: W, height: H }),
      ...(shown() ? truth.map((b) => rect(b, "truth")) : []),
      ...gone.map((n) => rect(boxes[n], "gone")), ...waiting.map((n) => rect(boxes[n], "waiting")),
      ...stay.flatMap((n) => [rect(boxes[n], "rim"), rect(boxes[n], n === last?.best ? "picked" : "stays")]),
      ...[...goes].map((n) => rect(boxes[n], "goes")), ...words);
    output.textContent = `${step} of ${steps.length}`;
    svg.setAttribute("aria-label", `A crowded picture; boxes that stay: ${stay.map(name).join(", ") || "none"}`);
    const all = steps.map((p) => p.best);
    line.textContent = say(boxes.length, likely.length, outcome(boxes, labels, all, truth, truthLabels), truth.length);
    told.textContent = !likely.length ? "No box is likely enough."
      : step === 0 ? `${likely.length} boxes wait. The best of them is picked first.`
      : last ? `Pick ${step}: ${name(last.best)}. It throws out ${last.out.length} of those that wait${last.out.length ? ` (IoU above ${two(now.iou)})` : ""}.`
      : "All picks are made: green boxes stay, thin ones were thrown out. Step back to watch them go.";
  }

  const root = frame(host, "cv-suppression", state.label,
    el("div", { class: "cv-controls" }, control.score.node, control.iou.node, control.per_class.node, truthBox.node),
    svg, walk.node, told, line);
  small.addEventListener("change", draw);
  draw();
  return {
    set(key, value) {
      if (!(key in now)) return;
      control[key].set(value);
      change({ [key]: value });
    },
    destroy() { walk.stop(); small.removeEventListener("change", draw); root.remove(); },
  };
}
export default anywidget(mount);
