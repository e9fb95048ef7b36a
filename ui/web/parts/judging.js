// What is said of answers: it is asked for when a conversation is opened, and told when a button is pressed.
// A turn may be drawn anew at any time; what was said of it, and what is being typed, is kept here meanwhile.
"use strict";

(() => {
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const { phrase } = window.pincite;
  const kept = { id: "", said: new Map() }; // of the turns of the conversation that is shown, by their numbers

  const path = (id) => `./judgements/${id}`;
  const of = (turn) => kept.said.get(turn) ?? { verdict: "", comment: "", open: false, told: "" };

  function draw() {
    for (const part of all(".judging")) {
      const { verdict, comment, open, told } = of(part.dataset.turn);
      part.hidden = !kept.id;
      for (const button of all("[data-judge]", part)) {
        button.setAttribute("aria-pressed", button.dataset.judge === verdict);
      }
      first("label", part).textContent = verdict === "wrong" ? phrase("What would be right?") : phrase("Comment");
      first("form", part).hidden = !open;
      const field = first("[data-comment]", part);
      if (field.value !== comment) field.value = comment;
      const status = first(".told", part);
      if (status.textContent !== told) status.textContent = told;
    }
  }

  async function opened() {
    const id = window.pincite.here();
    if (id === kept.id) return draw();
    kept.id = id;
    kept.said.clear();
    draw();
    if (!id) return;
    const answer = await fetch(path(id)).catch(() => null);
    const said = answer?.ok ? await answer.json() : {};
    if (kept.id !== id) return;
    for (const [turn, one] of Object.entries(said)) kept.said.set(turn, { ...one, open: false, told: "" });
    draw();
  }

  async function tell(turn, change, done) {
    const id = kept.id;
    const before = of(turn);
    kept.said.set(turn, { ...before, ...change, told: "" });
    draw();
    const { verdict, comment } = of(turn);
    const judged = { turn: Number(turn), verdict, comment };
    const answer = await window.pincite.post(path(id), judged).catch(() => null);
    if (kept.id !== id) return;
    const reason = answer ? await answer.text() : phrase("Pincite is not running.");
    const told = answer?.ok ? done : phrase("Not kept: {reason}", { reason });
    kept.said.set(turn, answer?.ok ? { ...of(turn), told } : { ...before, comment, told });
    draw();
  }

  // The question box lies below what is scrolled: what opens is to be seen, with its note.
  function show(form, verdict) {
    form.scrollIntoView({ block: "nearest" });
    if (verdict === "wrong") first("[data-comment]", form).focus({ preventScroll: true });
  }

  const place = (element) => element.closest(".judging")?.dataset.turn;

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-judge]");
    if (!button) return;
    const turn = place(button);
    const verdict = of(turn).verdict === button.dataset.judge ? "" : button.dataset.judge;
    tell(turn, { verdict, open: Boolean(verdict), ...(verdict ? {} : { comment: "" }) }, verdict ? phrase("Kept") : "");
    if (verdict) show(first("form", button.closest(".judging")), verdict);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-comment]")) return;
    kept.said.set(place(event.target), { ...of(place(event.target)), comment: event.target.value, told: "" });
  });
  document.addEventListener("submit", (event) => {
    const turn = place(event.target);
    if (turn === undefined) return;
    event.preventDefault();
    const button = first(`.judging[data-turn="${turn}"] [data-judge="${of(turn).verdict}"]`);
    tell(turn, { open: false }, phrase("Kept with the comment"));
    button?.focus();
  });
  document.addEventListener("listed", () => {
    for (const part of all("#past, #before, #current")) drawn.observe(part, { childList: true, subtree: true });
    opened();
  });
  const drawn = new MutationObserver((records) => {
    const anew = records.some(({ target }) => !target.closest?.(".judging"));
    if (anew) draw();
  });
})();
