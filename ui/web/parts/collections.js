// Collections: they are shown above the table of documents, which documents.js fills, and made of what is selected in it.
// Nothing here makes HTML: names come and go as text.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const first = (selector, within = part("documents")) => within?.querySelector(selector);
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
  const { phrase } = window.pincite;
  const SURE = phrase("Delete the collection? Its documents stay.");
  const NEW = "new";

  const kept = { collections: [], renamed: "", filled: "" }; // with what is selected: "put" into it, or "move"d
  const table = () => window.pincite.documents; // which may come later
  const here = () => kept.collections.find(({ id }) => id === table().shown.collection);

  // --- what is drawn -------------------------------------------------------------------------------------------

  function drawn({ detail }) {
    kept.collections = detail.collections;
    const all = { id: "", name: phrase("All"), count: detail.total };
    const nav = first(".collections");
    const focused = nav.contains(document.activeElement) && document.activeElement.dataset.collect;
    nav.replaceChildren(...[all, ...kept.collections].map(button), fresh());
    if (focused !== false) first(`[data-collect="${CSS.escape(focused ?? "")}"]`, nav)?.focus();
    first(".acts").hidden = !here();
    if (first("[data-collection=delete]").dataset.sure !== here()?.id) calm(); // it may be drawn anew at any time
    const at = kept.collections.indexOf(here());
    first("[data-collection=earlier]").disabled = at === 0;
    first("[data-collection=later]").disabled = at === kept.collections.length - 1;
    offer(first(".collecting"), phrase("Add to…"));
    offer(first(".moving"), phrase("Move to…"));
    for (const one of [first(".moving"), first("[data-collection=out]")]) one.hidden = !here();
  }

  function offer(select, words) {
    const others = kept.collections.filter(({ id }) => id !== table().shown.collection);
    const options = [["", words], ...others.map(({ id, name }) => [id, name]), [NEW, phrase("A new collection…")]];
    select.replaceChildren(...options.map(([value, text]) => make("option", { value, textContent: text })));
  }

  function button({ id, name, count }) {
    const element = make("button", { type: "button", className: "plain small" });
    element.dataset.collect = id;
    element.setAttribute("aria-pressed", id === table().shown.collection);
    if (id) element.setAttribute("aria-keyshortcuts", "Shift+ArrowLeft Shift+ArrowRight");
    element.append(
      make("span", { textContent: name, dir: "auto" }),
      make("span", { className: "count", textContent: count }),
    );
    return element;
  }

  function fresh() {
    const element = make("button", { type: "button", className: "quiet", textContent: phrase("New collection") });
    element.dataset.collection = "make";
    return element;
  }

  function calm() {
    const entry = first("[data-collection=delete]");
    if (!entry?.dataset.sure) return;
    entry.textContent = phrase("Delete");
    delete entry.dataset.sure;
  }

  // --- what is done --------------------------------------------------------------------------------------------

  function name(renamed) {
    kept.renamed = renamed?.id ?? "";
    const field = first("input", part("naming"));
    field.value = renamed?.name ?? "";
    part("naming").showModal();
    field.select();
  }

  async function named(form) {
    const said = form.elements.name.value;
    if (kept.renamed) return table().act("./collections/rename", { id: kept.renamed, name: said });
    const paths = kept.filled === "put" ? selected() : [];
    const { id } = await table().act("./collections/make", { name: said, paths });
    if (!id) return;
    if (kept.filled === "move") await move(id);
    else if (kept.filled) table().unselect();
    await table().seek({ collection: id, folder: "" });
    if (kept.filled !== "move") first(`[data-collect="${CSS.escape(id)}"]`)?.focus();
  }

  const selected = () => [...table().selected.keys()];

  async function put(id) {
    const { trouble } = await table().act("./collections/put", { id, paths: selected() });
    if (!trouble) table().unselect();
  }

  async function move(to) {
    const paths = selected();
    const { trouble } = await table().act("./collections/move", { id: table().shown.collection, to, paths });
    if (trouble) return;
    table().unselect();
    first("[data-documents=back]", part("taking-back")).focus();
  }

  function chosen(select) {
    const id = select.value;
    const act = select.matches(".moving") ? "move" : "put";
    select.value = "";
    kept.filled = id === NEW ? act : "";
    if (id === NEW) name(null);
    else if (act === "move") move(id);
    else put(id);
  }

  // The collection gets the place of the one before or after it.
  async function shift(id, by) {
    const { trouble } = await table().act("./collections/shift", { id, by: String(by) });
    const at = kept.collections.findIndex((one) => one.id === id);
    if (trouble || at < 0) return;
    const values = { name: kept.collections[at].name, n: at + 1, total: kept.collections.length };
    first(".said").textContent = phrase("{name} is now {n} of {total}.", values);
    if (document.activeElement.disabled) first(`.acts [data-collection=${by < 0 ? "later" : "earlier"}]`).focus();
  }

  async function remove(entry) {
    if (!entry.dataset.sure) {
      entry.dataset.sure = here().id;
      entry.textContent = SURE;
      return;
    }
    await table().act("./collections/delete", { id: table().shown.collection });
    first("[data-collect='']").focus();
  }

  async function out() {
    await table().act("./collections/out", { id: table().shown.collection, paths: selected() });
    table().unselect();
  }

  function ask() {
    const { id, name } = here();
    document.dispatchEvent(new CustomEvent("only", { detail: [[`collection:${id}`, name]] }));
  }

  const acts = {
    ask,
    out,
    earlier: () => shift(here().id, -1),
    later: () => shift(here().id, 1),
    make: () => {
      kept.filled = "";
      name(null);
    },
    rename: () => name(here()),
    delete: remove,
    cancel: () => part("naming").close(),
  };

  document.addEventListener("collections", drawn);
  document.addEventListener("click", (event) => {
    const entry = event.target.closest?.("button");
    const { collect, collection } = entry?.dataset ?? {};
    if (collection !== "delete") calm();
    if (collect !== undefined) table().seek({ collection: collect, folder: "" });
    else if (collection) acts[collection](entry);
  });
  document.addEventListener(
    "change",
    (event) => event.target.matches?.(".collecting, .moving") && chosen(event.target),
  );
  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { collect } = event.target.dataset ?? {};
    if (!by || !event.shiftKey || !collect) return;
    shift(collect, by);
    event.preventDefault();
  });
  document.addEventListener("submit", (event) => event.target.closest?.("#naming") && named(event.target));
})();
