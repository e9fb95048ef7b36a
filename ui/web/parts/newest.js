// The newest question: it goes to the top of the view, and stays there while its answer grows below it and whatever
// comes or goes above it, until the person scrolls.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const FROM_TOP = 24; // pixels
  const kept = { held: false, at: 0 };

  function place() {
    const [scroll, turn] = [part("scroll"), [...document.querySelectorAll(".turn")].at(-1)];
    if (!turn) return;
    scroll.scrollTop += turn.getBoundingClientRect().top - scroll.getBoundingClientRect().top - FROM_TOP;
    kept.at = scroll.scrollTop;
  }

  const changed = new ResizeObserver(() => kept.held && place());

  // The browser would keep in its place what stands there already, if that is no more than a part of the answer.
  function hold() {
    kept.held = true;
    part("scroll").style.overflowAnchor = "none";
    for (const name of ["past", "before", "current", "unsent"]) if (part(name)) changed.observe(part(name));
    place();
  }

  function scrolled({ target }) {
    if (!kept.held || target !== part("scroll") || Math.abs(target.scrollTop - kept.at) <= 1) return;
    kept.held = false;
    target.style.removeProperty("overflow-anchor");
  }

  document.addEventListener("scroll", scrolled, true);
  window.pincite.newest = hold;
})();
