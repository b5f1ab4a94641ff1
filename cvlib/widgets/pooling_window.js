// @ts-check
import { anywidget, button, choice, el, fmt, frame, grid, numberInputs, player, slider, status } from "./kit.js";

/** First pixel of every window along an axis of n pixels; negative ones lie in the padding. */
export function starts(n, size, stride, padding) {
  const count = Math.floor((n + 2 * padding - size) / stride) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => i * stride - padding);
}

/** The pixels {i, j, value} of one window that lie inside x, in reading order. */
export function inside(x, size, top, left) {
  const seen = [];
  for (let i = Math.max(0, top); i < Math.min(x.length, top + size); i++) {
    for (let j = Math.max(0, left); j < Math.min(x[0].length, left + size); j++) {
      seen.push({ i, j, value: x[i][j] });
    }
  }
  return seen;
}

/** All windows, row by row of the output; `make` gets the pixels each one sees. */
function windows(x, size, stride, padding, make) {
  const lefts = starts(x[0].length, size, stride, padding);
  return starts(x.length, size, stride, padding).map((top) =>
    lefts.map((left) => make(inside(x, size, top, left))));
}

/** The pixel that wins: the largest, and the first of equals. */
const winner = (seen) => seen.reduce((best, pixel) => (pixel.value > best.value ? pixel : best));

/** Max pooling: values, and switches = row · W + column of each winner. */
export function maxPool(x, size, stride, padding) {
  const won = windows(x, size, stride, padding, winner);
  return {
    values: won.map((row) => row.map((pixel) => pixel.value)),
    switches: won.map((row) => row.map((pixel) => pixel.i * x[0].length + pixel.j)),
  };
}

/** Average pooling: padding counts as zeros, so every window divides by size². */
export const averagePool = (x, size, stride, padding) =>
  windows(x, size, stride, padding, (seen) => seen.reduce((sum, p) => sum + p.value, 0) / size ** 2);

/** The gradient by x: to each winner (max), or in equal shares to the whole window (average). */
export function backward(grad, x, kind, size, stride, padding) {
  const gradX = x.map((row) => row.map(() => 0));
  windows(x, size, stride, padding, (seen) => seen).forEach((row, p) => row.forEach((seen, q) => {
    if (kind === "max") {
      const { i, j } = winner(seen);
      gradX[i][j] += grad[p][q];
    } else for (const { i, j } of seen) gradX[i][j] += grad[p][q] / size ** 2;
  }));
  return gradX;
}

const EXAMPLES = {
  lecture: { x: [[0, 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]], kernel_size: 2, stride: 2, padding: 0 },
  overlap: { x: [[1, 0, 2, 1, 3], [0, 4, 9, 2, 0], [2, 1, 1, 0, 6], [0, 3, 1, 5, 1], [7, 0, 2, 1, 0]],
    kernel_size: 3, stride: 2, padding: 0 },
  padded: { x: [[5, 1, 0, 2, 1, 3], [1, 2, 0, 1, 4, 1], [0, 1, 6, 2, 1, 0], [2, 0, 1, 1, 3, 8],
    [1, 7, 2, 0, 1, 2], [3, 1, 0, 4, 2, 1]], kernel_size: 3, stride: 2, padding: 1 },
  ties: { x: [[0, 0, 0, 5], [0, 0, 5, 5], [0, 2, 0, 0], [0, 2, 3, 0]], kernel_size: 2, stride: 2, padding: 0 },
  whole: { x: [[0, 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]], kernel_size: 4, stride: 4, padding: 0 },
};
const like = (a, b) => Object.keys(a).every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
const long = (v) => (fmt(v).length > 3 ? " long" : ""); // set smaller, to fit its cell
const MOST = 6; // rows and columns: more do not fit on a phone

