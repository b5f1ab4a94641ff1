// @ts-check
import { anywidget, button, choice, el, fmt, frame, slider, status } from "./kit.js";

const STAGES = [ // expand, kernel, stride of the first block, channels, blocks: EfficientNet-B0
  [1, 3, 1, 16, 1], [6, 3, 2, 24, 2], [6, 5, 2, 40, 2], [6, 3, 2, 80, 3], [6, 5, 1, 112, 3], [6, 5, 2, 192, 4], [6, 3, 1, 320, 1],
];
const PUBLISHED = { alpha: 1.2, beta: 1.1, gamma: 1.15 };

/** How many times the multiply-adds of the baseline may be spent: (α·β²·γ²)^φ. */
export const budget = (phi, alpha, beta, gamma) => (alpha * beta ** 2 * gamma ** 2) ** phi;

/** Factors on depth, width and resolution, together or one alone under the same budget. */
export function factors(how, phi, alpha, beta, gamma) {
  const B = budget(phi, alpha, beta, gamma);
  if (how === "depth") return { depth: B, width: 1, resolution: 1 };
  if (how === "width") return { depth: 1, width: Math.sqrt(B), resolution: 1 };
  if (how === "resolution") return { depth: 1, width: 1, resolution: Math.sqrt(B) };
  return { depth: alpha ** phi, width: beta ** phi, resolution: gamma ** phi };
}

