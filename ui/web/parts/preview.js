// The preview of a document beside its row in the table of all documents: what it is, its outline, how it begins.
// Nothing here makes HTML: words come as JSON and go into the panel as text.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const first = (selector, within = part("preview")) => within.querySelector(selector);
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const { phrase } = window.pincite;
  const WAIT = 150; // milliseconds: who steps on through rows has only the last one's looked up
  const GAP = 8; // pixels between the panel and what is around it
  const sheet = window.matchMedia("(max-width: 560px)"); // where it lies at the foot of the screen
  const kept = { path: "", panel: null, asked: 0, timer: 0, pressed: "" };

  const isOpen = () => part("preview")?.matches(":popover-open");
  const eyes = () => [...document.querySelectorAll("#documents tbody [data-preview]")];
  const pathOf = (button) => button.closest("tr").dataset.path;
  const eye = () => eyes().find((one) => pathOf(one) === kept.path);

  // --- what is shown -------------------------------------------------------------------------------------------

  function show(button, wait = 0) {
    kept.path = pathOf(button);
    const row = window.pincite.documents.row(kept.path);
    first("h2").textContent = row.title;
    const added = row.added && phrase("Added on {date}", { date: window.pincite.documents.day(row.added) });
    first(".facts").textContent = [row.kind, row.pages, added, row.ready ? "" : row.state].filter(Boolean).join(" · ");
    first(".notes").textContent = row.notes.join(" · ");
    first(".inside").replaceChildren();
    const entry = first("footer .plain");
    entry.hidden = !row.open;
    entry.dataset.open = row.open;
    if (!isOpen()) part("preview").showPopover({ source: button });
    window.pincite.over("preview");
    first(".inside").scrollTop = 0;
    marked();
    button.closest("tr").scrollIntoView({ block: sheet.matches ? "start" : "nearest" });
    place();
    clearTimeout(kept.timer);
    kept.timer = setTimeout(look, wait, row.open, ++kept.asked);
  }

  async function look(open, asked) {
    if (!open) return;
    let parts;
    try {
      const response = await fetch(`./preview/${encodeURIComponent(open)}.json`, { cache: "no-store" });
      parts = response.ok ? inside(await response.json(), open) : [line(await response.text())];
    } catch {
      parts = [line(phrase("The connection to Pincite was lost: see that it is running, then try again."))];
    }
    if (asked !== kept.asked) return;
    first(".inside").replaceChildren(...parts);
    place();
  }

  const line = (text) => make("p", { className: "lines", textContent: text, dir: "auto" });

  function inside({ headings, more, lines, page, name }, open) {
    const parts = headings.length ? [outline(headings, open)] : [];
    if (more) parts.push(make("p", { className: "more", textContent: phrase("and {n} more", { n: more }) }));
    if (!page) return lines ? [...parts, line(lines)] : parts;
    const image = make("img", { alt: name, src: `./page/${encodeURIComponent(open)}/${page}.png` });
    image.addEventListener("error", () => image.replaceWith(line(lines)));
    image.addEventListener("load", place);
    return [image, ...parts];
  }

  function outline(headings, open) {
    const list = make("ol", { ariaLabel: phrase("Outline") });
    for (const { level, text, start, end } of headings) {
      const entry = make("button", { type: "button", className: "quiet", textContent: text, dir: "auto" });
      Object.assign(entry.dataset, { open, start, end });
      entry.style.setProperty("--level", Math.min(level, 4));
      const item = make("li");
      item.append(entry);
      list.append(item);
    }
    return list;
  }

  // Which row's it is, and whether there are others before and after it.
  function marked() {
    const all = eyes();
    for (const one of all) one.setAttribute("aria-expanded", isOpen() && pathOf(one) === kept.path);
    first("[data-preview=previous]").disabled = pathOf(all[0]) === kept.path;
    first("[data-preview=next]").disabled = pathOf(all.at(-1)) === kept.path;
    if (document.activeElement.disabled) first("[data-preview=close]").focus();
  }

  // Beside the row where its name is left to be seen, else below or above it; never out of the window.
  function place() {
    const at = eye()?.getBoundingClientRect();
    if (!at || !isOpen()) return;
    const row = eye().closest("tr").getBoundingClientRect();
    const { style, offsetWidth: width } = part("preview");
    const left = row.right - width;
    const beside = at.right + GAP <= left;
    const [above, below] = [row.top, window.innerHeight - row.bottom];
    style.setProperty("--room", `${(beside ? window.innerHeight : Math.max(above, below)) - 2 * GAP}px`);
    const height = part("preview").offsetHeight;
    const top = beside ? row.top : below >= above ? row.bottom + GAP : row.top - height - GAP;
    style.setProperty("--x", `${Math.round(Math.max(GAP, left))}px`);
    style.setProperty("--y", `${Math.round(Math.max(GAP, Math.min(top, window.innerHeight - height - GAP)))}px`);
  }

  // --- what is done --------------------------------------------------------------------------------------------

  function open(button) {
    const path = pathOf(button);
    if (isOpen() && path === kept.path) hide();
    else if (path !== kept.pressed) show(button);
  }

  function hide() {
    if (!isOpen()) return;
    part("preview").hidePopover();
    eye()?.focus({ preventScroll: true });
  }

  // The focus goes along, unless it is in the panel.
  function step(by) {
    const all = eyes();
    const next = all[all.indexOf(eye()) + by];
    if (!next) return;
    show(next, WAIT);
    if (!part("preview").contains(document.activeElement)) next.focus({ preventScroll: true });
  }

  function closed() {
    kept.asked++;
    for (const one of eyes()) one.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body || eyes().includes(document.activeElement))
      eye()?.focus({ preventScroll: true });
  }

  // The table is drawn anew: what is gone from it is previewed no more.
  function drawn() {
    if (!isOpen()) return;
    if (!eye()) return hide();
    marked();
    place();
  }

  const acts = {
    open,
    previous: () => step(-1),
    next: () => step(1),
    close: hide,
  };

  function ready() {
    const panel = part("preview");
    if (!panel || kept.panel === panel) return;
    kept.panel = panel;
    panel.addEventListener("toggle", (event) => event.newState === "closed" && closed());
    panel.addEventListener("beforetoggle", (event) => event.newState === "closed" && window.pincite.lifted("preview"));
    new MutationObserver(drawn).observe(panel.parentElement.querySelector("tbody"), { childList: true });
  }

  // What is pressed outside of the panel closes it; pressed on its own row's button, it is not to open again.
  document.addEventListener("pointerdown", () => (kept.pressed = isOpen() ? kept.path : ""), true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const { preview } = button.dataset;
    if (preview) acts[preview](button);
    else if (button.closest("#preview")) hide(); // the source opens
    kept.pressed = "";
  });
  window.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !isOpen() || event.target.matches("select, [type=search]")) return;
    step(by);
    event.preventDefault();
  });
  document.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
  window.addEventListener("popstate", () => {
    if (history.state?.pincite !== "preview") hide();
    else if (!isOpen()) eye()?.checkVisibility() ? show(eye()) : window.pincite.lifted("preview");
  });
  new MutationObserver(ready).observe(document.documentElement, { childList: true, subtree: true });
})();