export function mount(host, state, onChange) {
  let now = { ...state };
  const rows = () => starts(now.x.length, now.kernel_size, now.stride, now.padding);
  const cols = () => starts(now.x[0].length, now.kernel_size, now.stride, now.padding);
  const pooled = () => (now.kind === "max" ? (...map) => maxPool(...map).values : averagePool)(
    now.x, now.kernel_size, now.stride, now.padding);
  const change = (next) => {
    now = { ...now, ...next };
    for (const key of new Set([...Object.keys(next), ...settle()])) onChange(key, now[key]);
    draw();
  };

  /** Brings dependent numbers into their range; the names of those that moved. */
  function settle() {
    const before = { ...now };
    now.kernel_size = Math.min(now.kernel_size, now.x.length, now.x[0].length);
    now.padding = Math.min(now.padding, Math.floor(now.kernel_size / 2));
    const P = rows().length, Q = cols().length;
    now.step = Math.max(0, Math.min(now.step, P * Q - 1));
    if (now.grad.length !== P || now.grad[0].length !== Q) {
      now.grad = Array.from({ length: P }, (_, p) => Array.from({ length: Q }, (_, q) => p * Q + q + 1));
    }
    return Object.keys(before).filter((key) => before[key] !== now[key]);
  }

  const examples = choice("example", [["lecture", "2×2, stride 2"], ["overlap", "3×3, stride 2"],
    ["padded", "padding 1"], ["ties", "ties"], ["whole", "whole map"]], "",
  (key) => change({ ...structuredClone(EXAMPLES[key]), step: 0 }));
  const kinds = choice("keep the", [["max", "maximum"], ["average", "average"]], now.kind, (kind) => change({ kind }));
  const ways = choice("show", [["forward", "forward"], ["backward", "forward and backward"]], "",
    (way) => change({ backward: way === "backward" }));
  const sizes = slider("window f", { min: 1, max: MOST, value: now.kernel_size }, (kernel_size) => change({ kernel_size }));
  const strides = slider("stride s", { min: 1, max: 4, value: now.stride }, (stride) => change({ stride }));
  const paddings = slider("padding p", { min: 0, max: 3, value: now.padding }, (padding) => change({ padding }));
  const grids = slider("map n", { min: 4, max: MOST, value: now.x.length }, (n) => change({
    x: Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => now.x[i]?.[j] ?? (7 * i + 3 * j) % 10)),
  }));
  const shuffle = button("Shuffle", () => change({ x: now.x.map((row) => row.map(() => Math.floor(Math.random() * 10))) }));
  const shift = button("Shift right by one", () => {
    const before = pooled().flat();
    change({ x: now.x.map((row) => [row[row.length - 1], ...row.slice(0, -1)]) });
    const same = pooled().flat().filter((v, k) => v === before[k]).length;
    says.append(` After the shift ${same} of ${before.length} outputs ${same === 1 ? "is" : "are"} as before.`);
  });
  const steps = player("window", 1, 0, (step) => change({ step }));

  const input = editor("input", "input", () => "x"), arriving = editor("gradient at output", "gradient", () => "grad");
  const place = (i, j, v) => `row ${i + 1} column ${j + 1}: ${fmt(v)}`;
  const output = grid("output", [[0]], { kind: "output", name: (i, j, v) => `output ${place(i, j, v)}`,
    onPress: (p, q) => change({ step: p * cols().length + q }) });
  const passed = grid("gradient at input", [[0]], { kind: "gradient" });
  const says = status(), goes = status(), size = el("p", { class: "cv-muted cv-size" });
  const back = el("div", { class: "cv-flow cv-back" }, passed.node, arrow("←"), arriving.node);

  /** A table to type into, with a border of padding; built again when its shape changes. */
  function editor(caption, kind, key) {
    const node = el("div");
    let shape = "", inputs = null, table = null;
    return {
      node,
      /** @param {number} margin @param {string} sign what stands in the padding */
      set(values, margin, sign) {
        if (shape !== (shape = `${values.length} ${values[0].length} ${margin}`)) {
          const line = (n) => new Array(n).fill(0);
          const wide = Array.from({ length: values.length + 2 * margin }, () => line(values[0].length + 2 * margin));
          inputs = numberInputs(caption, wide, (i, j, value) => {
            const next = structuredClone(now[key()]);
            next[i - margin][j - margin] = value;
            change({ [key()]: next });
          }, { kind });
          table = inputs.node;
          node.replaceChildren(table);
        }
        const padded = (i, j) => values[i - margin]?.[j - margin];
        inputs.set([...table.rows].map((row, i) => [...row.cells].map((_, j) => padded(i, j) ?? 0)));
        [...table.rows].forEach((row, i) => [...row.cells].forEach((cell, j) => {
          if (padded(i, j) === undefined) cell.replaceChildren(el("span", {}, sign));
          else cell.firstChild.setAttribute("aria-label", `${caption}, row ${i - margin + 1}, column ${j - margin + 1}`);
        }));
      },
      mark(className) {
        [...table.rows].forEach((row, i) => [...row.cells].forEach((cell, j) => { cell.className = className(i, j); }));
      },
    };
  }
  function arrow(sign) { return el("span", { class: "cv-arrow", "aria-hidden": "true" }, sign); }

  function draw() {
    settle();
    const { x, kind, kernel_size: f, stride: s, padding: p } = now, isMax = kind === "max";
    const tops = rows(), lefts = cols(), Q = lefts.length, W = x[0].length;
    const [r, c] = [Math.floor(now.step / Q), now.step % Q], top = tops[r], left = lefts[c];
    const max = maxPool(x, f, s, p), values = pooled();
    const chosen = isMax ? max.switches[r][c] : -1, all = new Set(isMax ? max.switches.flat() : []);
    const within = (i, j) => i >= top && i < top + f && j >= left && j < left + f;
    const read = (i, j) => tops.some((t) => i >= t && i < t + f) && lefts.some((l) => j >= l && j < l + f);

    flows.style.setProperty("--p", p);
    flows.classList.toggle("cv-big", x.length + 2 * p + Q > 6);
    examples.set(Object.entries(EXAMPLES).find(([, e]) => like(e, now))?.[0]);
    kinds.set(kind); ways.set(now.backward ? "backward" : "forward");
    sizes.set(f, x.length); strides.set(s); paddings.set(p, Math.floor(f / 2)); grids.set(x.length);
    paddings.input.disabled = f < 2;
    steps.set(now.step, tops.length * Q);
    input.set(x, p, isMax ? "−∞" : "0");
    input.mark((row, column) => {
      const i = row - p, j = column - p, real = x[i]?.[j] !== undefined;
      return [within(i, j) ? "lit" : "", !real ? "pad" : !read(i, j) ? "faint" : "",
        real && i * W + j === chosen ? "won" : real && all.has(i * W + j) ? "switch" : ""].filter(Boolean).join(" ");
    });
    output.set(values);
    output.mark((i, j) => `${i === r && j === c ? "hand" : ""}${long(values[i][j])}`.trim());

    const seen = inside(x, f, top, left), padding = f * f - seen.length;
    const list = seen.map((pixel) => fmt(pixel.value)), strong = el("strong", { class: "cv-out" }, fmt(values[r][c]));
    if (isMax) {
      says.replaceChildren("The largest of ", el("span", { class: "cv-in" }, list.join(", ")), " is ", strong,
        `, in row ${Math.floor(chosen / W) + 1}, column ${chosen % W + 1}: this place is the switch.`);
    } else {
      const total = fmt(seen.reduce((sum, pixel) => sum + pixel.value, 0));
      const sum = list.length > 9 ? `${total} (the sum of all ${list.length})` : `(${list.join(" + ")}${padding ? ` + ${padding} zeros` : ""})`;
      says.replaceChildren(el("span", { class: "cv-in" }, sum.replaceAll("+ −", "− ")), ` / ${f * f} = `, strong, ".");
    }
    const n = x.length, missed = n - (tops[tops.length - 1] + f);
    size.textContent = `⌊(${n}${p ? ` + 2·${p}` : ""} − ${f}) / ${s}⌋ + 1 = ${tops.length} output${tops.length === 1 ? "" : "s"} in each direction, `
      + `no weights.${missed > 0 ? ` The last ${missed === 1 ? "row and column are" : `${missed} rows and columns are`} read by no window.` : ""}`
      + `${s > f && tops.length > 1 ? " Pixels between the windows are read by none." : ""}`;

    back.hidden = goes.hidden = !now.backward;
    if (now.backward) drawBack(r, c, seen, within, chosen);
  }

  function drawBack(r, c, seen, within, chosen) {
    const { x, kind, kernel_size: f, stride: s, padding: p, grad } = now, W = x[0].length;
    const gradX = backward(grad, x, kind, f, s, p), g = grad[r][c];
    arriving.set(grad, 0, "");
    arriving.mark((i, j) => (i === r && j === c ? "hand" : ""));
    passed.set(gradX);
    passed.mark((i, j) => [gradX[i][j] === 0 ? "none" : "", long(gradX[i][j]).trim(), within(i, j) ? "lit" : "",
      i * W + j === chosen ? "won" : ""].filter(Boolean).join(" "));
    const bold = el("strong", { class: "cv-grad" }, fmt(g));
    if (kind === "max") {
      const others = seen.length - 1, [i, j] = [Math.floor(chosen / W), chosen % W];
      const wins = maxPool(x, f, s, p).switches.flat().flatMap((k, at) => (k === chosen ? [grad.flat()[at]] : []));
      goes.replaceChildren("Back: all of ", bold, ` goes to the winner`,
        others ? `; the other ${others === 1 ? "pixel gets" : `${others} pixels get`} nothing from this window.` : ".",
        wins.length > 1 ? ` It won ${wins.length} windows and collects ${wins.map((v) => fmt(v)).join(" + ").replaceAll("+ −", "− ")} = ${fmt(gradX[i][j])}.` : "");
    } else {
      goes.replaceChildren("Back: ", bold, ` is shared out equally, ${fmt(g)} / ${f * f} = ${fmt(g / f ** 2, 3)} to each pixel of the window`,
        s < f ? "; where windows overlap, shares add up." : ".");
    }
  }

  const flows = el("div", { class: "cv-flows" },
    el("div", { class: "cv-flow" }, input.node, arrow("→"), output.node), back);
  const root = frame(host, "cv-pooling-window", state.label,
    el("div", { class: "cv-controls" }, examples.node),
    el("div", { class: "cv-controls" }, kinds.node, ways.node), flows,
    el("div", { class: "cv-controls" }, steps.node), says, goes, size,
    el("div", { class: "cv-controls cv-sliders" }, sizes.node, strides.node, paddings.node, grids.node),
    el("div", { class: "cv-controls" }, shuffle, shift));
  draw();
  return {
    set(key, value) { now[key] = value; draw(); },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
