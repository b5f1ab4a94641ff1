// @ts-check
import { anywidget, choice, el, fmt, frame, grid, numberInputs, player, slider, status } from "./kit.js";

/** Pixels of the output along one axis. */
export const outSize = (n, k, s, p) => (n - 1) * s + k - 2 * p;

/** The output after the first `upto` stamps, row by row of x; all of them if left out. */
export function transposed(x, w, s, p, upto = Infinity) {
  const y = zeros(x, w, s, p);
  stamps(x, w, s, p, upto, (i, j, h, v, a, b) => { y[i][j] += x[h][v] * w[a][b]; });
  return y;
}

/** How many of the first `upto` stamps lie on each pixel of the output. */
export function overlaps(x, w, s, p, upto = Infinity) {
  const y = zeros(x, w, s, p);
  stamps(x, w, s, p, upto, (i, j) => { y[i][j] += 1; });
  return y;
}

/** The products that add up to output (i, j), in the order of their stamps. */
export function terms(x, w, s, p, i, j) {
  const found = [];
  stamps(x, w, s, p, Infinity, (r, c, h, v, a, b) => {
    if (r === i && c === j) found.push({ stamp: h * x[0].length + v, x: x[h][v], w: w[a][b] });
  });
  return found;
}

const zeros = (x, w, s, p) => Array.from({ length: outSize(x.length, w.length, s, p) },
  () => Array(outSize(x[0].length, w[0].length, s, p)).fill(0));

/** Calls `visit(row, column, h, v, a, b)` for every tap (a, b) of every stamp (h, v) inside the output. */
function stamps(x, w, s, p, upto, visit) {
  const P = outSize(x.length, w.length, s, p), Q = outSize(x[0].length, w[0].length, s, p);
  x.forEach((row, h) => row.forEach((_, v) => {
    if (h * row.length + v >= upto) return;
    w.forEach((line, a) => line.forEach((_, b) => {
      const i = h * s + a - p, j = v * s + b - p;
      if (i >= 0 && i < P && j >= 0 && j < Q) visit(i, j, h, v, a, b);
    }));
  }));
}

const ones = (n) => Array.from({ length: n }, () => Array(n).fill(1));
const EXAMPLES = {
  "3×3, stride 2": { x: [[1, 2], [3, 4]], w: [[1, 0, 2], [0, 1, 0], [2, 0, 1]], stride: 2, padding: 0 },
  "2×2, stride 2": { x: [[1, 2], [3, 4]], w: ones(2), stride: 2, padding: 0 },
  "checkerboard": { x: ones(3), w: ones(3), stride: 2, padding: 0 },
  "even": { x: ones(3), w: ones(4), stride: 2, padding: 1 },
  "bilinear": { x: [[0, 4], [8, 4]], w: [[1, 3, 3, 1], [3, 9, 9, 3], [3, 9, 9, 3], [1, 3, 3, 1]].map((r) => r.map((v) => v / 16)),
    stride: 2, padding: 1 },
};

