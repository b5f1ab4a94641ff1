// @ts-check
import { anywidget, button, choice, diverging, el, fmt, frame, onTheme, paintPixels, slider, status } from "./kit.js";

// ---- the network: pictures and maps are flat, (C, n, n) row by row

/** A 3 × 3 convolution with a frame of zeros: (C, n, n) to (F, n/stride, n/stride). */
export function conv(x, { weight, bias, stride }, n) {
  const F = bias.length, C = weight.length / (9 * F), m = n / stride, N = n + 2, y = new Array(F * m * m);
  const p = new Float64Array(C * N * N);
  for (let c = 0; c < C; c++) for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) p[(c * N + i + 1) * N + j + 1] = x[(c * n + i) * n + j];
  for (let f = 0, k = 0; f < F; f++) for (let i = 0; i < m; i++) for (let j = 0; j < m; j++, k++) {
    let sum = bias[f];
    for (let c = 0, w = f * C * 9; c < C; c++) for (let u = 0, q = (c * N + i * stride) * N + j * stride; u < 3; u++, q += N, w += 3) {
      sum += weight[w] * p[q] + weight[w + 1] * p[q + 1] + weight[w + 2] * p[q + 2];
    }
    y[k] = sum;
  }
  return y;
}

/** The same backwards: the slope at the output, carried to the input of n × n. */
export function convBack(slope, { weight, bias, stride }, n) {
  const F = bias.length, C = weight.length / (9 * F), m = n / stride, N = n + 2, back = new Array(C * n * n);
  const p = new Float64Array(C * N * N);
  for (let f = 0, k = 0; f < F; f++) for (let i = 0; i < m; i++) for (let j = 0; j < m; j++, k++) {
    const g = slope[k];
    if (g) for (let c = 0, w = f * C * 9; c < C; c++) for (let u = 0, q = (c * N + i * stride) * N + j * stride; u < 3; u++, q += N, w += 3) {
      p[q] += weight[w] * g;
      p[q + 1] += weight[w + 1] * g;
      p[q + 2] += weight[w + 2] * g;
    }
  }
  for (let c = 0; c < C; c++) for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) back[(c * n + i) * n + j] = p[(c * N + i + 1) * N + j + 1];
  return back;
}

const relu = (x) => x.map((v) => Math.max(0, v));
const through = (slope, before) => slope.map((g, k) => (before[k] > 0 ? g : 0));

/** All that a picture of 64 values becomes on its way to ten scores. */
export function forward(net, x) {
  const one = conv(x, net.conv1, 8), two = conv(relu(one), net.conv2, 8), maps = relu(two);
  const scores = net.fc.bias.map((b, k) => maps.reduce((sum, v, d) => sum + net.fc.weight[k * maps.length + d] * v, b));
  return { one, two, scores };
}

