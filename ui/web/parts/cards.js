// A source that is no longer in the library says so wherever a conversation cites it.
"use strict";

(() => {
  const { phrase, post } = window.pincite;
  const WAIT = 400; // milliseconds: the library is drawn often while documents are being read
  const MOST = 200; // documents that are asked about
  let waiting = 0;
  const citing = () => [...document.querySelectorAll("#talk .turn :is(.cite, .card)[data-open]")];

  async function look() {
    const documents = [...new Set(citing().map((one) => one.dataset.open))].slice(-MOST);
    if (!documents.length) return;
    const answer = await post("./gone", { documents }).catch(() => null);
    if (answer?.ok) mark(new Set(await answer.json()));
  }

  function mark(gone) {
    for (const one of citing()) {
      const is = gone.has(one.dataset.open);
      if (is === "gone" in one.dataset) continue;
      one.toggleAttribute("data-gone", is);
      one.querySelector(".gone")?.remove();
      if (is && one.matches(".card")) one.querySelector(".head").append(said());
    }
  }

  function said() {
    const words = phrase("No longer in the library");
    return Object.assign(document.createElement("span"), { className: "gone", textContent: words });
  }

  // What was just answered is there; a conversation that is opened, or a library that has changed, may lack something.
  document.addEventListener("rendered", ({ detail: { room, name } }) => {
    if (room !== "library" && name !== "past") return;
    clearTimeout(waiting);
    waiting = setTimeout(look, WAIT);
  });
})();
