// @ts-check
import { anywidget, checkbox, choice, el, frame, slider, status } from "./kit.js";

const LAYERS = ["CONV", "RELU", "POOL", "FC", "SOFTMAX"];
const CLOSING = { "(": ")", "[": "]" };
const MOST = 400; // layers that are drawn

/**
 * The layers of a line, or what is wrong with it and at which character (from 0).
 * @param {string} line @param {Record<string, number>} letters
 * @returns {{names?: string[], error?: string, at?: number}}
 */
export function expand(line, letters = {}, optional = true) {
  const tokens = [...line.matchAll(/\s*([A-Za-z]+|\d+|\S)/g)]
    .map((m) => ({ text: m[1], at: m.index + m[0].length - m[1].length }));
  let next = 0;
  const peek = () => tokens[next]?.text ?? "";
  const fail = (wanted, at = tokens[next]?.at ?? line.length) => {
    const got = tokens.find((t) => t.at === at)?.text;
    throw { error: `${wanted}, not ${got === undefined ? "the end" : `“${got}”`}`, at };
  };
  function row() {
    const names = item();
    while (peek() === "-" || peek() === ",") {
      const joint = tokens[next++];
      if (joint.text === "," && peek() !== "SOFTMAX") fail("Only SOFTMAX follows a comma; other layers are joined by “-”", joint.at);
      names.push(...item());
    }
    return names;
  }
  function item() {
    let names = [];
    if (peek() in CLOSING) {
      const closing = CLOSING[tokens[next++].text];
      names = row();
      if (peek() !== closing) fail(`Here must be “-” or “${closing}”`);
      next++;
    } else names = layer();
    if (peek() !== "*") return names;
    next++;
    const times = peek();
    if (!/^[A-Za-z\d]+$/.test(times)) fail("After “*” comes a whole number or a letter");
    const count = /^\d+$/.test(times) ? Number(times) : letters[times];
    if (count === undefined) fail("The letters with a slider are N, M and K");
    next++;
    if (names.length * count > MOST) throw { error: `That would be more than ${MOST} layers`, at: tokens[next - 1].at };
    return Array(count).fill(names).flat();
  }
  function layer() {
    const name = peek();
    if (!LAYERS.includes(name)) fail("Here must be a layer (CONV, RELU, POOL, FC) or a bracket");
    next++;
    if (peek() !== "?") return [name];
    next++;
    return optional ? [name] : [];
  }
  try {
    const names = row();
    if (peek()) fail("Here must be “-” or the end");
    const early = line.indexOf("SOFTMAX");
    if (early >= 0 && early < line.trimEnd().length - 7) throw { error: "SOFTMAX can only stand at the end", at: early };
    return { names };
  } catch (problem) {
    if (problem instanceof Error) throw problem;
    return problem;
  }
}

/**
 * Every layer with its output and its parameters, by VGG's plan for the widths, up to
 * the first that cannot be built.
 * @param {string[]} names
 */
export function build(names, { size, channels = 3, classes, width, maxWidth = 512, hidden, kernel = 3 }) {
  const rows = [];
  let side = size, depth = channels, pools = 0, flat = 0;
  for (const name of names) {
    if (flat && (name === "CONV" || name === "POOL")) {
      return { rows, error: `A ${name} cannot come after an FC: that gives a row of numbers, which has no height and no width.` };
    }
    let parameters = 0;
    if (name === "CONV") {
      const filters = Math.min(width * 2 ** pools, maxWidth);
      parameters = filters * (depth * kernel * kernel + 1);
      depth = filters;
    } else if (name === "POOL") {
      pools += 1;
      if (side < 2) {
        return { rows, error: `Not legal: after ${pools - 1} pools the ${size} × ${size} pixels are down to 1 × 1, which cannot be halved. Take fewer pools, or pictures of at least ${2 ** pools} × ${2 ** pools}.` };
      }
      side = Math.floor(side / 2);
    } else if (name === "FC" || name === "SOFTMAX") {
      const inputs = flat || side * side * depth;
      flat = name === "FC" ? hidden : classes;
      parameters = flat * (inputs + 1);
    }
    rows.push({ name, side: flat ? 0 : side, channels: flat || depth, parameters });
  }
  return { rows };
}

/** Parameters in all, and the share of the fully connected layers. */
export function totals(rows) {
  const sum = (some) => some.reduce((total, row) => total + row.parameters, 0);
  const all = sum(rows), connected = sum(rows.filter((r) => r.name === "FC" || r.name === "SOFTMAX"));
  return { all, connected, share: all ? connected / all : 0 };
}

