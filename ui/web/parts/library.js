// The library's behaviour: documents are added by button or by drop, found, and removed.
// Nothing here makes HTML: names of files come and go as text.
"use strict";

(() => {
  const root = document.documentElement;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
  const OVER = 400; // milliseconds without a sign of it, after which nothing is dragged over the page any more
  const { phrase, phrases } = window.pincite;
  const head = () => first("#adding .adding");
  const add = (files) => window.pincite.add(files); // of sending.js

  // --- what is dropped -----------------------------------------------------------------------------------------

  let leaving = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

  function dragged(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    over();
    clearTimeout(leaving);
    leaving = setTimeout(gone, OVER);
  }

  function over() {
    if (root.hasAttribute("data-dropping")) return;
    root.setAttribute("data-dropping", "");
    const target = make("div", { id: "drop" });
    target.append(make("p"));
    target.firstChild.append(make("span", { textContent: phrase("Drop to add to your library") }));
    document.body.append(target);
  }

  function gone() {
    root.removeAttribute("data-dropping");
    part("drop")?.remove();
  }

  async function dropped(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // a browser would leave the page, and open the file
    clearTimeout(leaving);
    gone();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = [...event.dataTransfer.files]; // both are only there until this event is over
    if (!entries.some((entry) => entry.isDirectory)) return add(files);
    const most = Number(head().dataset.most);
    const found = [];
    for (const entry of entries) await within(entry, found, most);
    add(found);
  }

  // Hidden files in a folder are passed over, as they are in a folder that is synced.
  async function within(entry, found, most) {
    if (found.length > most) return;
    if (entry.isFile) {
      found.push(await new Promise((done, failed) => entry.file(done, failed)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const one of some) if (!one.name.startsWith(".")) await within(one, found, most);
    }
  }

  function picked(input) {
    const files = [...input.files];
    input.value = ""; // so that the same file can be picked again
    const hidden = (file) => file.webkitRelativePath.split("/").some((name) => name.startsWith("."));
    add(input.dataset.picks === "folder" ? files.filter((file) => !hidden(file)) : files);
  }

  // Text that was copied from somewhere becomes a file: its title, or its first line, is the name.
  function typed(form) {
    const title = form.elements.title.value.trim();
    const text = form.elements.text.value.trim();
    if (!text) return;
    const name = (title || text.split("\n", 1)[0]).slice(0, 80).replace(/[\\/]/g, "-");
    add([new File([title ? `${title}\n\n${text}\n` : `${text}\n`], `${name}.txt`)]);
    form.reset();
  }

  // --- what is removed -------------------------------------------------------------------------------------------

  const asked = { path: null, sure: false, at: 0 }; // the document whose removal is asked about, or going on

  function discard(button) {
    const open = asked.path === button.dataset.discard && !asked.sure;
    settle();
    if (open) return;
    asked.path = button.dataset.discard;
    show();
    first("#removal-of [data-sure=no]")?.focus();
  }

  const meant = () => all("#library [data-discard]").find((button) => button.dataset.discard === asked.path);

  // The server may render the list anew meanwhile: what was asked is then asked there again.
  function show() {
    const button = meant();
    if (!button || part("removal-of")) return;
    const box = part("removal").content.firstElementChild.cloneNode(true);
    const { copy, inside } = button.dataset;
    box.id = "removal-of";
    first("[data-copy]", box).hidden = copy === undefined;
    first("[data-own]", box).hidden = copy !== undefined;
    if (inside) {
      const holds = first("[data-holds]", box);
      holds.hidden = false;
      const more = phrases(
        "It holds {n} more, which goes with it.",
        "It holds {n} more, which go with it.",
        Number(inside),
      );
      holds.textContent = ` ${more}`;
    }
    button.closest("li").append(box);
    box.scrollIntoView({ block: "nearest" });
    if (asked.sure) going();
  }

  function sure(answer) {
    const button = meant();
    if (answer === "no" || !button) {
      settle();
      return button?.focus();
    }
    asked.sure = true;
    asked.at = all("#listing li").indexOf(button.closest("li"));
    const open = first("[data-open]", button.closest("li"))?.dataset.open;
    if (open && first("#source .paper")?.dataset.open === open) first("#source [data-close]")?.click();
    going();
    window.pincite.tell("discard", { document: asked.path });
  }

  function going() {
    const box = part("removal-of");
    if (!box) return;
    for (const button of all("button", box)) button.remove();
    const said = first("p", box);
    said.textContent = phrase("Removing…");
    said.setAttribute("role", "status");
  }

  function settle() {
    part("removal-of")?.remove();
    Object.assign(asked, { path: null, sure: false });
  }

  // The list was rendered anew: what was removed is gone from it, and the focus goes to what is there in its place.
  function listed() {
    if (asked.path === null) return;
    if (meant()) return show();
    const was = asked.sure;
    settle();
    if (!was || (document.activeElement && document.activeElement !== document.body)) return;
    const items = all("#listing li");
    (first("button", items[Math.min(asked.at, items.length - 1)]) ?? first("[data-add=files]"))?.focus();
  }

  // The server has done what it could; where the document is still there, it has said why.
  function answered() {
    setTimeout(() => asked.sure && meant() && settle(), 500); // unless the list is just being rendered
  }

  // --- what is found, and what could not be read --------------------------------------------------------------------

  const kept = { typing: 0, rejected: false };

  function find(words) {
    clearTimeout(kept.typing);
    kept.typing = setTimeout(() => window.pincite.tell("find", { words }), 150);
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

  // --- once -------------------------------------------------------------------------------------------------------

  function clicked(event) {
    const button = event.target.closest?.("button");
    if (!button) return;
    const { add: what, discard: path, sure: answer, again, skip, tell } = button.dataset;
    if (what === "text") part("texting").showModal();
    else if (what) first(`[data-picks=${what}]`).click();
    else if ("texting" in button.dataset)
      part("texting").close(); // what was typed stays
    else if (path !== undefined) discard(button);
    else if (answer) sure(answer);
    else if (again !== undefined) window.pincite.tell("again", { document: again });
    else if (skip !== undefined) window.pincite.tell("skip", { document: skip });
    else if (tell) window.pincite.tell(tell);
    else if ("rejected" in button.dataset) showRejected();
  }

  function pressed(event) {
    if (event.key !== "Escape" || !part("removal-of") || asked.sure) return;
    event.preventDefault();
    event.stopPropagation();
    sure("no");
  }

  document.addEventListener("click", clicked);
  document.addEventListener("submit", (event) => event.target.closest?.("#texting") && typed(event.target));
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
  document.addEventListener("rendered", ({ detail: { room } }) => room === "library" && unfold());
  document.addEventListener("discarded", answered);
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("change", (event) => event.target.matches?.("[data-picks]") && picked(event.target));
  for (const name of ["dragenter", "dragover"]) window.addEventListener(name, dragged, true);
  window.addEventListener("drop", dropped, true);
  new MutationObserver(() => listed()).observe(root, { childList: true, subtree: true });
})();
