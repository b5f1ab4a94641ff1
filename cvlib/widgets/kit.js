// @ts-check
// What every interactive shares: elements, labelled controls, number grids, theme.
// cvlib.widgets.Interactive inlines this file in place of `import … from "./kit.js"`,
// because a module loaded from a Blob or written into a page cannot import its neighbour.

/**
 * An element with attributes; `onclick` and the like become listeners.
 * @param {string} tag @param {Record<string, any>} props @param {...(Node|string)} children
 */
export function el(tag, props = {}, ...children) {
  const svg = SVG_TAGS.has(tag);
  const node = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === false || value == null) continue;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children);
  return /** @type {any} */ (node);
}
export const SVG_TAGS = new Set(
  "svg g rect line path circle text tspan polygon polyline title".split(" "),
);

/** A number as the book prints it: a true minus sign, at most `digits` decimals. */
export function fmt(value, digits = 2) {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toFixed(digits));
  return String(Object.is(rounded, -0) ? 0 : rounded).replace("-", "−");
}

let made = 0;
/** A fresh id, unique in the page. */
export const uid = (name) => `cv-${name}-${++made}-${Math.floor(performance.now())}`;

/**
 * A labelled range input with its value beside it.
 * @param {string} label
 * @param {{min:number,max:number,step?:number,value:number,format?:(v:number)=>string}} options
 * @param {(value:number)=>void} onInput
 */
export function slider(label, options, onInput) {
  const id = uid("slider");
  const format = options.format ?? ((v) => fmt(v));
  const output = el("output", { for: id }, format(options.value));
  const input = el("input", {
    id, type: "range", min: options.min, max: options.max,
    step: options.step ?? 1, value: options.value,
    oninput: () => { show(); onInput(Number(input.value)); },
  });
  const show = () => {
    output.textContent = format(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  show();
  return {
    node: el("div", { class: "cv-slider" }, el("label", { for: id }, label), input, output),
    input,
    /** @param {number} value @param {number} [max] */
    set(value, max) {
      if (max !== undefined) input.max = String(max);
      input.value = String(value);
      show();
    },
  };
}

/** A push button. */
export const button = (label, onclick, props = {}) =>
  el("button", { type: "button", class: "cv-button", onclick, ...props }, label);

/**
 * One of several, as native radio buttons that look like a strip.
 * @param {string} label @param {[string,string][]} options value and text @param {string} value
 * @param {(value:string)=>void} onInput
 */
export function choice(label, options, value, onInput) {
  const name = uid("choice");
  const inputs = options.map(([key, text]) => {
    const input = el("input", {
      type: "radio", name, value: key, checked: key === value,
      onchange: () => onInput(key),
    });
    return { key, input, node: el("label", {}, input, el("span", {}, text)) };
  });
  return {
    node: el("fieldset", { class: "cv-choice" }, el("legend", {}, label),
      el("div", { class: "cv-strip" }, ...inputs.map((i) => i.node))),
    set(key) { for (const i of inputs) i.input.checked = i.key === key; },
  };
}

/** A checkbox with its label. */
export function checkbox(label, value, onInput) {
  const input = el("input", {
    type: "checkbox", checked: value, onchange: () => onInput(input.checked),
  });
  return {
    node: el("label", { class: "cv-check" }, input, el("span", {}, label)),
    set(v) { input.checked = v; },
  };
}

/**
 * Step through positions 0 … count−1: back, forward, play, and a slider.
 * Playing stops by itself at the end, on any other control, and never starts alone.
 * @param {string} label @param {number} count @param {number} value
 * @param {(value:number)=>void} onInput @param {number} [ms] time of a step while playing
 */
export function player(label, count, value, onInput, ms = 700) {
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; };
  const go = (v) => {
    value = Math.max(0, Math.min(count - 1, v));
    bar.set(value, count - 1);
    onInput(value);
  };
  const bar = slider(label,
    { min: 0, max: count - 1, value, format: (v) => `${v + 1} of ${count}` },
    (v) => { stop(); value = v; onInput(v); });
  const play = button("Play", () => {
    if (timer) return stop();
    if (value >= count - 1) go(0);
    play.textContent = "Pause";
    timer = setInterval(() => (value < count - 1 ? go(value + 1) : stop()), ms);
  });
  return {
    node: el("div", { class: "cv-player" },
      button("‹", () => { stop(); go(value - 1); }, { "aria-label": "Step back" }),
      play,
      button("›", () => { stop(); go(value + 1); }, { "aria-label": "Step forward" }),
      bar.node),
    /** @param {number} v @param {number} [n] */
    set(v, n) { count = n ?? count; value = Math.min(v, count - 1); bar.set(value, count - 1); },
    stop,
  };
}

/**
 * A table of numbers. `kind` colours it: input, kernel, output, gradient, plain.
 * With `onPress`, every cell is a button.
 * @param {string} caption @param {number[][]} values
 * @param {{kind?:string, digits?:number, onPress?:(i:number,j:number)=>void,
 *          name?:(i:number,j:number,v:number)=>string}} options
 */
export function grid(caption, values, options = {}) {
  const body = el("tbody");
  const node = el("table", { class: `cv-grid cv-${options.kind ?? "plain"}` },
    el("caption", {}, caption), body);
  /** @type {HTMLElement[][]} */
  let cells = [];
  const digits = options.digits ?? 2;
  function build(rows, cols) {
    cells = Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => {
      const cell = options.onPress
        ? el("button", { type: "button", onclick: () => options.onPress?.(i, j) })
        : el("span");
      return cell;
    }));
    body.replaceChildren(...cells.map((row) => el("tr", {}, ...row.map((c) => el("td", {}, c)))));
  }
  function set(next) {
    const rows = next.length, cols = next[0]?.length ?? 0;
    if (rows !== cells.length || cols !== (cells[0]?.length ?? 0)) build(rows, cols);
    next.forEach((row, i) => row.forEach((v, j) => {
      const text = typeof v === "number" ? fmt(v, digits) : String(v ?? "");
      if (cells[i][j].textContent !== text) cells[i][j].textContent = text;
      if (options.name) cells[i][j].setAttribute("aria-label", options.name(i, j, v));
    }));
  }
  set(values);
  return {
    node, set,
    /** @param {(i:number,j:number)=>string} className space-separated marks: lit, hand, pad, faint */
    mark(className) {
      cells.forEach((row, i) => row.forEach((c, j) => {
        const td = /** @type {HTMLElement} */ (c.parentElement);
        const name = className(i, j);
        if (td.className !== name) td.className = name;
      }));
    },
    cell: (i, j) => cells[i]?.[j],
    caption(text) { node.caption && (node.caption.textContent = text); },
  };
}

