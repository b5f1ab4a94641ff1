// @ts-check
import { anywidget, choice, el, frame, status } from "./kit.js";

/** The column of each quantity in a row [name, output, …], and its colour. */
const QUANTITIES = { "memory": [2, "output"], "parameters": [3, "kernel"], "multiply-adds": [4, "input"] };
const NOUN = { "memory": "numbers to keep", "parameters": "parameters", "multiply-adds": "multiply-adds" };

/** What each of several numbers is of their sum. */
export function shares(values) {
  const whole = values.reduce((a, b) => a + b, 0);
  return values.map((v) => (whole ? v / whole : 0));
}

/** The share that the k largest hold together. */
export const largest = (values, k) =>
  shares(values).sort((a, b) => b - a).slice(0, k).reduce((a, b) => a + b, 0);

/** A whole number with thin spaces between the thousands. */
export const whole = (n) =>
  n < 10000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** A share in per cent, with as many decimals as one can use. */
export function percent(share) {
  const p = 100 * share;
  if (p > 0 && p < 0.1) return "under 0.1 %";
  return `${p < 9.95 && p > 0 ? p.toFixed(1) : p.toFixed(0)} %`;
}

export function mount(host, state, onChange) {
  let { networks, network, quantity, row } = state;
  const sentence = status(), bars = el("div", { class: "cv-lt-bars" });
  const head = el("tr"), body = el("tbody"), foot = el("tr");
  const column = (name) => networks[network].map((r) => r[QUANTITIES[name][0]]);

  const nets = choice("network", Object.keys(networks).map((n) => [n, n]), network, (name) => {
    network = name;
    row = heaviest();
    onChange("network", network); onChange("row", row);
    build();
  });
  const quantities = choice("show", Object.keys(QUANTITIES).map((q) => [q, q]), quantity, (name) => {
    quantity = name;
    onChange("quantity", quantity);
    build();
  });
  const heaviest = () => { const v = column(quantity); return v.indexOf(Math.max(...v)); };

  function select(i, focus) {
    row = Math.max(0, Math.min(networks[network].length - 1, i));
    onChange("row", row);
    mark();
    if (focus) body.children[row].querySelector("button").focus();
  }

  /** The three bars: a segment a row, the width of its share. */
  function bar(name) {
    const parts = shares(column(name)), svg = el("svg", {
      viewBox: "0 0 1000 20", preserveAspectRatio: "none", class: `cv-lt-bar cv-lt-${QUANTITIES[name][1]}`,
      role: "img", "aria-label": `${name}: ${networks[network].map((r, i) => `${r[0]} ${percent(parts[i])}`).join(", ")}`,
    });
    let x = 0;
    parts.forEach((p, i) => {
      if (p > 0) svg.append(el("rect", { x, y: 0, width: 1000 * p, height: 20, "data-row": i, onclick: () => select(i) },
        el("title", {}, `${networks[network][i][0]}: ${percent(p)}`)));
      x += 1000 * p;
    });
    const sum = column(name).reduce((a, b) => a + b, 0);
    return el("div", { class: name === quantity ? "cv-lt-shown" : "" },
      el("span", {}, `${name} `, el("span", { class: "cv-muted" }, whole(sum))), svg);
  }

  function build() {
    row = Math.min(row, networks[network].length - 1);
    bars.replaceChildren(...Object.keys(QUANTITIES).map(bar));
    const values = column(quantity), parts = shares(values), top = Math.max(...parts), kind = QUANTITIES[quantity][1];
    head.replaceChildren(...["layer", "output", quantity].map((h) => el("th", { scope: "col" }, h)));
    body.replaceChildren(...networks[network].map((r, i) => el("tr", { onclick: () => select(i) },
      el("th", { scope: "row" }, el("button", {
        type: "button", "aria-pressed": "false", tabindex: "-1",
        "aria-label": `${r[0]}, ${r[1]}: ${values[i]} ${NOUN[quantity]}`,
      }, r[0])),
      el("td", {}, r[1].replaceAll(" ", "\u00a0")),
      el("td", {}, el("div", {
        class: `cv-lt-number cv-lt-${kind}`, style: `--share:${(100 * parts[i] / top).toFixed(2)}%`,
      }, whole(values[i]))))));
    foot.replaceChildren(el("th", { scope: "row" }, "sum"), el("td"), el("td", {},
      el("div", { class: "cv-lt-number" }, whole(values.reduce((a, b) => a + b, 0)))));
    mark();
  }

  function mark() {
    [...body.children].forEach((tr, i) => {
      tr.classList.toggle("cv-lt-hand", i === row);
      const button = tr.querySelector("button");
      button.setAttribute("aria-pressed", String(i === row));
      button.setAttribute("tabindex", i === row ? "0" : "-1");
    });
    bars.querySelectorAll("rect").forEach((r) => r.classList.toggle("cv-lt-hand", Number(r.dataset.row) === row));
    const [name, output] = networks[network][row], values = column(quantity);
    const others = Object.keys(QUANTITIES).filter((q) => q !== quantity)
      .map((q) => `${percent(shares(column(q))[row])} of the ${q}`);
    sentence.textContent =
      `${name}, ${output}: ${whole(values[row])} ${NOUN[quantity]}, ${percent(shares(values)[row])} of the network’s. ` +
      `It has ${others.join(" and ")}. ` +
      `The three largest of the ${values.length} rows hold ${percent(largest(values, 3))} of the ${quantity}.`;
  }

  body.addEventListener("keydown", (e) => {
    const to = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: Infinity }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    select(Math.min(to, networks[network].length - 1), true);
  });

  const root = frame(host, "cv-layer-table", state.label,
    el("div", { class: "cv-controls" }, nets.node, quantities.node), bars, sentence,
    el("div", { class: "cv-scroll" },
      el("table", { class: "cv-lt" }, el("thead", {}, head), body, el("tfoot", {}, foot))),
    el("p", { class: "cv-muted" }, "Press a row or a part of a bar; the arrow keys move to the next row."));
  build();
  return {
    set(key, value) {
      if (key === "networks") networks = value;
      if (key === "network") { network = value; nets.set(value); }
      if (key === "quantity") { quantity = value; quantities.set(value); }
      if (key === "row") row = value;
      build();
    },
    destroy() { root.remove(); },
  };
}
export default anywidget(mount);
