"""The scripts that tie the parts to page.js, and what the page's scripts know to its events."""

# One part carries the events; Gradio reads their names from its string.
ATTACH = "pincite.attach(element, watch)"
ASK = (
    "(box, exchanges, scope, turns, here, view) => "
    "[box, exchanges, pincite.scope(), pincite.turns(), pincite.place(), view, pincite.instead()]"
)
HERE = "(here, ...rest) => [pincite.here(), ...rest]"
LOAD = "(here, view) => [new URLSearchParams(window.location.search).get('c') ?? '', view]"  # before there is a page.js
ENDED = "() => pincite.ended()"
DISCARDED = "() => { document.dispatchEvent(new Event('discarded')); }"
CONNECT = """pincite.connect({
  cite: (data) => trigger('cite', data),
  fresh: () => trigger('fresh'),
  visit: (data) => trigger('visit', data),
  follow: () => trigger('follow'),
  update: () => trigger('update'),
  earlier: (data) => trigger('earlier', data),
  rename: (data) => trigger('rename', data),
  pin: (data) => trigger('pin', data),
  sift: (data) => trigger('sift', data),
  more: () => trigger('more'),
  remove: (data) => trigger('remove', data),
  find: (data) => trigger('find', data),
  discard: (data) => trigger('discard', data),
  added: () => trigger('added'),
  again: (data) => trigger('again', data),
  skip: (data) => trigger('skip', data),
  hide: () => trigger('hide'),
  halt: () => trigger('halt'),
  resume: () => trigger('resume'),
})"""
