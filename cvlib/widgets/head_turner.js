// @ts-check
import { anywidget, choice, el, fmt, frame, slider, status } from "./kit.js";

// The head's x grows to the right of the picture, y down, z towards the camera. A turn
// by yaw looks to the right. Everything as in cvlib.data.faces.surface.

/** Cosine and sine of an angle in degrees, exactly on the circle. */
export function cosSin(degrees) {
  const half = degrees / 57.29577951308232 / 2, square = half * half;
  const t = half * (1 + square * (1 / 3 + square * (2 / 15 + square * 17 / 315)));
  return [(1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)];
}

/** A point [x, y, z] of the head after the turn: to the right, down, towards the camera. */
export function turned([x, y, z], yaw) {
  const [c, s] = cosSin(yaw);
  return [c * x + s * z, y, c * z - s * x];
}

/** The same in pixels of the picture. */
export function pixel(point, yaw, { size, span, middle }) {
  const [X, Y] = turned(point, yaw), scale = size / span;
  return [size / 2 + scale * X, size / 2 + scale * (Y - middle)];
}

/** The head's outline from above, n points [X, Z]. */
export function outline(wide, deep, yaw, n = 72) {
  return Array.from({ length: n }, (_, k) => {
    const a = 2 * Math.PI * k / n;
    const [X, , Z] = turned([wide * Math.cos(a), 0, deep * Math.sin(a)], yaw);
    return [X, Z];
  });
}

/** How far a point has moved to the right against the head seen straight on, in pixels. */
export const moved = (point, yaw, solid) => pixel(point, yaw, solid)[0] - pixel(point, 0, solid)[0];

const LIGHTS = { left: "left", above: "above", right: "right" };
const FLOOR = 74; // height of the view from above, in pixels of the picture

export function mount(host, state, onChange) {
  let { yaw, light, point } = state;
  const { frames, solid } = state, { size } = solid, scale = size / solid.span;
  const sentence = status();
  const photo = el("img", { alt: "", width: size, height: size, class: "dark-light" }); // or the theme frames it
  const front = el("svg", { viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" });
  const above = el("svg", { viewBox: `0 0 ${size} ${FLOOR}`, "aria-hidden": "true", class: "cv-above" });
  const angles = slider("turned by", { min: -40, max: 40, step: 10, value: yaw, format: (v) => `${fmt(v)}°` },
    (v) => { yaw = v; changed("yaw", v); });
  const lights = choice("light from", Object.entries(LIGHTS), light, (v) => { light = v; changed("light", v); });
  const short = Object.keys(solid.names).map((k) => /** @type {[string, string]} */ ([k, k]));
  const points = choice("point", short, point, (v) => { point = v; changed("point", v); });

  function changed(key, value) { onChange(key, value); show(); }

  function show() {
    photo.alt = `The drawn head, turned by ${fmt(yaw)}°, light from ${LIGHTS[light]}`;
    photo.src = `data:image/jpeg;base64,${frames[`${light} ${yaw}`] ?? ""}`;
    const n = solid.chosen[point], chosen = solid.points[n];
    const at = solid.points.map((p) => pixel(p, yaw, solid));
    front.replaceChildren(
      el("line", { x1: at[n][0], x2: at[n][0], y1: at[n][1], y2: size, class: "cv-drop" }),
      ...at.flatMap(([x, y], k) => ["cv-halo", k === n ? "cv-chosen" : "cv-mark"].map((name) =>
        el("circle", { cx: x, cy: y, r: k === n ? 2.6 : 1.5, class: name }))));
    const plan = ([X, Z]) => [size / 2 + scale * X, 36 + scale * 0.8 * Z];
    const [X, , Z] = turned(chosen, yaw), [px, py] = plan([X, Z]);
    const [fx, fy] = plan(turned([0, 0, 1.25], yaw).filter((_, k) => k !== 1));
    const ring = outline(solid.wide, solid.deep, yaw).map((p) => plan(p).map((v) => v.toFixed(2)).join(" "));
    above.replaceChildren(
      el("polygon", { points: ring.join(" "), class: "cv-head" }),
      el("line", { x1: size / 2, y1: 36, x2: fx, y2: fy, class: "cv-axis" }),
      el("line", { x1: px, x2: px, y1: 0, y2: FLOOR, class: "cv-drop" }),
      el("line", { x1: size / 2, y1: 36, x2: px, y2: py, class: "cv-arm" }),
      el("circle", { cx: size / 2, cy: 36, r: 1.4, class: "cv-mark" }),
      el("circle", { cx: px, cy: py, r: 2.6, class: "cv-chosen" }));
    sentence.textContent = lesson(chosen);
  }

  /** What the chosen point does, in numbers. */
  function lesson([x, y, z]) {
    const [c, s] = cosSin(yaw), X = c * x + s * z, by = moved([x, y, z], yaw, solid);
    const name = solid.names[point][0].toUpperCase() + solid.names[point].slice(1);
    const place = `${name}: ${fmt(x)} to the right of the axis and ${fmt(z)} in front of it`;
    if (yaw === 0) return `${place}. Seen straight on, depth does not show.`;
    return `${place}. Turned by ${fmt(yaw)}° it is seen at ${fmt(x)} · ${fmt(c)} + ${fmt(z)} · ${fmt(s)} = ${fmt(X)}, `
      + `${fmt(Math.abs(by), 1)} pixels ${by > 0 ? "further right" : "further left"} than before.`;
  }

  const root = frame(host, "cv-head-turner", state.label,
    el("div", { class: "cv-controls" }, angles.node, lights.node, points.node),
    el("div", { class: "cv-views" },
      el("figure", {}, el("div", { class: "cv-shot" }, photo, front), above,
        el("figcaption", { class: "cv-muted" }, "from in front; below it the same head from above, the camera at the lower edge"))),
    sentence);
  show();
  return {
    set(key, value) {
      if (key === "yaw") { yaw = value; angles.set(value); }
      if (key === "light") { light = value; lights.set(value); }
      if (key === "point") { point = value; points.set(value); }
      show();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
