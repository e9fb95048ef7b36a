// The frame around the parts: what only those hear or meet who don't see the page, the edge between two parts, and the
// focus, which is never lost. Nothing here makes HTML: text comes and goes as text.
"use strict";

(() => {
  const root = document.documentElement;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const { phrase } = window.pincite;
  const box = () => first("#box textarea");
  // Where the focus goes if there is nothing better; on glass the box would bring up the keys, over the answer.
  const home = () => (window.matchMedia("(pointer: coarse)").matches ? part("scroll") : box());

  // --- the focus: what had it is rendered anew, or goes away -----------------------------------------------------

  const ROOMS = "#library > *, #scroll > *, #composer, #shell > *, #over";
  const STOPS = "button:enabled, a[href], input:enabled, textarea, summary, [tabindex='0']";
  let held = null;

  const stops = (within) => all(STOPS, within).filter((one) => one.checkVisibility({ visibilityProperty: true }));
  const usable = (element) => element.isConnected && element.checkVisibility({ visibilityProperty: true });
  const alike = (one) => JSON.stringify([one.tagName, one.id, one.ariaLabel, Object.entries(one.dataset)]);

  function hold({ target: element }) {
    const room = element.closest(ROOMS);
    const key = alike(element);
    const twins = stops(room).filter((one) => alike(one) === key);
    held = { element, key, room: room?.id, nth: twins.indexOf(element), at: stops(room).indexOf(element) };
  }

  // A person who clicks beside everything has let go of it; an element that goes away has not been let go of.
  function letGo({ target: element }) {
    setTimeout(() => {
      if (held?.element === element && usable(element) && document.activeElement !== element) held = null;
    });
  }

  function regain() {
    if (!held || usable(held.element) || first("dialog[open]")) return;
    if (![document.body, held.element].includes(document.activeElement)) return; // of what is hidden it goes later
    const { key, nth, at } = held;
    const room = part(held.room);
    const twins = stops(document).filter((one) => alike(one) === key);
    const near = held.room === "composer" || !room ? [] : stops(room);
    const next = twins[Math.min(nth, twins.length - 1)] ?? near[Math.min(at, near.length - 1)] ?? home();
    next?.focus({ preventScroll: true });
  }

  // --- what is said of a turn ----------------------------------------------------------------------------------------

  let told = "";

  function tell() {
    const turn = first("#current .turn");
    const now = turn ? `${turn.id} ${turn.dataset.state}` : "";
    if (now === told || !part("told")) return;
    const waited = told === `${turn?.id} asking` || turn?.dataset.state === "asking";
    told = now;
    if (waited) part("told").textContent = said(turn);
  }

  function said(turn) {
    if (turn.dataset.state === "asking") return phrase("Searching your documents");
    const answer = first(".answer, .refusal .lead", turn)?.cloneNode(true);
    for (const mark of all("sup", answer)) mark.remove();
    return [answer?.textContent, first(".verdict .words", turn)?.textContent].filter(Boolean).join(". ");
  }

  // --- the edge between the conversation and the source ----------------------------------------------------------------

  function drag(event) {
    const move = (at) => widen(window.innerWidth - at.clientX);
    const end = () => {
      window.removeEventListener("pointermove", move);
      root.removeAttribute("data-dragging");
    };
    root.setAttribute("data-dragging", "");
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
    event.preventDefault();
  }

  const least = 320; // pixels for the source, and 380 for the conversation
  const most = () => Math.max(window.innerWidth - 380, least);

  function widen(width) {
    root.style.setProperty("--source", `${Math.round(Math.min(Math.max(width, least), most()))}px`);
    root.removeAttribute("data-wide");
  }

  function pushed(event) {
    const width = part("source").getBoundingClientRect().width;
    const to = { ArrowLeft: width + 40, ArrowRight: width - 40, Home: least, End: most() }[event.key];
    if (to === undefined) return;
    widen(to);
    event.preventDefault();
  }

  function edge() {
    const made = make("div", { id: "edge", tabIndex: 0, role: "separator" });
    made.ariaOrientation = "vertical";
    made.ariaLabel = phrase("Width of the source");
    made.addEventListener("pointerdown", drag);
    made.addEventListener("keydown", pushed);
    const measure = () => {
      const values = [part("source").clientWidth, least, most()].map((one) => String(Math.round(one)));
      [made.ariaValueNow, made.ariaValueMin, made.ariaValueMax] = values;
      made.ariaValueText = phrase("{n} pixels", { n: Number(values[0]) });
    };
    measure();
    new ResizeObserver(measure).observe(part("source"));
    return made;
  }

  // --- once ----------------------------------------------------------------------------------------------------------

  function skip() {
    const link = make("a", { id: "skip", href: "#box", textContent: phrase("Skip to the question box") });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      box()?.focus();
    });
    return link;
  }

  function ready() {
    if (part("edge") || !part("talk") || !part("source") || !box()) return;
    document.body.prepend(skip());
    part("talk").prepend(make("h1", { id: "name", className: "unseen", textContent: phrase("New conversation") }));
    part("talk").append(make("p", { id: "told", className: "unseen", role: "status" }));
    part("source").before(edge());
    named();
  }

  function named() {
    const list = first("#talks [data-here]");
    if (list && part("name")) part("name").textContent = list.dataset.name || phrase("New conversation");
  }

  let due = false;

  function changed() {
    ready();
    tell(); // now: a fast answer may be there before the next frame
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      regain();
    });
  }

  const watched = {
    childList: true,
    subtree: true,
    attributeFilter: ["hidden", "data-busy", "data-source", "data-state"],
  };
  new MutationObserver(changed).observe(root, watched);
  document.addEventListener("focusin", hold);
  document.addEventListener("focusout", letGo);
  document.addEventListener("listed", named);
})();
