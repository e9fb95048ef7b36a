// The conversations that are kept: each has an address, and in their list one is opened, pinned, renamed or deleted.
// Nothing here makes HTML: names come and go as text.
"use strict";

(() => {
  const root = document.documentElement;
  const { narrow, fold, tell, phrase } = window.pincite;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const TYPED = 150; // milliseconds after the last letter, after which it is searched
  const SURE = phrase("Delete for good?");

  const kept = { typing: 0, id: "", focus: "", moving: false, awaited: "", arrived: false };
  const more = (id) => first(`#talks [data-menu="${CSS.escape(id)}"]`);

  // --- their addresses -------------------------------------------------------------------------------------------

  const address = () => new URL(window.location.href);
  const addressed = () => address().searchParams.get("c") ?? "";
  const here = () => first("#talks [data-here]")?.dataset.here ?? ""; // the conversation that is shown

  // Another conversation is another entry of the browser's history; one that gets its address now is the same entry, and
  // so is one that comes where something was open over the one before: Back would have nothing to do there.
  function settle(id, entry) {
    const url = address();
    if (addressed() === id) return;
    if (id) url.searchParams.set("c", id);
    else url.searchParams.delete("c");
    history[entry](kept.moving ? null : history.state, "", url);
  }

  function fresh() {
    const blank = !here() && !root.hasAttribute("data-moving") && !first(".turn");
    leave();
    if (!blank) move("fresh");
    first("#box textarea")?.focus();
  }

  function visit(id) {
    if (id === here()) return narrow.matches && fold(true);
    leave();
    move("visit", { id });
  }

  function move(event, data) {
    kept.moving = true;
    hold(event, data);
  }

  // A question that is sent meanwhile waits: what the server shows would take its place. And what is being answered comes
  // to its end first: a step of it would be shown in the other conversation, and asked of there.
  function hold(event, data) {
    root.setAttribute("data-moving", "");
    Object.assign(kept, { awaited: data?.id ?? "", arrived: false });
    window.pincite.quit(() => tell(event, data));
  }

  // What belongs to the conversation that was shown goes with it.
  function leave() {
    document.dispatchEvent(new Event("left"));
    document.dispatchEvent(new Event("elsewhere"));
    if (narrow.matches) fold(true);
  }

  // The server says with the list which conversation the page shows. While another is awaited, a list may still be that of
  // the one that is left.
  function settled() {
    const list = first("#talks [data-here]");
    if (!list || (root.hasAttribute("data-moving") && !isThere())) return;
    settle(here(), kept.moving && !window.pincite.spent() ? "pushState" : "replaceState");
    const moved = kept.moving || root.hasAttribute("data-opening");
    kept.moving = false;
    document.dispatchEvent(new CustomEvent("listed", { detail: { moved } }));
    document.title = list.dataset.name ? `${list.dataset.name} · Pincite` : "Pincite";
    root.removeAttribute("data-opening");
    root.removeAttribute("data-moving");
    window.pincite.opened();
  }

  const isThere = () => kept.arrived && [kept.awaited, ""].includes(here()); // it may be deleted: then it is a new one

  // All of what was asked for has come; a list that is as it was is not rendered again.
  function moved() {
    kept.arrived = true;
    if (root.hasAttribute("data-moving")) settled();
  }

  function returned() {
    if (addressed() === here()) return;
    document.dispatchEvent(new Event("elsewhere"));
    hold("visit", { id: addressed() });
  }

  // The page is looked at again: another tab may have gone on meanwhile.
  function seen() {
    if (!document.hidden && !root.matches("[data-busy], [data-opening], [data-moving], [data-lost]")) tell("update");
  }

  // --- the list --------------------------------------------------------------------------------------------------

  // The server has rendered the list anew: what had the focus has it again.
  function listed() {
    const list = first("#talks .history");
    first("#seek .seek").hidden = list.hidden;
    first("[data-seek]").hidden = !("searched" in list.dataset);
    drawn.observe(part("talks"), { childList: true, subtree: true }); // the old list may still be there
    refocus();
  }

  const drawn = new MutationObserver(refocus);

  function refocus() {
    if (!kept.focus || first("#menu:popover-open") || document.activeElement !== document.body) return;
    (first(kept.focus) ?? first("#library .fresh")).focus();
    kept.focus = "";
  }

  function seek(words) {
    clearTimeout(kept.typing);
    kept.typing = setTimeout(() => tell("sift", { words }), TYPED);
  }

  function older(button) {
    const shown = all("#talks .title").length;
    button.disabled = true;
    document.addEventListener("listed", () => all("#talks .title")[shown]?.focus(), { once: true });
    tell("more");
  }

  // --- the menu of one -------------------------------------------------------------------------------------------

  function open(button) {
    const menu = part("menu");
    kept.id = button.dataset.menu;
    first("[data-act=pin]", menu).textContent = "pinned" in button.dataset ? phrase("Unpin") : phrase("Pin");
    for (const link of all("[data-export]", menu)) link.href = `./conversation/${kept.id}.${link.dataset.export}`;
    calm();
    menu.showPopover();
    const at = button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(at.bottom + 4, window.innerHeight - height - 8))}px`;
    button.setAttribute("aria-expanded", "true");
    first("[role=menuitem]", menu).focus();
  }

  function closed() {
    for (const button of all("#talks [aria-expanded]")) button.removeAttribute("aria-expanded");
  }

  // What is deleted does not come back: the entry asks once more.
  function calm() {
    const entry = first("[data-act=delete]", part("menu"));
    entry.textContent = phrase("Delete");
    delete entry.dataset.sure;
  }

  function act(entry) {
    const { id } = kept;
    const button = more(id);
    if (entry.dataset.act === "delete" && !entry.dataset.sure) {
      entry.dataset.sure = "true";
      entry.textContent = SURE;
      return;
    }
    part("menu").hidePopover();
    if (!button) return;
    if (entry.dataset.act === "rename") return rename(button);
    kept.focus = `#talks [data-menu="${CSS.escape(id)}"]`;
    if (entry.dataset.act === "pin") tell("pin", { id, pinned: "pinned" in button.dataset ? 0 : 1 });
    if (entry.dataset.act === "delete") remove(button, id);
  }

  function remove(button, id) {
    const buttons = all("#talks [data-menu]");
    const next = buttons[buttons.indexOf(button) + 1];
    if (next) kept.focus = `#talks [data-menu="${CSS.escape(next.dataset.menu)}"]`;
    if (id !== here()) return tell("remove", { id });
    // One after the other: of two lists the one that comes last is shown, and the first still has what is deleted.
    document.addEventListener("listed", () => tell("remove", { id }), { once: true });
    fresh();
  }

  // The name is written where it stands. Enter and leaving it keep what was typed, Escape what was there.
  function rename(button) {
    const title = first(".title", button.parentElement);
    const field = Object.assign(document.createElement("input"), {
      type: "text",
      maxLength: 120,
      className: "naming",
      dir: "auto",
    });
    field.setAttribute("aria-label", phrase("Name of the conversation"));
    field.value = button.dataset.name;
    const end = (typed) => {
      if (!field.isConnected || title.hidden === false) return;
      title.hidden = button.hidden = false;
      const focused = document.activeElement === field;
      field.remove();
      if (focused) button.focus();
      if (!typed || typed === button.dataset.name) return;
      title.textContent = typed;
      if (focused) kept.focus = `#talks [data-menu="${CSS.escape(button.dataset.menu)}"]`;
      tell("rename", { id: button.dataset.menu, name: typed });
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") end(field.value.trim());
      else if (event.key === "Escape") end("");
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", () => end(field.value.trim()));
    title.hidden = button.hidden = true;
    title.before(field);
    field.focus();
    field.select();
  }

  // --- keys and clicks -------------------------------------------------------------------------------------------

  function pressed(event) {
    const entries = all("#menu [role=menuitem]");
    const at = entries.indexOf(document.activeElement);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") part("menu").hidePopover();
    if (to === undefined) return;
    entries.at(to % entries.length).focus();
    event.preventDefault();
  }

  root.setAttribute("data-opening", addressed() && "kept");
  document.addEventListener("rendered", ({ detail: { room } }) => room === "talks" && settled());
  window.addEventListener("popstate", returned);
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("listed", listed);
  document.addEventListener("keydown", pressed);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-seek]")) seek(event.target.value);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-export]")) part("menu").hidePopover();
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    if ("menu" in button.dataset) open(button);
    else if ("act" in button.dataset) act(button);
    else if ("older" in button.dataset) older(button);
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id === "menu" && event.newState === "closed") closed();
    },
    true,
  );
  Object.assign(window.pincite, { here, fresh, visit, moved });
})();
