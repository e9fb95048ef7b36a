// The settings: what is in force is shown, a change is sent at once, and what came of it is said beside it.
// Nothing here makes HTML: text comes and goes as text.
"use strict";

(() => {
  const root = document.documentElement;
  const sheet = () => document.getElementById("settings");
  const first = (selector, within = sheet()) => within.querySelector(selector);
  const fields = () => [...sheet().querySelectorAll("[data-setting]")];
  const { phrase } = window.pincite;
  const UNREACHED = phrase("Pincite can’t be reached: see that it is running.");
  const LOOKS = { theme: "data-theme", text: "data-text" };

  async function open() {
    sheet().showModal();
    for (const field of fields()) {
      said(field, "");
      field.disabled = true; // what is typed before the server has said what is in force would be lost
    }
    document.getElementById("tried").textContent = "";
    await shown(() => fetch("./settings", { cache: "no-store" }));
  }

  // Shows what the server says of the settings; returns why it doesn't, "" if it does.
  async function shown(fetched) {
    const trouble = first(".trouble");
    try {
      const response = await fetched();
      if (!response.ok) return await response.text();
      const { settings, home, locked, key } = await response.json();
      for (const one of settings) show(one, locked);
      first(".key").textContent = key ? phrase("Its key is taken from {key}, and sent to this address.", { key }) : "";
      first("[data-try]").disabled = locked;
      first(".home").textContent = phrase("All that is kept is in {home}", { home });
      trouble.textContent = locked ? phrase("Settings are changed where Pincite was started.") : "";
      return "";
    } catch {
      trouble.textContent = UNREACHED;
      return UNREACHED;
    }
  }

  function show({ name, value, fixed, later }, locked) {
    const field = document.getElementById(`setting-${name}`);
    field.value = value;
    field.disabled = locked || Boolean(fixed);
    field.dataset.was = value;
    field.dataset.later = later ? "yes" : "";
    if (fixed) said(field, phrase("Settled by {what}, which wins.", { what: fixed }));
    if (LOOKS[name]) root.setAttribute(LOOKS[name], value);
    if (name === "theme") themed();
  }

  const said = (field, words) => {
    first(".outcome", field.closest(".setting")).textContent = words;
  };

  async function change(field) {
    const { setting: name, was } = field.dataset;
    if (field.value === was) return;
    const refused = await shown(() => window.pincite.post("./settings", { name, value: field.value.trim() }));
    if (refused) field.value = was;
    if (name === "language" && !refused) return window.location.reload(); // all words are another language's
    said(field, refused || (field.dataset.later ? phrase("Kept; from the next start on.") : phrase("Done.")));
  }

  // Asks the server for a few words; without one, looks for one on this machine.
  async function tried() {
    const outcome = document.getElementById("tried");
    outcome.textContent = phrase("Asking it for a few words …");
    try {
      const response = await window.pincite.post("./settings/model", {});
      const { says, cure } = response.ok ? await response.json() : { says: await response.text() };
      outcome.textContent = cure ? `${says}: ${cure}` : says;
    } catch {
      outcome.textContent = UNREACHED;
    }
  }

  // Gradio's own parts know a theme by a class.
  function themed() {
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = root.dataset.theme ?? "system";
    document.body.classList.toggle("dark", (theme === "system" ? system : theme) === "dark");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button[data-settings]")) open();
    if (event.target.closest?.("button[data-try]")) tried();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-setting]")) change(event.target);
  });
  document.addEventListener("listed", themed, { once: true }); // Gradio has set its class by then
})();
