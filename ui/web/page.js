// The page's behaviour: clicks and keys become events of the page, and focus and scrolling follow what it renders.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

window.pincite = (() => {
  const root = document.documentElement;
  const narrow = window.matchMedia("(max-width: 860px)");
  const kept = {
    toggled: new Set(),
    tab: "page",
    serial: 0,
    opener: null,
    opening: false,
    inView: false,
    width: 0,
    rejected: false,
    more: null,
    sent: 0,
    early: false,
    life: 0,
    lost: false,
    following: false,
    instead: -1,
  };
  const FIRST_SIGN = 15_000,
    NEXT_SIGN = 35_000; // milliseconds; the server gives one at least every 10 s
  const TAKEN_ALONG = "pincite.ask"; // the name under which a question goes with the page to a new one
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];

  // --- from the page to the server ---------------------------------------------------------------------------

  // Each part that the server renders says so here; one part carries what the page tells the server.
  function attach(element, watch) {
    watch("value", () => rendered(element));
    rendered(element);
  }

  const wire = {};

  function connect(events) {
    Object.assign(wire, events);
    const along = sessionStorage.getItem(TAKEN_ALONG);
    sessionStorage.removeItem(TAKEN_ALONG);
    if (along) setTimeout(() => ask(along), 300); // Gradio begins to listen a moment later
  }

  function clicked(event) {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const data = button.dataset;
    if ("instead" in data) replace(Number(data.instead));
    if ("open" in data) open(button);
    else if ("ask" in data) kept.lost ? again(button, data.ask) : ask(data.ask);
    else if ("fresh" in data) fresh();
    else if ("visit" in data) visit(data.visit);
    else if ("indexing" in data) wire[data.indexing]?.();
    else if ("fill" in data) fill(data.fill);
    else if ("copy" in data) copy(button, data.copy);
    else if ("toggle" in data) toggle(data.toggle);
    else if ("show" in data) show(data.show, true);
    else if ("fold" in data) fold();
    else if ("rejected" in data) showRejected();
    else if ("keys" in data) first("#keys").showModal();
    else if ("close" in data) close();
    else if ("reload" in data) again(button, "");
    else if ("widen" in data) root.toggleAttribute("data-wide");
  }

  function open(button) {
    const { open, start, end, turn, first: from, last } = button.dataset;
    if (!button.closest("#source")) kept.opener = button;
    kept.opening = true;
    kept.more = button.dataset.more ? { which: button.dataset.more, height: first(".panes").scrollHeight } : null;
    wire.cite?.({ open, start, end, turn, first: from, last, serial: ++kept.serial });
  }

  function fresh() {
    wire.fresh?.();
    left();
    box()?.focus();
  }

  // --- the conversations that are kept ---------------------------------------------------------------------------

  const address = () => new URL(window.location.href);
  const addressed = () => address().searchParams.get("c") ?? "";
  const here = () => first("#talks [data-here]")?.dataset.here ?? ""; // the conversation that is shown

  // Another conversation is another entry of the browser's history; one that gets its address now is the same entry.
  function settle(id, entry) {
    const url = address();
    if (addressed() === id) return;
    if (id) url.searchParams.set("c", id);
    else url.searchParams.delete("c");
    history[entry](null, "", url);
  }

  function visit(id) {
    if (id === here()) return narrow.matches && fold(true);
    left();
    wire.visit?.({ id });
  }

  // What belongs to the conversation that was shown goes with it.
  function left() {
    kept.moving = true;
    if (root.hasAttribute("data-source")) closed();
    kept.toggled.clear();
    replace(-1);
    kept.opener = null;
    if (narrow.matches) fold(true);
  }

  // The server says with the list which conversation the page shows.
  function settled() {
    const list = first("#talks [data-here]");
    if (!list) return;
    settle(here(), kept.moving ? "pushState" : "replaceState");
    const moved = kept.moving || root.hasAttribute("data-opening");
    kept.moving = false;
    document.dispatchEvent(new CustomEvent("listed", { detail: { moved } }));
    document.title = list.dataset.name ? `${list.dataset.name} · Pincite` : "Pincite";
    root.removeAttribute("data-opening");
    if (kept.early && !root.hasAttribute("data-busy")) ask(box().value);
    kept.early = false;
  }

  function returned() {
    if (root.hasAttribute("data-source")) closed();
    if (addressed() !== here()) wire.visit?.({ id: addressed() });
  }

  // --- after the server has rendered ---------------------------------------------------------------------------

  function rendered(element) {
    if (answers() !== kept.before) kept.sent = 0; // it may be told of without having changed
    if (element.closest("#source")) shown();
    else if (element.closest("#talks")) settled();
    else if (element.closest("#library")) unfold();
    else {
      reopen(element);
      follow();
      resume();
      document.dispatchEvent(new Event("rendered"));
    }
    mark();
  }

  // What was being answered when the page was left goes on: the server is asked for the rest of it.
  function resume() {
    const resumed = first("#current .turn[data-follow]");
    if (resumed && !kept.following) setTimeout(() => wire.follow?.(), 300); // when Gradio listens
    kept.following = Boolean(resumed);
  }

  function reopen(within) {
    for (const button of all("[data-toggle]", within)) {
      const is = kept.toggled.has(button.dataset.toggle);
      button.setAttribute("aria-expanded", is);
      part(button.dataset.toggle).hidden = !is;
    }
  }

  // The newest question goes to the top of the view once; the answer then grows below it without moving the text.
  function follow() {
    const turns = all(".turn");
    const last = turns.at(-1);
    root.toggleAttribute("data-busy", last?.dataset.state === "asking");
    if (last?.dataset.state === "asking") expect(NEXT_SIGN);
    else if (!kept.sent) clearTimeout(kept.life);
    if (!last || kept.turns === turns.length) {
      kept.turns = turns.length;
      return;
    }
    kept.turns = turns.length;
    const scroll = part("scroll");
    scroll.scrollTop += last.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 24;
  }

  // How many turns the server should know of; not one that only says that it can't be reached.
  const turns = () => all("#past .turn, #current .turn").length;

  const answers = () =>
    all("#current, #lost")
      .map((element) => element.textContent + all(".turn", element).at(-1)?.dataset.state)
      .join();

  // Where Gradio does not reach the server once, it sends nothing any more, but asks again and again who is there, to
  // take a new page at once, with nothing of the conversation. It is not told; the person decides.
  const fetched = window.fetch;
  window.fetch = (...asked) => {
    if (!String(asked[0]?.url ?? asked[0]).endsWith("/app_id")) return fetched(...asked);
    lose();
    return Promise.reject(new Error("not told"));
  };

  function lose() {
    if (kept.lost) return;
    kept.lost = true;
    root.setAttribute("data-lost", "");
    if (kept.sent || root.hasAttribute("data-busy")) expect(300);
  }

  // Only a new page reaches the server then, if it is there again; the question goes along.
  async function again(button, question) {
    try {
      await fetch("./page.css", { cache: "no-store" });
    } catch {
      return say(button, "Pincite is not running");
    }
    if (question) sessionStorage.setItem(TAKEN_ALONG, question);
    window.location.reload();
  }

  // A turn must come to an end. If nothing is heard of it for a time, or its stream ends without one, it has failed.
  function expect(milliseconds) {
    clearTimeout(kept.life);
    kept.life = setTimeout(broke, milliseconds);
  }

  function ended() {
    if (kept.sent || root.hasAttribute("data-busy")) expect(1500); // unless its last part is just being rendered
  }

  function broke() {
    const fault = part("broken").content.cloneNode(true);
    let turn = first("#current .turn[data-state=asking]");
    if (!turn) {
      turn = Object.assign(document.createElement("article"), { className: "turn" });
      turn.append(Object.assign(document.createElement("h2"), { className: "question", textContent: kept.asked }));
      part("unsent").replaceChildren(turn);
    }
    first("[data-ask]", fault).dataset.ask = first(".question", turn).textContent;
    first(".stage", turn)?.remove();
    turn.append(fault);
    turn.dataset.state = "failed";
    kept.sent = 0;
    kept.early = false;
    root.removeAttribute("data-opening");
    follow();
  }

  function shown() {
    const paper = first("#source .paper");
    if (!paper || !kept.opening) return;
    kept.opening = false;
    if (!root.hasAttribute("data-source") && narrow.matches) history.pushState({ pincite: "source" }, "");
    steadily(() => root.setAttribute("data-source", ""));
    // Words that stand on no page are shown in the text, whatever was shown before.
    if (first("[data-show]", paper)) show(paper.dataset.tab === "text" ? "text" : kept.tab, false);
    if (kept.more) grown();
    else reveal();
    watched.disconnect();
    const panes = first(".panes", paper);
    kept.width = panes?.clientWidth;
    if (panes) watched.observe(panes);
    paper.focus({ preventScroll: true });
  }

  // Text was added above or below: what was read stays where it was.
  function grown() {
    const panes = first("#source .panes");
    if (kept.more.which === "earlier") panes.scrollTop += panes.scrollHeight - kept.more.height;
    kept.more = null;
  }

  // What a person is to see first in the pane that is shown: the cited words, or the page that they stand on.
  function wanted() {
    const pane = paper()?.dataset.tab === "page" ? part("pane-page") : part("pane-text");
    const marks = all(".box.cited, mark.cited", pane);
    const seen = (mark) => mark.matches(".box") || (mark.textContent.trim() && mark.getClientRects().length);
    return marks.find(seen) ?? first("[data-here]", pane);
  }

  function reveal() {
    const panes = first("#source .panes");
    const target = wanted();
    if (!panes) return;
    if (!target) panes.scrollTop = 0;
    else {
      const height = target.getBoundingClientRect().height;
      const above = Math.max(24, (panes.clientHeight - height) / 3);
      panes.scrollTop += target.getBoundingClientRect().top - panes.getBoundingClientRect().top - above;
      // In a quotation that is longer than the panel, the answering words matter most.
      const words = first("mark b", target.parentElement.closest(".pane"))?.getBoundingClientRect();
      const below = words ? words.bottom - panes.getBoundingClientRect().bottom : 0;
      if (below > 0) panes.scrollTop += below + panes.clientHeight / 2;
      first("td.answers", panes)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    kept.inView = true;
  }

  // Where the panel gets another size, what is in it moves: words that were in view stay in view.
  const watched = new ResizeObserver(([{ target }]) => {
    const moved = kept.width !== target.clientWidth || !inView();
    if (moved && kept.inView) reveal();
    kept.width = target.clientWidth;
  });

  // While the panel is drawn anew there is none for a moment, and nothing that could be out of view.
  function inView() {
    const seen = first("#source .panes")?.getBoundingClientRect();
    const at = wanted()?.getBoundingClientRect();
    return !seen || !at || (at.bottom > seen.top && at.top < seen.bottom);
  }

  // A scroll that another width of the panel brings about may be told of before the width: it is no person's.
  function scrolled(panes) {
    if (panes.clientWidth === kept.width) kept.inView = inView();
  }

  // The citation whose source is open is marked in the conversation too.
  function mark() {
    const current = first("#source .paper")?.dataset ?? {};
    for (const button of all("#talk [data-open]")) {
      const same = ["open", "start", "end", "turn"].every(
        (key) => (button.dataset[key] ?? "") === (current[key] ?? ""),
      );
      if (same && root.hasAttribute("data-source")) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  // --- the source panel -----------------------------------------------------------------------------------------

  const paper = () => first("#source .paper");

  function show(tab, chosen) {
    if (chosen) kept.tab = tab;
    paper().dataset.tab = tab;
    for (const button of all("[data-show]", paper())) {
      const is = button.dataset.show === tab;
      button.setAttribute("aria-selected", is);
      button.tabIndex = is ? 0 : -1;
    }
    if (chosen) reveal();
  }

  function close() {
    if (!root.hasAttribute("data-source")) return;
    if (history.state?.pincite === "source") history.back();
    else closed();
  }

  function closed() {
    steadily(() => root.removeAttribute("data-source"));
    mark();
    const back = kept.opener?.isConnected ? kept.opener : box();
    back?.focus({ preventScroll: true });
  }

  // The conversation gets narrower or wider; what was clicked stays where it is.
  function steadily(change) {
    const at = () => (kept.opener?.isConnected ? kept.opener.getBoundingClientRect().top : 0);
    const before = at();
    change();
    part("scroll").scrollTop += at() - before;
  }

  function step(key) {
    if (root.hasAttribute("data-source")) first(`#source [data-step="${key}"]:not([disabled])`)?.click();
    else all(".turn").at(-1)?.querySelector(".cite")?.click();
  }

  // --- the library ------------------------------------------------------------------------------------------------

  function fold(folded = !root.hasAttribute("data-folded")) {
    root.toggleAttribute("data-folded", folded);
    (folded ? first("#unfold") : first("#library [data-fold]"))?.focus({ preventScroll: true });
  }

  function find(words) {
    clearTimeout(kept.typing);
    kept.typing = setTimeout(() => wire.find?.({ words }), 150);
  }

  function showRejected() {
    const rejected = part("rejected");
    if (!rejected) return;
    rejected.open = true;
    rejected.scrollIntoView({ block: "start" });
    first("summary", rejected).focus({ preventScroll: true });
  }

  // The list of what could not be read stays as it was, open or not.
  function unfold() {
    const rejected = part("rejected");
    if (rejected) rejected.open = kept.rejected;
  }

  // --- the question box ---------------------------------------------------------------------------------------------

  const box = () => first("#box textarea");

  function fill(text, caret = text.length) {
    const area = box();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.focus();
    area.setSelectionRange(caret, caret);
    area.dispatchEvent(new Event("input", { bubbles: true }));
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

  // One question at a time: what would send another while one is being answered is held back, the text stays.
  function guard(event) {
    const enter = event.type === "keydown" && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!(enter ? event.target === box() : event.type === "click" && event.target.closest?.("#send"))) return;
    const now = Date.now();
    if (box().value.trim() && !root.hasAttribute("data-busy") && now - kept.sent > 1000) {
      kept.asked = box().value.trim();
      kept.before = answers();
      part("unsent").replaceChildren();
      expect(kept.lost ? 300 : FIRST_SIGN);
      // What the server says of the page at its opening would be shown over an answer: the question waits for it.
      kept.early = root.hasAttribute("data-opening");
      if (!kept.early) {
        kept.sent = now;
        return;
      }
    }
    event.preventDefault();
    event.stopPropagation();
  }

  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      say(button, "Copied");
    } catch {
      say(button, "Copying is not allowed here");
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

  function toggle(id) {
    if (!kept.toggled.delete(id)) kept.toggled.add(id);
    reopen(document);
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
    const act = { "/": () => box()?.focus(), "[": () => step("previous"), "]": () => step("next") }[event.key];
    if (event.key === "?") first("#keys").showModal();
    else if (act) act();
    else if (event.target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(event.key)) swap();
    else return;
    event.preventDefault();
  }

  function escaped() {
    if (root.hasAttribute("data-source")) close();
    else if (narrow.matches && !root.hasAttribute("data-folded")) fold(true);
  }

  function recall(event) {
    const last = all(".turn .question").at(-1);
    if (!last) return;
    fill(last.textContent);
    event.preventDefault();
  }

  function swap() {
    show(paper().dataset.tab === "page" ? "text" : "page", true);
    first("[aria-selected=true]", paper())?.focus();
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
      control("unfold", "Library", () => fold(false)),
      control("anew", "New conversation", fresh),
    );
    part("talk").prepend(bar);
    part("scroll").append(Object.assign(document.createElement("div"), { id: "unsent" }));
    const gone = Object.assign(document.createElement("p"), {
      id: "gone",
      textContent: "The connection to Pincite was lost. ",
    });
    gone.setAttribute("role", "alert");
    gone.append(control("renew", "Reload the page", () => again(part("renew"), "")));
    part("composer").before(gone);
    const editing = Object.assign(document.createElement("p"), {
      id: "editing",
      hidden: true,
      textContent: "It is asked in the place of the earlier question and of what follows it. ",
    });
    editing.setAttribute("role", "status");
    editing.append(
      control("unedit", "Cancel", () => {
        replace(-1);
        fill("");
      }),
    );
    part("composer").before(editing);
    part("scroll").setAttribute("role", "region"); // frame.js says what comes of a question
    part("scroll").setAttribute("aria-label", "Conversation");
    part("scroll").tabIndex = 0;
    box().setAttribute("aria-label", "Question");
  }

  new MutationObserver(ready).observe(root, { childList: true, subtree: true });
  root.toggleAttribute("data-folded", narrow.matches);
  narrow.addEventListener("change", () => root.toggleAttribute("data-folded", narrow.matches));
  document.addEventListener("keydown", guard, true);
  document.addEventListener("click", guard, true);
  document.addEventListener("click", clicked);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-find]")) find(event.target.value);
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id === "rejected") kept.rejected = event.target.open;
    },
    true,
  );
  document.addEventListener("keydown", pressed);
  window.addEventListener("popstate", returned);
  root.setAttribute("data-opening", addressed() && "kept");
  document.addEventListener("scroll", (event) => event.target.matches?.(".panes") && scrolled(event.target), true);
  // A page that can't be shown as an image is shown as text.
  document.addEventListener(
    "error",
    (event) => {
      const figure = event.target.closest?.("#pane-page figure");
      figure?.setAttribute("data-failed", "");
      if (!figure?.querySelector(".box.cited") || paper().dataset.tab !== "page") return;
      show("text", false);
      reveal();
    },
    true,
  );
  const tell = (event, data) => wire[event]?.(data);
  const post = (path, body) =>
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return { attach, connect, turns, here, instead, ended, fresh, fill, say, tell, post };
})();
