// @ts-check
import { anywidget, checkbox, choice, el, fmt, frame, slider, status } from "./kit.js";

const CLASSES = 10, EPOCHS = 40, CHANCE_LOSS = Math.log(CLASSES);
const mean = (values) => values.reduce((s, v) => s + v, 0) / values.length;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A patient after treatment: three factors, and whether the starting weights were rescaled. */
export function treat(was, { rate = 1, capacity = 1, regularisation = 1, rescaled = false }) {
  return { rate: was.rate * rate, capacity: was.capacity * capacity,
    regularisation: was.regularisation * regularisation, stuck: rescaled ? 0 : was.stuck };
}

/** The curves of a patient: the model of training of cvlib.train.diagnosis.simulate. */
export function simulate(patient, luck) {
  const curves = { train_loss: [], train_accuracy: [], val_loss: [], val_accuracy: [] };
  const capacity = patient.capacity / Math.sqrt(patient.regularisation);
  const learnable = 1 - 1 / (1 + (4 * capacity) ** 1.5);
  const byHeart = (0.28 * capacity ** 2) / (capacity ** 2 + 9);
  const bounce = patient.rate > 2 ? 0.25 * Math.log2(patient.rate / 2) : 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const t = Math.max(0, epoch - patient.stuck);
    const progress = 1 - Math.exp((-patient.rate * t) / 4);
    const learnt = learnable * progress * Math.max(0, 1 - bounce);
    const gap = byHeart * progress ** 3 * (0.7 + (0.3 * epoch) / EPOCHS);
    const shake = (0.006 + 0.12 * bounce) * Math.sqrt(progress);
    const a = luck[0][epoch - 1], b = luck[1][epoch - 1];
    let train = Math.min(1, 1 / CLASSES + 0.9 * (learnt + shake * a));
    let val = Math.min(1, 1 / CLASSES + 0.9 * (learnt - gap + shake * a + 0.008 * b));
    let loss = CHANCE_LOSS * ((1 - train) / 0.9) ** 1.15;
    let valLoss = CHANCE_LOSS * ((1 - val) / 0.9) ** 1.15 + (6 * gap * epoch) / EPOCHS;
    if (patient.rate > 10) {
      train = (1 + 0.1 * a) / CLASSES;
      val = (1 + 0.1 * b) / CLASSES;
      loss = CHANCE_LOSS * (1.2 + (0.02 * patient.rate) / 10) ** epoch;
      valLoss = loss * 1.05;
    }
    curves.train_loss.push(loss);
    curves.train_accuracy.push(train);
    curves.val_loss.push(valLoss);
    curves.val_accuracy.push(val);
    if (loss > 3 * curves.train_loss[0]) break;
  }
  return curves;
}

/** What the curves say: the rules of cvlib.train.diagnosis.diagnose, the gravest first. */
export function diagnose(curves, goal = 0.85, chance = 1 / CLASSES, largeGap = 0.08, explosion = 3) {
  const { train_loss: losses, train_accuracy: train, val_accuracy } = curves;
  const worst = Math.max(...losses), say = (name, because) => ({ name, because });
  if (!Number.isFinite(worst) || worst > explosion * losses[0]) {
    return say("explosion", `the loss went from ${losses[0].toFixed(1)} to ${worst.toFixed(1)}`);
  }
  const end = mean(train.slice(-3)), val = mean(val_accuracy.slice(-3));
  const guessing = Math.max(1.5 * chance, chance + 0.02);
  if (Math.max(...train) < guessing) return say("never learns", `after ${train.length} epochs it still guesses`);
  if (end < guessing) return say("rate too high", "it had learnt something and lost it again");
  const waited = train.findIndex((a) => a >= guessing);
  const unfinished = end < goal && falling(losses);
  if (waited >= 0.15 * train.length && !unfinished) {
    return say("late start", `it guessed for ${waited} of ${train.length} epochs`);
  }
  const reached = `training reaches ${percent(end)}, validation ${percent(val)}`;
  if (end - val > largeGap) return say("overfitting", `${reached}: a gap of ${(100 * (end - val)).toFixed(0)} points`);
  const half = losses.slice(Math.floor(losses.length / 2));
  const jump = mean(half.slice(1).map((v, k) => Math.abs(v - half[k]))) / Math.max(mean(half), 1e-12);
  if (jump > 0.08 && end < goal) {
    return say("rate too high", `the loss jumps by ${(100 * jump).toFixed(0)} % from one epoch to the next`);
  }
  if (unfinished) return say("rate too low", "the loss was still falling when training ended");
  if (end < goal) return say("too little capacity", `training stays at ${percent(end)}, and validation keeps up with it`);
  return say("healthy", reached);
}

