// @ts-check
import { anywidget, choice, el, frame, status } from "./kit.js";

export const COLOURS = ["red", "yellow", "green", "blue", "purple"];
export const SHAPES = ["circle", "square", "triangle", "cross"];
export const RELATIONS = ["left of", "right of", "above", "below"];
const MOST_COUNTED = 4, CLEARLY = 5;

/** The words of a question {kind, colour, shape, relation, other}. */
export function text({ kind, colour, shape, relation, other }) {
  if (kind === "count") return `how many ${colour ? `${colour} shapes` : shape === "cross" ? "crosses" : `${shape}s`} are in this image ?`;
  if (kind === "colour") return `what colour is the ${shape} ?`;
  if (kind === "shape") return `what is the ${colour} shape ?`;
  if (kind === "existence") return `is there a ${colour} ${shape} ?`;
  return `is the ${colour} shape ${relation} the ${other} shape ?`;
}

const places = (things, key, value) => things.flatMap((t, n) => (value && t[key] === value ? [n] : []));

/** The shapes that a question is about, by their places in the scene. */
export function meant({ kind, colour, shape, other }, things) {
  const coloured = places(things, "colour", colour), formed = places(things, "shape", shape);
  if (kind === "count") return colour ? coloured : formed;
  if (kind === "colour") return formed;
  if (kind === "shape") return coloured;
  if (kind === "existence") return coloured.filter((n) => formed.includes(n));
  return [...coloured, ...places(things, "colour", other)];
}

/** How far the first shape of a relation is ahead in its direction, in pixels. */
export const lead = (relation, one, other) => ({
  "left of": other.x - one.x, "right of": one.x - other.x, above: other.y - one.y, below: one.y - other.y,
})[relation];

/** The right answer, or null where the question should not be asked. */
export function answer(q, things) {
  const { kind, colour, shape, relation, other } = q, found = meant(q, things);
  if (kind === "count") return found.length <= MOST_COUNTED ? String(found.length) : null;
  if (kind === "colour") return found.length === 1 ? things[found[0]].colour : null;
  if (kind === "shape") return found.length === 1 ? things[found[0]].shape : null;
  if (kind === "existence") {
    if (!places(things, "colour", colour).length || !places(things, "shape", shape).length) return null;
    return found.length ? "yes" : "no";
  }
  const [ones, others] = [colour, other].map((c) => places(things, "colour", c));
  if (ones.length !== 1 || others.length !== 1 || colour === other) return null;
  const ahead = lead(relation, things[ones[0]], things[others[0]]);
  return Math.abs(ahead) < CLEARLY ? null : ahead > 0 ? "yes" : "no";
}

/** Why a question is not asked of a scene, as a sentence. */
export function whyNot({ kind, colour, shape, relation, other }, things) {
  const number = (key, value) => places(things, key, value).length;
  const supposes = (name, n) => (n === 1 ? "" : `"The ${name}" supposes that there is one; there ${n ? `are ${n}` : "is none"}.`);
  if (kind === "count") return `More than ${MOST_COUNTED} are not asked about.`;
  if (kind === "colour") return supposes(shape, number("shape", shape));
  if (kind === "shape") return supposes(`${colour} shape`, number("colour", colour));
  if (kind === "existence") {
    const missing = number("colour", colour) ? shape : colour;
    return `Nothing here is ${missing === shape ? `a ${shape}` : colour}, so "no" would be easy.`;
  }
  if (colour === other) return "A shape is not beside itself.";
  const words = [colour, other].map((c) => supposes(`${c} shape`, number("colour", c))).filter(Boolean);
  return words[0] ?? `They are level: nobody should be asked which one is ${relation} the other.`;
}

/** Corners [x, y] of an outline with radius 1, turned clockwise, made larger and put in place. */
export const placed = (outline, { x, y, r, angle }) => {
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return outline.map(([u, v]) => [x + r * (cos * u - sin * v), y + r * (sin * u + cos * v)]);
};

