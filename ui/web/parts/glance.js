// What a citation quotes, shown beside its number while it is pointed at, has the focus, or was tapped.
"use strict";

(() => {
  const WAIT = 200; // milliseconds: nothing is shown to a pointer that passes by, and it has time to come over
  const { phrase } = window.pincite;
  const kept = { of: null, timer: 0, asked: 0, touched: false, clicked: null, at: null };
  const cite = (event) => event.target.closest?.("#talk .cite");
  const box = () => document.getElementById("glance") ?? made();

  function element(name, className, text) {
    return Object.assign(document.createElement(name), { className, textContent: text });
  }

  function made() {
    const tip = Object.assign(document.createElement("div"), { id: "glance", hidden: true });
    tip.setAttribute("role", "tooltip");
    tip.addEventListener("pointerenter", () => clearTimeout(kept.timer));
    tip.addEventListener("pointerleave", () => later(hide));
    document.querySelector("main").append(tip); // what is outside of the landmarks is passed over by some readers
    return tip;
  }

  function later(act) {
    clearTimeout(kept.timer);
    kept.timer = setTimeout(act, WAIT);
  }

  async function show(button) {
    clearTimeout(kept.timer);
    if (kept.of === button) return;
    hide();
    const { open, start, end } = button.dataset;
    const asked = ++kept.asked;
    let said;
    try {
      said = await (await fetch(`./glance/${encodeURIComponent(open)}/${start}-${end}.json`)).json();
    } catch {
      return; // the number itself still opens the source
    }
    if (asked !== kept.asked || !button.isConnected) return;
    kept.of = button;
    box().replaceChildren(...lines(said));
    button.setAttribute("aria-describedby", "glance");
    box().hidden = false;
    place();
    changes.observe(document.getElementById("scroll"), { childList: true, subtree: true });
  }

  function lines(said) {
    if (said.gone) return [element("p", "gone", said.gone)];
    const head = element("p", "head", "");
    head.append(Object.assign(element("b", "", said.title), { dir: "auto" }), said.page ? `, ${said.page}` : "");
    const words = said.rows ? table(said) : element("p", "words", said.before ? `${said.before} ` : "");
    words.dir = "auto";
    if (!said.rows) words.append(element("mark", "", said.quote), said.after ? ` ${said.after}` : "");
    const shown = said.section ? [head, element("p", "section", said.section), words] : [head, words];
    return kept.touched ? [...shown, element("p", "section", phrase("Tap again to open the source"))] : shown;
  }

  // The cited row of a table between its neighbours, under the names of the columns.
  function table({ columns, rows }) {
    const line = (values, name) => {
      const row = document.createElement("tr");
      row.append(...values.map((value) => element(name, "", value)));
      return row;
    };
    const [before, cited, after] = rows.map((values) => line(values, "td"));
    cited.className = "cited";
    const shown = document.createElement("table");
    shown.append(line(columns, "th"), ...[before, cited, after].filter((row) => row.children.length));
    const scrolled = element("div", "rows", "");
    scrolled.tabIndex = 0; // it is scrolled by keys, too
    scrolled.append(shown);
    return scrolled;
  }

  function hide() {
    clearTimeout(kept.timer);
    kept.asked++;
    kept.of?.removeAttribute("aria-describedby");
    kept.of = null;
    box().hidden = true;
    changes.disconnect();
  }

  // How many other numbers would lie under it.
  function covered(left, top, width, height) {
    const lies = ({ left: from, right, top: above, bottom }) =>
      from < left + width && right > left && above < top + height && bottom > top;
    const others = [...document.querySelectorAll("#talk .cite")].filter((one) => one !== kept.of);
    return others.filter((one) => [...one.getClientRects()].some(lies)).length;
  }

  // Below the number, above it where there is more room or fewer numbers are hidden; never out of the window.
  function place() {
    if (!kept.of) return;
    const at = kept.of.getBoundingClientRect();
    const view = document.getElementById("scroll").getBoundingClientRect();
    if (!kept.of.isConnected || at.bottom < view.top || at.top > view.bottom) return hide();
    const { offsetWidth: width, offsetHeight: height } = box();
    const left = Math.max(8, Math.min(at.left - 24, window.innerWidth - width - 8));
    const [below, above] = [at.bottom + 6, at.top - height - 6];
    const fits = below + height < window.innerHeight;
    const fewer = () => covered(left, above, width, height) < covered(left, below, width, height);
    box().style.left = `${Math.round(left)}px`;
    box().style.top = `${Math.round(above >= 0 && (!fits || fewer()) ? above : below)}px`;
  }

  const changes = new MutationObserver(() => {
    if (!kept.of?.isConnected) hide();
  });

  // The arrow keys go from one number to the next.
  function step(event, from) {
    const all = [...document.querySelectorAll("#talk .turn .cite")].filter((one) => one.getClientRects().length);
    const next = all[all.indexOf(from) + (event.key === "ArrowRight" ? 1 : -1)];
    next?.focus();
    event.preventDefault();
  }

  document.addEventListener("pointerover", (event) => {
    const button = event.pointerType !== "touch" && cite(event);
    if (button && button === kept.clicked) return;
    if (button && button !== kept.of) later(() => show(button));
    else if (button) clearTimeout(kept.timer);
  });
  document.addEventListener("pointerout", (event) => {
    if (event.pointerType !== "touch" && cite(event)) later(hide);
  });
  // A number that was clicked shows nothing more until the pointer itself has gone from it: what opens moves it, too.
  document.addEventListener("pointermove", (event) => {
    if (!kept.clicked || cite(event) === kept.clicked) return;
    if (event.clientX !== kept.at[0] || event.clientY !== kept.at[1]) kept.clicked = null;
  });
  document.addEventListener("pointerdown", (event) => {
    kept.touched = event.pointerType === "touch";
    if (kept.of && !event.target.closest?.("#glance") && cite(event) !== kept.of) hide();
  });
  document.addEventListener("focusin", (event) => {
    const button = cite(event);
    if (button !== kept.clicked && button?.matches(":focus-visible")) show(button);
  });
  document.addEventListener("focusout", (event) => {
    if (cite(event) && !kept.touched) later(hide);
  });
  // The first tap shows the words, the next one opens the source; a click opens it at once.
  document.addEventListener(
    "click",
    (event) => {
      const button = cite(event);
      if (!button) return;
      if (kept.touched && event.detail && kept.of !== button) {
        event.stopPropagation();
        show(button);
      } else {
        hide();
        const pointed = event.detail && !kept.touched;
        Object.assign(kept, { clicked: pointed ? button : null, at: [event.clientX, event.clientY] });
      }
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      kept.touched = false;
      const button = cite(event);
      if (event.key === "Escape" && kept.of) {
        hide();
        event.stopPropagation();
        event.preventDefault();
      } else if (button && /^Arrow(Left|Right)$/.test(event.key)) step(event, button);
    },
    true,
  );
  document.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
})();
