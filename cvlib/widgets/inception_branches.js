// @ts-check
import { anywidget, choice, el, frame, slider, status } from "./kit.js";

const NAMES = ["1 × 1", "3 × 3", "5 × 5", "pool"];

/** Channels of the four outputs together; `w` is [1×1, before 3×3, 3×3, before 5×5, 5×5, pool]. */
export const outChannels = (w) => w[0] + w[2] + w[4] + w[5];

/** Weights of each branch, without biases. */
export const byBranch = (c, w) => [
  c * w[0],
  c * w[1] + w[1] * w[2] * 9,
  c * w[3] + w[3] * w[4] * 25,
  c * w[5],
];
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Weights of the module. */
export const weights = (c, w) => sum(byBranch(c, w));

/** Weights of the same filters when all of them read all channels; the pool has none. */
export const naive = (c, w) => c * (w[0] + 9 * w[2] + 25 * w[4]);

/** Weights of one layer of 3 × 3 with as many channels out. */
export const single = (c, w) => 9 * c * outChannels(w);

/** 448512 as "448 512". */
export const whole = (n) =>
  n < 10000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** Of the published table: side of the maps, channels in, widths. */
const MODULES = {
  "3a": [28, 192, [64, 96, 128, 16, 32, 32]],
  "4a": [14, 480, [192, 96, 208, 16, 48, 64]],
  "4b": [14, 512, [160, 112, 224, 24, 64, 64]],
  "4d": [14, 512, [112, 144, 288, 32, 64, 64]],
  "5b": [7, 832, [384, 192, 384, 48, 128, 128]],
};
/** Which widths stand in each branch, and what they are called. */
const ROWS = [[[0, "1 × 1 filters"]], [[1, "1 × 1 before the 3 × 3"], [2, "3 × 3 filters"]],
  [[3, "1 × 1 before the 5 × 5"], [4, "5 × 5 filters"]], [[5, "1 × 1 after the pool"]]];

export function mount(host, state, onChange) {
  let { side, in_channels: channels, widths } = state;
  const sentence = status(), bars = el("div", { class: "cv-ib-bars" });
  const preset = choice("module", Object.keys(MODULES).map((m) => [m, m]), "", (name) => {
    [side, channels] = MODULES[name];
    widths = [...MODULES[name][2]];
    input.set(channels); sliders.forEach((s, i) => s.set(widths[i]));
    onChange("side", side);
    changed();
  });
  const input = slider("channels in", { min: 16, max: 832, step: 16, value: channels }, (v) => { channels = v; changed(); });
  const sliders = [];
  const rows = ROWS.map((row, b) => el("div", { class: "cv-ib-branch" },
    el("span", { class: "cv-ib-name" }, NAMES[b]),
    el("div", {}, ...row.map(([at, label]) => {
      sliders[at] = slider(label, { min: 8, max: at === 3 ? 128 : 384, step: 8, value: widths[at] },
        (v) => { widths = widths.map((w, i) => (i === at ? v : w)); changed(); });
      return sliders[at].node;
    }))));

  function changed() {
    onChange("in_channels", channels); onChange("widths", widths);
    draw();
  }

  /** One bar with a part for each branch, on the scale of the longest. */
  function bar(name, parts, top, kind, text) {
    const total = sum(parts), svg = el("svg", {
      viewBox: "0 0 1000 20", preserveAspectRatio: "none", class: `cv-ib-bar cv-ib-${kind}`,
      role: "img", "aria-label": `${name}: ${text}`,
    });
    let x = 0;
    parts.forEach((part, i) => {
      const width = 1000 * part / top;
      svg.append(el("rect", { x, y: 0, width, height: 20 },
        el("title", {}, parts.length > 1 ? `${NAMES[i]}: ${whole(part)}` : whole(total))));
      x += width;
    });
    return el("div", {}, el("span", {}, `${name} `, el("span", { class: "cv-muted" }, text)), svg);
  }

  function draw() {
    preset.set(Object.keys(MODULES).find((m) => JSON.stringify(MODULES[m]) === JSON.stringify([side, channels, widths])));
    const out = outChannels(widths), own = weights(channels, widths), plain = naive(channels, widths), one = single(channels, widths);
    const top = Math.max(own, plain, one), naiveOut = out - widths[5] + channels;
    bars.replaceChildren(
      bar("channels out:", [widths[0], widths[2], widths[4], widths[5]], out, "output", `${out} = ${[widths[0], widths[2], widths[4], widths[5]].join(" + ")}`),
      bar("weights, this module:", byBranch(channels, widths), top, "kernel", whole(own)),
      bar("without any 1 × 1 reduction:", [channels * widths[0], 9 * channels * widths[2], 25 * channels * widths[4], 0], top, "kernel", whole(plain)),
      bar(`one 3 × 3 with ${out} filters:`, [one], top, "kernel", whole(one)));
    const factor = one / own;
    const wide = [[1, "3 × 3"], [3, "5 × 5"]].filter(([at]) => widths[at] >= channels).map(([, k]) => k);
    sentence.textContent =
      `${channels} channels in, ${out} out, ${whole(own)} weights, ${whole(own * side * side)} multiply-adds on maps of ${side} × ${side}. ` +
      (factor >= 1
        ? `One 3 × 3 with as many filters would cost ${factor.toFixed(1)} times as much. `
        : `One 3 × 3 with as many filters would cost less: ${(100 * factor).toFixed(0)} % of it. `) +
      `Without the 1 × 1 layers it would be ${(plain / own).toFixed(1)} times as much, and ${naiveOut} channels would come out.` +
      (wide.length ? ` The 1 × 1 before the ${wide.join(" and the ")} reduces nothing: it makes no fewer channels than it reads.` : "");
  }

  const root = frame(host, "cv-inception-branches", state.label,
    el("div", { class: "cv-controls" }, preset.node, input.node), el("div", { class: "cv-ib-rows" }, ...rows), bars, sentence);
  draw();
  return {
    set(key, value) {
      if (key === "side") side = value;
      if (key === "in_channels") { channels = value; input.set(value); }
      if (key === "widths") { widths = value; sliders.forEach((s, i) => s.set(widths[i])); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
