// The health page: what the server finds, and the check of the whole index, which is asked for and followed.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

(() => {
  const sheet = () => document.getElementById("health");
  const first = (selector) => sheet().querySelector(selector);
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const { phrase, phrases } = window.pincite;
  const UNREACHED = phrase("Pincite can’t be reached: see that it is running.");
  const STATES = { well: phrase("Well"), note: phrase("Note"), fault: phrase("Fault") };
  const AGAIN = 700; // milliseconds between two looks at a check
  let following = 0;

  async function answer(sent) {
    const response = await sent;
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  function open() {
    if (!sheet().open) sheet().showModal();
    look();
    follow();
  }

  async function look() {
    const sum = first(".sum");
    sum.textContent = phrase("Looking…");
    try {
      const { findings } = await answer(fetch("./health"));
      const faults = findings.filter((one) => one.state === "fault").length;
      sum.textContent = faults ? phrases("{n} fault", "{n} faults", faults) : phrase("All is well.");
      first(".findings").replaceChildren(...findings.sort(worse).map(item));
    } catch {
      sum.textContent = UNREACHED;
    }
  }

  const worse = (one, other) => Object.keys(STATES).indexOf(other.state) - Object.keys(STATES).indexOf(one.state);

  function item({ name, state, says, cure }) {
    const made = make("li", { className: state });
    made.append(make("b", { className: "state", textContent: STATES[state] }));
    made.append(make("span", { className: "what", textContent: name }));
    made.append(make("span", { className: "says", textContent: says }));
    if (cure)
      made.append(
        make("span", {
          className: "cure",
          textContent: phrase("What to do: {cure}", { cure: cure.replaceAll("`", "") }),
        }),
      );
    return made;
  }

  async function check() {
    first("[data-check]").disabled = true;
    try {
      shown(await answer(window.pincite.post("./health/check", {})));
      follow();
    } catch {
      first(".checked").textContent = UNREACHED;
      first("[data-check]").disabled = false;
    }
  }

  async function follow() {
    clearTimeout(following);
    try {
      const state = await answer(fetch("./health/check"));
      shown(state);
      if (state.state === "running" && sheet().open) following = setTimeout(follow, AGAIN);
    } catch {
      first(".checked").textContent = UNREACHED;
    }
  }

  function shown({ state, done, total, problems, error }) {
    const running = state === "running";
    const bar = first("progress");
    bar.hidden = !running;
    bar.max = Math.max(total, 1);
    if (total) bar.value = done;
    else bar.removeAttribute("value");
    first("[data-check]").disabled = running;
    first(".checked").textContent = {
      never: phrase("Not checked since Pincite was started."),
      running: total ? phrase("Checking {done} of {total} documents", { done, total }) : phrase("Checking"),
      done: problems.length ? phrase("{n} found:", { n: problems.length }) : phrase("The index is sound."),
      failed: phrase("Not checked: {error}", { error }),
    }[state];
    const lines = problems.map((one) => one.replaceAll("`", ""));
    first(".problems").replaceChildren(...lines.map((one) => make("li", { className: "fault", textContent: one })));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if ("health" in button.dataset) open();
    else if ("check" in button.dataset) check();
  });
})();
