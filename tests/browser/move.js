// Moves every control of an interactive and times each update; see moves.py.
async (host, updates) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  // whole strides of the golden ratio visit a range evenly and never stand still
  const share = (k) => ((k + 1) * 0.618034) % 1;
  const told = (node) => (node.closest('label, .cv-slider')?.innerText
    ?? node.getAttribute('aria-label') ?? node.className).split('\n')[0];
  const near = (box, k) => ({ bubbles: true, pointerType: 'mouse', buttons: 1,
    clientX: box.left + share(k) * box.width, clientY: box.top + share(k + 7) * box.height });

  // a move may rebuild its neighbours: everything is looked up again when it is used
  const all = (what) => [...host.querySelectorAll(what)].filter((e) => !e.disabled);
  const sliders = () => all('input[type=range]');
  const strips = () => all('fieldset').filter((e) => e.querySelector('input'));
  const fields = () => all('.cv-editable input, .cv-field input');
  const boards = () => all('.cv-pad, .cv-stage');
  const buttons = () => all('button').filter((b) => !['Play', 'Pause'].includes(b.innerText));
  const units = () => all('[data-at]');
  const some = (list, k) => list[Math.floor(share(k) * list.length)];
  const typed = (node, value) => {
    node.value = String(value);
    node.dispatchEvent(new Event('input', { bubbles: true }));
  };

  const moves = [
    ...sliders().map((node, at) => [told(node), (k) => {
      const now = sliders()[at] ?? node, [low, high] = [Number(now.min), Number(now.max)];
      typed(now, low + share(k) * (high - low));
    }]),
    ...strips().map((node, at) => [node.querySelector('legend').innerText.slice(0, 20),
      (k) => some([...strips()[at].querySelectorAll('input')], k).click()]),
    ...boards().map((node, at) => ['pointer', (k) => {
      const board = boards()[at], place = near(board.getBoundingClientRect(), k);
      const hit = document.elementFromPoint(place.clientX, place.clientY);
      for (const kind of ['pointermove', 'pointerenter', 'pointerdown']) {
        (board.contains(hit) ? hit : board).dispatchEvent(new PointerEvent(kind, place));
      }
    }]),
  ];
  if (fields().length) moves.push(['typing', (k) => typed(some(fields(), k), (k % 9) - 4)]);
  if (buttons().length) moves.push(['buttons', (k) => some(buttons(), k).click()]);
  if (units().length) moves.push(['units', (k) =>
    some(units(), k).dispatchEvent(new MouseEvent('click', { bubbles: true }))]);

  Element.prototype.setPointerCapture = () => {}; // events from a script have no pointer
  host.scrollIntoView();
  const times = {};
  for (const [kind, move] of moves) {
    let name = kind;
    for (let n = 2; times[name]; n++) name = `${kind} (${n})`;
    await frame();
    move(updates); // the first one compiles
    const took = [];
    for (let k = 0; k < updates; k++) {
      await frame();
      const start = performance.now();
      move(k);
      host.getBoundingClientRect();
      took.push(performance.now() - start);
    }
    times[name] = took;
  }
  return times;
}