const LECTURE = "[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX";
const PRESETS = {
  "the lecture's": { line: LECTURE, n: 2, m: 3, k: 1, size: 32, width: 32, hidden: 256 },
  "LeNet's": { line: "(CONV-RELU-POOL)*2-(FC-RELU)*2,SOFTMAX", size: 32, width: 16, hidden: 128 },
  "AlexNet's": { line: "(CONV-RELU-POOL)*2-(CONV-RELU)*3-POOL-(FC-RELU)*2,SOFTMAX", size: 224, width: 64, hidden: 4096 },
  "VGG-16": { line: "[(CONV-RELU)*2-POOL]*2-[(CONV-RELU)*3-POOL]*3-(FC-RELU)*2,SOFTMAX", size: 224, width: 64, hidden: 4096 },
};
const CLASSES = { 32: 10, 64: 200, 224: 1000 }; // as CIFAR-10, Tiny ImageNet and ImageNet
const whole = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, n >= 10000 ? "\u202f" : "");
const many = (n, one, some = `${one}s`) => `${n} ${n === 1 ? one : some}`;
const kept = ["line", "n", "m", "k", "optional", "size", "width", "hidden"];

export function mount(host, state, onChange) {
  const now = Object.fromEntries(kept.map((key) => [key, state[key]]));
  const W = 640, H = 242, BASE = 166;
  const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, class: "cv-net", role: "img" });
  const sentence = status(), wrong = el("p", { class: "cv-grad cv-where", role: "alert" });
  const body = el("tbody");
  const table = el("details", { class: "cv-layers" }, el("summary", {}, "Layer by layer"),
    el("div", { class: "cv-scroll", tabindex: "0", role: "group", "aria-label": "the layers in a table" },
      el("table", {}, el("thead", {}, el("tr", {}, ...["layer", "output", "parameters"].map((h) => el("th", { scope: "col" }, h)))), body)));

  const input = el("input", { type: "text", class: "cv-line", spellcheck: "false", autocomplete: "off", autocapitalize: "characters",
    oninput: () => change({ line: input.value }) });
  const field = el("label", { class: "cv-linefield" }, el("span", {}, "The line"), input);
  const preset = choice("start from", Object.keys(PRESETS).map((key) => [key, key]), "", (key) => change(PRESETS[key]));
  const task = choice("pictures", [["32", "32 × 32, 10 classes"], ["64", "64 × 64, 200"], ["224", "224 × 224, 1000"]], String(now.size),
    (size) => change({ size: Number(size) }));
  const sliders = {
    n: slider("N", { min: 1, max: 5, value: now.n }, (n) => change({ n })),
    m: slider("M", { min: 1, max: 8, value: now.m }, (m) => change({ m })),
    k: slider("K", { min: 0, max: 3, value: now.k }, (k) => change({ k })),
    width: slider("filters of the first CONV", { min: 3, max: 7, value: Math.log2(now.width), format: (e) => String(2 ** Math.round(e)) },
      (e) => change({ width: 2 ** Math.round(e) })),
    hidden: slider("units of an FC", { min: 6, max: 12, value: Math.log2(now.hidden), format: (e) => String(2 ** Math.round(e)) },
      (e) => change({ hidden: 2 ** Math.round(e) })),
  };
  const pool = checkbox("POOL? is there", now.optional, (optional) => change({ optional }));

  function change(some) {
    Object.assign(now, some);
    for (const key of Object.keys(some)) onChange(key, now[key]);
    show();
  }

  /** Controls, drawing and words for what is now. */
  function show() {
    if (input.value !== now.line) input.value = now.line;
    for (const key of ["n", "m", "k"]) {
      sliders[key].set(now[key]);
      sliders[key].input.disabled = !new RegExp(`\\*\\s*${key.toUpperCase()}(?![A-Za-z])`).test(now.line);
    }
    sliders.width.set(Math.log2(now.width));
    sliders.hidden.set(Math.log2(now.hidden));
    pool.set(now.optional);
    task.set(String(now.size));
    preset.set(Object.keys(PRESETS).find((key) => Object.entries(PRESETS[key]).every(([k, v]) => now[k] === v)));
    const read = expand(now.line, { N: now.n, M: now.m, K: now.k }, now.optional);
    input.setAttribute("aria-invalid", String(Boolean(read.error)));
    wrong.replaceChildren();
    if (!read.names) {
      const at = read.at ?? 0;
      wrong.append(`${read.error}, at character ${at + 1}.`,
        el("code", { "aria-hidden": "true" }, now.line.slice(0, at), el("mark", {}, now.line.slice(at, at + 1) || " "), now.line.slice(at + 1)));
      sentence.textContent = "";
      return;
    }
    const { rows, error } = build(read.names, { size: now.size, classes: CLASSES[now.size], width: now.width, hidden: now.hidden });
    draw(rows);
    describe(rows, error);
  }

  /** A box for each volume; below it a bar for what the layer has to learn. */
  function draw(rows) {
    const boxes = [{ name: "input", side: now.size, channels: 3, parameters: 0 }, ...rows.filter((r) => r.name !== "RELU")];
    const step = Math.min(46, (W - 10) / boxes.length), most = Math.max(1, ...boxes.map((b) => b.parameters));
    const nodes = [el("line", { x1: 0, x2: W, y1: BASE + 6, y2: BASE + 6, class: "cv-floor" })];
    boxes.forEach((box, i) => {
      const x = 5 + i * step, thick = Math.min(step - 2, step * (0.25 + 0.06 * Math.log2(box.channels)));
      const high = box.side ? 10 + 130 * Math.log2(box.side + 1) / Math.log2(now.size + 1) : 12 + 9 * Math.log2(box.channels);
      const kind = box.name === "input" ? "input" : box.name === "POOL" ? "pool" : box.side ? "map" : "row";
      const shape = box.side ? `${box.side} × ${box.side} × ${box.channels}` : `${box.channels}`;
      nodes.push(el("rect", { x, y: BASE - Math.min(high, 144), width: Math.max(2, box.side ? thick : Math.min(5, step - 1)), height: Math.min(high, 144), rx: 1.5, class: `cv-box cv-${kind}` },
        el("title", {}, `${box.name}: ${shape}`)));
      const bar = 62 * Math.sqrt(box.parameters / most);
      if (box.parameters) nodes.push(el("rect", { x, y: BASE + 12, width: Math.max(2, step - 3), height: Math.max(1, bar), class: "cv-weights" },
        el("title", {}, `${box.name}: ${whole(box.parameters)} parameters`)));
      if (step > 34) nodes.push(el("text", { x: x + 1, y: BASE - Math.min(high, 144) - 4, class: "cv-name" }, box.name === "SOFTMAX" ? "scores" : box.name));
    });
    svg.replaceChildren(...nodes);
    svg.setAttribute("aria-label", boxes.map((b) => `${b.name} ${b.side ? `${b.side} by ${b.side} by ` : ""}${b.channels}`).join(", "));
    body.replaceChildren(...rows.map((r) => el("tr", {}, el("td", {}, r.name),
      el("td", {}, r.side ? `${r.side} × ${r.side} × ${r.channels}` : String(r.channels)), el("td", {}, whole(r.parameters)))));
  }

  function describe(rows, error) {
    if (error) { wrong.textContent = error; sentence.textContent = "Drawn is what can be built."; return; }
    const count = (name) => rows.filter((r) => r.name === name).length;
    const { all, share } = totals(rows), maps = rows.filter((r) => r.side);
    const last = maps[maps.length - 1];
    const connected = count("FC") + count("SOFTMAX");
    const says = [`${many(count("CONV"), "convolution")}, ${many(count("POOL"), "pool")} and ${many(connected, "fully connected layer")}: ${whole(all)} parameters.`];
    if (last && connected) {
      const first = rows.find((r) => !r.side), inputs = last.side ** 2 * last.channels;
      says.push(`The last map is ${[last.side, last.side, last.channels].join("\u00a0×\u00a0")}, and the layer that reads its ${whole(inputs)} numbers holds ${Math.round(100 * first.parameters / all)} % of the parameters.`);
      if (share > 0.5 && !count("POOL")) says.push("Without a pool nothing shrinks.");
      else if (share > 0.8) says.push("Another pool would leave a smaller map to read.");
      else if (share < 0.2) says.push("Here the convolutions hold the most.");
    }
    sentence.textContent = says.join(" ");
  }

  const root = frame(host, "cv-grammar-builder", state.label,
    el("div", { class: "cv-controls" }, preset.node), field, wrong,
    el("div", { class: "cv-controls" }, sliders.n.node, sliders.m.node, sliders.k.node, pool.node),
    el("div", { class: "cv-controls" }, task.node, sliders.width.node, sliders.hidden.node),
    svg, sentence,
    el("p", { class: "cv-muted" }, "Above the line: what each layer gives; heights and widths of the boxes grow with the logarithm. Below: its parameters, the bars by the square root."), table);
  show();
  return {
    set(key, value) { now[key] = value; show(); },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