export function softmax(scores) {
  const most = Math.max(...scores), powers = scores.map((s) => Math.exp(s - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((p) => p / sum);
}

/** Ten probabilities of a picture. */
export const says = (net, x) => softmax(forward(net, x).scores);

/** The slope of −log p(label) in each of the 64 values. */
export function slope(net, x, label) {
  const { one, two, scores } = forward(net, x), D = two.length;
  const top = softmax(scores).map((p, k) => p - (k === label ? 1 : 0));
  const maps = two.map((_, d) => top.reduce((sum, g, k) => sum + g * net.fc.weight[k * D + d], 0));
  return convBack(through(convBack(through(maps, two), net.conv2, 8), one), net.conv1, 8);
}

const clip = (v, low, high) => Math.min(high, Math.max(low, v));

/** Steps of 2.5 ε / steps along the sign, back into the ball after each; one is FGSM. */
export function attack(net, start, label, { eps, steps, targeted }) {
  const alpha = ((targeted ? -2.5 : 2.5) * eps) / steps;
  let x = start;
  for (let k = 0; k < steps; k++) {
    const g = slope(net, x, label);
    x = x.map((v, i) => clip(start[i] + clip(v + alpha * Math.sign(g[i]) - start[i], -eps, eps), 0, 1));
  }
  return x;
}

export const best = (p) => p.reduce((k, v, i) => (v > p[k] ? i : k), 0);

/** Ink of 32 × 32, moved to the middle, made as large as the data set has it, counted in blocks of 4 × 4. */
export function counted(ink) {
  const lit = ink.flatMap((v, k) => (v ? [[Math.floor(k / 32), k % 32]] : []));
  if (!lit.length) return new Array(64).fill(0);
  const rows = lit.map(([r]) => r), columns = lit.map(([, c]) => c);
  const top = Math.min(...rows), left = Math.min(...columns);
  const height = Math.max(...rows) - top + 1, width = Math.max(...columns) - left + 1;
  const side = Math.max(height, width), count = new Array(64).fill(0);
  const y0 = top + height / 2 - side / 2, x0 = left + width / 2 - side / 2;
  for (let i = 0; i < 32; i++) for (let j = 0; j < 32; j++) {
    const r = Math.floor(y0 + ((i + 0.5) * side) / 32), c = Math.floor(x0 + ((j + 0.5) * side) / 32);
    if (r >= 0 && r < 32 && c >= 0 && c < 32 && ink[r * 32 + c]) count[Math.floor(i / 4) * 8 + Math.floor(j / 4)] += 1 / 16;
  }
  return count;
}

/** A round pen of radius 2.4 set down at (y, x) of the 32 × 32. */
export const dab = (ink, y, x) =>
  ink.map((v, k) => (v || (Math.floor(k / 32) - y) ** 2 + ((k % 32) - x) ** 2 <= 5.76 ? 1 : 0));

// ---- the page

const W = 250, H = 150, LEFT = 34, BELOW = 34, MOST = 0.4;

export function mount(host, state, onChange) {
  let { chosen, ink, network, eps, steps, aim } = state;
  const { nets, given, drawing } = state;
  if (ink.length !== 1024) ink = new Array(1024).fill(0);
  const tell = (key, value) => { onChange(key, value); draw(); };

  const strip = choice("digit", given.map((g, k) => [String(k), String(g.label)]), String(chosen), (v) => tell("chosen", (chosen = Number(v))));
  const which = choice("network", Object.keys(nets).map((n) => [n, n]), network, (v) => tell("network", (network = v)));
  const many = choice("attack", [["1", "one step"], ["10", "ten steps"]], String(steps), (v) => tell("steps", (steps = Number(v))));
  const goals = choice("aim at", [["-1", "any other"], ...given.map((_, k) => [String(k), String(k)])], String(aim), (v) => tell("aim", (aim = Number(v))));
  const radius = slider("ε", { min: 0, max: MOST, step: 0.01, value: eps }, (v) => tell("eps", (eps = v)));

  // the drawing board: a pen, or the arrow keys with the space bar
  const board = el("canvas", { class: "cv-adv-board", width: 32, height: 32, tabindex: 0, role: "application",
    "aria-label": "Drawing board. Arrow keys move the pen; the space bar puts it down or lifts it." });
  let pen = [16, 16], down = false, keyed = false;
  const setDown = (y, x) => { ink = dab(ink, y, x); tell("ink", ink); };
  const at = (e) => {
    const box = board.getBoundingClientRect();
    return [((e.clientY - box.top) / box.height) * 32 - 0.5, ((e.clientX - box.left) / box.width) * 32 - 0.5];
  };
  let last = null;
  const stroke = (e) => {
    const [y, x] = at(e), [a, b] = last ?? [y, x], n = Math.max(1, Math.ceil(Math.hypot(y - a, x - b)));
    for (let k = 1; k <= n; k++) ink = dab(ink, a + ((y - a) * k) / n, b + ((x - b) * k) / n);
    last = [y, x];
    tell("ink", ink);
  };
  board.addEventListener("pointerdown", (e) => { keyed = false; last = null; board.setPointerCapture(e.pointerId); stroke(e); });
  board.addEventListener("pointermove", (e) => { if (last) stroke(e); });
  for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => { last = null; });
  board.addEventListener("keydown", (e) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
    if (!move && e.key !== " ") return;
    e.preventDefault();
    keyed = true;
    if (move) pen = pen.map((v, k) => clip(v + move[k], 0, 31));
    else down = !down;
    if (down) setDown(pen[0], pen[1]);
    else draw();
  });
  const clear = button("Clear", () => { down = false; tell("ink", (ink = new Array(1024).fill(0))); });
  board.addEventListener("focus", () => { keyed = board.matches(":focus-visible"); draw(); });
  board.addEventListener("blur", () => { keyed = down = false; draw(); });
  const own = el("figure", { class: "cv-adv-own" }, board, el("figcaption", { class: "cv-muted" }, "draw here"), clear);

  const picture = (kind, caption) => {
    const canvas = el("canvas", { width: 8, height: 8, role: "img" });
    return { canvas, node: el("figure", { class: `cv-adv-${kind}` }, canvas, el("figcaption", { class: "cv-muted" }, caption)) };
  };
  const before = picture("before", "the digit"), added = picture("added", "added, magnified"), after = picture("after", "their sum");
  const bars = el("svg", { viewBox: `0 0 ${W} ${H}`, class: "cv-adv-bars", role: "img" });
  const fall = el("svg", { viewBox: `0 0 ${W} ${H}`, class: "cv-adv-fall", role: "img" });
  const sentence = status();
  let curve = [], known = "";

  function draw() {
    const net = nets[network], x = drawing ? counted(ink) : given[chosen].pixels;
    const first = says(net, x), label = drawing ? best(first) : given[chosen].label;
    const empty = drawing && !ink.includes(1); // there is nothing to attack yet
    const targeted = drawing && aim >= 0, goal = targeted ? aim : label;
    const moved = (radius) => (empty ? x : attack(net, x, goal, { eps: radius, steps, targeted }));
    const result = moved(eps), then = says(net, result), read = best(then);
    strip.set(String(chosen)); which.set(network); many.set(String(steps)); goals.set(String(aim)); radius.set(eps);

    const grey = (values) => (i, j) => new Array(3).fill(Math.round(255 * (1 - values[8 * i + j])));
    const shade = diverging(host);
    paintPixels(before.canvas, 8, 8, grey(x));
    paintPixels(added.canvas, 8, 8, (i, j) => shade(eps ? (result[8 * i + j] - x[8 * i + j]) / eps : 0));
    paintPixels(after.canvas, 8, 8, grey(result));
    // the pen is a cross while it is lifted, a square while it is down
    const far = (i, j) => [Math.abs(i - pen[0]), Math.abs(j - pen[1])];
    const tip = (i, j) => keyed && (down ? Math.max(...far(i, j)) : far(i, j)[0] + far(i, j)[1]) <= 1;
    if (drawing) paintPixels(board, 32, 32, (i, j) => (tip(i, j) ? [204, 121, 167] : new Array(3).fill(ink[32 * i + j] ? 0 : 255)));
    before.canvas.setAttribute("aria-label", empty ? "Nothing is drawn yet" : `The digit, read as ${best(first)}`);
    added.canvas.setAttribute("aria-label", empty ? "Nothing is added yet" : `What is added: each of 64 values by at most ${fmt(eps)}; blue is more ink, vermilion less`);
    after.canvas.setAttribute("aria-label", empty ? "Nothing is drawn yet" : `Their sum, read as ${read}`);

    const step = (W - LEFT) / 10, up = (p) => H - BELOW - p * (H - BELOW - 8);
    bars.setAttribute("aria-label", empty ? "No probabilities yet" : `Probabilities after the attack: ${then.map((p, k) => `${k}: ${fmt(100 * p, 0)} %`).join(", ")}`);
    bars.replaceChildren(
      el("path", { class: "cv-axis", d: `M${LEFT} 6V${H - BELOW}H${W}` }),
      ...[0, 0.5, 1].map((p) => el("text", { x: LEFT - 5, y: up(p) + 4, "text-anchor": "end" }, fmt(p, 1))),
      ...then.flatMap((p, k) => [
        ...(empty ? [] : [
          el("rect", { class: k === read ? "cv-after cv-top" : "cv-after", x: LEFT + k * step + 3, y: up(p), width: step - 6, height: H - BELOW - up(p) }),
          el("path", { class: "cv-was", d: `M${LEFT + k * step + 1} ${up(first[k])}h${step - 2}` })]),
        el("text", { x: LEFT + (k + 0.5) * step, y: H - BELOW + 15, "text-anchor": "middle" }, String(k))]),
      el("text", { x: (LEFT + W) / 2, y: H - 3, "text-anchor": "middle" }, "bars: after; lines: before"));
    const asked = JSON.stringify([network, x, goal, steps, targeted]);
    if (asked !== known) { // it does not depend on ε: nothing to do while that is moved
      curve = Array.from({ length: 11 }, (_, k) => [(MOST * k) / 10, says(net, moved((MOST * k) / 10))[goal]]);
      known = asked;
    }
    const track = [...curve, [eps, then[goal]]].sort((a, b) => a[0] - b[0]); // through the mark
    const along = (r) => LEFT + 4 + (r / MOST) * (W - LEFT - 20);
    fall.setAttribute("aria-label", empty ? "No probabilities yet" : `Probability of ${goal} as ε grows: ${fmt(100 * curve[0][1], 0)} % at 0, ${fmt(100 * curve[10][1], 0)} % at ${MOST}`);
    fall.replaceChildren(
      el("path", { class: "cv-axis", d: `M${LEFT} 6V${H - BELOW}H${W}` }),
      ...[0, 0.5, 1].map((p) => el("text", { x: LEFT - 5, y: up(p) + 4, "text-anchor": "end" }, fmt(p, 1))),
      ...[0, 0.2, 0.4].map((r) => el("text", { x: along(r), y: H - BELOW + 15, "text-anchor": "middle" }, fmt(r, 1))),
      el("text", { x: (LEFT + W) / 2, y: H - 3, "text-anchor": "middle" }, `probability of ${empty && !targeted ? "the digit" : goal} over ε`),
      ...(empty ? [] : [
        el("polyline", { class: "cv-track", points: track.map(([r, p]) => `${along(r)},${up(p)}`).join(" ") }),
        el("circle", { class: "cv-now", cx: along(eps), cy: up(then[goal]), r: 6 })]));

    const percent = (p) => `${fmt(100 * p, 0)}\u00a0%`;
    sentence.textContent = empty
      ? "Draw a digit, as large as you like: it is moved to the middle and made as large as those the network knows."
      : `The network reads ${best(first)} with ${percent(Math.max(...first))}. With every value moved by at most ${fmt(eps)} it reads ${read} with ${percent(then[read])}` +
        (targeted ? (read === aim ? ", as was wanted." : `; wanted was ${aim}.`) : read === label ? ": it stands." : ": it is fooled.");
  }

  const root = frame(host, "cv-adversarial-digits", state.label,
    el("div", { class: "cv-controls" }, ...(drawing ? [] : [strip.node]), which.node, many.node, ...(drawing ? [goals.node] : []), radius.node),
    el("div", { class: "cv-row" }, ...(drawing ? [own] : []), before.node, added.node, after.node),
    el("div", { class: "cv-row cv-adv-plots" }, bars, fall),
    sentence);
  const stop = onTheme(draw);
  draw();
  return {
    set(key, value) {
      if (key === "chosen") chosen = value;
      if (key === "ink") ink = value;
      if (key === "network") network = value;
      if (key === "eps") eps = value;
      if (key === "steps") steps = value;
      if (key === "aim") aim = value;
      draw();
    },
    destroy() { stop(); root.remove(); },
  };
}
export default anywidget(mount);
