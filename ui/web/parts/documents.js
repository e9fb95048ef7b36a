// The table of documents: it is searched, sorted and walked through by folders, and several are dealt with at once.
// Nothing here makes HTML: words come as JSON and go into templates as text.
"use strict";

(() => {
  const root = document.documentElement;
  const narrow = window.matchMedia("(max-width: 860px)");
  const touched = window.matchMedia("(pointer: coarse)"); // where a field that has the focus brings up a keyboard
  const part = (name) => document.getElementById(name);
  const first = (selector, within = part("documents")) => within?.querySelector(selector);
  const all = (selector, within = part("documents")) => [...(within?.querySelectorAll(selector) ?? [])];
  const SAID = 5000; // milliseconds
  const TYPED = 120; // milliseconds after the last letter, after which it is searched
  const pageful = () => Number(part("documents").dataset.page); // rows that are asked for at a time
  const { phrase, phrases, locale } = window.pincite;
  const LOST = phrase("The connection to Pincite was lost: see that it is running, then try again.");
  const DAY = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const day = (seconds) => DAY.format(seconds * 1000);

  const seen = { words: "", folder: "", tree: false, sort: "title", falling: false, collection: "" };
  const kept = { rows: [], found: 0, drawn: new Map(), asked: 0, typing: 0, opener: null, count: "", until: 0 };
  const selected = new Map(); // paths, with what is known of each

  // --- from the server -----------------------------------------------------------------------------------------

  async function sent(way, body) {
    try {
      const response = await (body ? window.pincite.post(way, body) : fetch(way));
      if (!response.ok) return { trouble: await response.text() };
      return await response.json();
    } catch {
      return { trouble: LOST };
    }
  }

  const flag = (is) => (is ? 1 : 0);

  async function fetched(from, count) {
    const { words, folder, sort, collection } = seen;
    const asked = {
      words,
      folder,
      sort,
      collection,
      tree: flag(seen.tree),
      falling: flag(seen.falling),
      first: from,
      count,
    };
    return sent(`./documents?${new URLSearchParams(asked)}`);
  }

  // What is shown is fetched anew, from the first row on, as many as there are; what comes late is returned, not drawn.
  async function load(count = Math.max(pageful(), kept.rows.length)) {
    const number = ++kept.asked;
    const table = await fetched(0, count);
    if (number !== kept.asked) return table;
    told(table);
    if (!table.rows) return table;
    kept.rows = table.rows;
    seen.collection = table.collection;
    drawn(table);
    document.dispatchEvent(new CustomEvent("collections", { detail: table }));
    return table;
  }

  async function more() {
    if (kept.rows.length >= kept.found || kept.loading) return;
    kept.loading = true;
    const number = kept.asked;
    const table = await fetched(kept.rows.length, pageful());
    kept.loading = false;
    if (number !== kept.asked || !table.rows) return;
    kept.rows = [...kept.rows, ...table.rows];
    drawn(table);
  }

  async function act(way, body) {
    const answer = await sent(way, body);
    told(answer);
    window.pincite.tell("added");
    await load();
    return answer;
  }

  function told({ trouble, undoable }) {
    const place = first(".trouble");
    place.textContent = trouble ?? "";
    place.hidden = !trouble;
    if (undoable) window.pincite.undoing.offer(undoable);
  }

  // --- what is drawn -------------------------------------------------------------------------------------------

  // What was done is said for a while in the place of how many there are, though the table is drawn anew meanwhile.
  function say(words) {
    kept.until = Date.now() + SAID;
    first(".said").textContent = words;
    setTimeout(() => Date.now() >= kept.until && Object.assign(first(".said"), { textContent: kept.count }), SAID);
  }

  function drawn(table) {
    kept.found = table.found;
    kept.count = table.said;
    if (Date.now() > kept.until) first(".said").textContent = kept.count;
    if (first(".none").textContent !== table.none) first(".none").textContent = table.none;
    const folders = table.folders.map((folder) => folderRow(folder));
    const rows = kept.rows.map((row) => documentRow(row));
    settle(first("tbody"), [...folders, ...rows]);
    above(table.above);
    marked();
    for (const head of all("thead th[class]")) {
      const key = first("button", head)?.dataset.sort;
      if (key === seen.sort) head.setAttribute("aria-sort", seen.falling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    first(".sorting select").value = `${seen.sort} ${flag(seen.falling)}`;
    if (!first("option:checked")) first(".sorting select").selectedIndex = -1;
  }

  // Rows that are there already stay, with the focus that one of them may have.
  function settle(body, rows) {
    const there = [...body.children];
    if (rows.length === there.length && rows.every((row, at) => row === there[at])) return;
    const focused = document.activeElement;
    body.replaceChildren(...rows);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  }

  const copy = (name) => first(`template.${name}`).content.firstElementChild.cloneNode(true);

  function documentRow(row) {
    const said = JSON.stringify(row);
    const known = kept.drawn.get(row.path);
    if (known?.said === said) return known.element;
    const element = copy("row");
    element.dataset.path = row.path;
    first("input", element).setAttribute("aria-label", phrase("Select {title}", { title: row.title }));
    const name = first(".name", element);
    name.textContent = row.title;
    name.title = row.path;
    if (row.open) Object.assign(name.dataset, { open: row.open, start: 0, end: 0 });
    else name.disabled = true;
    first(".eye", element).setAttribute("aria-label", phrase("Preview {title}", { title: row.title }));
    const words = { ".file": row.file, ".where": row.where, ".notes": row.notes.join(" · "), ".kind": row.kind };
    for (const [place, text] of Object.entries(words)) first(place, element).textContent = text;
    first(".where", element).toggleAttribute("data-copy", row.copy);
    first(".pages", element).textContent = row.pages;
    first(".passages", element).textContent = row.passages ? row.passages.toLocaleString(locale) : "";
    first(".added", element).textContent = row.added ? day(row.added) : "";
    first(".state", element).textContent = row.state;
    element.toggleAttribute("data-faulty", !row.ready);
    kept.drawn.set(row.path, { said, element });
    return element;
  }

  function folderRow(folder) {
    const said = JSON.stringify(folder);
    const known = kept.drawn.get(folder.path);
    if (known?.said === said) return known.element;
    const element = copy("folder");
    first("button", element).dataset.folder = folder.path;
    first(".name", element).textContent = folder.name;
    first(".count", element).textContent = folder.count;
    Object.assign(first(".quiet", element).dataset, { only: `folder:${folder.path}`, name: folder.name });
    kept.drawn.set(folder.path, { said, element });
    return element;
  }

  function above(folders) {
    const nav = first(".above");
    const steps = [{ path: "", name: phrase("All folders") }, ...folders].map(({ path, name }, at) => {
      const step = document.createElement("button");
      Object.assign(step, { type: "button", className: "quiet", textContent: name, dir: "auto" });
      step.dataset.folder = path;
      if (at === folders.length) step.setAttribute("aria-current", "true");
      return step;
    });
    nav.replaceChildren(...steps);
    nav.hidden = !seen.tree || !folders.length;
  }

  // Which rows are selected, and what can be done with them.
  function marked() {
    for (const row of all("tbody tr[data-path]")) {
      const is = selected.has(row.dataset.path);
      first("input", row).checked = is;
      row.toggleAttribute("data-selected", is);
    }
    const here = kept.rows.filter((row) => selected.has(row.path)).length;
    const whole = first("thead input");
    whole.checked = here > 0 && here >= kept.found;
    whole.indeterminate = here > 0 && here < kept.found;
    whole.disabled = !kept.found;
    first(".selected").hidden = !selected.size;
    first(".selected .count").textContent = selected.size ? phrase("{n} selected", { n: selected.size }) : "";
  }

  // --- what is done --------------------------------------------------------------------------------------------

  function seek(changes) {
    Object.assign(seen, changes);
    first(".rows").scrollTop = 0;
    return load(pageful());
  }

  function sort(key, falling) {
    return seek({ sort: key, falling: seen.sort === key ? !seen.falling : falling });
  }

  async function pickAll(is) {
    if (!is) for (const row of kept.rows) selected.delete(row.path);
    else {
      const { rows } = kept.rows.length < kept.found ? await load(kept.found) : kept;
      for (const row of rows ?? []) selected.set(row.path, row);
    }
    marked();
  }

  function pick(box) {
    const { path } = box.closest("tr").dataset;
    if (box.checked) selected.set(path, row(path));
    else selected.delete(path);
    marked();
  }

  function none() {
    selected.clear();
    marked();
    first("input[type=search]").focus();
  }

  async function remove() {
    const paths = [...selected.keys()];
    first(".selected .count").textContent = phrase("Being removed");
    const open = first("#source .paper", document)?.dataset.open;
    if (open && [...selected.values()].some((row) => row.open === open))
      first("#source [data-close]", document).click();
    selected.clear();
    await act("./documents/remove", { paths });
    first("[data-documents=back]", part("taking-back")).focus();
  }

  async function again() {
    const paths = [...selected.keys()];
    selected.clear();
    const { trouble } = await act("./documents/again", { paths });
    const said = phrases("It is being read again.", "{n} documents are being read again.", paths.length);
    if (!trouble) say(said);
    first("input[type=search]").focus();
  }

  function only() {
    const readable = [...selected.values()].filter((row) => row.open);
    const most = Number(part("documents").dataset.most);
    if (readable.length > most) {
      return told({
        trouble: phrase("At most {most} can be asked together: ask a folder, or select fewer.", { most }),
      });
    }
    if (!readable.length) return told({ trouble: phrase("None of these could be read: there is nothing to ask.") });
    selected.clear();
    document.dispatchEvent(
      new CustomEvent("only", { detail: readable.map((row) => [`document:${row.open}`, row.title]) }),
    );
  }

  // --- the view ------------------------------------------------------------------------------------------------

  function open(opener) {
    kept.opener = opener;
    window.pincite.lifted("library"); // it goes as the table comes
    window.pincite.over("documents");
    root.setAttribute("data-documents", "");
    part("documents").hidden = false;
    if (narrow.matches && !root.hasAttribute("data-folded")) first("#library [data-fold]", document)?.click();
    first(touched.matches ? "[data-documents=close]" : "input[type=search]").focus();
    watched.observe(first(".rest"));
    load();
  }

  function close() {
    if (!window.pincite.before("documents")) closed();
  }

  function closed() {
    if (!root.hasAttribute("data-documents")) return;
    root.removeAttribute("data-documents");
    part("documents").hidden = true;
    watched.disconnect();
    const box = first("#box textarea", document);
    const back = kept.opener?.isConnected && kept.opener.checkVisibility() ? kept.opener : box;
    back?.focus({ preventScroll: true });
  }

  const watched = new IntersectionObserver((found) => found.some((one) => one.isIntersecting) && more(), {
    rootMargin: "600px",
  });

  const acts = { close, tree, only, again, remove, none };

  function tree() {
    const button = first("[data-documents=tree]");
    const is = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", is);
    seek({ tree: is, folder: "" });
  }

  function clicked(event) {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const { documents: what, sort: key, folder } = button.dataset;
    if (what === "open") open(button);
    else if (what) acts[what]?.();
    else if (key) sort(key, button.dataset.falling === "1");
    else if (folder !== undefined)
      seek({ folder, tree: true }).then(() => first("tbody button, .above button")?.focus());
    else if ("visit" in button.dataset || "fresh" in button.dataset) closed();
  }

  function changed(event) {
    const { target } = event;
    if (target.closest?.("thead")) pickAll(target.checked);
    else if (target.closest?.("tbody")) pick(target);
    else if (target.matches?.(".sorting select")) {
      const [key, falling] = target.value.split(" ");
      seek({ sort: key, falling: falling === "1" });
    }
  }

  function pressed(event) {
    if (event.key !== "Escape" || !root.hasAttribute("data-documents") || root.hasAttribute("data-source")) return;
    if (first("dialog[open], [popover]:popover-open", document) || first("input[type=search]")?.value) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }

  // The server says with the list in the library that something has changed in it.
  let late = 0;
  const library = new MutationObserver(() => {
    if (!root.hasAttribute("data-documents")) return;
    clearTimeout(late);
    late = setTimeout(load, 200);
  });

  function ready() {
    const view = part("documents");
    if (!view || view.dataset.ready || !part("listing")) return;
    view.dataset.ready = "true";
    view.addEventListener("change", changed);
    first("input[type=search]").addEventListener("input", (event) => {
      clearTimeout(kept.typing);
      kept.typing = setTimeout(() => seek({ words: event.target.value }), TYPED);
    });
    library.observe(part("listing"), { childList: true, subtree: true });
  }

  // What the scripts beside it do with the table.
  const row = (path) => kept.rows.find((one) => one.path === path);
  window.pincite.documents = { act, day, load, row, seek, selected, sent, shown: seen, told, unselect: none };

  new MutationObserver(ready).observe(root, { childList: true, subtree: true });
  document.addEventListener("click", clicked);
  window.addEventListener("keydown", pressed, true);
  document.addEventListener("asking", () => {
    kept.opener = null; // the question box gets the focus
    if (root.hasAttribute("data-documents")) close();
  });
  window.addEventListener("popstate", () => {
    const { pincite: top, under } = history.state ?? {};
    // A source that was open before them stays, and they go.
    if (!["documents", "preview", "source", "dialog"].includes(top) || (top === "source" && !under)) closed();
    else if (top === "documents" && !root.hasAttribute("data-documents")) open(kept.opener);
  });
})();