/** Whether the last quarter still mattered: for the loss, or for its whole fall. */
export function falling(losses) {
  const quarter = Math.max(3, Math.floor(losses.length / 4));
  const earlier = losses.slice(0, losses.length - quarter).slice(-3);
  const before = mean(earlier.length ? earlier : losses.slice(0, 1));
  const fall = before - mean(losses.slice(-3)), whole = 0.1 * (losses[0] - losses[losses.length - 1]);
  return fall > 0.06 * before || (fall > whole && whole > 0);
}

/** What to say to somebody who chose `picked` for curves that are `found`. */
export function verdict(picked, found, looks, advice) {
  return picked === found.name
    ? `Yes, ${picked}: ${found.because}. ${advice[picked]}`
    : `Not ${picked}: you would see ${looks[picked]}. Here you see ${looks[found.name]}.`;
}

const NONE = { rate: 1, capacity: 1, regularisation: 1, rescaled: false };

export function mount(host, state, onChange) {
  const { patients, luck, looks, advice } = state, names = Object.keys(looks);
  const now = { patient: state.patient };
  for (const key of Object.keys(NONE)) now[key] = state[key];
  const picks = patients.map(() => ""), solved = patients.map(() => false);
  const moved = () => Object.keys(NONE).some((key) => now[key] !== NONE[key]);

  function change(next, rebuilt = false) {
    Object.assign(now, next);
    draw();
    if (rebuilt) sync();
    for (const [key, value] of Object.entries(next)) onChange(key, value);
  }
  const ward = choice("training", patients.map((_, k) => [String(k), "ABCDEFGH"[k] ?? String(k + 1)]), String(now.patient),
    (key) => change({ patient: Number(key), ...NONE }, true));
  const guess = choice("What do you see?", names.map((n) => [n, n]), "", (name) => { picks[now.patient] = name; draw(); });
  // factors are shown as fractions below 1: × 1/10
  const times = (v) => (v >= 1 ? `× ${fmt(v, v < 10 ? 1 : 0)}` : `÷ ${fmt(1 / v, 1 / v < 10 ? 1 : 0)}`);
  const factor = (label, key, base, min, max, step) => {
    const made = slider(label, { min, max, step, value: 0, format: (v) => times(base ** v) }, (v) => change({ [key]: base ** v }));
    return { node: made.node, set: (v) => made.set(Math.log(v) / Math.log(base)) };
  };
  const knobs = {
    rate: factor("learning rate", "rate", 10, -2, 3, 0.25),
    capacity: factor("capacity", "capacity", 2, -4, 4, 0.5),
    regularisation: factor("regularisation", "regularisation", 2, -6, 6, 0.5),
  };
  const rescale = checkbox("rescale the starting weights", now.rescaled, (v) => change({ rescaled: v }));
  const charts = el("div", { class: "cv-charts" }), said = status(), effect = status(), score = el("p", { class: "cv-muted" });

  function sync() {
    for (const key of Object.keys(knobs)) knobs[key].set(now[key]);
    rescale.set(now.rescaled);
  }

  function draw() {
    const was = patients[now.patient], noise = luck[now.patient];
    const before = simulate(was, noise), after = simulate(treat(was, now), noise);
    const truth = diagnose(before), found = diagnose(after), picked = picks[now.patient];
    ward.set(String(now.patient));
    guess.set(picked);
    if (picked === truth.name) solved[now.patient] = true;
    charts.replaceChildren(
      chart("loss", before, after, moved()), chart("accuracy", before, after, moved()));
    said.textContent = picked ? verdict(picked, truth, looks, advice)
      : "Look at both charts, then choose. Is the loss going where it should? How far apart are the two accuracies?";
    effect.textContent = !moved() ? "Not treated yet. The knobs change this training's own settings, whatever they are."
      : found.name === "healthy" ? `After treatment: healthy. Now ${found.because}.`
        : `After treatment: ${found.name}. Here ${found.because}. ${advice[found.name]}`;
    const n = solved.filter(Boolean).length;
    score.textContent = `${n} of ${patients.length} diagnosed.`;
  }

  /** Training and validation over the epochs; the untreated curves stay as a shade. */
  function chart(kind, before, after, treated) {
    const W = 340, H = 210, left = 44, right = 10, top = 30, bottom = 34;
    const shown = [after.train_loss, after.val_loss, ...(treated ? [before.train_loss, before.val_loss] : [])].flat();
    const high = kind === "loss" ? Math.max(2.6, ...shown) : 1;
    const X = (e) => left + (e / EPOCHS) * (W - left - right), Y = (v) => top + (1 - v / high) * (H - top - bottom);
    const line = (values, part, cls = "") => el("polyline", { class: `${part} ${kind} ${cls}`,
      points: values.map((v, k) => `${X(k + 1).toFixed(1)},${Y(v).toFixed(1)}`).join(" ") });
    const guessing = kind === "loss" ? CHANCE_LOSS : 1 / CLASSES;
    const ticks = kind === "loss" ? [0, high > 4 ? 5 : 1, ...(high > 4 ? [] : [2])] : [0, 0.5, 1];
    const at = (v) => (kind === "loss" ? fmt(v, 1) : `${100 * v} %`);
    const train = after[`train_${kind}`], val = after[`val_${kind}`], last = train.length - 1;
    const text = (x, y, words, cls, anchor = "start") => el("text", { x, y, class: cls, "text-anchor": anchor }, words);
    const svg = el("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label":
      `${kind} over ${last + 1} epochs: training from ${at(Number(train[0].toFixed(2)))} to ${at(Number(train[last].toFixed(2)))}, `
      + `validation from ${at(Number(val[0].toFixed(2)))} to ${at(Number(val[last].toFixed(2)))}.` },
      text(left, 16, kind, "title"),
      text(W - right - 84, 16, "training", `train ${kind}`, "end"), text(W - right, 16, "validation", "val", "end"),
      ...ticks.flatMap((v) => [el("line", { class: "grid", x1: left, x2: W - right, y1: Y(v), y2: Y(v) }),
        text(left - 6, Y(v) + 4, at(v), "small", "end")]),
      el("line", { class: "chance", x1: left, x2: W - right, y1: Y(guessing), y2: Y(guessing) }),
      text(W - right, Y(guessing) - 5, "guessing", "small", "end"),
      ...[0, 20, 40].map((e) => text(X(e), H - 14, String(e), "small", "middle")),
      text(X(30), H - 14, "epoch", "small", "middle"),
      ...(treated ? [line(before[`val_${kind}`], "val", "was"), line(before[`train_${kind}`], "train", "was")] : []),
      line(val, "val"), line(train, "train"));
    return svg;
  }

  const root = frame(host, "cv-curve-diagnosis", state.label,
    el("div", { class: "cv-controls" }, ward.node), charts,
    el("div", { class: "cv-controls" }, guess.node), said, score,
    el("div", { class: "cv-treatment" }, el("p", { class: "cv-muted" }, "Treat it"),
      knobs.rate.node, knobs.capacity.node, knobs.regularisation.node, rescale.node, effect));
  draw();
  sync();
  return {
    set(key, value) { if (key in now) { now[key] = value; draw(); sync(); } },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
