// A question on its way, one at a time: it is followed to its answer, or given up where nothing more is heard of it.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

(() => {
  const root = document.documentElement;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const box = () => first("#box textarea");
  const FIRST_SIGN = 15_000,
    NEXT_SIGN = 35_000, // milliseconds; the server gives one at least every 10 s
    UNDRAWN = 200, // in a tab that isn't looked at
    SOON = 400, // what is on its way has come and is rendered
    LEFT = 2000; // in which what is being answered ends, once it is left
  const { phrase } = window.pincite;
  const kept = {
    sent: 0,
    due: false,
    early: false,
    stopped: "",
    halting: false,
    inquired: false,
    life: 0,
    given: 0,
    following: false,
    sending: false,
    open: { ask: 0, follow: 0 }, // what the server is at for this page
    next: null, // what is done when that has ended
  };

  // --- what is sent ------------------------------------------------------------------------------------------------

  // One question at a time: what would send another while one is being answered is held back, the text stays.
  function guard(event) {
    if (kept.sending) return;
    const enter = event.type === "keydown" && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!(enter ? event.target === box() : event.type === "click" && event.target.closest?.("#send"))) return;
    const now = Date.now();
    const typed = box().value.trim();
    if (typed && root.hasAttribute("data-lost")) window.pincite.again(part("renew"), typed);
    else if (typed && !isTooLong(typed) && !root.hasAttribute("data-busy") && now - kept.sent > 1000) {
      kept.asked = typed;
      part("unsent")?.replaceChildren();
      // What the server says of the page at its opening would be shown over an answer: the question waits for it.
      kept.early = root.hasAttribute("data-opening") || root.hasAttribute("data-moving");
      if (!kept.early) {
        kept.sent = now;
        kept.stopped = "";
        echo();
      }
      kept.before = answers();
      expect(FIRST_SIGN);
      kept.due = !kept.early;
      if (kept.due) drawn(send);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // The question is drawn before it is sent: what Gradio does first takes the longer the more there is on the page. The
  // box is empty then, for the next one.
  function send() {
    if (!kept.due) return; // its conversation was left
    window.pincite.write("");
    kept.sending = true;
    kept.open.ask += 1;
    part("send").click();
    kept.sending = false;
  }

  // Once what was changed is drawn, or after a while where nothing is.
  function drawn(next) {
    let waits = true;
    const once = () => {
      if (waits) next();
      waits = false;
    };
    requestAnimationFrame(() => setTimeout(once));
    setTimeout(once, UNDRAWN);
  }

  // Nothing is cut off: what is too long stays in the box, and how long a question may be is said.
  function isTooLong(typed) {
    const [count, most] = [[...typed].length, Number(part("broken")?.dataset.longest ?? Infinity)];
    const about = { n: count, most };
    const said = phrase(
      "That has {n} characters, and a question at most {most}: shorten it, or add it as text.",
      about,
    );
    const long = part("long"); // which is there once the page is
    if (long) long.textContent = count > most ? said : "";
    return count > most;
  }

  // What is asked stands there at once, until the server shows it: in the place of itself where it had failed.
  function echo() {
    const failed = first("#current .turn[data-state=failed]");
    const again = failed && first(".question", failed).textContent === kept.asked;
    const turn = again ? failed : unsent();
    if (again) first(".fault", turn)?.remove();
    else part("unsent").replaceChildren(turn);
    turn.dataset.state = "asking";
    turn.append(make("p", { className: "stage", textContent: phrase("Searching") }));
    follow();
  }

  // What the server hasn't shown yet it can't stop: that is stopped as soon as it has.
  function halt(event) {
    if (!event.target.closest?.("#stop")) return;
    kept.stopped = first("#current .turn")?.id ?? "";
    if (!kept.sent) return;
    kept.halting = true;
    for (const stage of all(".turn[data-state=asking] .stage")) stage.textContent = phrase("Stopping");
    event.preventDefault();
    event.stopPropagation();
  }

  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  function unsent() {
    const turn = make("article", { className: "turn" });
    turn.append(make("h2", { className: "question", dir: "auto", textContent: kept.asked }));
    return turn;
  }

  // The page shows its conversation, or will in a moment, as the list comes first: what was asked meanwhile is asked.
  function opened() {
    drawn(() => {
      follow();
      if (kept.early && !root.hasAttribute("data-busy")) window.pincite.ask(box().value);
      kept.early = false;
    });
  }

  // --- what comes of it --------------------------------------------------------------------------------------------

  function rendered({ detail: { room } }) {
    if (answers() !== kept.before) heard(); // it may be told of without having changed
    if (room !== "talk") return;
    if (kept.next) window.pincite.tell("leave"); // which the server may not have been at yet
    follow();
    resume();
    if (!kept.halting || kept.sent) return;
    kept.halting = false;
    if (root.hasAttribute("data-busy")) part("stop").click();
  }

  // What was given up may be answered after all.
  function heard() {
    kept.sent = 0;
    const [turn, shown] = [first("#unsent .turn"), first("#current .question")?.textContent];
    if (turn?.dataset.state === "asking" || (turn && first(".question", turn).textContent === shown)) turn.remove();
  }

  // Another conversation is shown: what was sent in the one that is left is not waited for.
  function left() {
    part("unsent")?.replaceChildren();
    Object.assign(kept, { sent: 0, due: false, early: false, halting: false });
    root.removeAttribute("data-busy");
    settled();
  }

  // What was being answered when the page was left goes on: the server is asked for the rest of it.
  function resume() {
    const resumed = first("#current .turn[data-follow]");
    if (resumed && !kept.following) setTimeout(ahead, 300); // when Gradio listens
    kept.following = Boolean(resumed);
  }

  function follow() {
    const last = all(".turn").at(-1);
    const asking = last?.dataset.state === "asking" && !root.hasAttribute("data-moving"); // that one is being left
    root.toggleAttribute("data-busy", asking);
    if (asking) awaitEnd(last);
    else if (!kept.sent) settled();
    const seen = kept.newest === last?.id;
    kept.newest = last?.id;
    if (last && !seen) window.pincite.newest();
  }

  function ahead() {
    kept.open.follow = 1;
    window.pincite.tell("follow");
  }

  // What the server has shown, without what other parts add to it.
  const answers = () => all("#current .turn, #lost .turn").map(told).join();
  const added = (one) => one.matches(".suggested, .judging");

  function told({ id, dataset, children }) {
    const texts = [...children].filter((one) => !added(one)).map((one) => one.textContent);
    return [id, dataset.state, ...texts].join();
  }

  // A turn must come to an end. If nothing is heard of it for a time, it has failed. If its stream ends without one, or
  // a step that was on its way is shown after the word of Stop, the server is asked once what has come of it.
  function awaitEnd(turn) {
    if (kept.stopped && turn.id === kept.stopped && !kept.inquired) expect(SOON, inquire);
    else expect(NEXT_SIGN);
  }

  function expect(milliseconds, then = broke) {
    clearTimeout(kept.life);
    kept.life = setTimeout(then, milliseconds);
  }

  function ended(stream) {
    kept.open[stream] = Math.max(0, kept.open[stream] - 1);
    if (kept.next && !isOpen()) return over();
    if (isWaiting()) expect(...(kept.inquired ? [1500] : [SOON, inquire]));
  }

  function inquire() {
    kept.inquired = true;
    ahead();
    expect(FIRST_SIGN);
  }

  const isOpen = () => Boolean(kept.open.ask || kept.open.follow);

  // What the server is at for this page ends, and then the next thing is done; or after a while, if nothing is heard.
  function quit(next) {
    kept.next = next;
    if (!isOpen()) return over();
    window.pincite.tell("leave");
    clearTimeout(kept.given);
    kept.given = setTimeout(over, LEFT);
  }

  function over() {
    const { next } = kept;
    clearTimeout(kept.given);
    Object.assign(kept, { next: null, open: { ask: 0, follow: 0 } });
    next?.();
  }

  function settled() {
    clearTimeout(kept.life);
    kept.inquired = false;
  }

  const isWaiting = () => Boolean(kept.sent) || root.hasAttribute("data-busy");

  function broke() {
    const fault = part("broken").content.cloneNode(true);
    let turn = first("#current .turn[data-state=asking]");
    if (!turn) {
      turn = unsent();
      part("unsent").replaceChildren(turn);
    }
    first("[data-ask]", fault).dataset.ask = first(".question", turn).textContent;
    first(".stage", turn)?.remove();
    turn.append(fault);
    turn.dataset.state = "failed";
    Object.assign(kept, { sent: 0, early: false, halting: false });
    root.removeAttribute("data-opening");
    root.removeAttribute("data-moving");
    follow();
    turn.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", guard, true);
  document.addEventListener("click", guard, true);
  document.addEventListener("click", halt, true);
  document.addEventListener("rendered", rendered);
  document.addEventListener("lost", () => isWaiting() && expect(300));
  document.addEventListener("elsewhere", left);
  document.addEventListener(
    "input",
    ({ target }) => target === box() && part("long")?.textContent && isTooLong(target.value),
  );
  Object.assign(window.pincite, { asked: () => kept.asked, ended, opened, quit });
})();
