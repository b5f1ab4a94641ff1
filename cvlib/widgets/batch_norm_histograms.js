// @ts-check
import { anywidget, button, choice, el, fmt, frame, slider, status } from "./kit.js";

const EPS = 1e-5;

/** The `size` values of batch k, scaled to the input; the value in hand, z[0], may come first. */
export function batch(z, k, size, shift, spread, withHand) {
  const others = z.length - 1;
  const picked = Array.from({ length: size - (withHand ? 1 : 0) }, (_, i) => z[1 + ((k * size + i) % others)]);
  return (withHand ? [z[0], ...picked] : picked).map((v) => shift + spread * v);
}

/** Mean and variance of values; the variance divides by their number. */
export function statistics(values) {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return { mean, var: values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length };
}

/** What the layer remembers after some batches: from mean 0, variance 1; the variance unbiased. */
export function running(batches, momentum) {
  let mean = 0, variance = 1;
  for (const values of batches) {
    const s = statistics(values), m = values.length;
    mean += momentum * (s.mean - mean);
    variance += momentum * (s.var * (m / (m - 1)) - variance);
  }
  return { mean, var: variance };
}

/** x̂ and y of values under given statistics. */
export function normalise(values, s, gamma, beta) {
  const xHat = values.map((v) => (v - s.mean) / Math.sqrt(s.var + EPS));
  return { xHat, y: xHat.map((v) => gamma * v + beta) };
}

/** How many values fall into each of `bins`; those outside [low, high] count at the ends. */
export function histogram(values, low, high, bins) {
  const counts = Array(bins).fill(0);
  for (const v of values) {
    counts[Math.max(0, Math.min(bins - 1, Math.floor(((v - low) / (high - low)) * bins)))] += 1;
  }
  return counts;
}

/** The share of values that ReLU sets to 0. */
export const cut = (values) => values.filter((v) => v <= 0).length / values.length;

/** One sentence on what is seen. */
export function say({ training, size, seen, shift, spread, x, xHat, y, used, gamma, beta }) {
  const off = statistics(xHat), gone = cut(y);
  if (gone === 1) return "Every y is negative. ReLU lets nothing through, and no gradient comes back: a dead unit.";
  if (Math.max(...x.map((v, i) => Math.abs(v - y[i]))) < 0.02) {
    return "γ = σ and β = μ: the identity. y is x again, so the layer can undo itself if that serves the loss.";
  }
  if (training && size === 2) {
    return "A batch of two: x̂ is +1 and −1, whatever the two values were. All that is left is which was larger.";
  }
  const late = Math.abs(used.mean - shift) / spread < 0.25 && Math.abs(Math.sqrt(used.var) / spread - 1) < 0.25;
  if (!training && !late) {
    return `Evaluation ${seen ? `after ${seen} batch${seen === 1 ? "" : "es"}` : "before any batch"}: the running μ and σ, `
      + `${fmt(used.mean, 1)} and ${fmt(Math.sqrt(used.var), 1)}, are still far from those of x, so x̂ lies off centre or has the wrong width.`;
  }
  if (!training) {
    const aside = Math.abs(off.mean) > 0.25 || Math.abs(Math.sqrt(off.var) - 1) > 0.25;
    return "Evaluation: the running statistics describe x well, and no value depends on its neighbours any more"
      + (aside ? `. This batch of ${size} is not quite typical, and x̂ shows it.` : ".");
  }
  if (gamma === 1 && beta === 0) {
    return "Wherever x lies, x̂ has mean 0 and spread 1. The shape stays: two humps before, two humps after.";
  }
  return `Mean and spread of y are β = ${fmt(beta)} and |γ| = ${fmt(Math.abs(gamma))}; those of x no longer matter.`;
}

const SIZES = [2, 4, 8, 16, 32, 64, 128, 256];
const LOW = -9, HIGH = 9, BINS = 72;
const START = { shift: 3, spread: 2, gamma: 1, beta: 0, size: 256, training: true, seen: 5, momentum: 0.1 };

