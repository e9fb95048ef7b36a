// What Back takes away first: all that lies over the conversation is an entry of the browser's history of its own.
"use strict";

(() => {
  const root = document.documentElement;
  const { narrow } = window.pincite;
  const dialog = () => document.querySelector("dialog[open]");
  const name = () => history.state?.pincite ?? "";
  const kept = { top: "", lifting: false, open: { library: false, dialog: false } };

  // Something opens over what is there. An entry whose own is closed already is taken for it.
  function over(opened) {
    history[name() === "nothing" ? "replaceState" : "pushState"]({ pincite: opened }, "");
    kept.top = opened;
  }

  // It was closed by something else than Back.
  function lifted(closed) {
    if (name() !== closed) return;
    history.replaceState({ pincite: "nothing" }, "");
    kept.top = "nothing";
  }

  function changed() {
    const now = { library: narrow.matches && !root.hasAttribute("data-folded"), dialog: Boolean(dialog()) };
    for (const one of Object.keys(now)) {
      if (now[one] === kept.open[one]) continue;
      now[one] ? over(one) : lifted(one);
    }
    kept.open = now;
  }

  function returned() {
    const top = name();
    kept.lifting = Boolean(kept.top) && kept.top !== "nothing" && top !== kept.top;
    kept.top = top;
    if (top !== "dialog") dialog()?.close();
    if (top === "source" && !root.hasAttribute("data-source")) lifted(top); // it went with another conversation
    if (kept.open.library && top !== "library" && top !== "dialog") root.setAttribute("data-folded", "");
  }

  if (name()) lifted(name()); // after a reload nothing is open
  new MutationObserver(changed).observe(root, { attributeFilter: ["open", "data-folded"], subtree: true });
  window.addEventListener("popstate", returned, true);
  // Whether the last step back took something away that lay over the conversation, and left that as it was.
  Object.assign(window.pincite, { over, lifting: () => kept.lifting });
})();
