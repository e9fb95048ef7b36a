// Questions that the documents answer: on the first screen, two after each answer, and near ones after a refusal.
// The server says which; here they become buttons, which page.js asks. Texts come and go as text.
"use strict";

(() => {
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const first = (selector, within = document) => within?.querySelector(selector);
  const { phrase } = window.pincite;
  const AGAIN = 10_000; // milliseconds after which an empty first screen asks once more
  const TIMES = 30;
  const kept = { key: "", questions: [], label: "", tries: 0, timer: 0, bare: false };

  async function offered(about) {
    const answer = await window.pincite.post("./suggestions", about).catch(() => null);
    return answer?.ok ? answer.json() : [];
  }

  function list(questions, label) {
    const made = Object.assign(document.createElement("ul"), { className: "examples" });
    made.setAttribute("aria-label", label);
    for (const question of questions) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: question,
        dir: "auto",
      });
      button.dataset.ask = question;
      const item = document.createElement("li");
      item.append(button);
      made.append(item);
    }
    return made;
  }

  // --- the first screen ---------------------------------------------------------------------------------------

  async function welcome() {
    clearTimeout(kept.timer);
    const screen = first("#current .welcome");
    if (!screen || kept.bare || screen.dataset.offered) return;
    screen.dataset.offered = "asked";
    const questions = await offered({});
    if (!screen.isConnected) return;
    if (questions.length) {
      first(".examples", screen)?.remove();
      screen.append(list(questions, phrase("Questions to try")));
    } else if (!first(".examples", screen) && ++kept.tries < TIMES) {
      delete screen.dataset.offered;
      kept.timer = setTimeout(welcome, AGAIN);
    }
  }

  // The first documents have come: they answer questions.
  function counted() {
    const bare = Boolean(first("#overview [data-bare]"));
    document.documentElement.toggleAttribute("data-empty", bare);
    if (bare === kept.bare) return;
    Object.assign(kept, { bare, tries: 0 });
    welcome();
  }

  // --- after an answer ----------------------------------------------------------------------------------------

  function about(turn) {
    const places = all(".answer .cite, .cards [data-open]", turn);
    return {
      question: first(".question", turn).textContent,
      documents: [...new Set(places.map((place) => place.dataset.open))].slice(0, 10),
      at: places.length ? Number(places[0].dataset.start) : null,
      answered: !first(".refusal", turn),
      elsewhere: !first("[data-scope-of]", turn), // what was asked of some documents is asked of them again
    };
  }

  const asked = () => all(".turn .question").map((one) => one.textContent);

  async function after() {
    const turn = all(".turn").at(-1);
    if (turn?.dataset.state !== "answered" || first(".suggested", turn)) return;
    const key = `${window.pincite.here()} ${all(".turn").length} ${first(".question", turn).textContent}`;
    if (key !== kept.key) {
      kept.key = key;
      kept.questions = [];
      const questions = await offered(about(turn));
      if (kept.key !== key) return;
      const known = new Set(asked());
      kept.questions = questions.filter((one) => !known.has(one)).slice(0, 2);
      kept.label = first(".refusal", turn) ? phrase("Your documents do answer") : phrase("Also answered");
    }
    draw();
  }

  function draw() {
    const turn = all(".turn").at(-1);
    for (const old of all(".suggested")) if (!turn?.contains(old)) old.remove();
    if (!kept.questions.length || turn?.dataset.state !== "answered" || first(".suggested", turn)) return;
    const part = Object.assign(document.createElement("div"), { className: "suggested" });
    part.append(Object.assign(document.createElement("h3"), { textContent: kept.label }));
    part.append(list(kept.questions, kept.label));
    const refusal = first(".refusal", turn);
    if (refusal) (first("h3", refusal) ?? refusal.lastElementChild).before(part);
    else turn.append(part);
  }

  function look() {
    welcome();
    after();
  }

  let waiting = 0;
  const drawn = new MutationObserver((records) => {
    if (records.every(({ target }) => target.closest?.(".judging, .suggested"))) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, 150); // an answer comes in many steps
  });
  document.addEventListener("rendered", ({ detail: { room } }) => room === "library" && counted());
  document.addEventListener("listed", () => {
    for (const part of all("#past, #before, #current")) drawn.observe(part, { childList: true, subtree: true });
    look();
  });
})();
