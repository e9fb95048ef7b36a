// What takes back what was done last: a bar says what that was, with a button, for as long as it can be undone.
// Nothing here makes HTML: words come as JSON and go into the bar as text.
"use strict";

(() => {
  const root = document.documentElement;
  const bar = () => document.getElementById("taking-back");
  const kept = { key: "", own: null, dismissed: new Set() };
  const table = () => window.pincite.documents;

  function offer(removals) {
    const last = removals.find(({ key }) => !kept.dismissed.has(key));
    const key = last?.key ?? "";
    if (key !== kept.key) kept.own = null;
    kept.key = key;
    show(kept.own?.said ?? last?.said ?? "");
  }

  // What this page did itself, and undoes itself: it is offered before the removals, until there is another one.
  function propose(said, undo) {
    kept.own = { said, undo };
    show(said);
    bar().querySelector("[data-documents=back]").focus();
  }

  function show(words) {
    const said = bar().querySelector(".said");
    if (said.textContent !== words) said.textContent = words;
    bar().hidden = !words;
  }

  async function back() {
    bar().hidden = true;
    const { own, key } = kept;
    kept.own = null;
    const answer = await (own ? own.undo() : table().sent("./documents/back", { key }));
    table().told(answer);
    const isOpen = root.hasAttribute("data-documents");
    if (answer.trouble && !isOpen) show(answer.trouble);
    window.pincite.tell("added");
    if (isOpen) await table().load();
  }

  async function dismiss() {
    if (kept.own) kept.own = null;
    else kept.dismissed.add(kept.key);
    bar().hidden = true;
    await look();
  }

  async function look() {
    offer((await table().sent("./documents?count=0")).removals ?? []);
  }

  const acts = { back, dismiss };

  document.addEventListener("click", (event) => {
    acts[event.target.closest?.("#taking-back button")?.dataset.documents]?.();
  });
  document.addEventListener("discarded", look);
  window.pincite.undoing = { offer, propose };
})();