/** The nearest multiple of 8, never more than 10 % below. */
export function roundChannels(channels) {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Sides of the picture in pixels. */
export const pixels = (resolution) => Math.round(224 * resolution);

/** Every kind of block: kernel, channels and map size in and out, and how many `times` in a row. */
export function blocks(depth, width, size) {
  const all = [];
  let c = roundChannels(32 * width), n = Math.ceil(size / 2); // the stem halves
  for (const [expand, k, stride, filters, count] of STAGES) {
    const f = roundChannels(filters * width);
    const number = Math.ceil(count * depth - 1e-9); // a hair less, so that 3 · 1.0000000001 is 3
    const m = Math.ceil(n / stride), block = (cin, from, times) =>
      ({ k, cin, hidden: roundChannels(cin * expand), cout: f, from, to: m, times });
    all.push(block(c, n, 1)); // the first changes size and channels, the rest are alike
    if (number > 1) all.push(block(f, m, number - 1));
    [c, n] = [f, m];
  }
  return all;
}

/** All blocks, repeated ones included. */
export const howMany = (list) => list.reduce((sum, b) => sum + b.times, 0);

/** Multiply-adds and parameters of the network, exactly. */
export function counts(depth, width, size) {
  const list = blocks(depth, width, size), first = list[0], last = list[list.length - 1];
  let adds = 27 * first.cin * first.from ** 2, held = 29 * first.cin; // 27 weights and a batch norm
  for (const { k, cin, hidden, cout, from, to, times } of list) {
    const q = Math.max(1, Math.floor(cin / 4)); // squeeze and excitation
    if (hidden !== cin) { adds += times * cin * hidden * from ** 2; held += times * hidden * (cin + 2); }
    adds += times * (hidden * (k * k + cout) * to ** 2 + 2 * hidden * q);
    held += times * (hidden * (k * k + 2) + (hidden * q + q) + (q * hidden + hidden) + cout * (hidden + 2));
  }
  const wide = 4 * last.cout;
  adds += last.cout * wide * last.to ** 2 + wide * 1000;
  held += wide * (last.cout + 2) + wide * 1000 + 1000;
  return { adds, held };
}

/** One sentence on what is seen. */
export function say(how, phi, base, f, built) {
  const B = base ** phi;
  const step = Math.abs(base - 2) > 0.2
    ? ` One step of φ multiplies the work by ${fmt(base)}; the rule asks for about 2.` : "";
  if (phi === 0) return "φ = 0 is the baseline, EfficientNet-B0." + step;
  const spent = `The budget is ×${fmt(B, 1)}. `;
  if (how === "all") {
    return spent + `It buys depth ×${fmt(f.depth)}, width ×${fmt(f.width)} and resolution ×${fmt(f.resolution)}; after rounding to whole blocks `
      + `and multiples of 8 channels the network does ×${fmt(built, 1)}.` + step;
  }
  const alone = {
    depth: `All of it goes into blocks, ×${fmt(f.depth, 1)}: each is as narrow as before and looks at the same 224 pixels.`,
    width: `All of it goes into channels, and ×${fmt(f.width, 1)} is all it buys: twice the width is four times the work.`,
    resolution: `All of it goes into pixels, ×${fmt(f.resolution, 1)} a side: layers as few and narrow as before must make sense of a larger picture.`,
  };
  return spent + alone[how] + step;
}

const thousands = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
const big = (n) => (n < 1e9 ? `${fmt(n / 1e6, n < 1e8 ? 1 : 0)} million` : `${fmt(n / 1e9)} billion`);

export function mount(host, state, onChange) {
  const now = { ...state };
  const picture = el("div"), says = status(), table = el("div", { class: "cv-scroll" });
  const two = (v) => v.toFixed(2);
  const control = {
    phi: slider("φ", { min: 0, max: 7, step: 0.5, value: now.phi, format: (v) => fmt(v, 1) }, (v) => change({ phi: v })),
    alpha: slider("α, depth", { min: 1, max: 1.5, step: 0.05, value: now.alpha, format: two }, (v) => change({ alpha: v })),
    beta: slider("β, width", { min: 1, max: 1.3, step: 0.05, value: now.beta, format: two }, (v) => change({ beta: v })),
    gamma: slider("γ, resolution", { min: 1, max: 1.3, step: 0.05, value: now.gamma, format: two }, (v) => change({ gamma: v })),
  };
  const how = choice("spend it on", [["all", "all three"], ["depth", "depth"], ["width", "width"], ["resolution", "resolution"]],
    now.how, (key) => change({ how: key }));

  function change(next) {
    Object.assign(now, next);
    for (const [key, value] of Object.entries(next)) onChange(key, value);
    draw();
  }
  const sync = () => { for (const key of Object.keys(control)) control[key].set(now[key]); how.set(now.how); };

  function draw() {
    const { phi, alpha, beta, gamma } = now;
    const f = factors(now.how, phi, alpha, beta, gamma), size = pixels(f.resolution);
    const list = blocks(f.depth, f.width, size), old = blocks(1, 1, 224);
    const is = counts(f.depth, f.width, size), was = counts(1, 1, 224);
    const rows = [
      ["depth", f.depth, `${howMany(old)} blocks`, thousands(howMany(list))],
      ["width", f.width, `${old[old.length - 1].cout} channels at the end`, thousands(list[list.length - 1].cout)],
      ["resolution", f.resolution, "224 pixels a side", thousands(size)],
      ["multiply-adds", is.adds / was.adds, big(was.adds), big(is.adds)],
      ["parameters", is.held / was.held, big(was.held), big(is.held)],
    ];
    table.replaceChildren(el("table", { class: "cv-scaled" },
      el("thead", {}, el("tr", {}, ...["what", "times", "baseline", "scaled"].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, ...rows.map(([name, times, from, to]) => el("tr", {},
        el("th", { scope: "row" }, String(name)), el("td", {}, `×${fmt(Number(times))}`), el("td", {}, String(from)), el("td", {}, String(to)))))));
    says.textContent = say(now.how, phi, alpha * beta ** 2 * gamma ** 2, f, is.adds / was.adds);
    picture.replaceChildren(drawing(old, list, size));
  }

  /** The baseline above the scaled network: the picture, then a bar for every block. */
  function drawing(old, list, size) {
    const narrow = (root.clientWidth || 700) < 560, W = narrow ? 350 : 680;
    const scale = Math.min(narrow ? 0.08 : 0.15, (narrow ? 180 : 300) / size); // both drawn alike
    const small = 224 * scale, large = size * scale, y1 = 24 + small / 2, y2 = 24 + small + 34 + large / 2;
    const H = y2 + large / 2 + 6;
    const svg = el("svg", { viewBox: `0 0 ${W} ${H.toFixed(1)}`, width: W, role: "img", "aria-label":
      `Above, the baseline: a picture of 224 pixels and 16 blocks. Below: a picture of ${size} pixels and ${howMany(list)} blocks.` });
    const text = (x, y, words) => svg.append(el("text", { x, y, class: "cv-small" }, words));
    const net = (middle, side, bars) => {
      svg.append(el("rect", { class: "picture", x: 2, y: middle - side / 2, width: side, height: side }));
      let x = side + 10, left = howMany(bars);
      for (const b of bars) for (let i = 0; i < b.times; i++) {
        const thick = (b.cout / 30) * (narrow ? 0.45 : 1) + 0.6, tall = Math.max(3, b.to * scale * 2);
        if (x + thick > W - (left > 1 ? 100 : 2)) return text(x + 2, middle + 5, `+ ${thousands(left)} more`);
        svg.append(el("rect", { class: "block", x, y: middle - tall / 2, width: thick, height: tall }));
        x += thick + (narrow ? 1.4 : 2.4);
        left -= 1;
      }
    };
    text(2, 15, "baseline, B0");
    net(y1, small, old);
    text(2, 24 + small + 25, now.phi === 0 ? "the same" : "scaled");
    net(y2, large, list);
    return svg;
  }

  const root = frame(host, "cv-compound-scaling", state.label,
    el("div", { class: "cv-controls" }, control.phi.node, how.node), says, picture, table,
    el("div", { class: "cv-controls cv-bases" }, control.alpha.node, control.beta.node, control.gamma.node,
      button("As published", () => { change({ ...PUBLISHED }); sync(); })));
  draw();
  const watch = new ResizeObserver(() => draw());
  watch.observe(root);
  return {
    set(key, value) { now[key] = value; sync(); draw(); },
    destroy() { watch.disconnect(); root.remove(); },
  };
}
export default anywidget(mount);
