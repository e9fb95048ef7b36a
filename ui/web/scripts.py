"""The scripts that tie the parts to page.js, and what the page's scripts know to its events."""

# One part carries the events; Gradio reads their names from its string.
ATTACH = "pincite.attach(element, watch)"
ASK = (
    "(box, exchanges, scope, turns, here, view) => "
    "[pincite.asked(), exchanges, pincite.scope(), pincite.turns(), pincite.place(), view, pincite.instead()]"
)
HERE = "(here, ...rest) => [pincite.here(), ...rest]"
# Gradio gives the data of an event that waited as those of the one it waited for: these are read when it is its turn.
VISIT = "(view) => [view, pincite.told('visit').id]"
SIFT = "(here, view) => [pincite.here(), view, pincite.told('sift').words]"
FIND = "(seen) => [seen, pincite.told('find').words]"
LOAD = "(here, view) => [new URLSearchParams(window.location.search).get('c') ?? '', view]"  # before there is a page.js
MOVED = "() => pincite.moved()"
ENDED = "() => pincite.ended('{}')"
DISCARDED = "() => { document.dispatchEvent(new Event('discarded')); }"
CONNECT = """pincite.connect({
  cite: (data) => trigger('cite', data),
  fresh: () => trigger('fresh'),
  visit: () => trigger('visit'),
  follow: () => trigger('follow'),
  leave: () => trigger('leave'),
  update: () => trigger('update'),
  earlier: (data) => trigger('earlier', data),
  rename: (data) => trigger('rename', data),
  pin: (data) => trigger('pin', data),
  sift: () => trigger('sift'),
  more: () => trigger('more'),
  remove: (data) => trigger('remove', data),
  find: () => trigger('find'),
  discard: (data) => trigger('discard', data),
  added: () => trigger('added'),
  again: (data) => trigger('again', data),
  skip: (data) => trigger('skip', data),
  hide: () => trigger('hide'),
  halt: () => trigger('halt'),
  resume: () => trigger('resume'),
})"""
