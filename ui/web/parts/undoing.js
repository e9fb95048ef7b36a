// What takes the last removal back: a bar says what was done, with a button, for as long as it can be undone.
// Nothing here makes HTML: words come as JSON and go into the bar as text.
"use strict";

(() => {
  const root = document.documentElement;
  const bar = () => document.getElementById("taking-back");
  const kept = { key: "", dismissed: new Set() };
  const table = () => window.pincite.documents;

  function offer(removals) {
    const last = removals.find(({ key }) => !kept.dismissed.has(key));
    kept.key = last?.key ?? "";
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

  async function dismiss() {
    kept.dismissed.add(kept.key);
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
  window.pincite.undoing = { offer };
})();
