// @ts-check
import {
  anywidget, button, choice, diverging, el, fmt, frame, grid, numberInputs, onTheme, paintPixels, status,
} from "./kit.js";

/** Bytes in base64 as an image (H, W) with values in [0, 1]. */
export function decode({ height, width, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return Array.from({ length: height }, (_, i) =>
    Array.from(bytes.subarray(i * width, (i + 1) * width), (b) => b / 255));
}

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));

/** The pixels around (i, j); beyond the edge the picture repeats its last pixel. */
export function windowAt(image, size, i, j) {
  const half = Math.floor(size / 2), H = image.length, W = image[0].length;
  return Array.from({ length: size }, (_, u) => Array.from({ length: size }, (_, v) =>
    image[clamp(i + u - half, 0, H - 1)][clamp(j + v - half, 0, W - 1)]));
}

/** Slide a square kernel of odd size over an image (H, W); the result is as large. */
export function filterImage(image, kernel) {
  const half = Math.floor(kernel.length / 2), H = image.length, W = image[0].length;
  const out = image.map((row) => new Array(row.length).fill(0));
  kernel.forEach((weights, u) => weights.forEach((w, v) => {
    if (w === 0) return;
    for (let i = 0; i < H; i++) {
      const row = image[clamp(i + u - half, 0, H - 1)];
      for (let j = 0; j < W; j++) out[i][j] += w * row[clamp(j + v - half, 0, W - 1)];
    }
  }));
  return out;
}

/** The sum of all weights: what a flat patch of brightness 1 gives. */
export const total = (kernel) => kernel.flat().reduce((sum, w) => sum + w, 0);

const near0 = (v) => Math.abs(v) < 1e-9;
const same = (a, b) => a?.length === b.length
  && a.every((row, i) => row.every((v, j) => near0(v - b[i][j])));

