// @ts-check
import { anywidget, button, choice, el, frame, status } from "./kit.js";

/** The map that Python wrote as value, count, value, count, …: a flat array. */
export function decode(runs) {
  const flat = [];
  for (let k = 0; k < runs.length; k += 2) for (let n = 0; n < runs[k + 1]; n++) flat.push(runs[k]);
  return flat;
}

/** For each of N objects of a map [H, W]: its pixels and the box [x1, y1, x2, y2] round them. */
export function measure(map, [, W], N) {
  const found = Array.from({ length: N }, () => ({ pixels: 0, box: [Infinity, Infinity, 0, 0] }));
  map.forEach((id, k) => {
    if (!id) return;
    const object = found[id - 1], x = k % W, y = Math.floor(k / W), b = object.box;
    object.pixels += 1;
    object.box = [Math.min(b[0], x), Math.min(b[1], y), Math.max(b[2], x + 1), Math.max(b[3], y + 1)];
  });
  return found;
}

/** The object whose pixel this is; with `boxes`, the nearest one whose box holds it; else −1. */
export function objectAt(map, [H, W], x, y, boxes = []) {
  if (x < 0 || y < 0 || x >= W || y >= H) return -1;
  const id = map[y * W + x];
  if (id) return id - 1;
  for (let n = boxes.length - 1; n >= 0; n--) {
    const [x1, y1, x2, y2] = boxes[n];
    if (x >= x1 && x < x2 && y >= y1 && y < y2) return n;
  }
  return -1;
}

/** What a program returns for a task: the name and shape of each array. */
export function shapes(task, [H, W], N) {
  return {
    classification: [["label", []]],
    localisation: [["label", []], ["box", [4]]],
    detection: [["labels", [N]], ["boxes", [N, 4]]],
    semantic: [["classes", [H, W]]],
    instance: [["labels", [N]], ["masks", [N, H, W]]],
  }[task];
}

/** How many numbers that is. */
export const count = (task, size, N) =>
  shapes(task, size, N).reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);

const TASKS = [
  ["classification", "Classification"], ["localisation", "+ localisation"],
  ["detection", "Detection"], ["semantic", "Semantic segmentation"],
  ["instance", "Instance segmentation"],
];

