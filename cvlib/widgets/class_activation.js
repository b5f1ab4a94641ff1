// @ts-check
import { anywidget, checkbox, choice, el, fmt, frame, onTheme, rgbOf, status } from "./kit.js";

/** Bytes written as base64, times what one step is worth: a flat array of numbers. */
export const decode = (text, scale) => Array.from(atob(text), (c) => c.charCodeAt(0) * scale);

/** M(x, y) = Σ w_d f_d(x, y) over the D maps of h × w that lie one after another in `features`. */
export function classMap(features, weight) {
  const n = features.length / weight.length, map = Array(n).fill(0);
  weight.forEach((w, d) => { for (let k = 0; k < n; k++) map[k] += w * features[d * n + k]; });
  return map;
}

/** The score of a class: its map pooled, plus the bias. */
export const score = (map, bias, pooling) => bias + (pooling === "maximum"
  ? Math.max(...map) : map.reduce((a, b) => a + b, 0) / map.length);

/** exp S_c / Σ_k exp S_k. */
export function softmax(scores) {
  const top = Math.max(...scores), e = scores.map((s) => Math.exp(s - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** A map of h × w stretched to H × W, linear between the middles of its cells. */
export function upsample(map, [h, w], [H, W]) {
  const along = (n, N) => Array.from({ length: N }, (_, k) => {
    const at = Math.min(Math.max(((k + 0.5) * n) / N - 0.5, 0), n - 1), low = Math.floor(at);
    return [low, Math.min(low + 1, n - 1), at - low];
  });
  const columns = along(w, W);
  return along(h, H).flatMap(([i, i2, a]) => columns.map(([j, j2, b]) =>
    (1 - a) * ((1 - b) * map[i * w + j] + b * map[i * w + j2]) + a * ((1 - b) * map[i2 * w + j] + b * map[i2 * w + j2])));
}

/** The middle of the cell with the largest value, as [x, y] in a picture of H × W. */
export function peak(map, [h, w], [H, W]) {
  const k = map.indexOf(Math.max(...map));
  return [((k % w) + 0.5) * W / w, (Math.floor(k / w) + 0.5) * H / h];
}

/** Share of the positive part of `large` on the pixels where `inside` is true; 0 if there is none. */
export function shareInside(large, inside) {
  let all = 0, on = 0;
  large.forEach((v, k) => { if (v > 0) { all += v; if (inside[k]) on += v; } });
  return all > 0 ? on / all : 0;
}

/** Share of the pixels of `inside` where `large` exceeds a fifth of its maximum. */
export function covered(large, inside) {
  const limit = large.reduce((a, b) => Math.max(a, b), 0) / 5;
  let all = 0, on = 0;
  inside.forEach((yes, k) => { if (yes) { all += 1; if (limit > 0 && large[k] > limit) on += 1; } });
  return all > 0 ? on / all : 0;
}

/** The map that Python wrote as value, count, value, count, …: a flat array. */
export const unroll = (runs) => {
  const flat = [];
  for (let k = 0; k < runs.length; k += 2) for (let n = 0; n < runs[k + 1]; n++) flat.push(runs[k]);
  return flat;
};

export function mount(host, state, onChange) {
  let { picture, pooling, category, raw } = state;
  const { pictures, classes, nets } = state;
  const owners = pictures.map((each) => unroll(each.runs));

  const img = el("img", { class: "dark-light", alt: "" });
  const paint = el("canvas", { "aria-hidden": "true" });
  const over = el("svg", { "aria-hidden": "true", preserveAspectRatio: "none" });
  const stage = el("div", { class: "cv-cam" }, img, paint, over);
  const bars = el("div", { class: "cv-bars", "aria-hidden": "true" });
  const sentence = status(), sum = el("p", { class: "cv-muted" });

  const picking = (key, set) => (value) => { set(value); onChange(key, { picture, pooling, category, raw }[key]); draw(); };
  const which = choice("picture", pictures.map((each, n) => [String(n), each.name]), String(picture),
    picking("picture", (v) => { picture = Number(v); }));
  const how = choice("trained with", [["average", "global average"], ["maximum", "global maximum"]], pooling,
    picking("pooling", (v) => { pooling = v; }));
  const what = choice("map of", classes.map((name, c) => [String(c), name]), String(category),
    picking("category", (v) => { category = Number(v); }));
  const cells = checkbox("show the map's own cells", raw, picking("raw", (v) => { raw = v; }));

  function draw() {
    const shot = pictures[picture], net = nets[pooling], size = shot.size, [H, W] = size, cell = net.size;
    const features = decode(net.features[picture], net.scale);
    const maps = net.weight.map((w) => classMap(features, w));
    const scores = maps.map((map, c) => score(map, net.bias[c], pooling));
    const chances = softmax(scores), map = maps[category];
    // what a pooled maximum sees includes the bias; for an average it says nothing about places
    const shown = pooling === "maximum" ? map.map((v) => v + net.bias[category]) : map;
    const large = upsample(shown, cell, size), top = Math.max(...shown, 1e-9);
    if (img.getAttribute("src") !== shot.src) img.src = shot.src;
    img.width = W;
    img.height = H;
    img.alt = `A picture of paper shapes: ${shot.objects.join(", ")}`;

    paint.width = W;
    paint.height = H;
    const ctx = paint.getContext("2d"), pixels = ctx.createImageData(W, H);
    const values = raw ? large.map((_, k) => shown[Math.floor((Math.floor(k / W) * cell[0]) / H) * cell[1] + Math.floor(((k % W) * cell[1]) / W)]) : large;
    const line = rgbOf(host, "kernel");
    values.forEach((v, k) => {
      const light = Math.min(Math.max(v / top, 0), 1), inside = v > top / 5;
      const edge = inside && [k - 1, k + 1, k - W, k + W].some((m) => values[m] !== undefined && values[m] <= top / 5);
      pixels.data.set(edge ? [...line, 255] : [10, 12, 14, Math.round(165 * (1 - light))], 4 * k);
    });
    ctx.putImageData(pixels, 0, 0);
    const [x, y] = peak(map, cell, size), r = W / 40;
    over.setAttribute("viewBox", `0 0 ${W} ${H}`);
    over.replaceChildren(...["cv-halo", "cv-mark"].map((name) => el("path", { class: name,
      d: `M${x - 2 * r} ${y}H${x - r / 2}M${x + r / 2} ${y}H${x + 2 * r}M${x} ${y - 2 * r}V${y - r / 2}M${x} ${y + r / 2}V${y + 2 * r}` })));

    bars.replaceChildren(...chances.map((chance, c) => el("div", { class: c === category ? "lit" : "" },
      el("span", {}, classes[c]), el("i", { style: `width:${(100 * chance).toFixed(1)}%` }), el("b", {}, `${fmt(100 * chance, 0)} %`))));

    const name = classes[category], mine = shot.objects.map((o, n) => (o === name ? n + 1 : 0)).filter(Boolean);
    const inside = owners[picture].map((id) => mine.includes(id));
    const owner = owners[picture][Math.min(H - 1, Math.floor(y)) * W + Math.min(W - 1, Math.floor(x))];
    const place = owner ? `on the ${shot.objects[owner - 1]}` : "on the background";
    const rank = scores.filter((s) => s > scores[category]).length + 1;
    sentence.textContent = mine.length
      ? `The map of “${name}” peaks ${place}. ${fmt(100 * shareInside(large, inside), 0)} % of its positive part lies on the ${name}, and the outlined region covers ${fmt(100 * covered(large, inside), 0)} % of it.`
      : `There is no ${name} here; its map peaks ${place}, where the network sees most of one.`;
    sum.textContent = pooling === "maximum"
      ? `Score of ${name}: the largest value of the map, ${fmt(scores[category])}; number ${rank} of ${classes.length}.`
      : `Score of ${name}: mean of the map ${fmt(scores[category] - net.bias[category])} plus bias ${fmt(net.bias[category])} makes ${fmt(scores[category])}; number ${rank} of ${classes.length}.`;
  }

  const root = frame(host, "cv-class-activation", state.label,
    el("div", { class: "cv-controls" }, which.node, how.node, what.node),
    el("div", { class: "cv-row" }, stage, el("div", { class: "cv-said" }, bars, cells.node, sum)), sentence);
  const stop = onTheme(draw);
  draw();
  return {
    set(key, value) {
      if (key === "picture") { picture = value; which.set(String(value)); }
      if (key === "pooling") { pooling = value; how.set(value); }
      if (key === "category") { category = value; what.set(String(value)); }
      if (key === "raw") { raw = value; cells.set(value); }
      draw();
    },
    destroy() { stop(); root.remove(); },
  };
}
export default anywidget(mount);
