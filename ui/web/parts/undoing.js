// What takes back what was done last: a bar says what that was, with a button, for as long as it can be undone.
// Nothing here makes HTML: words come as JSON and go into the bar as text.
"use strict";

(() => {
  const root = document.documentElement;
  const bar = () => document.getElementById("taking-back");
  const SEEN = "pincite-undoable"; // what the bar says, and what was hidden: a reload of the page keeps it
  const kept = { key: "", dismissed: [], ...JSON.parse(sessionStorage.getItem(SEEN)) };
  const table = () => window.pincite.documents;

  function offer(undoable) {
    const last = undoable.find(({ key }) => !kept.dismissed.includes(key));
    kept.key = last?.key ?? "";
    kept.dismissed = kept.dismissed.filter((key) => undoable.some((one) => one.key === key));
    if (kept.key || kept.dismissed.length) sessionStorage.setItem(SEEN, JSON.stringify(kept));
    else sessionStorage.removeItem(SEEN);
    show(last?.said ?? "");
  }

  function show(words) {
    const said = bar().querySelector(".said");
    if (said.textContent !== words) said.textContent = words;
    bar().hidden = !words;
  }

  async function back() {
    bar().hidden = true;
    const answer = await table().sent("./documents/back", { key: kept.key });
    table().told(answer);
    const isOpen = root.hasAttribute("data-documents");
    if (answer.trouble && !isOpen) show(answer.trouble);
    window.pincite.tell("added");
    if (isOpen) await table().load();
  }

  function dismiss() {
    kept.dismissed.push(kept.key);
    bar().hidden = true;
    return look();
  }

  async function look() {
    const { undoable } = await table().sent("./documents?count=0");
    if (undoable) offer(undoable);
  }

  const acts = { back, dismiss };

  document.addEventListener("click", (event) => {
    acts[event.target.closest?.("#taking-back button")?.dataset.documents]?.();
  });
  document.addEventListener("discarded", look);
  document.addEventListener("connected", () => kept.key && look());
  window.pincite.undoing = { offer };
})();
