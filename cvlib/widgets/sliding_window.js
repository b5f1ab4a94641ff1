// @ts-check
import { anywidget, el, fmt, frame, grid, numberInputs, player, status } from "./kit.js";

/** The map of a kernel that slides over an image: no padding, stride 1, no flip. */
export function slide(image, kernel) {
  const P = image.length - kernel.length + 1, Q = image[0].length - kernel[0].length + 1;
  return Array.from({ length: P }, (_, i) =>
    Array.from({ length: Q }, (_, j) => products(image, kernel, i, j).reduce((s, p) => s + p.value, 0)));
}

/** The products under the window whose first pixel is (i, j), row by row. */
export function products(image, kernel, i, j) {
  return kernel.flatMap((row, u) => row.map((w, v) => {
    const x = image[i + u][j + v];
    return { x, w, value: x * w };
  }));
}

export function mount(host, state, onChange) {
  let { image, kernel, step } = state;
  const size = () => [image.length - kernel.length + 1, image[0].length - kernel[0].length + 1];
  const at = () => [Math.floor(step / size()[1]), step % size()[1]];

  const input = grid("input", image, {
    kind: "input",
    onPress(i, j) { image[i][j] = image[i][j] ? 0 : 1; onChange("image", image); draw(); },
  });
  const weights = numberInputs("kernel", kernel, (i, j, value) => {
    kernel[i][j] = value;
    onChange("kernel", kernel);
    draw();
  });
  const output = grid("output", slide(image, kernel), {
    kind: "output",
    onPress(i, j) { go(i * size()[1] + j); },
    name: (i, j, v) => `output row ${i + 1} column ${j + 1}: ${v === "" ? "not reached yet" : fmt(v)}`,
  });
  const steps = player("position", size()[0] * size()[1], step, (v) => go(v));
  const sum = status();

  function go(v) { step = v; onChange("step", step); draw(); }

  function draw() {
    const [r, c] = at(), [f, g] = [kernel.length, kernel[0].length];
    const inside = (i, j) => i >= r && i < r + f && j >= c && j < c + g;
    input.set(image);
    image.forEach((row, i) => row.forEach((x, j) => {
      const cell = input.cell(i, j);
      const times = inside(i, j) ? `×${fmt(kernel[i - r][j - c])}` : "";
      if (times) cell.replaceChildren(fmt(x), el("sub", { class: "cv-ker" }, times));
      cell.setAttribute("aria-label", `pixel row ${i + 1} column ${j + 1}: ${fmt(x)}${times}`);
    }));
    input.mark((i, j) => (inside(i, j) ? "lit" : ""));
    weights.set(kernel);
    const map = slide(image, kernel), Q = size()[1];
    output.set(map.map((row, i) => row.map((v, j) => (i * Q + j <= step ? v : ""))));
    output.mark((i, j) => (i * Q + j === step ? "hand" : i * Q + j > step ? "faint" : ""));
    steps.set(step, size()[0] * Q);
    const terms = products(image, kernel, r, c).flatMap((p, k) => [
      k ? " + " : "", el("span", { class: "cv-in" }, fmt(p.x)), "·",
      el("span", { class: "cv-ker" }, fmt(p.w)),
    ]);
    sum.replaceChildren(...terms, " = ",
      el("strong", { class: "cv-out" }, fmt(map[r][c])));
  }

  const root = frame(host, "cv-sliding-window", state.label,
    el("div", { class: "cv-row" }, input.node, weights.node, output.node),
    el("div", { class: "cv-controls" }, steps.node), sum,
    el("p", { class: "cv-muted" }, "Press a pixel to flip it, an output to go there; type new weights."));
  draw();
  return {
    set(key, value) {
      if (key === "image") image = value;
      if (key === "kernel") kernel = value;
      if (key === "step") step = value;
      draw();
    },
    destroy() { steps.stop(); root.remove(); },
  };
}
export default anywidget(mount);
