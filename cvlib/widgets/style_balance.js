// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

/** The frames of one manner, from the one that keeps most content to the one with most style. */
export const ofManner = (frames, manner) =>
  frames.filter((f) => f.manner === manner).sort((a, b) => b.ratio - a.ratio);

/** Which of some ratios is nearest to a value, on a scale of factors. */
export const nearest = (ratios, value) =>
  ratios.reduce((best, r, k) =>
    Math.abs(Math.log(r / value)) < Math.abs(Math.log(ratios[best] / value)) ? k : best, 0);

/** Where a value lies between two others, 0 to 1, on a scale of factors. */
export const place = (value, low, high) => Math.log(value / low) / Math.log(high / low);

/** The share of J = α · content + β · style that the content has, for α/β = ratio. */
export const contentShare = ({ ratio, content, style }) =>
  (ratio * content) / (ratio * content + style);

/** The least and the greatest of both losses, a little apart: [[low, high], [low, high]]. */
export const bounds = (frames) =>
  ["content", "style"].map((key) => {
    const values = frames.map((f) => f[key]);
    return [Math.min(...values) / 1.25, Math.max(...values) * 1.25];
  });

const W = 300, H = 190, LEFT = 44, BELOW = 34;

export function mount(host, state, onChange) {
  let { manner, ratio } = state;
  const { photo, paintings, manners, frames } = state;
  const limits = bounds(frames);

  const strip = choice("painting", manners.map((m) => [m, m]), manner, (value) => {
    manner = value;
    onChange("manner", manner);
    draw();
  });
  const count = ofManner(frames, manner).length;
  const balance = slider("α/β", {
    min: 0, max: count - 1, value: 0,
    format: (k) => fmt(ofManner(frames, manner)[k].ratio, 3),
  }, (k) => {
    ratio = ofManner(frames, manner)[k].ratio;
    onChange("ratio", ratio);
    draw();
  });
  const image = (caption, kind) => {
    const img = el("img", { class: "dark-light", alt: "", width: 144, height: 144 });
    return { img, node: el("figure", { class: `cv-style-${kind}` }, img, el("figcaption", { class: "cv-muted" }, caption)) };
  };
  const content = image("content", "given"), style = image("style", "given"), result = image("result", "made");
  content.img.src = photo;
  content.img.alt = "The photograph: a cat's head";
  const plot = el("svg", { viewBox: `0 0 ${W} ${H}`, class: "cv-style-plot", role: "img" });
  const sentence = status();

  const x = (f) => LEFT + 6 + place(f.content, ...limits[0]) * (W - LEFT - 14);
  const y = (f) => H - BELOW - place(f.style, ...limits[1]) * (H - BELOW - 10);

  function draw() {
    const own = ofManner(frames, manner), k = nearest(own.map((f) => f.ratio), ratio), now = own[k];
    strip.set(manner);
    balance.set(k);
    style.img.src = paintings[manner];
    style.img.alt = `The painting: ${manner}`;
    result.img.src = now.src;
    result.img.alt = `The cat's head, painted like ${manner}, with α/β = ${fmt(now.ratio, 3)}`;
    plot.setAttribute("aria-label", `content loss ${fmt(now.content, 3)}, style loss ${fmt(now.style, 4)}; ${own.length} results on a falling curve`);
    plot.replaceChildren(
      el("path", { class: "cv-axis", d: `M${LEFT} 6V${H - BELOW + 4}H${W}` }),
      el("text", { x: (LEFT + W) / 2, y: H - 8, "text-anchor": "middle" }, "content loss →"),
      el("text", { x: 14, y: H / 2 - 8, "text-anchor": "middle", transform: `rotate(-90 14 ${H / 2 - 8})` }, "style loss →"),
      el("polyline", { class: "cv-track", points: own.map((f) => `${x(f)},${y(f)}`).join(" ") }),
      ...own.map((f, i) => el("circle", { cx: x(f), cy: y(f), r: i === k ? 7 : 4, class: i === k ? "cv-now" : "cv-other" })));
    const share = contentShare(now);
    sentence.textContent =
      `With α/β = ${fmt(now.ratio, 3)} the content loss ends at ${fmt(now.content, 3)} and the style loss at ${fmt(now.style, 4)}. ` +
      `Of what is left of J, ${fmt(100 * share, 0)} % is content: ` +
      (k === 0 ? "the cat is hardly touched." : k === own.length - 1 ? "little is asked of the cat, and little is left of it."
        : now.content < 0.7 ? "the paint follows the fur." : "the painting takes over.");
  }

  const root = frame(host, "cv-style-balance", state.label,
    el("div", { class: "cv-controls" }, strip.node, balance.node),
    el("div", { class: "cv-row cv-style-row" }, result.node,
      el("div", { class: "cv-style-side" }, el("div", { class: "cv-style-pair" }, content.node, style.node), plot)),
    sentence);
  draw();
  return {
    set(key, value) {
      if (key === "manner") manner = value;
      if (key === "ratio") ratio = value;
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
