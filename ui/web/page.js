// The page's behaviour: clicks and keys become events of the page, and the parts are told what the server has rendered.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

window.pincite = (() => {
  const root = document.documentElement;
  const narrow = window.matchMedia("(max-width: 860px)");
  const kept = { toggled: new Set(), instead: -1, pressed: null };
  const part = (name) => document.getElementById(name);

  // --- words: messages are English here; their translations came with the page ---------------------------------

  const forms = new Map(Object.entries(JSON.parse(part("phrases")?.textContent ?? "{}")));
  const spoken = root.lang;
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === spoken) ?? spoken;
  const numbers = new Intl.NumberFormat(locale);
  const shown = (value) => (typeof value === "number" ? numbers.format(value) : value);
  const filled = (message, values) => message.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
  const phrase = (message, values = {}) => filled(forms.get(message)?.[0] ?? message, values);

  // The form that fits the number n; a language that has one form only uses it for all.
  function phrases(one, many, n, values = {}) {
    const known = forms.get(one) ?? [one, many];
    return filled(known[n === 1 ? 0 : known.length - 1], { n, ...values });
  }

  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];

  // --- from the page to the server ---------------------------------------------------------------------------

  // Each part that the server renders says so here; one part carries what the page tells the server.
  function attach(element, watch) {
    watch("value", () => rendered(element));
    rendered(element);
  }

  const wire = {};
  const last = {}; // what was told of each event

  function connect(events) {
    Object.assign(wire, events);
    document.dispatchEvent(new Event("connected"));
  }

  function tell(event, data) {
    last[event] = data;
    wire[event]?.(data);
  }

  const told = (event) => last[event];
  const post = (path, body) =>
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  function clicked(event) {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const data = button.dataset;
    const { again, fresh, visit } = window.pincite;
    if ("instead" in data) replace(Number(data.instead));
    if ("ask" in data) root.hasAttribute("data-lost") ? again(button, data.ask) : ask(data.ask);
    else if ("fresh" in data) fresh();
    else if ("visit" in data) visit(data.visit);
    else if ("indexing" in data) tell(data.indexing);
    else if ("fill" in data) fill(data.fill);
    else if ("copy" in data) copy(button, data.copy);
    else if ("toggle" in data) toggle(data.toggle);
    else if ("fold" in data) fold();
    else if ("keys" in data) first("#keys").showModal();
    else if ("reload" in data) again(button, "");
  }

  // What the server renders anew while it is pressed gets no click from the browser: what stands in its place does.
  function released(event) {
    const [pressed, there] = [kept.pressed, event.target.closest?.("button")];
    kept.pressed = null;
    if (pressed && there && !pressed.isConnected && pressed.outerHTML === there.outerHTML) there.click();
  }

  // --- after the server has rendered ---------------------------------------------------------------------------

  // The parts hear where it was: in the source, the list of conversations, the library, or else the conversation.
  function rendered(element) {
    const room = element.closest("#source, #talks, #library")?.id ?? "talk";
    if (room === "talk") reopen(element);
    const name = element.closest("#past, #current")?.id;
    document.dispatchEvent(new CustomEvent("rendered", { detail: { room, name } }));
  }

  function reopen(within) {
    for (const button of all("[data-toggle]", within)) {
      const is = kept.toggled.has(button.dataset.toggle);
      button.setAttribute("aria-expanded", is);
      part(button.dataset.toggle).hidden = !is;
    }
  }

  function toggle(id) {
    if (!kept.toggled.delete(id)) kept.toggled.add(id);
    reopen(document);
  }

  function fold(folded = !root.hasAttribute("data-folded")) {
    root.toggleAttribute("data-folded", folded);
    (folded ? first("#unfold") : first("#library [data-fold]"))?.focus({ preventScroll: true });
  }

  // --- the question box ---------------------------------------------------------------------------------------------

  const box = () => first("#box textarea");

  function write(text) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box(), text);
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  function fill(text, caret = text.length) {
    write(text);
    box().focus();
    box().setSelectionRange(caret, caret);
    box().dispatchEvent(new Event("input", { bubbles: true })); // what looks at the caret
  }

  // The next question stands in the place of that turn and of what follows it, unless the person thinks better of it.
  function replace(turn) {
    kept.instead = turn;
    part("editing").hidden = turn < 0;
  }

  function instead() {
    const turn = kept.instead;
    replace(-1);
    return turn;
  }

  function ask(text) {
    fill(text);
    requestAnimationFrame(() => part("send").click());
  }

  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      say(button, phrase("Copied"));
    } catch {
      say(button, phrase("Copying is not allowed here"));
    }
  }

  // A button says for a moment what came of it.
  function say(button, words, milliseconds = 1500) {
    const said = button.textContent;
    button.textContent = words;
    return new Promise((done) =>
      setTimeout(() => {
        button.textContent = said;
        done();
      }, milliseconds),
    );
  }

  // --- keys -----------------------------------------------------------------------------------------------------------

  function pressed(event) {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.isComposing ||
      first("dialog[open], [popover]:popover-open")
    )
      return;
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && !event.defaultPrevented) return escaped();
    if (event.target === box() && event.key === "ArrowUp" && !box().value) return recall(event);
    if (typing) return;
    const { step, swap } = window.pincite.source;
    const act = { "/": () => box()?.focus(), "[": () => step("previous"), "]": () => step("next") }[event.key];
    if (event.key === "?") first("#keys").showModal();
    else if (act) act();
    else if (event.target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(event.key)) swap();
    else return;
    event.preventDefault();
  }

  function escaped() {
    if (kept.instead >= 0) part("unedit").click();
    else if (root.hasAttribute("data-source")) window.pincite.source.close();
    else if (narrow.matches && !root.hasAttribute("data-folded")) fold(true);
  }

  function recall(event) {
    const last = all(".turn .question").at(-1);
    if (!last) return;
    fill(last.textContent);
    event.preventDefault();
  }

  // --- once -------------------------------------------------------------------------------------------------------------

  function control(id, text, act) {
    const button = document.createElement("button");
    Object.assign(button, { id, type: "button", textContent: text });
    button.addEventListener("click", act);
    return button;
  }

  function ready() {
    if (part("unfold") || !part("talk") || !part("source") || !box()) return;
    const bar = Object.assign(document.createElement("div"), { id: "bar" });
    bar.append(
      control("unfold", phrase("Library"), () => fold(false)),
      control("anew", phrase("New conversation"), () => window.pincite.fresh()),
    );
    part("talk").prepend(bar);
    part("scroll").append(Object.assign(document.createElement("div"), { id: "unsent" }));
    const asked = () => part("scroll").toggleAttribute("data-asked", Boolean(first("#unsent .turn")));
    new MutationObserver(asked).observe(part("unsent"), { childList: true });
    const lost = phrase("The connection to Pincite was lost.");
    const anew = phrase("It is asked in the place of the earlier question and of what follows it.");
    const gone = Object.assign(document.createElement("p"), {
      id: "gone",
      textContent: `${lost} `,
    });
    gone.setAttribute("role", "alert");
    gone.append(control("renew", phrase("Reload the page"), () => window.pincite.renew(part("renew"))));
    part("composer").before(gone);
    const editing = Object.assign(document.createElement("p"), {
      id: "editing",
      hidden: true,
      textContent: `${anew} `,
    });
    editing.setAttribute("role", "status");
    editing.append(
      control("unedit", phrase("Cancel"), () => {
        replace(-1);
        fill("");
      }),
    );
    const long = Object.assign(document.createElement("p"), { id: "long" });
    long.setAttribute("role", "alert");
    part("composer").before(editing, long);
    part("scroll").setAttribute("role", "region"); // frame.js says what comes of a question
    part("scroll").setAttribute("aria-label", phrase("Conversation"));
    part("scroll").tabIndex = 0;
    box().setAttribute("aria-label", phrase("Question"));
    box().dir = "auto"; // a question begins at the side that its letters do
  }

  new MutationObserver(ready).observe(root, { childList: true, subtree: true });
  // Gradio says that the page is in the language of its own words, of which there is none to see.
  new MutationObserver(() => {
    if (root.lang !== spoken) root.lang = spoken;
  }).observe(root, { attributeFilter: ["lang"] });
  root.toggleAttribute("data-folded", narrow.matches);
  narrow.addEventListener("change", () => root.toggleAttribute("data-folded", narrow.matches));
  document.addEventListener("click", clicked);
  document.addEventListener("pointerdown", (event) => {
    kept.pressed = event.target.closest?.("button");
  });
  document.addEventListener("pointerup", released);
  document.addEventListener("keydown", pressed);
  document.addEventListener("left", () => {
    kept.toggled.clear();
    replace(-1);
  });
  return { attach, connect, locale, phrase, phrases, narrow, fold, instead, ask, write, fill, say, tell, told, post };
})();