export function mount(host, state, onChange) {
  const now = { ...state };
  function change(next, redo = false) {
    Object.assign(now, next);
    draw();
    for (const [key, value] of Object.entries(next)) onChange(key, value);
    if (redo) sync();
  }
  const look = () => {
    const { z, seen, size, shift, spread, momentum, training, gamma, beta } = now;
    const x = batch(z, seen, size, shift, spread, true), own = statistics(x);
    const kept = running(Array.from({ length: seen }, (_, k) => batch(z, k, size, shift, spread, false)), momentum);
    const used = training ? own : kept;
    return { ...now, x, own, kept, used, ...normalise(x, used, gamma, beta) };
  };

  const presets = {
    standard: () => START,
    identity: () => {
      const at = { ...START, spread: 1.5 };
      const s = statistics(batch(now.z, at.seen, at.size, at.shift, at.spread, true));
      return { ...at, gamma: Math.sqrt(s.var + EPS), beta: s.mean };
    },
    dead: () => ({ ...START, beta: -3 }),
    two: () => ({ ...START, size: 2 }),
    early: () => ({ ...START, training: false }),
  };
  const examples = choice("show", [["standard", "standard"], ["identity", "identity"], ["dead", "dead ReLU"],
    ["two", "batch of two"], ["early", "evaluated too early"]], "", (key) => change(presets[key](), true));
  const two = (v) => fmt(v);
  const control = {
    shift: slider("mean of x", { min: -5, max: 5, step: 0.1, value: 0, format: two }, (v) => change({ shift: v })),
    spread: slider("spread of x", { min: 0.1, max: 2.5, step: 0.1, value: 1, format: two }, (v) => change({ spread: v })),
    gamma: slider("γ", { min: -3, max: 3, step: 0.01, value: 1, format: two }, (v) => change({ gamma: v })),
    beta: slider("β", { min: -4, max: 4, step: 0.01, value: 0, format: two }, (v) => change({ beta: v })),
    size: slider("batch size", { min: 0, max: SIZES.length - 1, value: 7, format: (v) => String(SIZES[v]) },
      (v) => change({ size: SIZES[v] })),
    momentum: slider("momentum", { min: 0.01, max: 1, step: 0.01, value: 0.1, format: two }, (v) => change({ momentum: v })),
    seen: slider("batches seen", { min: 0, max: 60, value: 0 }, (v) => change({ seen: v })),
  };
  const mode = choice("mode", [["train", "training"], ["eval", "evaluation"]], "",
    (key) => change({ training: key === "train" }));
  const next = button("Next batch", () => { change({ seen: Math.min(60, now.seen + 1) }, true); });
  const picture = el("div"), says = status(), numbers = el("p", { class: "cv-muted cv-numbers" });

  function sync() {
    for (const key of ["shift", "spread", "gamma", "beta", "momentum", "seen"]) control[key].set(now[key]);
    control.size.set(Math.max(0, SIZES.indexOf(now.size)));
    mode.set(now.training ? "train" : "eval");
  }

  function draw() {
    const s = look();
    examples.set(Object.keys(presets).find((key) => Object.entries(presets[key]()).every(([k, v]) => now[k] === v)));
    picture.replaceChildren(drawing(s));
    says.textContent = say(s);
    const root = (v) => fmt(Math.sqrt(v));
    const hand = `The dot is one image: x = ${fmt(s.x[0])}, x̂ = ${fmt(s.xHat[0])}, y = ${fmt(s.y[0])}.`;
    numbers.textContent = `This batch: μ = ${fmt(s.own.mean)}, σ = ${root(s.own.var)}. `
      + `Running: μ = ${fmt(s.kept.mean)}, σ = ${root(s.kept.var)}. ${hand}`;
  }

  /** Three histograms under each other, and the path of one value through them. */
  function drawing(s) {
    const narrow = (root.clientWidth || 700) < 560, W = narrow ? 350 : 680, side = 8;
    const X = (v) => side + ((Math.max(LOW, Math.min(HIGH, v)) - LOW) / (HIGH - LOW)) * (W - 2 * side);
    const tall = 76, pitch = 134, first = 36, base = (r) => first + r * pitch + tall;
    const y = statistics(s.y), h = statistics(s.xHat);
    const svg = el("svg", { viewBox: `0 0 ${W} ${base(2) + 30}`, width: W, role: "img", "aria-label":
      `Histograms on one axis from ${fmt(LOW)} to ${fmt(HIGH)}. x: mean ${fmt(s.own.mean)}, spread ${fmt(Math.sqrt(s.own.var))}. `
      + `x̂: mean ${fmt(h.mean)}, spread ${fmt(Math.sqrt(h.var))}. y: mean ${fmt(y.mean)}, spread ${fmt(Math.sqrt(y.var))}; `
      + `ReLU cuts ${fmt(100 * cut(s.y), 0)} percent.` });
    const text = (x, cy, words, kind = "", anchor = "start") =>
      svg.append(el("text", { x, y: cy, class: kind, "text-anchor": anchor }, words));
    svg.append(el("line", { class: "cv-zero", x1: X(0), x2: X(0), y1: first - 8, y2: base(2) + 6 }));
    const rows = [["x", s.x, "in", narrow ? "x, the batch" : "x, the batch before"],
      ["x̂", s.xHat, "hat", narrow ? "x̂, normalised" : "x̂ = (x − μ) / σ, normalised"],
      ["y", s.y, "out", narrow ? "y = γ·x̂ + β" : "y = γ·x̂ + β, scaled and shifted"]];
    rows.forEach(([, values, kind, title], r) => {
      const counts = histogram(values, LOW, HIGH, BINS), top = Math.max(...counts), w = (W - 2 * side) / BINS;
      text(side, base(r) - tall - 12, title, `cv-title ${kind}`);
      counts.forEach((n, b) => {
        if (!n) return;
        const lost = kind === "out" && b < BINS / 2, high = (n / top) * tall;
        svg.append(el("rect", { class: `${kind}${lost ? " lost" : ""}`, x: side + b * w + 0.5, y: base(r) - high,
          width: Math.max(1, w - 1), height: high }));
      });
      svg.append(el("line", { class: "cv-base", x1: side, x2: W - side, y1: base(r), y2: base(r) }));
      if (values.length <= 32) {
        values.forEach((v) => svg.append(el("line", { class: "cv-rug", x1: X(v), x2: X(v), y1: base(r) + 2, y2: base(r) + 8 })));
      }
    });
    const path = [s.x[0], s.xHat[0], s.y[0]].map((v, r) => [X(v), base(r)]);
    svg.append(el("polyline", { class: "cv-path", points: path.map((p) => p.join(",")).join(" ") }),
      ...path.map(([cx, cy]) => el("circle", { class: "cv-dot", cx, cy, r: 5 })));
    // which mean and spread are subtracted and divided by: a bar of two σ, one each side of μ
    for (const [name, st, cy, on] of [["batch", s.own, base(0) + 13, s.training], ["running", s.kept, base(0) + 26, !s.training]]) {
      const sigma = Math.sqrt(st.var), kind = `cv-bar ${on ? "on" : "off"}`;
      const [a, b] = [X(st.mean - sigma), X(st.mean + sigma)];
      svg.append(el("line", { class: kind, x1: a, x2: b, y1: cy, y2: cy }),
        el("line", { class: kind, x1: X(st.mean), x2: X(st.mean), y1: cy - 5, y2: cy + 5 }));
      const words = `${name} μ ± σ${on && !narrow ? ", used" : ""}`, roomy = b + 8 + words.length * 7.2 < W;
      text(roomy ? b + 8 : a - 8, cy + 4, words, on ? "cv-small on" : "cv-small", roomy ? "start" : "end");
    }
    text(W - side, base(2) - tall - 12, `${narrow ? "" : "hollow: "}ReLU cuts ${fmt(100 * cut(s.y), 0)} %`, "cv-small", "end");
    for (let v = -8; v <= 8; v += narrow ? 4 : 2) text(X(v), base(2) + 24, fmt(v), "cv-small", "middle");
    return svg;
  }

  const group = (name, ...nodes) => el("div", { class: "cv-group" }, ...(name ? [el("span", { class: "cv-muted" }, name)] : []), ...nodes);
  const root = frame(host, "cv-batch-norm-histograms", state.label,
    el("div", { class: "cv-controls" }, examples.node), picture, says, numbers,
    el("div", { class: "cv-groups" },
      group("input", control.shift.node, control.spread.node, control.size.node),
      group("learned", control.gamma.node, control.beta.node),
      el("div", { class: "cv-group cv-mode" }, mode.node, next),
      group("", control.seen.node), group("", control.momentum.node)));
  draw();
  sync();
  const watch = new ResizeObserver(() => draw());
  watch.observe(root);
  return {
    set(key, value) { now[key] = value; draw(); sync(); },
    destroy() { watch.disconnect(); root.remove(); },
  };
}
export default anywidget(mount);
