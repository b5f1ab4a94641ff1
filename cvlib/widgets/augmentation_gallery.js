// @ts-check
import { anywidget, button, choice, el, fmt, frame, paintPixels, slider, status } from "./kit.js";

// An image is [channel][row][column] in [0, 1]; a box is [x1, y1, x2, y2] in pixels.
// The column j covers x from j to j + 1, as in cvlib.augment.

/** Bytes in base64, (H, W, 3), as an image. */
export function decode({ height, width, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return [0, 1, 2].map((c) => Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => bytes[(i * width + j) * 3 + c] / 255)));
}

/** The value of a plane at any place, by its four neighbours; 0 outside. */
export function sampleAt(plane, x, y) {
  const j = Math.floor(x - 0.5), i = Math.floor(y - 0.5), u = x - 0.5 - j, v = y - 0.5 - i;
  const at = (r, c) => plane[r]?.[c] ?? 0;
  return (1 - v) * ((1 - u) * at(i, j) + u * at(i, j + 1))
    + v * ((1 - u) * at(i + 1, j) + u * at(i + 1, j + 1));
}

/** Each pixel of the result shows the place [x, y] that `source(x, y, i, j)` names. */
const warp = (image, source) => {
  const H = image[0].length, W = image[0][0].length;
  const out = image.map(() => Array.from({ length: H }, () => new Array(W)));
  for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) {
    const [x, y] = source(j + 0.5, i + 0.5, i, j);
    image.forEach((plane, c) => { out[c][i][j] = sampleAt(plane, x, y); });
  }
  return out;
};
const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
const clip = ([x1, y1, x2, y2], H, W) =>
  [clamp(x1, 0, W), clamp(y1, 0, H), clamp(x2, 0, W), clamp(y2, 0, H)];

/** The upright box round points [x, y], cut off at the picture. */
export const hull = (points, H, W) => {
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  return clip([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], H, W);
};

/** Points round a box, `steps` to a side. */
export function outline([x1, y1, x2, y2], steps) {
  const corners = [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];
  return corners.flatMap(([x, y], k) => Array.from({ length: steps }, (_, s) => {
    const [X, Y] = corners[(k + 1) % 4], t = s / steps;
    return [x + t * (X - x), y + t * (Y - y)];
  }));
}

export const flip = (image) => image.map((plane) => plane.map((row) => [...row].reverse()));
export const flipBox = ([x1, y1, x2, y2], W) => [W - x2, y1, W - x1, y2];

/** A window h × w, stretched to the size of the image. */
export function resizedCrop(image, top, left, h, w) {
  const H = image[0].length, W = image[0][0].length;
  const cut = image.map((plane) => plane.slice(top, top + h).map((row) => row.slice(left, left + w)));
  const within = (k, n, N) => clamp((k + 0.5) * n / N, 0.5, n - 0.5); // the rim goes on
  return cut.map((plane) => Array.from({ length: H }, (_, i) =>
    Array.from({ length: W }, (_, j) => sampleAt(plane, within(j, w, W), within(i, h, H)))));
}
export const resizedCropBox = ([x1, y1, x2, y2], top, left, h, w, H, W) =>
  clip([(x1 - left) * W / w, (y1 - top) * H / h, (x2 - left) * W / w, (y2 - top) * H / h], H, W);

/** A point turned counter-clockwise about the middle; y points down. */
export function turn([x, y], angle, H, W) {
  const c = Math.cos(angle * Math.PI / 180), s = Math.sin(angle * Math.PI / 180);
  return [c * (x - W / 2) + s * (y - H / 2) + W / 2, c * (y - H / 2) - s * (x - W / 2) + H / 2];
}
export const rotate = (image, angle) => {
  const H = image[0].length, W = image[0][0].length;
  return warp(image, (x, y) => turn([x, y], -angle, H, W));
};
export const rotateBox = (box, angle, H, W) => hull(outline(box, 1).map((p) => turn(p, angle, H, W)), H, W);

/** A number added to each channel. */
export const rgbShift = (image, shift) =>
  image.map((plane, c) => plane.map((row) => row.map((v) => clamp(v + shift[c], 0, 1))));

/** p₁α₁λ₁ + p₂α₂λ₂ + p₃α₃λ₃. */
export const pcaShift = ({ values, vectors }, alpha) =>
  vectors.map((row) => row.reduce((sum, p, i) => sum + p * alpha[i] * values[i], 0));

