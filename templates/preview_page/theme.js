// @ts-check
/// <reference lib="dom" />
// Before the page is drawn, so that it is not drawn twice: no module.
(() => {
  try {
    const chosen = localStorage.getItem("klw-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is switched off: the system's theme holds.
  }
})();
