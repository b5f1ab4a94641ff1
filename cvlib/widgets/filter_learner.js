// @ts-check
import {
  anywidget, choice, diverging, el, fmt, frame, grid, onTheme, paintPixels, player, slider, status,
} from "./kit.js";

/** A kernel over an image: no padding, no flip. */
export function correlate(x, w) {
  const P = x.length - w.length + 1, Q = x[0].length - w[0].length + 1;
  return Array.from({ length: P }, (_, i) => Array.from({ length: Q }, (_, j) => {
    let sum = 0;
    for (let u = 0; u < w.length; u++) for (let v = 0; v < w[0].length; v++) sum += w[u][v] * x[i + u][j + v];
    return sum;
  }));
}

/** For every two weights, the mean product of the pixels they are laid on. */
export function products(x, size) {
  const P = x.length - size + 1, Q = x[0].length - size + 1, K = size * size;
  const A = Array.from({ length: K }, () => new Array(K).fill(0)), patch = new Array(K);
  for (let i = 0; i < P; i++) for (let j = 0; j < Q; j++) {
    for (let k = 0; k < K; k++) patch[k] = x[i + Math.floor(k / size)][j + k % size];
    for (let k = 0; k < K; k++) for (let l = 0; l <= k; l++) A[k][l] += patch[k] * patch[l];
  }
  for (let k = 0; k < K; k++) for (let l = 0; l <= k; l++) A[l][k] = A[k][l] /= P * Q;
  return A;
}

/** How many directions in the space of weights the picture tells apart: the rank of A. */
export function rank(A) {
  const M = A.map((row) => [...row]), small = 1e-9 * Math.max(...A.map((row, k) => row[k]));
  for (let found = 0; ; found++) {
    const p = M.reduce((best, row, k) => (row[k] > M[best][best] ? k : best), 0), pivot = [...M[p]];
    if (!(pivot[p] > small)) return found;
    for (const row of M) { // what this direction explains is taken off
      const share = row[p] / pivot[p];
      pivot.forEach((v, k) => { row[k] -= share * v; });
    }
  }
}

/**
 * Gradient descent with momentum from zeros towards `goal`. The mean squared error is the bowl
 * dᵀAd with d = w − goal, so a step costs 81 products however large the picture is.
 * Stops early when the error has grown a millionfold.
 * @returns {{kernels:number[][][], losses:number[], A:number[][]}} before step 0, 1, …, and after the last
 */
export function learn(x, goal, lr, momentum, steps) {
  const size = goal.length, A = products(x, size), end = goal.flat();
  let w = end.map(() => 0), velocity = end.map(() => 0);
  const kernels = [], losses = [];
  for (let step = 0; step <= steps; step++) {
    const d = w.map((v, k) => v - end[k]);
    const Ad = A.map((row) => row.reduce((sum, a, k) => sum + a * d[k], 0));
    losses.push(d.reduce((sum, v, k) => sum + v * Ad[k], 0));
    kernels.push(goal.map((row, u) => w.slice(u * size, u * size + row.length)));
    if (!(losses[step] <= 1e6 * losses[0])) break;
    velocity = velocity.map((v, k) => momentum * v - lr * 2 * Ad[k]);
    w = w.map((v, k) => v + velocity[k]);
  }
  return { kernels, losses, A };
}

/** A loss as a reader would write it: 0.12, 3·10⁻⁵. */
export function power(value) {
  if (value === 0 || (value >= 0.01 && value < 1000)) return fmt(value, 3);
  const [digits, exponent] = value.toExponential(0).split("e");
  return `${digits}·10${[...String(Number(exponent))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[+c])).join("")}`;
}

