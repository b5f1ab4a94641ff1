// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

/** Multiply-adds of one step, and of the two: C channels, F filters of k × k, P × P outputs. */
export function cost(C, F, k, P) {
  return { standard: k * k * C * F * P * P, depthwise: k * k * C * P * P, pointwise: C * F * P * P };
}

/** Weights, without biases. */
export function weights(C, F, k) {
  return { standard: k * k * C * F, depthwise: k * k * C, pointwise: C * F };
}

/** Separable over standard: 1/F + 1/k², whatever C and P are. */
export const ratio = (F, k) => 1 / F + 1 / (k * k);

/** The part of the separable work that the pointwise step does: F / (F + k²). */
export const pointwiseShare = (F, k) => F / (F + k * k);

/** A count as a reader takes it in: 2,160 or 231.2 million. */
export function count(n) {
  if (n < 1e6) return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
  const [size, word] = n < 1e9 ? [1e6, "million"] : [1e9, "billion"];
  return `${fmt(n / size, n / size < 10 ? 2 : 1)} ${word}`;
}

/** One sentence on what is seen. */
export function say(C, F, k, P) {
  const c = cost(C, F, k, P), r = ratio(F, k), two = c.depthwise + c.pointwise;
  const sum = `${count(c.depthwise)} + ${count(c.pointwise)} = ${count(two)} instead of ${count(c.standard)}: `
    + `1/${F} + 1/${k * k} = ${fmt(r, 3)} of the work. `;
  if (k === 1) return sum + "A 1 × 1 kernel looks at no neighbours, so there is nothing to separate: the depthwise step only adds.";
  if (r >= 1) return sum + "A single filter leaves the pointwise step nothing to share: two steps cost more than one.";
  const share = fmt(100 * pointwiseShare(F, k), 0);
  if (F >= 4 * k * k) return sum + `With so many filters 1/F hardly counts: the saving is close to k² = ${k * k} times, and the 1 × 1 step does ${share} % of what is left.`;
  if (F < k * k) return sum + `With fewer filters than the kernel has taps, ${k * k}, the depthwise step is the larger one, and 1/F limits what is saved.`;
  return sum + `The 1 × 1 step does ${share} % of what is left.`;
}

const CHANNELS = [1, 2, 3, 4, 5, 6, 8, 12, 16, 18, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];
const KERNELS = [1, 3, 5, 7], OUTPUTS = [1, 2, 4, 7, 14, 28, 56, 112];
const PRESETS = { // C, F, k, P
  "by hand": [3, 5, 3, 4], "early layer": [32, 64, 3, 112], "middle layer": [512, 512, 3, 14], "one filter": [64, 1, 3, 28],
};
/** The place of the value in the list that is nearest to v. */
export const nearest = (list, v) =>
  list.reduce((best, x, i) => (Math.abs(x - v) < Math.abs(list[best] - v) ? i : best), 0);

