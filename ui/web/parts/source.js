// The source panel: it is opened, at the words that are cited, and closed; its tabs, and the step to another citation.
"use strict";

(() => {
  const root = document.documentElement;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const paper = () => first("#source .paper");
  const kept = { tab: "page", serial: 0, opener: null, opening: false, inView: false, width: 0, more: null };

  // --- what is shown -----------------------------------------------------------------------------------------------

  function open(button) {
    const { open, start, end, turn, first: from, last } = button.dataset;
    // A preview has closed by now, and given the focus back to its row.
    if (!button.closest("#source")) kept.opener = button.closest("[popover]") ? document.activeElement : button;
    kept.opening = true;
    kept.more = button.dataset.more ? { which: button.dataset.more, height: first(".panes").scrollHeight } : null;
    window.pincite.tell("cite", { open, start, end, turn, first: from, last, serial: ++kept.serial });
  }

  function shown() {
    const now = paper();
    if (!now || !kept.opening) return;
    kept.opening = false;
    if (!root.hasAttribute("data-source")) window.pincite.over("source");
    steadily(() => root.setAttribute("data-source", ""));
    // Words that stand on no page are shown in the text, whatever was shown before.
    if (first("[data-show]", now)) show(now.dataset.tab === "text" ? "text" : kept.tab, false);
    if (kept.more) grown();
    else reveal();
    watched.disconnect();
    const panes = first(".panes", now);
    kept.width = panes?.clientWidth;
    if (panes) watched.observe(panes);
    now.focus({ preventScroll: true });
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
    const current = paper()?.dataset ?? {};
    for (const button of all("#talk [data-open]")) {
      const same = ["open", "start", "end", "turn"].every(
        (key) => (button.dataset[key] ?? "") === (current[key] ?? ""),
      );
      if (same && root.hasAttribute("data-source")) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  // --- tabs, steps, closing ----------------------------------------------------------------------------------------

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
    if (!window.pincite.before("source")) closed();
  }

  function closed() {
    steadily(() => root.removeAttribute("data-source"));
    mark();
    const back = kept.opener?.isConnected ? kept.opener : first("#box textarea");
    back?.focus({ preventScroll: true });
  }

  // Forward opens it again, unless it went with another conversation.
  function returned() {
    const is = history.state?.pincite === "source";
    if (is === root.hasAttribute("data-source")) return;
    if (!is) return closed();
    if (!paper() || !kept.opener?.isConnected) return window.pincite.lifted("source");
    kept.opening = true;
    shown();
    mark();
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

  function swap() {
    show(paper().dataset.tab === "page" ? "text" : "page", true);
    first("[aria-selected=true]", paper())?.focus();
  }

  // --- once --------------------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const data = button.dataset;
    if ("open" in data) open(button);
    else if ("show" in data) show(data.show, true);
    else if ("close" in data) close();
    else if ("widen" in data) root.toggleAttribute("data-wide");
  });
  document.addEventListener("rendered", ({ detail: { room } }) => {
    if (room === "source") shown();
    mark();
  });
  document.addEventListener("left", () => {
    if (root.hasAttribute("data-source")) closed();
    kept.opener = null;
  });
  // It goes before the table of documents that may lie under it, as what opened it is there.
  window.addEventListener("popstate", returned, true);
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
  window.pincite.source = { close, step, swap };
})();