export function mount(host, state, onChange) {
  let { pictures, picture, goals, goal, lr, momentum, steps, step } = state;
  /** @type {ReturnType<typeof learn>} */ let run = { kernels: [], losses: [], A: [] };
  let x = [[0]], y = [[0]], top = 1;
  const pick = (name, values, value, key) => choice(name, Object.keys(values).map((k) => [k, k]), value,
    (v) => { if (key === "picture") picture = v; else goal = v; onChange(key, v); again(); });
  const from = pick("picture", pictures, picture, "picture");
  const to = pick("wanted", goals, goal, "goal");
  const rate = slider("learning rate", { min: 0.05, max: 0.6, step: 0.05, value: lr },
    (v) => { lr = v; onChange("lr", v); again(); });
  const keep = choice("momentum", ["0", "0.9", "0.97"].map((v) => [v, v]), String(momentum),
    (v) => { momentum = Number(v); onChange("momentum", momentum); again(); });
  const time = player("time", steps + 1, step, (v) => { step = v; onChange("step", v); draw(); }, 40);
  const view = (name) => {
    const canvas = el("canvas", { role: "img", "aria-label": name });
    return { canvas, node: el("div", { class: "cv-view" }, el("div", { class: "cv-muted" }, name), canvas) };
  };
  const before = view("picture x"), after = view("wanted y"), now = view("answer now");
  const weights = grid("weights now", [[0]], { kind: "kernel" });
  const slopes = grid("push downhill", [[0]], { kind: "gradient", digits: 3 });
  const curve = el("div", { class: "cv-curve" }), says = status();

  function again() {
    x = pictures[picture].map((row) => row.map((v) => v / 255));
    y = correlate(x, goals[goal]);
    top = Math.max(...y.map((row) => Math.max(...row.map(Math.abs)))) || 1;
    run = learn(x, goals[goal], lr, momentum, steps);
    draw();
  }

  function draw() {
    const last = run.losses.length - 1, at = Math.min(step, last), w = run.kernels[at];
    const sign = diverging(root), answer = correlate(x, w);
    paintPixels(before.canvas, x.length, x[0].length, (i, j) => new Array(3).fill(Math.round(255 * x[i][j])));
    paintPixels(after.canvas, y.length, y[0].length, (i, j) => sign(y[i][j] / top));
    paintPixels(now.canvas, y.length, y[0].length, (i, j) => sign(answer[i][j] / top));
    weights.set(w);
    const d = w.flat().map((v, k) => v - goals[goal].flat()[k]);
    const push = run.A.map((row) => -2 * row.reduce((sum, a, k) => sum + a * d[k], 0));
    slopes.set(w.map((row, u) => row.map((_, v) => {
      const p = push[u * row.length + v];
      return fmt(p, Math.abs(p) < 10 ? 3 : 0);
    })));
    from.set(picture); to.set(goal); rate.set(lr); keep.set(String(momentum)); time.set(at, last + 1);
    curve.replaceChildren(drawCurve(at));
    const off = Math.max(...d.map(Math.abs)), loss = run.losses[at];
    const verdict = last < steps ? "The loss explodes: the steps are too long for this picture."
      : loss < 1e-4 && off < 0.02 ? "Found."
        : loss < 1e-4 ? `The answer is right, the weights are not${rank(run.A) < d.length ? ": this picture cannot tell" : " yet"}.`
          : at === 0 ? "All weights are zero." : "On the way.";
    says.replaceChildren(`After ${at} ${at === 1 ? "step" : "steps"}: loss `,
      el("strong", { class: "cv-grad" }, power(loss)), `, worst weight off by ${fmt(Math.min(off, 9999))}. ${verdict}`);
  }

  /** The loss over the steps, on a scale of powers of ten. */
  function drawCurve(at) {
    const W = 460, H = 150, left = 44, low = -12, high = 2;
    const px = (k) => left + (W - left - 10) * k / steps;
    const py = (v) => 8 + (H - 30) * (high - Math.max(low, Math.min(high, Math.log10(v)))) / (high - low);
    const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, width: W, role: "img",
      "aria-label": `loss from ${power(run.losses[0])} to ${power(run.losses.at(-1))}` });
    for (const [e, text] of [[0, "1"], [-4, "10⁻⁴"], [-8, "10⁻⁸"], [-12, "10⁻¹²"]]) {
      svg.append(el("line", { class: "cv-rule", x1: left, x2: W - 10, y1: py(10 ** e), y2: py(10 ** e) }),
        el("text", { x: left - 8, y: py(10 ** e) + 4, "text-anchor": "end" }, text));
    }
    const points = run.losses.map((v, k) => `${px(k).toFixed(1)},${py(v).toFixed(1)}`);
    svg.append(el("polyline", { class: "cv-loss", points: points.join(" ") }),
      el("circle", { class: "cv-now", cx: px(at), cy: py(run.losses[at]), r: 5.5 }),
      el("text", { x: left, y: H - 4 }, "loss, step 0"),
      el("text", { x: W - 10, y: H - 4, "text-anchor": "end" }, `step ${steps}`));
    return svg;
  }

  const root = frame(host, "cv-filter-learner", state.label,
    el("div", { class: "cv-controls" }, from.node, to.node),
    el("div", { class: "cv-controls" }, rate.node, keep.node),
    el("div", { class: "cv-views" }, before.node, after.node, now.node),
    el("div", { class: "cv-controls" }, time.node),
    el("div", { class: "cv-row" }, weights.node, slopes.node, curve), says);
  again();
  const stop = onTheme(draw);
  return {
    set(key, value) {
      if (key === "step") { step = value; return draw(); }
      if (key === "pictures") pictures = value;
      if (key === "picture") picture = value;
      if (key === "goals") goals = value;
      if (key === "goal") goal = value;
      if (key === "lr") lr = value;
      if (key === "momentum") momentum = value;
      if (key === "steps") steps = value;
      again();
    },
    destroy() { time.stop(); stop(); root.remove(); },
  };
}
export default anywidget(mount);
