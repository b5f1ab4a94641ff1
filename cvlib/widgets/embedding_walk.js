// @ts-check
import { SVG_TAGS, anywidget, button, el, fmt, frame, slider, status } from "./kit.js";

/** The k nearest of all others, the first of equals first. */
export const neighbours = (distances, index, k) =>
  distances.map((_, i) => i).filter((i) => i !== index)
    .sort((i, j) => distances[index][i] - distances[index][j] || i - j).slice(0, k);

/** How many others of the same person, and of others, lie within a threshold. */
export function accepted(distances, labels, index, threshold) {
  const found = { own: 0, of: 0, strangers: 0 };
  labels.forEach((label, i) => {
    if (i === index) return;
    const own = label === labels[index], inside = distances[index][i] <= threshold;
    if (own) found.of++;
    if (inside) found[own ? "own" : "strangers"]++;
  });
  return found;
}

/** The next face to the right, left, above or below on the map; the same one if there is none. */
export function towards(places, index, [dx, dy]) {
  const [x, y] = places[index];
  let best = index, least = Infinity;
  places.forEach(([u, v], i) => {
    const along = (u - x) * dx + (v - y) * dy, across = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
    if (i === index || along <= 1e-9) return;
    const cost = along + 2 * across;
    if (cost < least) { least = cost; best = i; }
  });
  return best;
}

SVG_TAGS.add("image");
const NEAREST = 5;
/** A, B, … Z, A2, … for people without names. */
export const nameOf = (rank) => String.fromCharCode(65 + (rank % 26)) + (rank >= 26 ? String(Math.floor(rank / 26) + 1) : "");

export function mount(host, state, onChange) {
  let { chosen, threshold } = state;
  const { pictures, distances, labels, places } = state;
  const people = [...new Set(labels)], who = (i) => nameOf(people.indexOf(labels[i]));
  const most = Math.max(...distances.flat());
  const narrow = host.clientWidth > 0 && host.clientWidth < 480;
  const [W, H] = narrow ? [390, 430] : [640, 460], S = 40, pad = S / 2 + 5;
  const X = (i) => pad + places[i][0] * (W - 2 * pad), Y = (i) => pad + places[i][1] * (H - 2 * pad);
  const line = status();
  const svg = el("svg", { class: "cv-map", viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": "faces on a map" });
  const wires = el("g"), faces = pictures.map((src, i) => {
    const node = el("g", { class: "face", role: "button", tabindex: -1, "data-face": i, "aria-label": `face ${i + 1}, person ${who(i)}` },
      el("image", { href: src, x: X(i) - S / 2, y: Y(i) - S / 2, width: S, height: S, preserveAspectRatio: "xMidYMid slice" }),
      el("rect", { x: X(i) - S / 2, y: Y(i) - S / 2, width: S, height: S, rx: 4 }));
    return node;
  });
  const top = el("g"), holder = el("g", {}, ...faces);
  svg.append(wires, holder, top);
  const own = el("img", { class: "dark-light", alt: "", width: 96, height: 96 }), title = el("p", { class: "cv-muted" });
  const list = el("ol", { class: "cv-near", "aria-label": "the nearest faces; press one to go there" });
  const bar = slider("threshold τ", { min: 0, max: Math.ceil(most * 20) / 20, step: 0.01, value: threshold, format: (v) => v.toFixed(2) },
    (v) => { threshold = v; onChange("threshold", v); draw(); });

  function go(i, focus = true) {
    chosen = i;
    onChange("chosen", i);
    draw();
    if (focus) faces[i].focus({ preventScroll: true });
  }
  /** The nearest stranger: where the network is likeliest to be wrong. */
  const stranger = () => neighbours(distances, chosen, labels.length).find((i) => labels[i] !== labels[chosen]);

  function draw() {
    const near = neighbours(distances, chosen, NEAREST), found = accepted(distances, labels, chosen, threshold);
    wires.replaceChildren(...near.map((i) => el("line", { class: labels[i] === labels[chosen] ? "same" : "other",
      x1: X(chosen), y1: Y(chosen), x2: X(i), y2: Y(i) })));
    faces.forEach((node, i) => {
      const kin = labels[i] === labels[chosen], inside = distances[chosen][i] <= threshold;
      node.setAttribute("class", `face ${i === chosen ? "hand" : kin ? "same" : "other"} ${inside ? "in" : "out"}`);
      node.setAttribute("aria-pressed", String(i === chosen));
      node.setAttribute("tabindex", i === chosen ? "0" : "-1");
    });
    top.replaceChildren(el("rect", { class: "mark", x: X(chosen) - S / 2 - 2, y: Y(chosen) - S / 2 - 2, width: S + 4, height: S + 4, rx: 5 }));
    if (own.getAttribute("src") !== pictures[chosen]) own.src = pictures[chosen];
    own.alt = `Face ${chosen + 1}, person ${who(chosen)}`;
    title.textContent = `Face ${chosen + 1}: person ${who(chosen)}. The nearest:`;
    list.replaceChildren(...near.map((i) => el("li", { class: labels[i] === labels[chosen] ? "same" : "other" },
      button("", () => go(i)))));
    [...list.children].forEach((item, k) => {
      const i = near[k], inside = distances[chosen][i] <= threshold;
      item.firstElementChild?.append(el("img", { class: "dark-light", src: pictures[i], alt: `Face ${i + 1}`, width: 44, height: 44 }),
        el("span", {}, `${fmt(distances[chosen][i])} · ${labels[i] === labels[chosen] ? "the same" : `person ${who(i)}`}${inside ? "" : ", refused"}`));
    });
    const apart = stranger(), missed = found.of - found.own;
    line.textContent = `At τ = ${fmt(threshold)}: ${found.own} of ${found.of} other pictures of this person are accepted` +
      (found.strangers ? `, and ${found.strangers} of strangers. ` : " and no stranger. ") +
      (apart === undefined ? "" : `The nearest stranger is at ${fmt(distances[chosen][apart])}` +
        (missed || found.strangers ? "." : ": here a threshold keeps people apart."));
  }

  svg.addEventListener("click", (e) => {
    const node = /** @type {Element} */ (e.target).closest("[data-face]");
    if (node) go(Number(node.getAttribute("data-face")));
  });
  svg.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    go(towards(places, chosen, step));
  });

  const root = frame(host, "cv-embedding-walk", state.label,
    el("div", { class: "cv-controls" }, bar.node, button("To the nearest stranger", () => { const i = stranger(); if (i !== undefined) go(i, false); })),
    el("div", { class: "cv-sheet" }, svg, el("div", { class: "cv-who" }, own, title, list)), line,
    el("p", { class: "cv-muted" }, "Press a face, or walk with the arrow keys. The map has two dimensions and can only hint at the distances; the numbers are those of the network."));
  draw();
  return {
    set(key, value) {
      if (key === "chosen") chosen = value;
      if (key === "threshold") { threshold = value; bar.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
