// @ts-check
import { anywidget, button, choice, el, fmt, frame, slider, status } from "./kit.js";

/** The pixels [x1, y1, x2, y2] that the unit at [row, column] sees, padding included. */
export const fieldBox = ([row, column], { size, jump, start }) => {
  const x = start + column * jump, y = start + row * jump;
  return [x, y, x + size, y + size];
};

/** What of a box lies in a picture of H × W. */
export const clipped = ([x1, y1, x2, y2], [H, W]) =>
  [Math.min(Math.max(x1, 0), W), Math.min(Math.max(y1, 0), H), Math.min(Math.max(x2, 0), W), Math.min(Math.max(y2, 0), H)];

/** Where the visible part of a box lies on a square tile of `side` that shows all of it: [x, y, w, h]. */
export function onTile(box, part, side) {
  const scale = side / (box[2] - box[0]);
  return [(part[0] - box[0]) * scale, (part[1] - box[1]) * scale, (part[2] - part[0]) * scale, (part[3] - part[1]) * scale];
}

/** The share of a picture's pixels that a box covers. */
export const shareOf = ([x1, y1, x2, y2], [H, W]) => ((x2 - x1) * (y2 - y1)) / (H * W);

const SIDE = 88; // of a tile on the screen

export function mount(host, state, onChange) {
  let { layer, unit, chosen } = state;
  const { pictures, names, sizes, layers } = state;
  const photos = pictures.map((src) => {
    const image = new Image();
    image.onload = () => draw();
    image.src = src;
    return image;
  });

  const found = () => layers[layer].units[unit]; // patches as [picture, row, column, value]
  const at = (patch) => fieldBox([patch[1], patch[2]], layers[layer]);

  const strip = choice("layer", layers.map((l, k) => [String(k), l.name]), String(layer), (value) => {
    layer = Number(value);
    unit = 0;
    which.set(0, layers[layer].units.length - 1);
    step();
  });
  const which = slider("unit", { min: 0, max: layers[layer].units.length - 1, value: unit, format: (v) => `${v + 1} of ${layers[layer].units.length}` },
    (value) => { unit = value; step(); });
  const go = (d) => {
    unit = Math.max(0, Math.min(layers[layer].units.length - 1, unit + d));
    which.set(unit);
    step();
  };
  const tiles = el("div", { class: "cv-tiles" });
  const over = el("svg", { "aria-hidden": "true" });
  const photo = el("img", { class: "dark-light", alt: "" });
  const stage = el("div", { class: "cv-photo" }, photo, over);
  const caption = el("p", { class: "cv-muted" });
  const sentence = status();

  function step() {
    chosen = 0;
    for (const key of ["layer", "unit", "chosen"]) onChange(key, { layer, unit, chosen }[key]);
    build();
  }
  function pick(k) {
    chosen = k;
    onChange("chosen", chosen);
    draw();
  }

  /** One button a patch; its picture is cut from the photograph by `draw`. */
  function build() {
    tiles.replaceChildren(...found().map((patch, k) => {
      const node = button("", () => pick(k), { class: "cv-tile",
        "aria-label": `patch ${k + 1}: ${names[patch[0]]}, answer ${fmt(patch[3])}` });
      node.append(el("canvas", { width: 2 * SIDE, height: 2 * SIDE, "aria-hidden": "true" }));
      return node;
    }));
    draw();
  }

  function draw() {
    const patches = found(), { size, name } = layers[layer];
    [...tiles.children].forEach((node, k) => {
      node.setAttribute("aria-pressed", String(k === chosen));
      const patch = patches[k], image = photos[patch[0]];
      if (!image.complete || !image.naturalWidth) return;
      const box = at(patch), part = clipped(box, sizes[patch[0]]);
      const ctx = node.querySelector("canvas").getContext("2d");
      ctx.clearRect(0, 0, 2 * SIDE, 2 * SIDE);
      ctx.imageSmoothingEnabled = size > 20;
      ctx.drawImage(image, part[0], part[1], part[2] - part[0], part[3] - part[1], ...onTile(box, part, 2 * SIDE));
    });
    const patch = patches[chosen], [H, W] = sizes[patch[0]], part = clipped(at(patch), [H, W]);
    if (photo.getAttribute("src") !== pictures[patch[0]]) photo.src = pictures[patch[0]];
    photo.alt = `The photograph that the patch was cut from: ${names[patch[0]]}`;
    photo.width = W;
    photo.height = H;
    over.setAttribute("viewBox", `0 0 ${W} ${H}`);
    over.replaceChildren(el("rect", { x: part[0], y: part[1], width: part[2] - part[0], height: part[3] - part[1] }));
    caption.textContent = `Patch ${chosen + 1}, from “${names[patch[0]]}”: answer ${fmt(patch[3])}.`;
    const last = patches[patches.length - 1][3];
    sentence.textContent =
      `Unit ${unit + 1} of ${name} sees ${size} × ${size} pixels` +
      (shareOf(part, [H, W]) < 1 ? `, here ${fmt(100 * shareOf(part, [H, W]), 1)} % of the photograph. ` : ", here the whole photograph. ") +
      (patches[0][3] <= 0 ? "No photograph excites it." :
        `Its strongest answer is ${fmt(patches[0][3])}, the ${patches.length}th ${fmt(last)}: ` +
        (last > 0.7 * patches[0][3] ? "many photographs hold what it looks for." : "few hold what it looks for."));
  }

  const root = frame(host, "cv-unit-browser", state.label,
    el("div", { class: "cv-controls" }, strip.node, el("div", { class: "cv-player" },
      button("‹", () => go(-1), { "aria-label": "Previous unit" }), button("›", () => go(1), { "aria-label": "Next unit" }), which.node)),
    el("div", { class: "cv-row" }, tiles, el("div", { class: "cv-source" }, stage, caption)), sentence);
  build();
  return {
    set(key, value) {
      if (key === "layer") { layer = value; unit = 0; chosen = 0; strip.set(String(layer)); which.set(0, layers[layer].units.length - 1); }
      if (key === "unit") { unit = value; chosen = 0; which.set(unit); }
      if (key === "chosen") chosen = value;
      build();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
