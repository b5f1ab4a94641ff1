// @ts-check
import { anywidget, button, el, frame, uid } from "./kit.js";

const near = (value, wanted, tolerance) =>
  Math.abs(value - wanted) <= tolerance + 1e-9 * Math.max(1, Math.abs(wanted));

/** Whether exactly the right options were chosen, and what to say. */
export function checkChoice(chosen, key) {
  const missing = key.correct.some((k) => !chosen.includes(k));
  const wrong = [...chosen].sort((a, b) => a - b).filter((k) => !key.correct.includes(k));
  if (!missing && !wrong.length) return { right: true, say: key.explain };
  const said = wrong.map((k) => key.feedback[k]);
  if (missing && key.correct.length > 1) said.push("Something that belongs here is not ticked yet.");
  return { right: false, say: said.join(" ") };
}

/** Whether what was typed is the number, and what to say; right is null if it is none. */
export function checkNumber(text, key) {
  const values = parseNumber(text, key.unit);
  if (!values.length) return { right: null, say: "Write a number, such as 24, 0.5 or 1/9." };
  if (values.some((v) => near(v, key.answer, key.tolerance))) return { right: true, say: key.explain };
  for (const [wrong, sentence] of key.feedback) {
    if (values.some((v) => near(v, wrong, 0))) return { right: false, say: sentence };
  }
  return { right: false, say: `That is too ${values[0] > key.answer ? "large" : "small"}.` };
}

/** Whether the items stand in the right order, and what to say. */
export function checkOrder(order, key) {
  if (order.every((k, place) => k === key.correct[place])) return { right: true, say: key.explain };
  for (const [first, second, sentence] of key.feedback) {
    if (order.indexOf(second) < order.indexOf(first)) return { right: false, say: sentence };
  }
  const good = order.filter((k, place) => k === key.correct[place]).length;
  const does = good === 1 ? "stands where it should" : "stand where they should";
  return { right: false, say: `${good} of ${order.length} ${does}.` };
}

/** The numbers that a typed text may mean: none, one, or two for "1,024". */
export function parseNumber(text, unit = "") {
  text = text.replaceAll("−", "-").replace(/[\s_'’]/g, "");
  unit = unit.replace(/[\s_'’]/g, "");
  if (unit && text.endsWith(unit)) text = text.slice(0, -unit.length);
  if (text.split("/").length === 2) {
    const [[top], [bottom]] = text.split("/").map((part) => parseNumber(part));
    return top === undefined || !bottom ? [] : [top / bottom];
  }
  if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text)) {
    return [Number(text.replace(",", ".")), Number(text.replace(/[.,]/, ""))];
  }
  const last = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  if (last >= 0) {
    const whole = text.slice(0, last).replace(/[.,]/g, ""), rest = text.slice(last + 1);
    if (text.split(text[last]).length <= 2) text = `${whole}.${rest}`;
    else text = /^[+-]?\d{1,3}([.,]\d{3})+$/.test(text) ? whole + rest : ""; // 1,281,167 but not 1.2.3
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? [Number(text)] : [];
}

/** What Python hid from a casual look: base64 of JSON. */
export const reveal = (text) =>
  JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));

/** A short name for a text (FNV-1a), to remember its answer by. */
export function fingerprint(text) {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h.toString(16).padStart(8, "0");
}

/** No line ends inside 2 × 2 or 50 %. */
const whole = (text) => text.replaceAll(" × ", "\u00a0×\u00a0").replace(/(\d) %/g, "$1\u00a0%");

/** `code` between backticks, everything else as words. */
const marked = (text) =>
  text.split("`").map((part, k) => (k % 2 ? el("code", {}, part) : whole(part)));

/** The reader's own browser remembers, where it may: a file or a private window may not. */
const memory = {
  name: (prompt) => `cv-question:${location.pathname}:${fingerprint(prompt)}`,
  get(prompt) {
    try { return JSON.parse(localStorage.getItem(memory.name(prompt)) ?? "null"); } catch { return null; }
  },
  set(prompt, answer) {
    try {
      if (answer === null) localStorage.removeItem(memory.name(prompt));
      else localStorage.setItem(memory.name(prompt), JSON.stringify(answer));
    } catch { /* blocked: nothing is remembered */ }
  },
};

/** The part to answer with; each has node, get() → answer or null, set(answer), check. */
function choiceField(state, changed) {
  const name = uid("question");
  const inputs = state.options.map(() =>
    el("input", { type: state.several ? "checkbox" : "radio", name, onchange: changed }));
  return {
    node: el("div", { class: "cv-options" }, ...inputs.map((input, k) =>
      el("label", {}, input, el("span", {}, ...marked(state.options[k]))))),
    get() {
      const chosen = inputs.flatMap((input, k) => (input.checked ? [k] : []));
      return chosen.length ? chosen : null;
    },
    set(chosen) { inputs.forEach((input, k) => { input.checked = chosen?.includes(k) ?? false; }); },
    answer: (key) => key.correct,
    check: checkChoice,
    ask: state.several ? "Tick what applies first." : "Choose an answer first.",
  };
}

function numberField(state, changed, done) {
  const input = el("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", oninput: changed,
    "aria-label": state.unit ? `Your answer in ${state.unit}` : "Your answer",
    onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); done(); } },
  });
  return {
    node: el("div", { class: "cv-field" }, input, state.unit),
    get: () => input.value.trim() || null,
    set(text) { input.value = text ?? ""; },
    answer: (key) => String(key.answer),
    check: checkNumber,
    ask: "Write a number first.",
  };
}

