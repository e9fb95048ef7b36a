// Files on their way to the library: how far each is, how fast, what is cancelled, and what is tried again.
// Nothing here makes HTML: names of files come and go as text.
"use strict";

(() => {
  const root = document.documentElement;
  const part = (name) => document.getElementById(name);
  const first = (selector, within = document) => within?.querySelector(selector);
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
  const TOGETHER = 2; // files that are sent at a time
  const UPCOMING = 3; // files that wait, and are shown
  const SHOWN = 20; // files that could not be added
  const PACE = 5000; // milliseconds that the rate is taken over
  const { phrase, phrases, locale } = window.pincite;
  const LOST = phrase("The connection to Pincite was lost: see that it is running, then add it again.");
  // Below a megabyte it is said in whole kilobytes, which are never none.
  function amount(bytes, a = "") {
    const [unit, count, digits] = bytes < 1e6 ? ["kilobyte", Math.ceil(bytes / 1e3), 0] : ["megabyte", bytes / 1e6, 1];
    const form = { style: "unit", unit: `${unit}${a}`, maximumFractionDigits: digits };
    return new Intl.NumberFormat(locale, form).format(count);
  }

  const unbegun = () => ({ done: 0, total: 0, bytes: 0, size: 0, failures: [], seen: [], paused: false });
  const sent = { waiting: [], running: new Map(), ...unbegun() };
  const rows = new WeakMap(); // of files
  const head = () => first("#adding .adding");
  const busy = () => sent.waiting.length > 0 || sent.running.size > 0;

  // --- what is sent ------------------------------------------------------------------------------------------

  function add(files) {
    const most = Number(head().dataset.most);
    if (!files.length) return;
    if (root.hasAttribute("data-folded")) part("unfold")?.click();
    if (files.length > most) {
      const why = phrase("More than {most} at once: start Pincite with their folder instead.", { most });
      fail(phrases("{n} file", "{n} files", files.length), why);
      return drawn();
    }
    if (!busy()) Object.assign(sent, unbegun());
    for (const file of files) take(file);
    next();
    part("sending").scrollIntoView({ block: "nearest" });
  }

  function take(file) {
    const largest = Number(head().dataset.largest);
    if (file.size > largest)
      return fail(file.name, phrase("It is larger than {n} MB: split it.", { n: largest >> 20 }));
    if (!file.size) return fail(file.name, phrase("It is empty: there is nothing to read in it."));
    sent.waiting.push(file);
    sent.total += 1;
    sent.size += file.size;
  }

  function next() {
    while (!sent.paused && sent.waiting.length && sent.running.size < TOGETHER) send(sent.waiting.shift());
    drawn();
  }

  function send(file) {
    const request = new XMLHttpRequest();
    request.reached = 0;
    const reached = (bytes) => {
      sent.bytes += bytes - request.reached;
      request.reached = bytes;
      drawn();
    };
    request.open("POST", `./upload?${new URLSearchParams({ name: file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => reached(event.loaded);
    request.onloadend = () => {
      if (!sent.running.delete(file)) return; // it was put off
      sent.done += 1;
      reached(file.size);
      if (request.status === 201) window.pincite.tell("added");
      else if (!request.cancelled) fail(file.name, request.status ? request.responseText : LOST, file);
      next();
    };
    sent.running.set(file, request);
    request.send(file);
  }

  function cancel(file) {
    const request = sent.running.get(file);
    if (request) {
      request.cancelled = true;
      request.abort();
      return;
    }
    sent.waiting = sent.waiting.filter((one) => one !== file);
    sent.total -= 1;
    sent.size -= file.size;
    drawn();
  }

  // What was on its way waits again, and is sent from its beginning.
  function pause() {
    sent.paused = !sent.paused;
    sent.seen = [];
    if (!sent.paused) return next();
    const running = [...sent.running];
    sent.running.clear();
    sent.waiting.unshift(...running.map(([file]) => file));
    for (const [, request] of running) {
      sent.bytes -= request.reached;
      request.upload.onprogress = null;
      request.abort();
    }
    drawn();
  }

  function cancelAll() {
    for (const file of [...sent.waiting, ...sent.running.keys()]) cancel(file);
  }

  // What could not be added; where it was sent, it is tried again.
  function fail(name, reason, file) {
    const item = make("p", { className: "unsent" });
    const title = make("span", { className: "title", textContent: name, dir: "auto" });
    item.append(title, make("span", { textContent: reason }));
    const failure = { item, file };
    if (file) item.append(button(phrase("Try again"), () => again([failure])));
    sent.failures.push(failure);
  }

  function again(failures) {
    const files = failures.map(({ file }) => file).filter(Boolean);
    const left = sent.failures.filter((one) => !failures.includes(one) || !one.file);
    add(files);
    sent.failures = left;
    drawn();
    (first("button", part("sending")) ?? first("[data-add=files]"))?.focus();
  }

  // --- what is shown -----------------------------------------------------------------------------------------

  const button = (textContent, onclick) => make("button", { type: "button", className: "quiet", textContent, onclick });
  const stage = make("p", { className: "stage" });
  const bar = make("progress", { max: 100 });
  bar.setAttribute("aria-label", phrase("Sending"));
  const pace = make("p", { className: "about" });
  const list = make("ul", { className: "files" });
  const rest = make("p", { className: "about" });
  const hold = button(phrase("Pause"), pause);
  const stop = button(phrase("Cancel"), cancelAll);
  const hide = button(phrase("Hide"), dismiss);
  const retry = button(phrase("Try all again"), () => again(sent.failures));

  // What is there already stays there, as a button that is replaced in mid-click is not clicked.
  function settle(place, wanted) {
    const there = [...place.children];
    if (wanted.length !== there.length || wanted.some((one, at) => one !== there[at])) place.replaceChildren(...wanted);
  }

  const say = (place, words) => place.textContent === words || Object.assign(place, { textContent: words });

  // What is being sent, and what could not be, is shown in one place that the server does not render.
  function drawn() {
    const place = part("sending");
    if (!place) return;
    const shown = sent.failures.slice(0, SHOWN).map(({ item }) => item);
    const hidden = sent.failures.length - shown.length;
    if (hidden > 0) {
      say(rest, phrase("and {n} more", { n: hidden }));
      shown.push(rest);
    }
    if (busy()) {
      going();
      shown.unshift(stage, hold, stop, bar, pace, ...(sent.total > 1 ? [list] : []));
    } else if (shown.length) shown.push(...(sent.failures.filter(({ file }) => file).length > 1 ? [retry] : []), hide);
    settle(place, shown);
    place.hidden = !shown.length;
  }

  function going() {
    const name = [...sent.running.keys()][0]?.name ?? "";
    const far = { at: Math.min(sent.done + 1, sent.total), total: sent.total };
    const adds = sent.total > 1 ? phrase("Adding {at} of {total}", far) : phrase("Adding: {name}", { name });
    say(stage, sent.paused ? phrase("Paused") : adds);
    say(hold, sent.paused ? phrase("Go on") : phrase("Pause"));
    bar.value = (100 * sent.bytes) / Math.max(sent.size, 1);
    say(pace, speed());
    const upcoming = sent.waiting.slice(0, UPCOMING);
    settle(list, [...sent.running.keys(), ...upcoming].map(row));
    const more = sent.waiting.length - upcoming.length;
    if (more > 0) list.append(counted(more));
  }

  function row(file) {
    const request = sent.running.get(file);
    const known = rows.get(file) ?? made(file);
    const share = Math.round((100 * (request?.reached ?? 0)) / file.size);
    say(first(".about", known), request ? phrase("{share} %", { share }) : phrase("Waiting"));
    return known;
  }

  function made(file) {
    const item = make("li");
    const cross = button("×", () => cancel(file));
    cross.ariaLabel = phrase("Don't add {name}", { name: file.name });
    const title = make("span", { className: "title", textContent: file.name, dir: "auto" });
    item.append(title, make("span", { className: "about" }), cross);
    rows.set(file, item);
    return item;
  }

  const waits = make("li", { className: "about" });

  function counted(more) {
    say(waits, phrases("and {n} more waits", "and {n} more wait", more));
    return waits;
  }

  // How much is sent, how fast it went in the last seconds, and how long the rest takes at that.
  function speed() {
    const now = performance.now();
    if (now - (sent.seen.at(-1)?.at ?? 0) > 100) sent.seen.push({ at: now, bytes: sent.bytes });
    while (sent.seen.length > 2 && sent.seen[0].at < now - PACE) sent.seen.shift();
    const [began, ended] = [sent.seen[0], sent.seen.at(-1)];
    const rate = (1000 * (ended.bytes - began.bytes)) / Math.max(ended.at - began.at, 1);
    const whole = amount(sent.size);
    if (sent.paused) return phrase("{done} of {total} added", { done: sent.done, total: sent.total });
    if (ended.at - began.at < 1000 || rate <= 0) return whole;
    const time = duration((sent.size - sent.bytes) / rate);
    const parts = [whole, amount(rate, "-per-second"), phrase("about {time} left", { time })];
    return parts.map((one) => one.replaceAll(" ", "\u00a0")).join(" · "); // the line may end between them only
  }

  function duration(seconds) {
    if (seconds < 90) return phrase("{time} s", { time: Math.max(1, Math.round(seconds)) });
    const minutes = Math.round(seconds / 60);
    return minutes < 90 ? phrase("{n} min", { n: minutes }) : phrase("{n} h", { n: Math.round(minutes / 60) });
  }

  function dismiss() {
    sent.failures = [];
    drawn();
    first("[data-add=files]")?.focus();
  }

  window.pincite.add = add;
})();