export function mount(host, state, onChange) {
  const names = ["in_channels", "out_channels", "kernel_size", "output_size"];
  let now = names.map((n) => state[n]);
  const picture = el("div"), says = status(), numbers = el("p", { class: "cv-muted cv-numbers" });
  const lists = [CHANNELS, CHANNELS, KERNELS, OUTPUTS];
  const labels = ["channels in, C", "filters, F", "kernel, k", "output, P"];
  const form = [String, String, (v) => `${v} × ${v}`, (v) => `${v} × ${v}`];
  const controls = lists.map((list, i) => slider(labels[i],
    { min: 0, max: list.length - 1, value: nearest(list, now[i]), format: (at) => form[i](list[at]) },
    (at) => change(now.map((v, j) => (j === i ? list[at] : v)))));
  const preset = choice("show", Object.keys(PRESETS).map((k) => [k, k]), "", (key) => { change(PRESETS[key]); sync(); });

  function change(next) {
    now = [...next];
    names.forEach((n, i) => onChange(n, now[i]));
    draw();
  }
  const sync = () => controls.forEach((c, i) => c.set(nearest(lists[i], now[i])));

  function draw() {
    const [C, F, k, P] = now, c = cost(C, F, k, P), w = weights(C, F, k);
    preset.set(Object.keys(PRESETS).find((key) => PRESETS[key].every((v, i) => v === now[i])));
    picture.replaceChildren(drawing(C, F, k, c));
    says.textContent = say(C, F, k, P);
    numbers.textContent = `Weights: ${count(w.depthwise)} + ${count(w.pointwise)} = ${count(w.depthwise + w.pointwise)} instead of ${count(w.standard)}.`;
  }

  /** The filters of the three convolutions, and two bars as long as their work. */
  function drawing(C, F, k, c) {
    const narrow = (root.clientWidth || 700) < 560, W = narrow ? 350 : 680;
    const cell = 9, wide = narrow ? W : W / 3, front = cell * k + 26; // the largest box, with its depth
    const high = narrow ? Math.max(54, front + 12) : front + 60, top = narrow ? 3 * high : high;
    const two = c.depthwise + c.pointwise, most = Math.max(c.standard, two);
    const H = top + 112;
    const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, width: W, role: "img", "aria-label":
      `Standard: ${F} filters of ${k} by ${k} by ${C}, ${count(c.standard)} multiply-adds. `
      + `Depthwise: ${C} of ${k} by ${k} by 1, ${count(c.depthwise)}. Pointwise: ${F} of 1 by 1 by ${C}, ${count(c.pointwise)}.` });
    const text = (x, y, words, kind = "", anchor = "start") =>
      svg.append(el("text", { x, y, class: kind, "text-anchor": anchor }, words));
    [["standard", "all", F, k, C], ["depthwise", "deep", C, k, 1], ["pointwise", "point", F, 1, C]].forEach(([title, kind, many, side, depth], i) => {
      const x = narrow ? 0 : i * wide, y = narrow ? i * high : 0;
      text(x + 2, y + 18, String(title), "cv-title");
      text(x + 2, y + 36, `${many} of ${side} × ${side} × ${depth}`, "cv-small");
      const step = Math.max(46, cell * Number(narrow ? side : k) + 16), fits = Math.max(1, Math.floor((wide - (narrow ? 180 : 36)) / step));
      const shown = Math.min(Number(many), 3, fits), at = narrow ? 150 : 4, base = y + (narrow ? front + 4 : front + 46);
      for (let b = shown - 1; b >= 0; b--) box(svg, String(kind), x + at + b * step, base, Number(side), Number(depth), cell);
      if (Number(many) > shown) text(x + at + shown * step + 4, base - 4, "…", "cv-title");
    });
    const row = (y, title, parts) => {
      text(2, y - 5, title, "cv-small");
      let x = 2;
      for (const [kind, value] of parts) {
        const width = Math.max(1, (value / most) * (W - 4));
        svg.append(el("rect", { class: `bar ${kind}`, x, y, width, height: 18 }));
        x += width;
      }
    };
    row(top + 22, `standard: ${count(c.standard)} multiply-adds`, [["all", c.standard]]);
    row(top + 74, narrow ? `separable: ${count(c.depthwise)} + ${count(c.pointwise)}`
      : `separable: depthwise ${count(c.depthwise)}, pointwise ${count(c.pointwise)}`,
      [["deep", c.depthwise], ["point", c.pointwise]]);
    return svg;
  }

  /** A filter: k × k cells in front, its depth going back (not to scale once it is deep). */
  function box(svg, kind, x, y, k, depth, u) {
    const s = u * k, d = Math.min(30, depth === 1 ? 3 : 5 * Math.log2(depth) + 3), q = d * 0.75;
    const shape = (points, part) => svg.append(el("polygon", { class: `box ${kind} ${part}`, points: points.map((p) => p.join(",")).join(" ") }));
    shape([[x, y - s], [x + d, y - s - q], [x + s + d, y - s - q], [x + s, y - s]], "side");
    shape([[x + s, y], [x + s + d, y - q], [x + s + d, y - s - q], [x + s, y - s]], "side");
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) {
      svg.append(el("rect", { class: `box ${kind}`, x: x + j * u, y: y - s + i * u, width: u, height: u }));
    }
  }

  const root = frame(host, "cv-separable-cost", state.label,
    el("div", { class: "cv-controls" }, preset.node), el("div", { class: "cv-pairs" }, ...controls.map((c) => c.node)),
    picture, says, numbers);
  draw();
  const watch = new ResizeObserver(() => draw());
  watch.observe(root);
  return {
    set(key, value) { const i = names.indexOf(key); if (i >= 0) { now[i] = value; sync(); draw(); } },
    destroy() { watch.disconnect(); root.remove(); },
  };
}
export default anywidget(mount);
