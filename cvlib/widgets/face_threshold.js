// @ts-check
import { anywidget, checkbox, choice, el, fmt, frame, slider, status } from "./kit.js";

/** The share of each kind that is accepted: distance ≤ threshold, or above it if `turned`. */
export function rates({ same, different }, threshold, turned = false) {
  const share = (list) => list.filter((d) => (d <= threshold) !== turned).length / list.length;
  return { falseAccept: share(different), trueAccept: share(same) };
}

/** Both shares from the strictest threshold to the loosest, as [falseAccept, trueAccept]. */
export function curve({ same, different }) {
  const all = [...same.map((d) => [d, 1]), ...different.map((d) => [d, 0])].sort((a, b) => a[0] - b[0]);
  const points = [[0, 0]];
  let friends = 0, strangers = 0;
  all.forEach(([d, friend], i) => {
    if (friend) friends++; else strangers++;
    if (i + 1 < all.length && all[i + 1][0] === d) return; // equal distances pass together
    points.push([strangers / different.length, friends / same.length]);
  });
  return points;
}

/** Where strangers are accepted as often as friends are refused, on the curve drawn straight. */
export function equalError(points) {
  const k = points.findIndex(([accepted, found]) => accepted >= 1 - found);
  const gap = ([accepted, found]) => 1 - found - accepted;
  const before = gap(points[k - 1]), t = before / (before - gap(points[k]));
  return points[k - 1][0] + t * (points[k][0] - points[k - 1][0]);
}

/** 1 − (1 − error)^people. */
export const growth = (error, people) => 1 - (1 - error) ** people;

/** How many values lie in each of `bins` equal parts of [0, most]; the last holds its end. */
export function histogram(values, bins, most) {
  const counts = Array(bins).fill(0);
  for (const v of values) counts[Math.min(bins - 1, Math.floor((v / most) * bins))]++;
  return counts;
}

const percent = (v) => (v > 0 && v < 0.001 ? "under 0.1 %" : v < 1 && v > 0.999 ? "over 99.9 %" : `${fmt(100 * v, 1)} %`);
const BINS = 40, PEOPLE = [1, 10, 100, 1000];