/** A plane smoothed by a Gaussian; mirrored at its edges. */
export function blur(plane, sigma) {
  const r = Math.floor(Math.floor(8 * sigma + 1) / 2);
  if (r === 0) return plane;
  const taps = Array.from({ length: 2 * r + 1 }, (_, t) => Math.exp(-(((t - r) / sigma) ** 2) / 2));
  const sum = taps.reduce((a, b) => a + b, 0);
  const mirror = (k, n) => (k < 0 ? -k : k >= n ? 2 * n - 2 - k : k);
  const rows = (p) => p.map((row) => row.map((_, j) =>
    taps.reduce((s, w, t) => s + w * row[mirror(j + t - r, row.length)], 0) / sum));
  const turned = (p) => p[0].map((_, j) => p.map((row) => row[j]));
  return turned(rows(turned(rows(plane))));
}

/** A field in pixels: noise (x and y planes in [−1, 1]), blurred, times alpha / 2. */
export const field = (noise, alpha, sigma) =>
  noise.map((plane) => blur(plane, sigma).map((row) => row.map((v) => v * alpha / 2)));
export const elastic = (image, [dx, dy]) =>
  warp(image, (x, y, i, j) => [x + dx[i][j], y + dy[i][j]]);

/** Where a point goes: q + d(q) = p, solved by q ← p − d(q). */
export function elasticPoint([x, y], [dx, dy]) {
  const H = dx.length, W = dx[0].length;
  let [a, b] = [x, y];
  for (let k = 0; k < 30; k++) {
    const u = clamp(a, 0.5, W - 0.5), v = clamp(b, 0.5, H - 0.5);
    [a, b] = [x - sampleAt(dx, u, v), y - sampleAt(dy, u, v)];
  }
  return [a, b];
}
export const elasticBox = (box, d) =>
  hull(outline(box, 8).map((p) => elasticPoint(p, d)), d[0].length, d[0][0].length);