const KINDS = [["count", "count"], ["colour", "colour"], ["shape", "shape"], ["relation", "relation"], ["existence", "existence"]];
const asOptions = (words) => words.map((w) => [w, w]);

export function mount(host, state, onChange) {
  const { scenes, outlines, texts, guesses, side } = state;
  const now = { number: state.number, kind: state.kind, colour: state.colour, shape: state.shape,
    relation: state.relation, other: state.other, counted: state.counted };
  const change = (key) => (value) => {
    now[key] = key === "number" ? Number(value) : value;
    onChange(key, now[key]);
    draw();
  };
  const strips = {
    number: choice("scene", scenes.map((_, k) => [String(k), String(k + 1)]), String(now.number), change("number")),
    kind: choice("ask for", KINDS, now.kind, change("kind")),
    counted: choice("count", asOptions([...COLOURS, ...SHAPES]), now.counted, change("counted")),
    colour: choice("colour", asOptions(COLOURS), now.colour, change("colour")),
    shape: choice("shape", asOptions(SHAPES), now.shape, change("shape")),
    relation: choice("is", asOptions(RELATIONS), now.relation, change("relation")),
    other: choice("the other", asOptions(COLOURS), now.other, change("other")),
  };
  const used = { count: ["counted"], colour: ["shape"], shape: ["colour"], existence: ["colour", "shape"], relation: ["colour", "relation", "other"] };
  const picture = el("svg", { viewBox: `0 0 ${side} ${side}`, class: "cv-scene", role: "img" });
  const asked = el("p", { class: "cv-scene-asked" }), said = el("dl", { class: "cv-scene-said" }), sentence = status();

  const question = () => {
    const { kind, colour, shape, relation, other, counted } = now;
    if (kind === "count") return { kind, [COLOURS.includes(counted) ? "colour" : "shape"]: counted };
    return { kind, ...Object.fromEntries(used[kind].map((k) => [k, { colour, shape, relation, other }[k]])) };
  };

  function draw() {
    const q = question(), { things, backdrop } = scenes[now.number], right = answer(q, things);
    const words = text(q), marked = right === null ? [] : meant(q, things);
    for (const [key, strip] of Object.entries(strips)) {
      strip.set(String(now[key]));
      strip.node.hidden = !["number", "kind", ...used[now.kind]].includes(key);
    }
    picture.setAttribute("aria-label", `A scene: ${things.map((t) => `a ${t.colour} ${t.shape}`).join(", ")}`);
    picture.replaceChildren(
      el("rect", { width: side, height: side, fill: backdrop }),
      ...things.map((t) => el("polygon", { points: placed(outlines[t.shape], t).map((p) => p.join()).join(" "), fill: t.fill })),
      ...marked.map((n) => el("circle", { cx: things[n].x, cy: things[n].y, r: things[n].r + 1.2, class: "cv-meant" })));
    asked.textContent = words[0].toUpperCase() + words.slice(1).replace(" ?", "?");
    const at = texts.indexOf(words);
    const rows = [["right", right ?? "not asked"],
      ...(right === null ? [] : Object.entries(guesses).map(([name, all]) => [name, all[now.number][at]]))];
    said.replaceChildren(...rows.flatMap(([name, word]) => [
      el("dt", { class: "cv-muted" }, name),
      el("dd", { class: name === "right" ? "" : word === right ? "cv-out" : "cv-grad" }, word)]));
    sentence.textContent = right === null ? whyNot(q, things)
      : `The answer is ${right}. ${marked.length ? "Ringed: what the question is about." : "Nothing in the scene is meant."}`;
  }

  const root = frame(host, "cv-scene-questions", state.label,
    el("div", { class: "cv-controls" }, strips.number.node, strips.kind.node),
    el("div", { class: "cv-row" }, picture,
      el("div", { class: "cv-scene-side" }, strips.counted.node, strips.colour.node, strips.shape.node,
        strips.relation.node, strips.other.node, asked, said)),
    sentence);
  draw();
  return {
    set(key, value) { now[key] = value; draw(); },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
