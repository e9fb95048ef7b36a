// What is done with a source that is open: words are found in it, its outline, pages as pictures whose text can be
// selected, a link back.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

(() => {
  const { phrase } = window.pincite;
  const SIZES = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
  const kept = { words: "", at: -1, found: [], asked: 0, typing: 0, size: 2, doc: "", pending: null, serial: "" };
  const first = (selector, within = document) => within?.querySelector(selector);
  const all = (selector, within = document) => [...(within?.querySelectorAll(selector) ?? [])];
  const paper = () => first("#source .paper");
  const panes = () => first("#source .panes");
  const onPages = () => paper()?.dataset.tab === "page";
  const doc = () => encodeURIComponent(paper().dataset.open);

  async function json(path) {
    try {
      const answer = await fetch(path, { cache: "no-store" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  // --- places in the document ------------------------------------------------------------------------------------------

  // The server counts characters, a browser halves of them.
  function steps(text, characters) {
    if (!/[\ud800-\udfff]/.test(text)) return characters;
    return [...text].slice(0, characters).join("").length;
  }

  // The ranges of places in the text that is shown, which are in order and apart.
  function ranges(places) {
    const walker = document.createTreeWalker(first("#pane-text .text"), NodeFilter.SHOW_TEXT);
    const made = [];
    let at = Number(paper().dataset.first);
    let node = walker.nextNode();
    for (const { start, end } of places) {
      const range = document.createRange();
      let begun = false;
      while (node) {
        const length = /[\ud800-\udfff]/.test(node.data) ? [...node.data].length : node.data.length;
        if (!begun && start >= at && start < at + length) {
          range.setStart(node, steps(node.data, start - at));
          begun = true;
        }
        if (begun && end <= at + length) {
          range.setEnd(node, steps(node.data, end - at));
          break;
        }
        at += length;
        node = walker.nextNode();
      }
      made.push(begun ? range : null);
    }
    return made;
  }

  function isShown({ start, end }) {
    return start >= Number(paper().dataset.first) && end <= Number(paper().dataset.last);
  }

  function scrollTo(at) {
    if (!at) return;
    const seen = panes().getBoundingClientRect();
    panes().scrollTop += at.top - seen.top - panes().clientHeight / 3;
    const [left, right] = [at.left - seen.left, at.right - seen.left];
    if (left < 0 || right > panes().clientWidth) panes().scrollLeft += left - 40;
  }

  // Show a place: on its page, or in the text; text that is not here yet is asked for, and then shown.
  function show(place) {
    const [box] = place.boxes;
    if (onPages() && box) return scrollTo(over(box, "sought").getBoundingClientRect());
    if (onPages()) first("#tab-text").click();
    if (!isShown(place)) return widen(place);
    const [range] = ranges([place]);
    if (!range) return;
    const at = range.getBoundingClientRect();
    // A column's name is unseen in its row.
    scrollTo(at.width ? at : range.startContainer.parentElement.closest("tr")?.getBoundingClientRect());
  }

  function widen(place) {
    const { open, start, end, turn } = paper().dataset;
    const button = Object.assign(document.createElement("button"), { type: "button", hidden: true });
    const from = Math.max(0, Math.min(place.start, Number(paper().dataset.first)));
    const to = Math.max(place.end, Number(paper().dataset.last));
    Object.assign(button.dataset, { open, start, end, first: from, last: to, more: "later" });
    if (turn !== undefined) button.dataset.turn = turn;
    kept.pending = () => show(place);
    paper().append(button);
    button.click();
  }

  function over([page, left, top, width, height], kind) {
    for (const old of kind === "sought" ? all("#pane-page .sought") : []) old.remove();
    const box = Object.assign(document.createElement("span"), { className: `box ${kind}` });
    Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    first(`#pane-page figure[data-page="${page}"]`)?.append(box);
    return box;
  }

  // --- finding -----------------------------------------------------------------------------------------------------------

  function finding(open) {
    const bar = first("#finding");
    if (!bar) return;
    bar.hidden = !open;
    first("[data-finding]").setAttribute("aria-expanded", open);
    if (open) first("input", bar).select();
    else {
      kept.words = "";
      forget();
      first("[data-finding]").focus();
    }
  }

  function forget() {
    kept.found = [];
    kept.at = -1;
    for (const name of ["found", "sought"]) window.CSS.highlights?.delete(name);
    for (const box of all("#pane-page :is(.found, .sought)")) box.remove();
    if (first("#finding output")) first("#finding output").textContent = "";
  }

  async function find(words) {
    const asked = ++kept.asked;
    kept.words = words;
    const said = words.trim() && (await json(`./found/${doc()}.json?words=${encodeURIComponent(words)}`));
    if (asked !== kept.asked || !paper()) return;
    forget();
    if (!words.trim()) return;
    kept.found = said?.places ?? [];
    kept.count = said?.count ?? 0;
    drawn();
    const from = Number(paper().dataset.start);
    const next = kept.found.findIndex(({ start }) => start >= from);
    go(Math.max(next, 0));
  }

  // What was found is marked on the pages and in the text.
  function drawn() {
    for (const { boxes } of kept.found) for (const box of boxes) over(box, "found");
    const shown = ranges(kept.found.filter(isShown)).filter(Boolean);
    if (window.Highlight) CSS.highlights.set("found", new Highlight(...shown));
  }

  function go(at) {
    const count = kept.found.length;
    if (!kept.words.trim()) return;
    kept.at = count ? (at + count) % count : -1;
    first("#finding output").textContent = count
      ? phrase("{at} of {total}", { at: kept.at + 1, total: kept.count })
      : phrase("Not found");
    if (!count) return;
    const place = kept.found[kept.at];
    if (window.Highlight && isShown(place)) CSS.highlights.set("sought", new Highlight(...ranges([place])));
    show(place);
  }

  // --- the outline -------------------------------------------------------------------------------------------------------

  async function outline(button) {
    const open = first("#outline");
    open?.remove();
    button.setAttribute("aria-expanded", !open);
    if (open) return;
    const headings = (await json(`./outline/${doc()}.json`)) ?? [];
    const list = Object.assign(document.createElement("ol"), { id: "outline" });
    list.setAttribute("aria-label", phrase("Outline"));
    for (const heading of headings) {
      const item = document.createElement("li");
      const entry = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: heading.text,
        dir: "auto",
      });
      entry.style.setProperty("--level", Math.min(heading.level, 6) - 1);
      entry.addEventListener("click", () => {
        outline(button);
        show(heading);
      });
      item.append(entry);
      list.append(item);
    }
    first(".toolbar", paper()).after(list);
    first("button", list)?.focus();
  }

  // --- pages as pictures -------------------------------------------------------------------------------------------------

  function zoom(by) {
    kept.size = Math.max(0, Math.min(SIZES.length - 1, kept.size + by));
    const before = panes().scrollHeight;
    const at = panes().scrollTop;
    sized();
    panes().scrollTop = (at * panes().scrollHeight) / before;
  }

  function sized() {
    paper().style.setProperty("--zoom", SIZES[kept.size]);
    const said = first(".paging .zoom");
    if (said) said.textContent = phrase("{share} %", { share: SIZES[kept.size] * 100 });
  }

  const figures = () => all("#pane-page figure");

  // The page that a person sees is the last one that begins above the middle of the panel.
  function here() {
    const middle = panes().getBoundingClientRect().top + panes().clientHeight / 2;
    return Math.max(
      0,
      figures().findLastIndex((figure) => figure.getBoundingClientRect().top <= middle),
    );
  }

  function turn(to) {
    const figure = figures()[Math.max(0, Math.min(figures().length - 1, to))];
    if (figure) panes().scrollTop += figure.getBoundingClientRect().top - panes().getBoundingClientRect().top - 8;
  }

  function paged() {
    const number = first(".paging input");
    if (number && number !== document.activeElement && figures().length) number.value = figures()[here()].dataset.page;
  }

  // Over the picture of a page stands its text, unseen, where it can be selected; it comes when the page is near.
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) if (isIntersecting) layer(target);
    },
    { rootMargin: "400px" },
  );

  const ruler = new OffscreenCanvas(1, 1).getContext("2d");

  async function layer(figure) {
    near.unobserve(figure);
    const lines = await json(`./lines/${doc()}/${figure.dataset.page}.json`);
    if (!lines?.length || !figure.isConnected) return;
    const tall = figure.clientHeight / figure.clientWidth;
    ruler.font = "100px sans-serif";
    const text = Object.assign(document.createElement("div"), { className: "words" });
    text.setAttribute("aria-hidden", "true"); // it is read in the text
    for (const { text: words, box } of lines) {
      const [left, top, width, height] = box;
      const line = Object.assign(document.createElement("span"), { textContent: `${words}\n` });
      const size = height * tall; // per cent of the page's width
      const wide = (ruler.measureText(words).width * size) / 100;
      Object.assign(line.style, {
        left: `${left}%`,
        top: `${top}%`,
        fontSize: `${size}cqw`,
        transform: `scaleX(${wide ? width / wide : 1})`,
      });
      text.append(line);
    }
    first(".words", figure)?.remove();
    figure.append(text);
  }

  // --- a link back here ----------------------------------------------------------------------------------------------------

  function link() {
    const url = new URL(window.location.href);
    const { turn: number, number: cite } = paper().dataset;
    url.search = new URLSearchParams({ c: window.pincite.here(), turn: number, cite });
    return url.href;
  }

  async function copy(button) {
    try {
      await navigator.clipboard.writeText(link());
      window.pincite.say(button, phrase("Copied"));
    } catch {
      window.pincite.say(button, phrase("Copying is not allowed here"));
    }
  }

  // An address with a citation opens it once its conversation is shown.
  function follow() {
    const url = new URL(window.location.href);
    const [number, cite] = ["turn", "cite"].map((name) => url.searchParams.get(name));
    const turned = /^\d+$/.test(number ?? "") && document.getElementById(`turn-${number}`);
    const button = turned && all(".cite", turned).find((one) => one.textContent === cite);
    if (!turned) return;
    following.disconnect();
    url.searchParams.delete("turn");
    url.searchParams.delete("cite");
    history.replaceState(history.state, "", url);
    turned.scrollIntoView({ block: "start" });
    if (button) setTimeout(() => button.click(), 300); // when Gradio listens
  }

  const following = new MutationObserver(follow);

  // --- once and again --------------------------------------------------------------------------------------------------------

  function rendered() {
    const now = paper();
    if (!now || now.dataset.serial === kept.serial) return;
    kept.serial = now.dataset.serial;
    first("#outline")?.remove();
    sized();
    near.disconnect();
    for (const figure of figures()) near.observe(figure);
    const back = first("[data-link]", now);
    if (back) back.hidden = !window.pincite.here();
    const words = now.dataset.open === kept.doc ? kept.words : "";
    kept.doc = now.dataset.open;
    forget();
    kept.words = "";
    const pending = kept.pending;
    kept.pending = null;
    if (words) again(words, pending);
    else pending?.();
    paged();
  }

  // The panel was drawn anew while words were looked for: they are looked for in the new one.
  async function again(words, pending) {
    first("#finding").hidden = false;
    first("[data-finding]").setAttribute("aria-expanded", true);
    first("#finding input").value = words;
    const said = await json(`./found/${doc()}.json?words=${encodeURIComponent(words)}`);
    kept.words = words;
    kept.found = said?.places ?? [];
    kept.count = said?.count ?? 0;
    drawn();
    first("#finding output").textContent = phrase("{n} found", { n: kept.count });
    pending?.();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#source button");
    if (!button) return;
    const data = button.dataset;
    if ("finding" in data) finding(first("#finding").hidden);
    else if ("findStep" in data) go(kept.at + Number(data.findStep));
    else if ("outline" in data) outline(button);
    else if ("turnPage" in data) turn(here() + Number(data.turnPage));
    else if ("zoom" in data) zoom(Number(data.zoom));
    else if ("link" in data) copy(button);
    else if ("show" in data && kept.found.length) go(kept.at);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-find-words]")) return;
    clearTimeout(kept.typing);
    kept.typing = setTimeout(() => find(event.target.value), 150);
  });
  document.addEventListener("change", (event) => {
    const number = event.target.matches?.("[data-page-number]") && event.target.value;
    if (number) turn(figures().findIndex((figure) => figure.dataset.page === number));
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const finds = event.target.matches?.("[data-find-words]");
      if (finds && event.key === "Enter") go(kept.at + (event.shiftKey ? -1 : 1));
      else if (finds && event.key === "Escape") finding(false);
      else if (event.key === "Escape" && event.target.closest?.("#outline")) {
        outline(first("[data-outline]"));
        first("[data-outline]").focus();
      } else return;
      event.stopPropagation();
      event.preventDefault();
    },
    true,
  );
  document.addEventListener("scroll", (event) => event.target.matches?.(".panes") && paged(), true);
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(rendered).observe(document.body, { childList: true, subtree: true });
    if (new URL(window.location.href).searchParams.has("cite"))
      following.observe(document.body, { childList: true, subtree: true });
  });
})();
