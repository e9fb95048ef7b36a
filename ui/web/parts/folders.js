// The folders in the settings: they are listed as long as the dialogue is open, added by their path, and taken off.
// Nothing here makes HTML: paths come as JSON and go into a template as text.
"use strict";

(() => {
  const part = (name) => document.getElementById(name);
  const first = (selector, within = part("folders")) => within?.querySelector(selector);
  const { phrase } = window.pincite;
  const LOST = phrase("The connection to Pincite was lost: see that it is running, then try again.");
  const PAUSE = 1500; // milliseconds between two looks at how far it is
  const kept = { drawn: "", sure: "", busy: false, number: 0 };

  // --- from the server -----------------------------------------------------------------------------------------

  async function fetched(way, body) {
    try {
      const response = await (body ? window.pincite.post(way, body) : fetch(way, { cache: "no-store" }));
      if (!response.ok) return { trouble: await response.text() };
      return await response.json();
    } catch {
      return { trouble: LOST };
    }
  }

  // What comes late, after something else was asked for, is not drawn.
  async function sent(way, body) {
    const number = ++kept.number;
    const answer = await fetched(way, body);
    if (answer.folders && number === kept.number) drawn(answer);
    return answer;
  }

  async function look() {
    clearTimeout(kept.next);
    if (!kept.busy) await sent("./folders");
    if (part("settings").open) kept.next = setTimeout(look, PAUSE);
  }

  async function act(way, body) {
    kept.busy = true;
    busy();
    const { trouble } = await sent(way, body);
    kept.busy = false;
    busy();
    first(".trouble").textContent = trouble ?? "";
    if (trouble) first(".at").textContent = "";
    window.pincite.tell("added"); // the library is to be rendered anew
    return !trouble;
  }

  // --- what is drawn -------------------------------------------------------------------------------------------

  function drawn(answer) {
    const { folders, at, locked } = answer;
    if (first(".at").textContent !== at) first(".at").textContent = at;
    const said = JSON.stringify([folders, locked]);
    if (said === kept.drawn) return;
    kept.drawn = said;
    const list = first("ul");
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const [path, off] = [held?.closest("li").dataset.path, held?.dataset.off];
    list.replaceChildren(...folders.map((folder) => row(folder, locked)));
    if (held) rowOf(path, off)?.focus();
    first(".none").hidden = folders.length > 0;
    first(".none").previousElementSibling.hidden = !folders.length;
    for (const name of [".field", "label", "#hint-folder"]) first(name).hidden = locked;
    first(".elsewhere").hidden = !locked;
  }

  const rowOf = (path, off) => first(`li[data-path="${CSS.escape(path ?? "")}"] [data-off=${off}]`);

  function row({ path, name, said, away, asks }, locked) {
    const element = first("template").content.firstElementChild.cloneNode(true);
    element.dataset.path = path;
    const names = name.split(/(?<=[/\\])/).flatMap((one) => [one, document.createElement("wbr")]);
    first(".path", element).append(...names); // so that a line may end after each
    first(".path", element).title = path;
    first(".about", element).textContent = said;
    element.toggleAttribute("data-away", away);
    first(".asks", element).textContent = asks;
    const label = phrase("Take off {folder}", { folder: name });
    first("[data-off=ask]", element).setAttribute("aria-label", label);
    first(".asking", element).setAttribute("aria-label", label);
    first("[data-off=ask]", element).hidden = locked;
    first(".asking", element).hidden = kept.sure !== path;
    return element;
  }

  function busy() {
    for (const one of part("folders").querySelectorAll("button, input")) one.disabled = kept.busy;
  }

  // --- what is done --------------------------------------------------------------------------------------------

  function ask(path) {
    kept.sure = path;
    for (const one of first("ul").children) first(".asking", one).hidden = one.dataset.path !== path;
    rowOf(path, "no")?.focus();
  }

  async function off({ path }) {
    const at = [...first("ul").children].findIndex((one) => one.dataset.path === path);
    kept.sure = "";
    first(".at").textContent = phrase("Taking it off…");
    await act("./folders/off", { path });
    const rest = [...first("ul").children];
    (first("button", rest[Math.min(at, rest.length - 1)]) ?? part("folder-path")).focus();
  }

  async function add(field) {
    if (!field.value.trim()) return field.focus();
    if (await act("./folders/add", { path: field.value })) field.value = "";
    field.focus();
  }

  function clicked(event) {
    const button = event.target.closest?.("button");
    if (button && "settings" in button.dataset) return opened();
    const folder = button?.closest("#folders li")?.dataset;
    if (!folder) return;
    if (button.dataset.off === "yes") return off(folder);
    const asks = button.dataset.off === "ask";
    ask(asks ? folder.path : "");
    if (!asks) rowOf(folder.path, "ask").focus();
  }

  function opened() {
    Object.assign(kept, { drawn: "", sure: "" });
    first(".trouble").textContent = "";
    look();
  }

  document.addEventListener("click", clicked);
  document.addEventListener("submit", (event) => {
    if (!event.target.closest?.("#folders")) return;
    event.preventDefault();
    add(part("folder-path"));
  });
})();
