// The connection to the server: where it is lost, a person says when the page is loaded anew; a question goes along.
"use strict";

(() => {
  const root = document.documentElement;
  const TAKEN_ALONG = "pincite.ask"; // the name under which a question goes with the page to a new one
  const TYPED = "pincite.typed"; // and what was typed, and is not to be asked yet
  const LOOK = 3000; // milliseconds between two looks whether the server is there again
  const first = (selector) => document.querySelector(selector);

  // Where Gradio does not reach the server once, it sends nothing any more, but asks again and again who is there, to
  // take a new page at once, with nothing of the conversation. It is not told; the person decides.
  const fetched = window.fetch;
  window.fetch = (...asked) => {
    if (!String(asked[0]?.url ?? asked[0]).endsWith("/app_id")) return fetched(...asked);
    lose();
    return Promise.reject(new Error("not told"));
  };

  function lose() {
    if (root.hasAttribute("data-lost")) return;
    root.setAttribute("data-lost", "");
    document.dispatchEvent(new Event("lost"));
    setTimeout(look, LOOK);
  }

  async function look() {
    if (!(await isReachable())) return setTimeout(look, LOOK);
    first("#gone").firstChild.textContent = `${window.pincite.phrase("Pincite can be reached again.")} `;
  }

  const isReachable = () =>
    fetched("./page.css", { cache: "no-store" }).then(
      () => true,
      () => false,
    );

  // Only a new page reaches the server then, if it is there again; the question goes along, and what is in the box.
  async function again(button, question) {
    if (!(await isReachable())) return window.pincite.say(button, window.pincite.phrase("Pincite is not running"));
    const typed = first("#box textarea").value;
    if (question) sessionStorage.setItem(TAKEN_ALONG, question);
    if (typed.trim() && typed.trim() !== question) sessionStorage.setItem(TYPED, typed);
    window.location.reload();
  }

  // The question that failed, if one did, is asked anew.
  const renew = (button) => again(button, first(".turn[data-state=failed] .question")?.textContent ?? "");

  function taken(name) {
    const text = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return text;
  }

  // The server may have had the question, and have answered it meanwhile, or be at it.
  function isThere(question) {
    const turn = document.querySelector("#current .turn");
    const [asked, along] = [turn?.querySelector(".question").textContent, question].map((text) => text?.trim());
    return asked === along && ["asking", "answered"].includes(turn.dataset.state);
  }

  document.addEventListener("connected", () => {
    const [along, typed] = [taken(TAKEN_ALONG), taken(TYPED)];
    if (!along && !typed) return;
    // Gradio listens when it has shown what the server says of the page at its opening, which a busy one says late.
    const go = () => setTimeout(() => resume(along, typed));
    if (root.hasAttribute("data-opening")) document.addEventListener("listed", go, { once: true });
    else go();
  });

  // One thing at a time: what was typed is put into the box when the question has left it.
  function resume(along, typed) {
    if (along && !isThere(along)) window.pincite.ask(along);
    if (typed) setTimeout(() => window.pincite.fill(typed), along ? 1000 : 0);
  }

  Object.assign(window.pincite, { again, renew });
})();
