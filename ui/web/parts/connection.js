// The connection to the server: where it is lost, a person says when the page is loaded anew; a question goes along.
"use strict";

(() => {
  const root = document.documentElement;
  const TAKEN_ALONG = "pincite.ask"; // the name under which a question goes with the page to a new one

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
  }

  // Only a new page reaches the server then, if it is there again; the question goes along.
  async function again(button, question) {
    try {
      await fetch("./page.css", { cache: "no-store" });
    } catch {
      return window.pincite.say(button, window.pincite.phrase("Pincite is not running"));
    }
    if (question) sessionStorage.setItem(TAKEN_ALONG, question);
    window.location.reload();
  }

  // The server may have had the question, and have answered it meanwhile, or be at it.
  function isThere(question) {
    const turn = document.querySelector("#current .turn");
    const [asked, along] = [turn?.querySelector(".question").textContent, question].map((text) => text?.trim());
    return asked === along && ["asking", "answered"].includes(turn.dataset.state);
  }

  document.addEventListener("connected", () => {
    const along = sessionStorage.getItem(TAKEN_ALONG);
    sessionStorage.removeItem(TAKEN_ALONG);
    if (!along) return;
    // Gradio listens when it has shown what the server says of the page at its opening, which a busy one says late.
    const ask = () => setTimeout(() => isThere(along) || window.pincite.ask(along));
    if (root.hasAttribute("data-opening")) document.addEventListener("listed", ask, { once: true });
    else ask();
  });
  window.pincite.again = again;
})();