export function mount(host, state, onChange) {
  let { task, chosen } = state;
  const { size, names, class_names: classes, colours } = state, [H, W] = size, N = names.length;
  const map = decode(state.runs), objects = measure(map, size, N);
  const boxes = objects.map((o) => o.box);
  const main = objects.reduce((best, o, n) => (o.pixels > objects[best].pixels ? n : best), 0);
  const present = classes.map((_, c) => c).filter((c) => c === 0 || names.includes(classes[c]));

  const img = el("img", { class: "dark-light", src: state.picture, width: W, height: H, alt: `A picture with ${N} objects: ${names.join(", ")}` });
  const paint = el("canvas", { width: W, height: H, "aria-hidden": "true" });
  const over = el("svg", { viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const tags = el("div", { "aria-hidden": "true" });
  const stage = el("div", {
    class: "cv-stage",
    onpointermove: (e) => { if (e.pointerType === "mouse") point(e); },
    onpointerdown: point,
    onpointerleave: (e) => { if (e.pointerType === "mouse") choose(-1); },
  }, img, paint, over, tags);
  const parts = el("div", { class: "cv-parts" });
  const strip = choice("ask for", TASKS, task, (value) => {
    task = value; chosen = -1;
    onChange("task", task); onChange("chosen", chosen);
    rebuild();
  });
  const line = status(), form = el("p", { class: "cv-muted" });

  /** The objects that stand in the answer. */
  const listed = () => ({ classification: [], localisation: [main] }[task] ?? names.map((_, n) => n));
  const className = (n) => classes.indexOf(names[n]);
  const tint = (n) => colours[(task === "instance" ? n : className(n) - 1) % colours.length];

  function point(e) {
    const { left, top, width, height } = stage.getBoundingClientRect();
    const x = Math.floor(((e.clientX - left) / width) * W), y = Math.floor(((e.clientY - top) / height) * H);
    const masks = task === "semantic" || task === "instance";
    const n = objectAt(map, size, x, y, masks ? [] : boxes);
    choose(listed().includes(n) ? n : -1);
  }
  function choose(n) {
    if (n === chosen) return;
    chosen = n;
    onChange("chosen", n);
    draw();
  }

  function sentence() {
    const box = (n) => `box (${boxes[n].join(", ")})`;
    const many = (n) => names.filter((name) => name === names[n]).length;
    if (chosen >= 0) {
      const n = chosen, what = `${names[n]}, score 1.00 (exact)`;
      if (task === "semantic") {
        const pixels = objects.reduce((s, o, k) => s + (names[k] === names[n] ? o.pixels : 0), 0);
        return `Class ${className(n)}, ${names[n]}: ${pixels} pixels` +
          (many(n) > 1 ? `. They belong to ${many(n)} objects, but this answer cannot say so.` : ".");
      }
      return task === "instance" ? `Object ${n + 1}: ${what}, ${objects[n].pixels} pixels.`
        : `${task === "detection" ? `Object ${n + 1}: ` : ""}${what}, ${box(n)}.`;
    }
    return {
      classification: `One word for the whole picture: ${names[main]}, because it shows the most of it. The other ${N - 1} objects go unsaid.`,
      localisation: `The same word, and one box that says where: ${box(main)}.`,
      detection: `Every object gets a word and a box: ${N} of each. Boxes overlap; nobody knows yet whose pixels are whose.`,
      semantic: `Every pixel gets a class, ${present.length} of them counting the background. Neighbours of one class melt together.`,
      instance: `Every object gets a word and its own pixels: ${N} masks that do not overlap.`,
    }[task];
  }

  /** Buttons for those who do not point: one an object, or one a class. */
  function rebuild() {
    const seen = new Set();
    parts.replaceChildren(...listed().filter((n) => {
      if (task !== "semantic") return true;
      return !seen.has(names[n]) && seen.add(names[n]);
    }).map((n) => {
      const node = button("", () => choose(chosen === n ? -1 : n));
      if (task === "semantic" || task === "instance") node.append(el("i", { style: `background:${tint(n)}` }));
      node.append(names[n]);
      node.dataset.object = String(n);
      return node;
    }));
    draw();
  }

  function draw() {
    const lit = (n) => n === chosen || (task === "semantic" && chosen >= 0 && names[n] === names[chosen]);
    const masks = task === "semantic" || task === "instance", ctx = paint.getContext("2d");
    const pixels = ctx.createImageData(W, H);
    if (masks) {
      const rgb = names.map((_, n) => [1, 3, 5].map((k) => parseInt(tint(n).slice(k, k + 2), 16)));
      const group = (id) => (id && task === "semantic" ? className(id - 1) : id);
      map.forEach((id, k) => {
        const x = k % W, edge = id && [k - 1, k + 1, k - W, k + W].some((m, side) =>
          (side === 0 && x === 0) || (side === 1 && x === W - 1) || group(map[m] ?? 0) !== group(id));
        if (!id) { pixels.data.set([20, 23, 26, 150], 4 * k); return; }
        const strong = lit(id - 1) ? 255 : chosen >= 0 ? 110 : 205;
        pixels.data.set(edge ? [255, 255, 255, 255] : [...rgb[id - 1], strong], 4 * k);
      });
    }
    ctx.putImageData(pixels, 0, 0);
    const boxed = task === "detection" || task === "localisation" ? listed() : [];
    over.replaceChildren(...boxed.map((n) => el("rect", {
      x: boxes[n][0], y: boxes[n][1], width: boxes[n][2] - boxes[n][0], height: boxes[n][3] - boxes[n][1],
      class: lit(n) ? "lit" : "",
    })));
    const at = ([x1, y1, x2]) => (x1 > 0.7 * W ? `right:${(100 * (W - x2)) / W}%` : `left:${(100 * x1) / W}%`)
      + `;top:${(100 * y1) / H}%`;
    const written = task === "classification"
      ? [el("span", { class: "cv-tag one", style: "left:0.6rem;top:0.6rem" }, names[main])]
      : boxed.map((n) => el("span", { class: lit(n) ? "cv-tag lit" : "cv-tag", style: at(boxes[n]) },
        lit(n) ? `${names[n]} 1.00` : names[n]));
    if (masks && chosen >= 0) written.push(el("span", { class: "cv-tag lit", style: at(boxes[chosen]) }, names[chosen]));
    tags.replaceChildren(...written);
    for (const node of parts.querySelectorAll("button")) {
      node.setAttribute("aria-pressed", String(lit(Number(node.dataset.object))));
    }
    line.textContent = sentence();
    form.textContent = "returns " + shapes(task, size, N)
      .map(([name, shape]) => `${name} (${shape.join(", ")}${shape.length === 1 ? "," : ""})`).join(" and ")
      + `: ${count(task, size, N).toLocaleString("en").replaceAll(",", "\u00a0")} ${count(task, size, N) === 1 ? "number" : "numbers"}`;
  }

  const root = frame(host, "cv-task-switch", state.label, strip.node, stage, parts, line, form);
  rebuild();
  return {
    set(key, value) {
      if (key === "task") { task = value; strip.set(task); rebuild(); }
      if (key === "chosen") { chosen = value; draw(); }
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
