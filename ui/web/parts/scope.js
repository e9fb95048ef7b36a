// What a question is asked of: chips below the question box, and names that are completed after an @ in it.
// Nothing here makes HTML: names come and go as text.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
  const { phrase, phrases } = window.pincite;
  const narrow = window.matchMedia("(max-width: 860px)");
  const TYPED = 80; // milliseconds after the last letter, after which names are looked for
  const NAMED = /(?:^|\s)@([^@\n]{0,60})$/; // before the caret

  const picks = new Map(); // keys, each with its name
  const kept = { offers: [], at: 0, asked: 0, typing: 0, looking: false, entered: false, follows: true };
  const box = () => first("#box textarea");
  const list = () => part("names");

  // --- the chips -----------------------------------------------------------------------------------------------

  function drawn() {
    const chips = first("#scope .chips");
    if (!chips) return;
    chips.replaceChildren(...[...picks].map(([key, name]) => chip(key, name)));
    chips.hidden = !picks.size;
    const add = first("[data-scope=add]");
    add.textContent = picks.size ? phrase("+ Add") : phrase("All documents");
    add.toggleAttribute("data-picked", picks.size > 0);
  }

  function chip(key, name) {
    const item = make("li");
    const off = make("button", { type: "button", textContent: "×", title: phrase("Take it off") });
    off.setAttribute("aria-label", phrase("Ask not only {name}", { name }));
    off.dataset.unpick = key;
    item.append(make("span", { textContent: name, title: name, dir: "auto" }), off);
    return item;
  }

  function pick(pairs, { only = false } = {}) {
    if (only) picks.clear();
    const most = Number(part("documents").dataset.most); // that are asked together
    for (const [key, name] of pairs) if (picks.size < most) picks.set(key, name);
    kept.follows = false;
    drawn();
    const names = [...picks.values()].join(", ");
    tell(picks.size ? phrase("Asked only of {names}", { names }) : phrase("All documents are asked"));
  }

  function unpick(key) {
    const chips = all("#scope .chips button");
    const at = chips.findIndex((one) => one.dataset.unpick === key);
    picks.delete(key);
    pick([]);
    (all("#scope .chips button")[Math.min(at, picks.size - 1)] ?? box())?.focus();
  }

  function tell(words) {
    const place = first("#scope .told");
    if (place.textContent !== words) place.textContent = words;
  }

  // What the last question of the conversation that is opened was asked of, the next one is asked of as well.
  function restore() {
    if (!kept.follows) return;
    const last = all(".turn").at(-1);
    const said = first("[data-scope-of]", last)?.dataset.scopeOf;
    picks.clear();
    for (const [key, name] of said ? JSON.parse(said) : []) picks.set(key, name);
    drawn();
  }

  // --- the names -----------------------------------------------------------------------------------------------

  const named = () => {
    const area = box();
    return area.selectionStart === area.selectionEnd ? NAMED.exec(area.value.slice(0, area.selectionStart)) : null;
  };

  function typed() {
    clearTimeout(kept.typing);
    const found = named();
    if (!found) return shut();
    Object.assign(kept, { looking: true, entered: false });
    kept.typing = setTimeout(() => look(found[1]), TYPED);
  }

  async function look(words) {
    const number = ++kept.asked;
    const names = await fetched(words);
    if (number !== kept.asked) return;
    const { entered } = kept;
    offer(names.filter(({ key }) => !picks.has(key)));
    if (!entered) return;
    if (list().hidden) part("send").click();
    else take();
  }

  async function fetched(words) {
    try {
      const response = await fetch(`./names?${new URLSearchParams({ words })}`);
      return response.ok ? (await response.json()).names : [];
    } catch {
      return [];
    }
  }

  function offer(offers) {
    if (!list() || !offers.length || document.activeElement !== box()) return shut();
    kept.offers = offers;
    kept.looking = kept.entered = false;
    list().replaceChildren(...offers.map(option));
    list().hidden = false;
    box().setAttribute("aria-controls", "names");
    box().setAttribute("aria-autocomplete", "list");
    choose(0);
    tell(phrases("{n} name to choose from", "{n} names to choose from", offers.length));
  }

  function option({ key, name, about }, at) {
    const item = make("li", { id: `name-${at}`, role: "option" });
    item.setAttribute("role", "option");
    item.dataset.kind = key.split(":", 1)[0];
    item.append(
      make("span", { className: "name", textContent: name, dir: "auto" }),
      make("span", { textContent: about, dir: "auto" }),
    );
    return item;
  }

  function choose(at) {
    kept.at = (at + kept.offers.length) % kept.offers.length;
    for (const [number, item] of [...list().children].entries()) {
      item.setAttribute("aria-selected", number === kept.at);
      if (number === kept.at) item.scrollIntoView({ block: "nearest" });
    }
    box().setAttribute("aria-activedescendant", `name-${kept.at}`);
  }

  function shut() {
    kept.asked += 1;
    kept.looking = kept.entered = false;
    clearTimeout(kept.typing);
    if (!list() || list().hidden) return;
    list().hidden = true;
    box().removeAttribute("aria-activedescendant");
  }

  // What was typed last may not have been looked for yet: then Enter waits for what is found.
  function enter() {
    if (kept.looking) kept.entered = true;
    else take();
  }

  // The name goes from the text into a chip.
  function take() {
    const { key, name } = kept.offers[kept.at];
    const area = box();
    const caret = area.selectionStart;
    const begin = caret - (named()?.[1].length ?? -1) - 1;
    window.pincite.fill(area.value.slice(0, begin) + area.value.slice(caret), begin);
    shut();
    pick([[key, name]]);
  }

  function begin() {
    const area = box();
    const at = area.selectionStart;
    const before = area.value.slice(0, at);
    const mark = !before || /\s$/.test(before) ? "@" : " @";
    if (!named()) window.pincite.fill(before + mark + area.value.slice(at), at + mark.length);
    else area.focus();
    look(named()?.[1] ?? "");
  }

  // --- once ------------------------------------------------------------------------------------------------------

  function pressed(event) {
    if (event.target !== box() || event.isComposing) return;
    if (event.key === "Backspace" && picks.size && !box().value) return unpick([...picks.keys()].at(-1));
    if (!list() || (list().hidden && !(kept.looking && event.key === "Enter"))) return;
    const act = {
      ArrowDown: () => choose(kept.at + 1),
      ArrowUp: () => choose(kept.at - 1),
      Enter: enter,
      Tab: enter,
      Escape: shut,
    }[event.key];
    if (!act || event.shiftKey) return;
    act();
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function clicked(event) {
    const item = event.target.closest?.("#names [role=option]");
    if (item) {
      choose([...list().children].indexOf(item));
      return take();
    }
    const button = event.target.closest?.("button");
    const { scope, unpick: key, only, name } = button?.dataset ?? {};
    if (scope === "add") begin();
    else if (key !== undefined) unpick(key);
    else if (only) askOnly([[only, name]]);
  }

  function askOnly(pairs) {
    pick(pairs, { only: true });
    document.dispatchEvent(new Event("asking"));
    if (narrow.matches) first("#source [data-close]")?.click();
    box().focus();
  }

  window.addEventListener("keydown", pressed, true);
  document.addEventListener("click", clicked);
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest?.("#names")) event.preventDefault(); // the box keeps the focus
  });
  document.addEventListener("input", (event) => event.target === box() && typed());
  document.addEventListener("focusout", (event) => event.target === box() && shut());
  document.addEventListener("only", (event) => askOnly(event.detail));
  document.addEventListener("listed", (event) => {
    if (!event.detail?.moved) return;
    kept.follows = true;
    restore();
  });
  document.addEventListener("rendered", ({ detail: { room } }) => room === "talk" && restore());
  window.pincite.scope = () => {
    kept.follows = false;
    return JSON.stringify([...picks.keys()]);
  };
})();
