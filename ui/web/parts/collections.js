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

  const kept = { collections: [], renamed: "", filled: false };
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
    calm();
    const select = first(".collecting");
    const others = kept.collections.filter(({ id }) => id !== table().shown.collection);
    const options = [
      ["", phrase("Add to…")],
      ...others.map(({ id, name }) => [id, name]),
      [NEW, phrase("A new collection…")],
    ];
    select.replaceChildren(...options.map(([value, text]) => make("option", { value, textContent: text })));
    first("[data-collection=out]").hidden = !here();
  }

  function button({ id, name, count }) {
    const element = make("button", { type: "button", className: "plain small" });
    element.dataset.collect = id;
    element.setAttribute("aria-pressed", id === table().shown.collection);
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
    const { id } = await table().act("./collections/make", {
      name: said,
      paths: kept.filled ? [...table().selected.keys()] : [],
    });
    if (!id) return;
    if (kept.filled) table().unselect();
    table().seek({ collection: id, folder: "" });
  }

  async function put(select) {
    const id = select.value;
    select.value = "";
    kept.filled = id === NEW;
    if (id === NEW) return name(null);
    const { trouble } = await table().act("./collections/put", { id, paths: [...table().selected.keys()] });
    if (!trouble) table().unselect();
  }

  async function remove(entry) {
    if (!entry.dataset.sure) {
      entry.dataset.sure = "true";
      entry.textContent = SURE;
      return;
    }
    await table().act("./collections/delete", { id: table().shown.collection });
    first("[data-collect='']").focus();
  }

  async function out() {
    await table().act("./collections/out", { id: table().shown.collection, paths: [...table().selected.keys()] });
    table().unselect();
  }

  function ask() {
    const { id, name } = here();
    document.dispatchEvent(new CustomEvent("only", { detail: [[`collection:${id}`, name]] }));
  }

  const acts = {
    ask,
    out,
    make: () => {
      kept.filled = false;
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
    if (collect !== undefined) table().seek({ collection: collect, folder: "" });
    else if (collection) acts[collection](entry);
  });
  document.addEventListener("change", (event) => event.target.matches?.(".collecting") && put(event.target));
  document.addEventListener("submit", (event) => event.target.closest?.("#naming") && named(event.target));
})();