/** Numbers in [0, 1) from a seed, the same on every machine (mulberry32). */
export function chance(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SIGMA = 6;
const KINDS = {
  mirror: { text: "mirror", say: (s) => `each copy with probability ${fmt(s)}` },
  crop: { text: "crop", say: (s) => `windows down to ${Math.round(100 * (1 - 0.75 * s))} % of the area` },
  rotate: { text: "rotate", say: (s) => `up to ${Math.round(45 * s)}° either way` },
  rgb: { text: "RGB shift", say: (s) => `up to ±${fmt(0.3 * s)} a channel` },
  pca: { text: "PCA colour", say: (s) => `α ~ N(0, ${fmt(2 * s, 1)}²)` },
  elastic: { text: "elastic", say: (s) => `α = ${Math.round(300 * s)}, σ = ${SIGMA}` },
  all: { text: "all but elastic", say: (s) => `each at ${Math.round(100 * s)} % of its range` },
};

/** One draw: what becomes of an image and its boxes, and words for what was drawn. */
export function draw(kind, s, random, image, boxes, pca) {
  const H = image[0].length, W = image[0][0].length, signed = () => 2 * random() - 1;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  if (kind === "all") {
    let out = { image, boxes, words: "" };
    const words = [];
    for (const [one, part] of [["crop", s], ["mirror", Math.min(s, 0.5)], ["rotate", s / 2], ["rgb", s / 2], ["pca", s / 2]]) {
      out = draw(one, Number(part), random, out.image, out.boxes, pca);
      if (one === "mirror") words.push(out.words);
    }
    return { ...out, words: words.join(", ") };
  }
  if (kind === "mirror") {
    if (random() >= s) return { image, boxes, words: "as it was" };
    return { image: flip(image), boxes: boxes.map((b) => flipBox(b, W)), words: "mirrored" };
  }
  if (kind === "crop") {
    const side = Math.sqrt(1 - 0.75 * s * random());
    const h = Math.max(1, Math.round(H * side)), w = Math.max(1, Math.round(W * side));
    const top = Math.floor(random() * (H - h + 1)), left = Math.floor(random() * (W - w + 1));
    return { image: resizedCrop(image, top, left, h, w), words: `${Math.round(100 * side * side)} % of the area`,
      boxes: boxes.map((b) => resizedCropBox(b, top, left, h, w, H, W)) };
  }
  if (kind === "rotate") {
    const angle = 45 * s * signed();
    return { image: rotate(image, angle), boxes: boxes.map((b) => rotateBox(b, angle, H, W)), words: `${fmt(angle, 0)}°` };
  }
  if (kind === "elastic") {
    const noise = [0, 1].map(() => Array.from({ length: H }, () => Array.from({ length: W }, signed)));
    const d = field(noise, 300 * s, SIGMA), far = Math.max(...d.flat(2).map(Math.abs));
    return { image: elastic(image, d), boxes: boxes.map((b) => elasticBox(b, d)), words: `moved by up to ${fmt(far, 1)} pixels` };
  }
  const shift = kind === "rgb" ? [0, 1, 2].map(() => 0.3 * s * signed())
    : pcaShift(pca, [0, 1, 2].map(() => 2 * s * normal()));
  return { image: rgbShift(image, shift), boxes, words: `R ${fmt(shift[0])}, G ${fmt(shift[1])}, B ${fmt(shift[2])}` };
}

const area = ([x1, y1, x2, y2]) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
const COPIES = 5;

export function mount(host, state, onChange) {
  let { photos, photo, kind, strength, seed, pca } = state;
  const sentence = status(), copies = el("div", { class: "cv-copies" });
  const cards = Array.from({ length: COPIES + 1 }, () => {
    const canvas = el("canvas"), marks = el("svg", { "aria-hidden": "true" });
    const words = el("figcaption", { class: "cv-muted" });
    copies.append(el("figure", {}, el("div", { class: "cv-shot" }, canvas, marks), words));
    return { canvas, marks, words };
  });
  const pictures = choice("photograph", photos.map((p) => [p.name, p.title]), photo, (v) => { photo = v; changed("photo", v); });
  const kinds = choice("augmentation", Object.entries(KINDS).map(([k, v]) => [k, v.text]), kind, (v) => { kind = v; changed("kind", v); });
  const amount = slider("strength", { min: 0, max: 1, step: 0.05, value: strength, format: (v) => fmt(v) },
    (v) => { strength = v; changed("strength", v); });
  const again = button("Draw again", () => { seed += 1; changed("seed", seed); });

  function changed(key, value) { onChange(key, value); show(); }

  function paint({ canvas, marks, words }, { image, boxes, words: text }) {
    const H = image[0].length, W = image[0][0].length;
    paintPixels(canvas, H, W, (i, j) => image.map((plane) => 255 * plane[i][j]));
    marks.setAttribute("viewBox", `0 0 ${W} ${H}`);
    marks.replaceChildren(...boxes.filter((b) => area(b) > 0).flatMap(([x1, y1, x2, y2]) => ["cv-halo", "cv-box"].map((name) =>
      el("rect", { x: x1, y: y1, width: x2 - x1, height: y2 - y1, class: name }))));
    words.textContent = text;
  }

  function show() {
    const { boxes, names, ...packed } = photos.find((p) => p.name === photo) ?? photos[0];
    const image = decode(packed), random = chance(1000 * seed + 7);
    const made = Array.from({ length: COPIES }, () => draw(kind, strength, random, image, boxes, pca));
    paint(cards[0], { image, boxes, words: "the photograph" });
    made.forEach((one, k) => paint(cards[k + 1], one));
    const name = KINDS[kind].text[0].toUpperCase() + KINDS[kind].text.slice(1);
    sentence.textContent = `${name}: ${KINDS[kind].say(strength)}. ${lesson(made, boxes, names)}`;
  }

  /** What these copies teach, in a sentence. */
  function lesson(made, boxes, names) {
    if (strength === 0) return "Nothing changes, so nothing is gained.";
    const sizes = made.flatMap((one) => one.boxes.map((b, k) => area(b) / area(boxes[k])));
    const lost = sizes.filter((v) => v === 0).length, most = Math.max(...sizes);
    if (kind === "mirror") {
      const n = made.filter((one) => one.words === "mirrored").length, eye = names.indexOf("right eye");
      return `${n} of ${COPIES} copies are mirrored, their boxes with them` + (eye < 0 ? "."
        : "; but what was the right eye now looks like a left one: such labels have to be exchanged.");
    }
    if (kind === "rgb" || kind === "pca") {
      return "The boxes stay where they are: colour moves nothing" + (kind === "pca"
        ? `. The first direction holds ${Math.round(100 * pca.values[0] / pca.values.reduce((a, b) => a + b))} % of the variance, so most draws are lighter or darker.` : ".");
    }
    if (kind === "rotate") return `The upright box round a turned one is larger: here up to ${fmt(most, 2)} times the area.`;
    if (kind === "elastic") return "Each box is drawn round its own bent outline; masks and points follow the same field.";
    return lost ? `${lost} of ${sizes.length} boxes have left the picture: their labels must go too.`
      : `All ${sizes.length} boxes are still in the picture, at least in part.`;
  }

  const root = frame(host, "cv-augmentation-gallery", state.label,
    el("div", { class: "cv-controls" }, kinds.node), el("div", { class: "cv-controls" }, amount.node, again, pictures.node),
    copies, sentence);
  show();
  return {
    set(key, value) {
      if (key === "photo") { photo = value; pictures.set(value); }
      if (key === "kind") { kind = value; kinds.set(value); }
      if (key === "strength") { strength = value; amount.set(value); }
      if (key === "seed") seed = value;
      show();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