export function mount(host, state, onChange) {
  let now = structuredClone(state);
  const plan = () => [now.x, now.w, now.stride, now.padding];
  const change = (next) => {
    now = { ...now, ...next };
    for (const key of new Set([...Object.keys(next), ...settle()])) onChange(key, now[key]);
    draw();
  };

  /** Brings dependent numbers into their range; the names of those that moved. */
  function settle() {
    const before = { ...now }, n = now.x.length, k = now.w.length;
    now.padding = Math.max(0, Math.min(now.padding, k - 1, Math.floor(((n - 1) * now.stride + k - 1) / 2)));
    now.step = Math.max(0, Math.min(now.step, n * now.x[0].length - 1));
    const P = outSize(n, k, now.stride, now.padding), Q = outSize(now.x[0].length, now.w[0].length, now.stride, now.padding);
    if (now.pixel[0] >= P || now.pixel[1] >= Q) now.pixel = [Math.min(now.pixel[0], P - 1), Math.min(now.pixel[1], Q - 1)];
    return Object.keys(before).filter((key) => before[key] !== now[key]);
  }

  const examples = choice("example", Object.keys(EXAMPLES).map((k) => [k, k]), "", (key) => {
    const example = structuredClone(EXAMPLES[key]);
    change({ ...example, step: example.x.length ** 2 - 1 });
  });
  const resized = (m, n, fill) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => m[i]?.[j] ?? fill(i, j)));
  const sizes = slider("input n", { min: 1, max: 3, value: now.x.length }, (n) => change({ x: resized(now.x, n, () => 1), step: n * n - 1 }));
  const kernels = slider("kernel k", { min: 1, max: 4, value: now.w.length }, (k) => change({ w: resized(now.w, k, () => 1) }));
  const strides = slider("stride s", { min: 1, max: 3, value: now.stride }, (stride) => change({ stride }));
  const paddings = slider("padding p", { min: 0, max: 2, value: now.padding }, (padding) => change({ padding }));
  const steps = player("stamp", 4, now.step, (step) => change({ step }));
  const output = grid("output", [[0]], {
    kind: "output", onPress: (i, j) => change({ pixel: [i, j] }),
    name: (i, j, v) => `output row ${i + 1} column ${j + 1}: ${fmt(v)}`,
  });
  const input = editor("input", "input", "x"), kernel = editor("kernel", "kernel", "w");
  const says = status(), sum = status();

  /** A table to type into, built again when its size changes. */
  function editor(caption, kind, key) {
    const node = el("div");
    let shape = 0, table = null;
    return {
      node,
      set(values, mark) {
        if (shape !== (shape = values.length)) {
          table = numberInputs(caption, values, (i, j, value) => {
            const next = structuredClone(now[key]);
            next[i][j] = value;
            change({ [key]: next });
          }, { kind });
          node.replaceChildren(table.node);
        }
        table.set(values.map((row) => row.map((v) => Number(v.toFixed(4)))));
        [...table.node.rows].forEach((row, i) => [...row.cells].forEach((cell, j) => { cell.className = mark(i, j); }));
      },
    };
  }

  function draw() {
    settle();
    const { x, w, stride: s, padding: p, step, pixel: [r, c] } = now, k = w.length, W = x[0].length;
    const y = transposed(...plan(), step + 1), count = overlaps(...plan(), step + 1), whole = overlaps(...plan());
    const [h, v] = [Math.floor(step / W), step % W], top = h * s - p, left = v * s - p;
    const under = (i, j) => i >= top && i < top + k && j >= left && j < left + k;
    const all = terms(...plan(), r, c), done = all.filter((t) => t.stamp <= step);

    examples.set(Object.keys(EXAMPLES).find((key) => Object.entries(EXAMPLES[key]).every(([name, e]) => JSON.stringify(e) === JSON.stringify(now[name]))));
    sizes.set(x.length); kernels.set(k); strides.set(s);
    paddings.set(p, Math.min(2, k - 1)); paddings.input.disabled = k < 2;
    steps.set(step, x.length * W);
    input.set(x, (i, j) => (i === h && j === v ? "lit" : all.some((t) => t.stamp === i * W + j) ? "part" : ""));
    kernel.set(w, () => "");
    output.set(y.map((row, i) => row.map((value, j) => (count[i][j] ? value : ""))));
    output.mark((i, j) => [`over${Math.min(4, count[i][j])}`, under(i, j) ? "lit" : "", i === r && j === c ? "hand" : "",
      fmt(y[i][j]).length > 3 ? "long" : ""].filter(Boolean).join(" "));
    root.classList.toggle("cv-big", y.length > 6);

    const twice = count.flat().filter((n) => n > 1).length, P = y.length, Q = y[0].length;
    const inner = [...new Set(whole.flat())].sort((a, b) => a - b), last = step === x.length * W - 1;
    says.textContent = `Stamp ${step + 1} of ${x.length * W}: the kernel times ${fmt(x[h][v])}, ${s} ${s > 1 ? "pixels" : "pixel"} from the next. `
      + `${x.length} × ${W} becomes ${P} × ${Q}: (${x.length} − 1)·${s} + ${k}${p ? ` − 2·${p}` : ""} = ${P}. `
      + (s > k && last ? "Pixels between the stamps stay empty. " : "")
      + (twice ? `${twice} ${twice === 1 ? "pixel lies" : "pixels lie"} under more than one stamp.` : "No stamps overlap so far.")
      + (last && k % s && inner.length > 1 ? ` The stride ${s} does not divide the kernel's ${k}: the counts alternate.` : "")
      + (last && s > 1 && k > s && k % s === 0 ? ` The stride ${s} divides the kernel's ${k}: away from the edge the count is even.` : "");
    const products = (done.length ? done : []).flatMap((t, i) => [i ? " + " : "", el("span", { class: "cv-in" }, fmt(t.x)), " · ",
      el("span", { class: "cv-ker" }, fmt(t.w, 4))]);
    sum.replaceChildren(`Row ${r + 1}, column ${c + 1}: `, ...(done.length
      ? [...products, " = ", el("strong", { class: "cv-out" }, fmt(y[r][c], 4)),
        all.length > done.length ? `; ${all.length - done.length} more to come.` : "."]
      : [all.length ? "no stamp yet." : "no stamp reaches it."]));
  }

  const root = frame(host, "cv-transposed-scatter", state.label,
    el("div", { class: "cv-controls" }, examples.node),
    el("div", { class: "cv-stamps" }, input.node, kernel.node, output.node),
    el("div", { class: "cv-controls" }, steps.node), sum, says,
    el("div", { class: "cv-controls cv-sliders" }, sizes.node, kernels.node, strides.node, paddings.node),
    el("p", { class: "cv-muted" }, "Press an output to see its sum. The deeper the green, the more stamps lie on it."));
  draw();
  return {
    set(key, value) { now = { ...now, [key]: value }; draw(); },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
