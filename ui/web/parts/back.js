// What Back takes away first: all that lies over the conversation is an entry of the browser's history of its own.
"use strict";

(() => {
  const root = document.documentElement;
  const { narrow } = window.pincite;
  const dialog = () => document.querySelector("dialog[open]");
  const name = () => history.state?.pincite ?? "";
  let was = { library: false, dialog: false };

  // Something opens over what is there. An entry whose own is closed already is taken for it.
  function over(opened) {
    history[name() === "nothing" ? "replaceState" : "pushState"]({ pincite: opened }, "");
  }

  // It was closed by something else than Back.
  function lifted(closed) {
    if (name() === closed) history.replaceState({ pincite: "nothing" }, "");
  }

  function changed() {
    const now = { library: narrow.matches && !root.hasAttribute("data-folded"), dialog: Boolean(dialog()) };
    for (const one of Object.keys(now)) {
      if (now[one] === was[one]) continue;
      now[one] ? over(one) : lifted(one);
    }
    was = now;
  }

  function returned() {
    const top = name();
    if (top !== "dialog") dialog()?.close();
    if (top === "source" && !root.hasAttribute("data-source")) lifted(top); // it went with another conversation
    if (was.library && top !== "library" && top !== "dialog") root.setAttribute("data-folded", "");
  }

  if (name()) lifted(name()); // after a reload nothing is open
  new MutationObserver(changed).observe(root, { attributeFilter: ["open", "data-folded"], subtree: true });
  window.addEventListener("popstate", returned, true);
  Object.assign(window.pincite, { over });
})();