/** An editable table of numbers (a kernel, say): native number inputs. */
export function numberInputs(caption, values, onInput, options = {}) {
  const inputs = values.map((row, i) => row.map((v, j) => el("input", {
    type: "number", value: v, step: options.step ?? "any",
    "aria-label": `${caption}, row ${i + 1}, column ${j + 1}`,
    oninput: (e) => {
      const number = Number(e.target.value);
      if (e.target.value !== "" && Number.isFinite(number)) onInput(i, j, number);
    },
  })));
  return {
    node: el("table", { class: `cv-grid cv-${options.kind ?? "kernel"} cv-editable` },
      el("caption", {}, caption),
      el("tbody", {}, ...inputs.map((row) => el("tr", {}, ...row.map((n) => el("td", {}, n)))))),
    set(next) {
      next.forEach((row, i) => row.forEach((v, j) => {
        if (document.activeElement !== inputs[i][j]) inputs[i][j].value = String(v);
      }));
    },
  };
}

/** A line that screen readers speak when it changes, and that everybody sees. */
export const status = () => el("p", { class: "cv-status", role: "status" });

/** The value of a colour of kit.css now: colour("input"), colour("ink"). For canvases. */
export const colour = (host, name) =>
  getComputedStyle(host).getPropertyValue(`--cv-${name}`).trim();

/** Red, green and blue of a colour of kit.css, as numbers. */
export const rgbOf = (host, name) =>
  [1, 3, 5].map((k) => parseInt(colour(host, name).slice(k, k + 2), 16));

/** A value in [−1, 1] as a colour: vermilion, the page's surface at zero, blue. */
export function diverging(host) {
  const [low, zero, high] = ["gradient", "surface", "input"].map((name) => rgbOf(host, name));
  return (value) => {
    const t = Math.min(1, Math.abs(value)), end = value < 0 ? low : high;
    return zero.map((z, c) => Math.round(z + t * (end[c] - z)));
  };
}

/** Fills a canvas of height × width pixels; `shade(i, j)` gives red, green, blue. */
export function paintPixels(canvas, height, width, shade) {
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d"), pixels = ctx.createImageData(width, height);
  for (let i = 0, k = 0; i < height; i++) {
    for (let j = 0; j < width; j++, k += 4) pixels.data.set([...shade(i, j), 255], k);
  }
  ctx.putImageData(pixels, 0, 0);
}

/** Calls `redraw` when the page changes between light and dark; returns how to stop. */
export function onTheme(redraw) {
  const observer = new MutationObserver(redraw);
  const filter = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] };
  observer.observe(document.documentElement, filter);
  observer.observe(document.body, filter);
  return () => observer.disconnect();
}

/**
 * The frame of an interactive: takes the place of the still picture in `host`.
 * Arrow keys stay with the control that has the focus (JupyterLab would take them).
 * @param {HTMLElement} host @param {string} name CSS class @param {string} label
 */
export function frame(host, name, label, ...children) {
  const root = el("div", { class: `cv ${name}`, role: "group", "aria-label": label },
    ...children);
  root.addEventListener("keydown", (e) => e.stopPropagation());
  root.dataset.lmSuppressShortcuts = "true";
  host.replaceChildren(root);
  return root;
}

/**
 * The default export of an interactive: anywidget's render over `mount`.
 * `mount(host, state, onChange)` returns { set(key, value), destroy() }.
 */
export function anywidget(mount) {
  return {
    render({ model, el: host }) {
      const names = model.get("_shared");
      const state = Object.fromEntries(names.map((n) => [n, model.get(n)]));
      const view = mount(host, structuredClone(state), (key, value) => {
        model.set(key, structuredClone(value));
        model.save_changes();
      });
      for (const n of names) {
        model.on(`change:${n}`, () => view.set(n, structuredClone(model.get(n))));
      }
      return () => view.destroy?.();
    },
  };
}
