// @ts-check
import { anywidget, choice, el, frame, player, status } from "./kit.js";

/** Sizes of a case, per axis: the output, the drawn map, its border, its spacing and the window's step. */
export function sizes(c) {
  const span = c.dilation * (c.kernel_size - 1) + 1;
  const spacing = c.transposed ? c.stride : 1, step = c.transposed ? 1 : c.stride;
  const border = c.transposed ? span - 1 - c.padding : c.padding;
  const drawn = (c.size - 1) * spacing + 1 + 2 * border + c.output_padding;
  return { output: Math.floor((drawn - span) / step) + 1, drawn, border, spacing, step };
}

/** Whether a row (or a column) of the drawn map holds pixels of the input. */
export function isReal(c, i) {
  const { border, spacing } = sizes(c), at = i - border;
  return at >= 0 && at % spacing === 0 && at / spacing < c.size;
}

/** One window: the output it gives, its taps on the drawn map, the pixels of the input it reads. */
export function windowAt(c, at) {
  const { output, border, spacing, step } = sizes(c), row = Math.floor(at / output), column = at % output;
  const taps = [], read = [];
  for (let a = 0; a < c.kernel_size; a++) {
    for (let b = 0; b < c.kernel_size; b++) {
      const i = row * step + a * c.dilation, j = column * step + b * c.dilation;
      taps.push([i, j]);
      if (isReal(c, i) && isReal(c, j)) read.push([(i - border) / spacing, (j - border) / spacing]);
    }
  }
  return { row, column, taps, read };
}

/** The size of the output, as it is calculated. */
export function formula(c) {
  const { size: i, kernel_size: k, stride: s, padding: p, dilation: d, output_padding: a } = c, { output } = sizes(c);
  const span = d > 1 ? `${d}·(${k} − 1) − 1` : `${k}`;
  if (!c.transposed) return `⌊(${i}${p ? ` + 2·${p}` : ""} − ${span}) / ${s}⌋ + 1 = ${output}`;
  return `${s}·(${i} − 1) + ${k}${p ? ` − 2·${p}` : ""}${a ? ` + ${a}` : ""} = ${output}`;
}

const SUFFIX = ", transposed", plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

export function mount(host, state, onChange) {
  let { cases, case: name, step } = state;
  const base = () => name.replace(SUFFIX, ""), bases = Object.keys(cases).filter((n) => !n.endsWith(SUFFIX));
  const total = () => sizes(cases[name]).output ** 2;
  const which = choice("case", bases.map((n) => [n, n]), base(), (n) => go(cases[name].transposed && cases[n + SUFFIX] ? n + SUFFIX : n, 0));
  const ways = choice("show the", [["direct", "convolution"], ["transposed", "transposed"]], "", (way) =>
    go(way === "transposed" && cases[base() + SUFFIX] ? base() + SUFFIX : base(), 0));
  const steps = player("window", total(), step, (v) => go(name, v));
  const svg = el("svg", { class: "cv-maps", role: "group", "aria-label": "the map that is read and the output" });
  const says = status(), CELL = 30, GAP = 1.6, WIDE = 9 + GAP + 7;

  function go(n, s) {
    name = n;
    step = Math.max(0, Math.min(s, total() - 1));
    onChange("case", name); onChange("step", step);
    draw();
  }

  function draw() {
    const c = cases[name], { output, drawn, border, spacing } = sizes(c), now = windowAt(c, step);
    const tall = Math.max(drawn, output) + 1.1, left = drawn + GAP, lit = new Set(now.taps.map(([i, j]) => `${i} ${j}`));
    which.set(base()); ways.set(c.transposed ? "transposed" : "direct"); steps.set(step, output * output);
    const there = ways.node.querySelectorAll("input")[1];
    there.disabled = !cases[base() + SUFFIX];
    svg.setAttribute("viewBox", `0 0 ${WIDE * CELL} ${tall * CELL}`);
    const square = (i, j, x0, kind, props = {}) => el("rect", {
      x: (x0 + j) * CELL + 1.5, y: (1 + i) * CELL + 1.5, width: CELL - 3, height: CELL - 3, rx: 2, class: kind, ...props });
    const word = (x0, text) => el("text", { x: x0 * CELL + 2, y: 0.7 * CELL }, text);
    const nodes = [word(0, c.transposed || c.padding ? "input and zeros" : "input"), word(left, "output")];
    for (let i = 0; i < drawn; i++) {
      for (let j = 0; j < drawn; j++) {
        const real = isReal(c, i) && isReal(c, j);
        nodes.push(square(i, j, 0, `${real ? "in" : "zero"}${lit.has(`${i} ${j}`) ? " lit" : ""}`));
      }
    }
    const cells = [];
    for (let k = 0; k < output * output; k++) {
      const [i, j] = [Math.floor(k / output), k % output], here = k === step;
      const cell = square(i, j, left, `out${here ? " hand" : k < step ? "" : " later"}`, {
        role: "button", tabindex: here ? "0" : "-1", "data-at": k, "aria-pressed": String(here), "aria-label": `output row ${i + 1}, column ${j + 1}`,
      });
      cell.addEventListener("click", () => move(k));
      cells.push(cell);
    }
    svg.replaceChildren(el("g", {}, ...nodes), el("g", {}, ...cells));
    const zeros = c.kernel_size ** 2 - now.read.length;
    const counted = `This window reads ${plural(now.read.length, "pixel")}${zeros ? ` and ${plural(zeros, "zero")}` : ""}.`;
    const around = `${plural(border, "zero")} on each side${c.output_padding ? `, ${c.output_padding} more below and on the right` : ""}`;
    says.textContent = c.transposed
      ? `${c.size} × ${c.size} becomes ${output} × ${output}: ${formula(c)}. Drawn as the convolution it equals: `
        + `${spacing > 1 ? `${plural(spacing - 1, "zero")} between pixels, ` : ""}${around}, stride 1. ${counted}`
      : `${c.size} × ${c.size} becomes ${output} × ${output}: ${formula(c)}. ${counted}`;
  }

  function move(k) { go(name, k); svg.querySelector(`[data-at="${k}"]`)?.focus(); }
  svg.addEventListener("keydown", (e) => {
    const { output } = sizes(cases[name]);
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    if (!by) return;
    e.preventDefault();
    const i = Math.floor(step / output) + by[0], j = step % output + by[1];
    if (i >= 0 && j >= 0 && i < output && j < output) move(i * output + j);
  });

  const root = frame(host, "cv-arithmetic-cases", state.label,
    el("div", { class: "cv-controls" }, which.node), el("div", { class: "cv-controls" }, ways.node),
    svg, el("div", { class: "cv-controls" }, steps.node), says,
    el("p", { class: "cv-muted" }, "Blue: pixels of the input. Dashed: zeros. Orange: what the kernel lies on. Press an output to go there."));
  draw();
  return {
    set(key, value) {
      if (key === "cases") cases = value;
      if (key === "case") name = value;
      if (key === "step") step = value;
      draw();
    },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
