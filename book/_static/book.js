// Repairs of sphinx-book-theme 1.3 / pydata-sphinx-theme 0.17 / myst-nb 1.4 markup, for
// people who use the book by keyboard or screen reader (checked with axe-core in tests/browser).
document.addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);
  for (const e of all('button.search-button-field[aria-label], details summary[aria-label]')) {
    e.removeAttribute("aria-label"); // the visible words are the better name
  }
  for (const b of all("button.theme-switch-button")) {
    b.setAttribute("aria-label", "Color mode: Light, Dark or System Settings");
  }
  const side = document.querySelector(".sidebar-primary-items__start");
  side?.setAttribute("role", "region");
  side?.setAttribute("aria-label", "Book contents");
  for (const box of all(".cell_output, .cv-figure, div.highlight pre, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth + 1) box.setAttribute("tabindex", "0"); // scrollable by keyboard
  }
});
