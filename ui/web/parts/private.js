// A private conversation: it is kept nowhere, and gone once it is left. Each question in it says so to the server.
"use strict";

(() => {
  const root = document.documentElement;
  const PRIVATE = "private"; // as state/kept.py has it

  const isPrivate = () => root.hasAttribute("data-private");
  const left = () => root.removeAttribute("data-private");

  function begin() {
    window.pincite.fresh(); // which leaves the one before
    root.setAttribute("data-private", "");
  }

  document.addEventListener("left", left);
  // It has no address: one that has is another.
  window.addEventListener("popstate", () => new URLSearchParams(window.location.search).has("c") && left());
  document.addEventListener("click", (event) => event.target.closest?.("button[data-private]") && begin());
  Object.assign(window.pincite, { place: () => (isPrivate() ? PRIVATE : window.pincite.here()) });
})();
