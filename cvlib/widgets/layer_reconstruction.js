// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

/** How many numbers the maps of a layer hold, for a square picture of `side` pixels. */
export const mapNumbers = (side, { channels, stride }) => channels * Math.floor(side / stride) ** 2;

/** How many different numbers a Gram matrix of C channels holds: it is symmetric. */
export const gramNumbers = (channels) => (channels * (channels + 1)) / 2;

/** The same for all layers up to one, by name. */
export function gramsUpTo(layers, name) {
  const last = layers.findIndex((l) => l.name === name);
  return layers.slice(0, last + 1).reduce((sum, l) => sum + gramNumbers(l.channels), 0);
}

/** The recorded frame of a net, a layer and a kind. */
export const frameOf = (frames, net, layer, kind) =>
  frames.find((f) => f.net === net && f.layer === layer && f.kind === kind);

/** A whole number in groups of three. */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

export function mount(host, state, onChange) {
  let { layer, net, kind } = state;
  const { photo, painting, side, layers, frames } = state;
  const names = layers.map((l) => l.name).filter((n) => frames.some((f) => f.layer === n));

  const change = (key, value) => {
    if (key === "layer") layer = value;
    if (key === "net") net = value;
    if (key === "kind") kind = value;
    onChange(key, value);
    draw();
  };
  const kinds = choice("make again", [["content", "the photograph, from maps"], ["texture", "the painting, from Gram matrices"]], kind, (v) => change("kind", v));
  const nets = choice("filters", [["trained", "trained"], ["random", "random"]], net, (v) => change("net", v));
  const which = slider("layer", { min: 0, max: names.length - 1, value: names.indexOf(layer), format: (k) => names[k] }, (k) => change("layer", names[k]));
  const figure = (caption) => {
    const img = el("img", { class: "dark-light", alt: "", width: side, height: side });
    return { img, node: el("figure", {}, img, el("figcaption", { class: "cv-muted" }, caption)) };
  };
  const given = figure("given"), made = figure("made again");
  const sentence = status();

  function draw() {
    const now = frameOf(frames, net, layer, kind), about = layers.find((l) => l.name === layer);
    kinds.set(kind); nets.set(net); which.set(names.indexOf(layer));
    given.img.src = kind === "content" ? photo : painting;
    given.img.alt = kind === "content" ? "The photograph: a cat's head" : "The painting: coloured planes with black outlines";
    made.img.src = now.src;
    made.img.alt = kind === "content" ? `The photograph made again from ${layer}` : `A texture from the layers up to ${layer}`;
    const pixels = 3 * side * side;
    if (kind === "content") {
      const kept = mapNumbers(side, about);
      sentence.textContent =
        `${layer}: ${about.channels} maps, a unit sees ${about.field} × ${about.field} pixels. ` +
        `The maps hold ${grouped(kept)} numbers, the picture ${grouped(pixels)}. ` +
        `What is made again is ${fmt(now.error, 3)} away on average: ` +
        (now.error < 0.02 ? "nothing to be seen is lost." : now.error < 0.1 ? "fine detail begins to go." : "colours go, and what stays is where things are.");
    } else {
      const kept = gramsUpTo(layers, layer);
      sentence.textContent =
        `Gram matrices up to ${layer}: ${grouped(kept)} numbers, and none of them says where. ` +
        `A unit sees ${about.field} × ${about.field} pixels: ` +
        (about.field < 10 ? "colours and grain, no more." : about.field < 40 ? "edges and corners come back, in other places." : "whole planes come back, in other places.");
    }
  }

  const root = frame(host, "cv-layer-reconstruction", state.label,
    el("div", { class: "cv-controls" }, kinds.node, nets.node, which.node),
    el("div", { class: "cv-row cv-pair" }, given.node, made.node), sentence);
  draw();
  return {
    set(key, value) {
      if (key === "layer") layer = value;
      if (key === "net") net = value;
      if (key === "kind") kind = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
