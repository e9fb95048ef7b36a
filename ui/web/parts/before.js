// The turns before the one in work. The server sends each once: what was the current turn stays here when the next one
// takes its place, and of a long conversation the earlier ones come when they are asked for.
// Nothing here makes HTML: what was rendered is copied as it is.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const number = (turn) => Number(turn.id.slice("turn-".length));
  const kept = { last: null, cut: false, above: null, top: 0, after: null };
  const earlier = () => first("#past [data-earlier]");
  const current = () => first("#current .turn");

  // A question is sent: return how many turns the server should know of; not one that only says that it can't be
  // reached. What it is asked in the place of goes when its answer comes, with all that follows.
  function turns() {
    const last = all("#past .turn, #before .turn, #current .turn").at(-1);
    kept.last = current() ? copy(current()) : null;
    kept.cut = !part("editing").hidden;
    return last ? number(last) + 1 : 0;
  }

  // Out of view it is as high as it was in it.
  function copy(turn) {
    const made = turn.cloneNode(true);
    made.style.containIntrinsicSize = `auto ${turn.offsetHeight}px`;
    return made;
  }

  function rendered({ detail: { name } }) {
    if (name === "past") kept.above ? lengthened() : emptied();
    if (name !== "current") return;
    const turn = current();
    if (turn) shorten(number(turn));
    if (!turn || kept.cut) emptied();
    else if (kept.last && number(turn) === number(kept.last) + 1) settle(kept.last);
    else return;
    Object.assign(kept, { last: null, cut: false });
  }

  // Where the conversation went on in another tab, the server has sent all that went before.
  function settle(turn) {
    if (!first(`#past [id="${turn.id}"]`)) part("before").append(turn);
  }

  // It may have been cut short in another tab.
  function shorten(turns) {
    for (const one of all("#before .turn")) if (number(one) >= turns) one.remove();
  }

  function emptied() {
    part("before")?.replaceChildren();
  }

  // The turns that were there already stay where they are on the screen, which the browser would see to a second time.
  function lengthened() {
    const [anchor] = kept.above;
    if (first("#past .turn")?.id === anchor.id) return requestAnimationFrame(() => kept.above && lengthened());
    part("before").prepend(...kept.above);
    kept.above = null;
    part("scroll").scrollTop += anchor.getBoundingClientRect().top - kept.top;
    part("scroll").style.removeProperty("overflow-anchor");
    if (!kept.after) (earlier() ?? part("scroll")).focus({ preventScroll: true });
    else setTimeout(() => kept.after && whole(kept.after)); // when Gradio is done with these
  }

  // Have every turn here, and do then what is done with all of them.
  function whole(next) {
    kept.after = earlier() ? next : null;
    if (!kept.after) return next();
    earlier().textContent = window.pincite.phrase("Loading earlier questions");
    earlier().click();
  }

  // What the browser prints, or finds words in, is the whole conversation. It prints when it is told to, and finds what
  // has come meanwhile.
  function pressed(event) {
    const key = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase();
    if (!earlier() || (key !== "p" && key !== "f")) return;
    if (key === "p") event.preventDefault();
    const next = key === "p" ? () => window.print() : (kept.after ?? (() => {}));
    kept.after ? Object.assign(kept, { after: next }) : whole(next);
  }

  function clicked(event) {
    const button = event.target.closest?.("[data-earlier]");
    if (!button || kept.above) return;
    const there = all("#past .turn");
    kept.above = there.map(copy);
    kept.top = there[0].getBoundingClientRect().top;
    part("scroll").style.overflowAnchor = "none";
    button.disabled = true;
    window.pincite.tell("earlier", { upto: Number(button.dataset.earlier), whole: kept.after ? 1 : 0 });
  }

  function ready() {
    if (part("before") || !part("current")) return;
    part("current").before(Object.assign(document.createElement("div"), { id: "before" }));
  }

  new MutationObserver(ready).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("rendered", rendered);
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("elsewhere", () =>
    Object.assign(kept, { last: null, cut: true, above: null, after: null }),
  );
  Object.assign(window.pincite, { turns });
})();
