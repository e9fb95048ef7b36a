// What Back takes away first: all that lies over the conversation is an entry of the browser's history of its own.
"use strict";

(() => {
  const root = document.documentElement;
  const { narrow } = window.pincite;
  const dialog = () => document.querySelector("dialog[open]");
  const name = () => history.state?.pincite ?? "";
  const under = () => history.state?.under ?? "";
  let was = { library: false, dialog: false };
  let left = history.state; // what the entry was that Back or Forward leads away from
  let going = 0; // steps back that are asked for and not taken yet: what lies under may be closed meanwhile

  function enter(way, state) {
    history[way](state, "");
    left = state;
  }

  // Something opens over what is there, at this address. An entry whose own is closed already is taken for it.
  function over(opened) {
    if (name() === "nothing") enter("replaceState", { ...history.state, pincite: opened });
    else if (name() !== opened) enter("pushState", { pincite: opened, under: name(), at: location.href });
  }

  // It was closed by something else than Back.
  function lifted(closed) {
    if (name() === closed) enter("replaceState", { ...history.state, pincite: "nothing" });
  }

  // Whether Back would lead from here to where the page is, as what was open over it is closed.
  const spent = () => name() === "nothing" && history.state.at === location.href;

  // Whether this entry's conversation is on the page; a private one has no address, and is not left by mistake.
  function isShown() {
    const addressed = new URLSearchParams(location.search).get("c") ?? "";
    return addressed === window.pincite.here() && !root.hasAttribute("data-private");
  }

  // Go to before it was opened, as Back would, and tell whether there is such an entry.
  function before(closed) {
    const steps = [name(), under()].indexOf(closed) + 1;
    if (steps > going) history.go(going - steps);
    going = Math.max(steps, going);
    return steps > 0;
  }

  function changed() {
    const now = { library: narrow.matches && !root.hasAttribute("data-folded"), dialog: Boolean(dialog()) };
    for (const one of Object.keys(now)) {
      if (now[one] === was[one]) continue;
      now[one] ? over(one) : lifted(one);
    }
    was = now;
  }

  function returned(event) {
    const top = name();
    const from = left;
    left = history.state;
    going = 0;
    if (from?.pincite === "nothing" && from.under === top && (top || isShown())) {
      event.stopImmediatePropagation(); // what lay over it was closed before: Back is one step
      return history.back();
    }
    if (top !== "dialog") dialog()?.close();
    if (was.library && top !== "library" && top !== "dialog") root.setAttribute("data-folded", "");
    if (top in was && !was[top]) lifted(top); // neither is opened again
  }

  if (name()) lifted(name()); // after a reload nothing is open
  document.addEventListener("left", () => name() && lifted(name())); // it goes with its conversation
  new MutationObserver(changed).observe(root, { attributeFilter: ["open", "data-folded"], subtree: true });
  window.addEventListener("popstate", returned, true);
  Object.assign(window.pincite, { over, lifted, before, spent });
})();