export function mount(host, state, onChange) {
  let { chosen, threshold, people, turned } = state;
  const { sets } = state;
  const most = Math.max(...Object.values(sets).flatMap((s) => [...s.same, ...s.different])) * 1.02;
  const W = 560, H = 270, MID = 132, left = 8, wide = W - 2 * left;
  const X = (d) => left + (wide * d) / most;
  const bars = el("svg", { class: "cv-bars", viewBox: `0 0 ${W} ${H}`, role: "img" });
  const P = { left: 44, top: 12, w: 216, h: 216 };
  const RX = (v) => P.left + P.w * v, RY = (v) => P.top + P.h * (1 - v);
  const chart = el("svg", { class: "cv-roc", viewBox: "0 0 272 272", role: "img" });
  const line = status(), more = el("p", { class: "cv-muted" });

  const which = choice("distances of", Object.keys(sets).map((k) => [k, k]), chosen, (v) => { chosen = v; onChange("chosen", v); draw(); });
  const bar = slider("threshold τ", { min: 0, max: Math.ceil(most * 100) / 100, step: 0.01, value: threshold, format: (v) => v.toFixed(2) }, (v) => move(v, false));
  const crowd = choice("enrolled", PEOPLE.map((k) => [String(k), String(k)]), String(people), (v) => { people = Number(v); onChange("people", people); draw(); });
  const flip = checkbox("accept if d > τ", turned, (v) => { turned = v; onChange("turned", v); draw(); });

  function move(v, sync = true) {
    threshold = Math.round(Math.max(0, Math.min(most, v)) * 100) / 100;
    if (sync) bar.set(threshold);
    onChange("threshold", threshold);
    draw();
  }

  function draw() {
    const pairs = sets[chosen], { falseAccept, trueAccept } = rates(pairs, threshold, turned), points = curve(pairs);
    const rows = [histogram(pairs.same, BINS, most), histogram(pairs.different, BINS, most)];
    const unit = 112 / Math.max(...rows.flat()), width = wide / BINS;
    const accepted = (k) => ((k + 0.5) * most / BINS <= threshold) !== turned;
    const column = (count, k, up) => el("rect", {
      class: `${up ? "same" : "different"} ${accepted(k) === up ? "right" : "wrong"}`,
      x: left + k * width + 0.5, width: width - 1, height: count * unit, y: up ? MID - count * unit : MID });
    const [from, to] = turned ? [X(threshold), X(most)] : [X(0), X(threshold)];
    const tick = most > 2 ? 1 : 0.5, ticks = Array.from({ length: Math.floor(most / tick) + 1 }, (_, k) => k * tick);
    bars.replaceChildren(
      el("rect", { class: "yes", x: from, width: Math.max(0, to - from), y: 8, height: 240 }),
      ...rows[0].map((n, k) => column(n, k, true)), ...rows[1].map((n, k) => column(n, k, false)),
      el("line", { class: "axis", x1: left, x2: W - left, y1: MID, y2: MID }),
      ...ticks.map((v) => el("text", { x: X(v), y: 264, "text-anchor": v ? "middle" : "start" }, fmt(v))),
      el("text", { x: W - left, y: 264, "text-anchor": "end" }, "distance"),
      el("text", { class: "same", x: W - left, y: 24, "text-anchor": "end" }, "one person"),
      el("text", { class: "different", x: left + 2, y: 244 }, "two people"),
      el("line", { class: "tau", x1: X(threshold), x2: X(threshold), y1: 8, y2: 248 }),
      el("circle", { class: "grip", cx: X(threshold), cy: MID, r: 9 }));
    bars.setAttribute("aria-label", `Distances of pairs; everything ${turned ? "above" : "up to"} ${fmt(threshold)} is accepted`);
    const path = (list) => list.map(([x, y], i) => `${i ? "L" : "M"}${RX(x).toFixed(1)} ${RY(y).toFixed(1)}`).join("");
    const rate = equalError(points);
    chart.replaceChildren(
      ...[0, 0.5, 1].flatMap((v) => [
        el("line", { class: "grid", x1: RX(0), x2: RX(1), y1: RY(v), y2: RY(v) }),
        el("line", { class: "grid", x1: RX(v), x2: RX(v), y1: RY(0), y2: RY(1) }),
        el("text", { x: RX(v), y: RY(0) + 17, "text-anchor": v === 1 ? "end" : "middle" }, String(v)),
        el("text", { x: RX(0) - 6, y: RY(v) + 4, "text-anchor": "end" }, String(v))]),
      el("line", { class: "guess", x1: RX(0), x2: RX(1), y1: RY(0), y2: RY(1) }),
      el("line", { class: "equal", x1: RX(0), x2: RX(1), y1: RY(1), y2: RY(0) }),
      el("path", { class: "roc", d: path(points) }),
      el("circle", { class: "here", cx: RX(falseAccept), cy: RY(trueAccept), r: 8 }),
      el("text", { x: RX(0.5), y: 266, "text-anchor": "middle" }, "two people accepted"),
      el("text", { x: 12, y: RY(0.5), "text-anchor": "middle", transform: `rotate(-90 12 ${RY(0.5)})` }, "one person accepted"));
    chart.setAttribute("aria-label", `ROC curve with an equal error rate of ${percent(rate)}`);
    line.textContent = said(pairs, falseAccept, trueAccept);
    more.textContent = `Equal error rate ${percent(rate)}: there as many strangers pass as friends are turned away. ` +
      (people === 1 ? "One person is enrolled: this is verification." :
        `With ${people} enrolled, a stranger is taken for one of them with a chance of 1 − (1 − ${fmt(falseAccept, 3)})^${people} = ${percent(growth(falseAccept, people))}, were the comparisons independent.`);
  }

  function said({ same, different }, falseAccept, trueAccept) {
    const count = (share, list) => `${Math.round(share * list.length)} of ${list.length}`;
    const words = `Accepted: ${count(trueAccept, same)} pairs of one person, ${count(falseAccept, different)} of two. `;
    if (turned && falseAccept > trueAccept) return `${words}The wrong way round: strangers pass and friends do not, for a distance is large when faces differ.`;
    if (trueAccept === 0) return `${words}Safe and useless: nobody gets in.`;
    if (falseAccept === 1) return `${words}Everybody gets in.`;
    if (falseAccept === 0) return `${words}No stranger passes; ${percent(1 - trueAccept)} of the friends are turned away.`;
    return `${words}A higher τ turns fewer friends away and lets more strangers in.`;
  }

  const drag = (e) => { const b = bars.getBoundingClientRect(); move((((e.clientX - b.left) * W) / b.width - left) * (most / wide)); };
  bars.addEventListener("pointerdown", (e) => { if (e.button === 0) { bars.setPointerCapture(e.pointerId); drag(e); } });
  bars.addEventListener("pointermove", (e) => { if (bars.hasPointerCapture(e.pointerId)) drag(e); });

  const root = frame(host, "cv-face-threshold", state.label,
    el("div", { class: "cv-controls" }, which.node),
    el("div", { class: "cv-controls" }, bar.node, flip.node, crowd.node),
    el("div", { class: "cv-sheet" }, bars, chart), line, more);
  draw();
  return {
    set(key, value) {
      if (key === "chosen") { chosen = value; which.set(value); }
      if (key === "threshold") { threshold = value; bar.set(value); }
      if (key === "people") { people = value; crowd.set(String(value)); }
      if (key === "turned") { turned = value; flip.set(value); }
      draw();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
