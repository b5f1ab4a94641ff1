// Repairs of sphinx-book-theme 1.3 / pydata-sphinx-theme 0.17 / myst-nb 1.4 markup, for
// people who use the book by keyboard or screen reader (checked with axe-core in tests/browser).
document.addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);
  for (const e of all('button.search-button-field[aria-label], details.hide > summary[aria-label]')) {
    e.removeAttribute("aria-label"); // the visible words are the better name
  }
  for (const b of all("button.theme-switch-button")) {
    b.setAttribute("aria-label", "Color mode: Light, Dark or System Settings");
  }
  for (const s of all(".bd-sidebar li.has-children > details > summary")) {
    s.setAttribute("aria-label", `Pages of ${s.closest("li").querySelector("a").textContent.trim()}`);
  }
  const side = document.querySelector(".sidebar-primary-items__start");
  side?.setAttribute("role", "region");
  side?.setAttribute("aria-label", "Book contents");
  for (const entry of all('.citation[role="doc-biblioentry"]')) entry.setAttribute("role", "listitem"); // ARIA 1.2
  for (const formula of all(".bd-article span.math")) { // no line begins with a comma
    const after = formula.nextSibling, mark = after?.nodeType === 3 && after.data.match(/^[,.;:?)’”]+/);
    if (!mark) continue;
    const together = document.createElement("span");
    together.style.whiteSpace = "nowrap";
    formula.before(together);
    together.append(formula, mark[0]);
    after.data = after.data.slice(mark[0].length);
  }
  const scrollable = ".cell_output, .cv-figure, .cv-table, div.highlight pre, .pst-scrollable-table-container";
  const reach = () => { // by keyboard, what does not fit
    for (const box of all(scrollable)) {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    }
  };
  reach();
  document.fonts?.ready.then(reach);
  addEventListener("resize", reach);
});