export function mount(host, state, onChange) {
  let { photos, photo, presets, kernel, at } = state, view = "";
  let image = [[0]], response = [[0]], top = 1;
  const signedView = () => view === "signed";
  const autoView = () => (near0(total(kernel)) ? "signed" : "grey");

  const pictures = choice("photograph", photos.map((p) => [p.name, p.title]), photo, (name) => {
    photo = name;
    onChange("photo", photo);
    load();
  });
  const kernels = choice("kernel", Object.keys(presets).map((k) => [k, k]), "", (k) => use(presets[k]));
  const any = button("random", () => {
    const w = kernel.map((row) => row.map(() => Math.round(Math.random() * 8 - 4)));
    w[1][1] -= total(w);
    use(w);
  });
  kernels.node.lastElementChild.append(any);
  const views = choice("show response as", [["signed", "signs"], ["grey", "grey picture"]], view, (v) => {
    view = v;
    draw();
  });
  const editor = el("div"), says = status(), flat = el("p", { class: "cv-flat" });
  /** @type {any} */ let inputs = null;
  const seen = grid("pixels here", [[0]], { kind: "plain" });
  const terms = grid("pixel × weight", [[0]], { kind: "plain", digits: 2 });
  const left = panel("the photograph", true), right = panel("the response", false);
  const scale = el("div", { class: "cv-scale" });

  /** A canvas under a drawing of the window; pointer and arrow keys move the window. */
  function panel(name, whole) {
    const canvas = el("canvas");
    const mark = el("svg", { "aria-hidden": "true" });
    const pad = el("div", { class: "cv-pad", tabindex: "0", role: "application",
      "aria-label": `${name}: arrow keys move the window, with shift by ten pixels`,
      onpointerdown(e) { pad.setPointerCapture?.(e.pointerId); point(e); },
      onpointermove(e) { if (e.buttons) point(e); },
      onkeydown(e) {
        const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
        if (!step) return;
        e.preventDefault();
        go(at[0] + step[0] * (e.shiftKey ? 10 : 1), at[1] + step[1] * (e.shiftKey ? 10 : 1));
      } }, canvas, mark);
    function point(e) {
      const box = canvas.getBoundingClientRect();
      go(Math.floor((e.clientY - box.top) / box.height * image.length),
        Math.floor((e.clientX - box.left) / box.width * image[0].length));
    }
    return {
      node: el("div", { class: "cv-panel" }, el("div", { class: "cv-muted" }, name), pad),
      /** @param {(i:number, j:number) => number[]} shade */
      paint(shade) {
        paintPixels(canvas, image.length, image[0].length, shade);
      },
      point() {
        const size = whole ? kernel.length : 1, half = Math.floor(size / 2), W = image[0].length;
        const box = { x: at[1] - half - 0.5, y: at[0] - half - 0.5, width: size + 1, height: size + 1 };
        mark.setAttribute("viewBox", `0 0 ${W} ${image.length}`);
        mark.replaceChildren(
          el("path", { class: "cv-cross", d: `M0 ${at[0] + 0.5}H${box.x - 2}M${box.x + size + 3} ${at[0] + 0.5}H${W}`
            + `M${at[1] + 0.5} 0V${box.y - 2}M${at[1] + 0.5} ${box.y + size + 3}V${image.length}` }),
          el("rect", { ...box, class: "cv-halo" }), el("rect", { ...box, class: whole ? "cv-win" : "cv-dot" }));
      },
    };
  }

  function use(next) {
    kernel = structuredClone(next);
    view = autoView();
    onChange("kernel", kernel);
    draw();
  }
  function go(i, j) {
    at = [clamp(i, 0, image.length - 1), clamp(j, 0, image[0].length - 1)];
    onChange("at", at);
    here();
  }
  function load() {
    image = decode(photos.find((p) => p.name === photo) ?? photos[0]);
    left.paint((i, j) => new Array(3).fill(255 * image[i][j]));
    draw();
  }

  const css = (c) => `rgb(${c.join(" ")})`;

  function draw() {
    if (inputs?.size !== kernel.length) {
      inputs = { size: kernel.length, ...numberInputs("kernel", kernel, (i, j, value) => {
        kernel[i][j] = value;
        if (signedView() !== near0(total(kernel))) view = autoView();
        onChange("kernel", kernel);
        draw();
      }) };
      editor.replaceChildren(inputs.node);
      root.classList.toggle("cv-big", kernel.length > 3);
    }
    inputs.set(kernel.map((row) => row.map((v) => Number(v.toFixed(3)))));
    pictures.set(photo);
    kernels.set(Object.keys(presets).find((k) => same(presets[k], kernel)));
    views.set(view);
    response = filterImage(image, kernel);
    top = Math.max(1e-9, ...response.map((row) => Math.max(...row.map(Math.abs))));
    const sign = diverging(root);
    right.paint((i, j) => (signedView() ? sign(response[i][j] / top)
      : new Array(3).fill(255 * clamp(response[i][j], 0, 1))));
    scale.replaceChildren(...(signedView()
      ? [el("span", { class: "cv-grad" }, fmt(top < 1e-6 ? 0 : -top)), el("span", { class: "cv-ramp signed" }),
        el("span", { class: "cv-in" }, `+${fmt(top < 1e-6 ? 0 : top)}`)]
      : [el("span", {}, "0"), el("span", { class: "cv-ramp" }), el("span", {}, "1")]));
    const sum = total(kernel);
    flat.replaceChildren("The weights add up to ", el("strong", { class: "cv-ker" }, fmt(sum, 3)), ": ",
      near0(sum) ? "a flat patch gives 0, however bright it is."
        : near0(sum - 1) ? "a flat patch comes back as bright as it was."
          : `a flat patch of brightness b gives ${fmt(sum, 3)}·b: brightness leaks in.`);
    here();
  }

  function here() {
    left.point();
    right.point();
    const pixels = windowAt(image, kernel.length, at[0], at[1]);
    const products = pixels.map((row, u) => row.map((x, v) => x * kernel[u][v]));
    const sign = diverging(root), most = Math.max(1e-9, ...products.flat().map(Math.abs));
    const shade = (g, u, v, background, ink) => {
      const cell = g.cell(u, v);
      cell.style.background = css(background);
      cell.style.color = ink;
    };
    seen.set(pixels.map((row) => row.map((v) => v.toFixed(2))));
    terms.set(products);
    pixels.forEach((row, u) => row.forEach((x, v) => {
      shade(seen, u, v, new Array(3).fill(Math.round(255 * x)), x > 0.45 ? "#000" : "#fff");
      shade(terms, u, v, sign(0.4 * products[u][v] / most), "var(--cv-ink)");
    }));
    const value = response[at[0]][at[1]];
    says.replaceChildren(`Row ${at[0]}, column ${at[1]}: the ${products.flat().length} products add up to `,
      el("strong", { class: near0(value) ? "" : value < 0 ? "cv-grad" : "cv-in" }, fmt(value)), ".");
  }

  const root = frame(host, "cv-kernel-editor", state.label,
    el("div", { class: "cv-controls" }, pictures.node),
    el("div", { class: "cv-controls" }, kernels.node),
    el("div", { class: "cv-panels" }, left.node, right.node),
    el("div", { class: "cv-controls" }, views.node, scale),
    el("div", { class: "cv-row cv-tables" }, seen.node, editor, terms.node), says, flat,
    el("p", { class: "cv-muted" }, "Press or drag on a picture, or use its arrow keys, to move the window; type new weights."));
  view = autoView();
  load();
  const stop = onTheme(draw);
  return {
    set(key, value) {
      if (key === "photos") photos = value;
      if (key === "photo") photo = value;
      if (key === "kernel") { kernel = value; view = autoView(); }
      if (key === "at") at = value;
      if (key === "photos" || key === "photo") load();
      else draw();
    },
    destroy() { stop(); root.remove(); },
  };
}
export default anywidget(mount);