function orderField(state, changed) {
  let order = state.options.map((_, k) => k);
  const list = el("ol");
  const rows = state.options.map((text, k) => {
    const up = button("↑", () => move(k, -1), { "aria-label": `Move up: ${text}` });
    const down = button("↓", () => move(k, 1), { "aria-label": `Move down: ${text}` });
    return { up, down, node: el("li", {}, up, down, el("span", {}, ...marked(text))) };
  });
  function move(k, by) {
    const at = order.indexOf(k);
    order.splice(at, 1);
    order.splice(at + by, 0, k);
    draw();
    const { up, down } = rows[k];
    (by < 0 ? (up.disabled ? down : up) : (down.disabled ? up : down)).focus();
    changed();
  }
  function draw() {
    list.replaceChildren(...order.map((k) => rows[k].node));
    order.forEach((k, place) => {
      rows[k].up.disabled = place === 0;
      rows[k].down.disabled = place === order.length - 1;
    });
  }
  draw();
  return {
    node: list,
    get: () => [...order],
    set(next) { order = next ? [...next] : state.options.map((_, k) => k); draw(); },
    answer: (key) => key.correct,
    check: checkOrder,
    ask: "",
  };
}

export function mount(host, state) {
  const key = reveal(state.key);
  let wrongTries = 0, judged = false;
  const make = { choice: choiceField, number: numberField, order: orderField }[state.kind];
  const field = make(state, () => { if (judged) again(false); }, () => check());
  const verdict = el("div", { class: "cv-verdict", role: "status" });
  const act = button("Check", () => (judged ? again(true) : check()));
  const give = button("Show the answer", () => {
    field.set(field.answer(key));
    memory.set(state.prompt, null); // it was not the reader's: a later visit asks again
    give.hidden = true;
    act.focus();
    say("", "", el("strong", {}, "The answer. "), ...marked(key.explain));
  });
  give.hidden = true;

  function say(sign, kind, ...words) {
    verdict.className = `cv-verdict ${kind}`;
    verdict.replaceChildren(...(sign ? [el("span", { class: "cv-sign", "aria-hidden": "true" }, sign)] : []),
      el("p", {}, ...words));
  }
  function check(remembered = false) {
    const answer = field.get();
    if (answer === null) return say("", "", field.ask);
    const { right, say: words } = field.check(answer, key);
    if (right === null) return say("", "", words);
    if (!right && !remembered) wrongTries += 1;
    judged = true;
    act.textContent = "Try again";
    give.hidden = right || wrongTries < 2;
    say(right ? "✓" : "✗", right ? "cv-yes" : "cv-no",
      el("strong", {}, right ? "Right. " : "Not yet. "), ...marked(words));
    memory.set(state.prompt, answer);
  }
  function again(clear) {
    judged = false;
    act.textContent = "Check";
    verdict.className = "cv-verdict";
    verdict.replaceChildren();
    if (clear) { field.set(null); memory.set(state.prompt, null); give.hidden = true; }
  }

  const root = frame(host, "cv-question", state.label,
    el("fieldset", {}, el("legend", {}, ...marked(state.prompt)), field.node),
    el("div", { class: "cv-ask" }, act, give), verdict);
  const before = memory.get(state.prompt);
  if (before !== null) {
    try { field.set(before); check(true); } catch { field.set(null); again(true); } // the question changed
  }
  return { set() {}, destroy() { root.remove(); } };
}
export default anywidget(mount);
