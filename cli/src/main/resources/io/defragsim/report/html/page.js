'use strict';
// Moves through the run: decodes the moments, draws the heap at one of them, and keeps the controls,
// the pictures' cursors and the address (#op12) in step. All text goes in as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const BEFORE_FIRST = -1;
  const SKIPPED = 1;
  const ENDED = 2;
  const MOVING = 1; // not a list, but the stretches that a move has under way
  const KEYFRAME_EVERY = 64;
  const MOST_LISTED = 16;
  const many = document.body.classList.contains('many'); // runs, each of them small
  const number = n => n.toLocaleString('en-US');
  const count = (n, noun) => number(n) + '\u00a0' + noun + (n === 1 ? '' : 's');

  function element(tag, key, text) {
    const made = document.createElement(tag);
    if (key) made.className = key;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // ---- the recording ----

  /** Reads base-64 variable-length integers, as io.defragsim.lab.recording.Frames writes them. */
  class Reader {
    static VALUES = (() => {
      const values = new Uint8Array(128);
      const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
      for (let i = 0; i < digits.length; i++) values[digits.charCodeAt(i)] = i;
      return values;
    })();

    constructor(text) {
      this.text = text;
      this.at = 0;
    }

    next() {
      let value = 0;
      let scale = 1;
      let digit;
      do {
        digit = Reader.VALUES[this.text.charCodeAt(this.at++)];
        value += (digit & 31) * scale; // not by shifts: it may have more than 32 bits
        scale *= 32;
      } while (digit >= 32);
      const half = Math.floor(value / 2);
      return value % 2 ? -half : half;
    }
  }

  /** The blocks by name, as [offset, bytes, flags], and the lists of holes, as [offset, bytes]. */
  class Heap {
    constructor(blocks = new Map(), lists = []) {
      this.blocks = blocks;
      this.lists = lists;
      this.moved = new Set();
    }

    copy() {
      return new Heap(new Map(this.blocks), this.lists.slice());
    }

    /** Brings it from one moment to the next. */
    apply(reader) {
      this.moved.clear();
      for (let changed = reader.next(); changed > 0; changed--) {
        const name = reader.next();
        const block = Math.floor(name / 2);
        if (name % 2) {
          this.blocks.delete(block);
          continue;
        }
        const now = [reader.next(), reader.next(), reader.next()];
        const before = this.blocks.get(block);
        if (before && before[0] !== now[0]) this.moved.add(block);
        this.blocks.set(block, now);
      }
      for (let changed = reader.next(); changed > 0; changed--) {
        const list = reader.next();
        while (this.lists.length <= list) this.lists.push([]);
        const before = this.lists[list];
        const after = before.slice(0, reader.next());
        const last = reader.next();
        for (let between = reader.next(); between > 0; between--) {
          after.push([reader.next(), reader.next()]);
        }
        this.lists[list] = after.concat(before.slice(before.length - last));
      }
    }
  }

  class Run {
    constructor(told) {
      this.told = told;
      let generated = 0; // a number is that of a block without a name, counted from the last one
      this.names = told.names.map(name => typeof name === 'string' ? name : '#' + (generated += name));
      this.frames = [];
      this.keyframes = [];
      this.reader = new Reader(told.frames);
      this.shown = -1;
      const heap = new Heap();
      let operation = BEFORE_FIRST;
      const r = this.reader;
      while (r.at < told.frames.length) {
        operation += r.next();
        const frame = {
          operation, kind: r.next(), block: r.next() - 1, amount: r.next(), outcome: r.next(),
          cycles: r.next(), free: r.next(), pauses: r.next(), pauseCycles: 0, longest: 0, moved: 0,
        };
        if (frame.pauses > 0) {
          frame.pauseCycles = r.next();
          frame.longest = r.next();
          frame.moved = r.next();
        }
        frame.at = r.at;
        heap.apply(r);
        if (this.frames.length % KEYFRAME_EVERY === 0) this.keyframes.push(heap.copy());
        this.frames.push(frame);
      }
    }

    name(block) {
      return this.names[block];
    }

    /** The index of the last moment that is not after the operation; -1 for none. */
    index(operation) {
      let low = 0;
      let high = this.frames.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.frames[middle].operation <= operation) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    }

    /** The heap at a moment; valid until the next call. */
    heap(index) {
      const keyframe = Math.floor(index / KEYFRAME_EVERY);
      const goesOn = this.shown >= 0 && this.shown < index && this.shown >= keyframe * KEYFRAME_EVERY;
      if (this.shown !== index) {
        let at = goesOn ? this.shown : keyframe * KEYFRAME_EVERY;
        if (!goesOn) this.current = this.keyframes[keyframe].copy();
        while (at < index) {
          at++;
          this.reader.at = this.frames[at].at;
          this.current.apply(this.reader);
        }
        this.shown = index;
        if (!goesOn && index % KEYFRAME_EVERY === 0) this.findMoved(index);
      }
      return this.current;
    }

    /** What moved into a keyframe: a copy does not know. */
    findMoved(index) {
      if (index === 0) return;
      const before = this.keyframes[index / KEYFRAME_EVERY - 1].copy();
      for (let at = index - KEYFRAME_EVERY + 1; at <= index; at++) {
        this.reader.at = this.frames[at].at;
        before.apply(this.reader);
      }
      this.current.moved = before.moved;
    }
  }

  // ---- the heap at one moment ----

  const isLocked = block => block[2] & 3;
  const isSplit = block => block[2] & 4;

  /** All of the pool by address: blocks, holes, and between them what is the allocator's own. */
  function pieces(run, heap) {
    const all = [];
    for (const [name, block] of heap.blocks) {
      const use = isSplit(block) || heap.moved.has(name) ? 'moving' : isLocked(block) ? 'locked' : 'used';
      all.push({from: block[0], to: block[0] + block[1], use, name});
    }
    heap.lists.forEach((list, i) => {
      const use = i === MOVING ? 'moving' : 'free';
      for (const hole of list) all.push({from: hole[0], to: hole[0] + hole[1], use, name: -1});
    });
    all.sort((a, b) => a.from - b.from);
    const own = [];
    let at = 0;
    for (const piece of all) {
      if (piece.from > at) own.push({from: at, to: piece.from, use: 'own', name: -1});
      at = Math.max(at, piece.to);
    }
    if (at < run.told.pool) own.push({from: at, to: run.told.pool, use: 'own', name: -1});
    return all.concat(own);
  }

  const flagWords = (block, moved) =>
    (block[2] & 1 ? ', locked' : '') + (block[2] & 2 ? ', pinned' : '') +
    (isSplit(block) ? ', in two parts' : moved ? ', just moved' : '');

  function title(run, heap, piece) {
    const where = ' at offset ' + number(piece.from);
    if (piece.use === 'free') return 'hole: ' + count(piece.to - piece.from, 'byte') + where;
    if (piece.use === 'own') return 'the allocator\u2019s own: ' + count(piece.to - piece.from, 'byte') + where;
    if (piece.name < 0) return 'on the move: ' + count(piece.to - piece.from, 'byte') + where;
    const block = heap.blocks.get(piece.name);
    return run.name(piece.name) + ': ' + count(block[1], 'byte') + where + flagWords(block, heap.moved.has(piece.name));
  }

  /** What stands in a block: its name, and what it is if its colour cannot be seen. */
  function label(run, piece) {
    const mark = {locked: 'L\u00a0', moving: '\u2192\u00a0'}[piece.use] || '';
    return piece.name < 0 ? '' : mark + run.name(piece.name);
  }

  function drawMap(run, view, heap, frame) {
    const narrow = view.map.clientWidth < 480;
    let bytes = 64;
    while (bytes * (narrow && !many ? 32 : 16) < run.told.pool) bytes *= 2;
    const rows = [];
    for (let from = 0; from < run.told.pool; from += bytes) {
      const cells = element('div', 'cells');
      if (from + bytes > run.told.pool) cells.classList.add('short');
      rows.push(cells);
    }
    for (const piece of pieces(run, heap)) {
      const now = piece.name >= 0 && piece.name === frame.block;
      for (let from = piece.from; from < piece.to;) {
        const row = Math.floor(from / bytes);
        const to = Math.min(piece.to, (row + 1) * bytes);
        const part = element('div', 'seg fill-' + piece.use + (now ? ' now' : ''));
        part.style.left = (from - row * bytes) * 100 / bytes + '%';
        part.style.width = (to - from) * 100 / bytes + '%';
        part.title = title(run, heap, piece);
        if (from > piece.from) part.classList.add('goes-on');
        if (!many && (to - from) / bytes > .03 && from === piece.from) part.textContent = label(run, piece);
        rows[row].append(part);
        from = to;
      }
    }
    view.map.replaceChildren(...rows.map((cells, i) => {
      const row = element('div', 'row');
      row.append(element('span', 'at', '+' + number(i * bytes)), cells);
      return row;
    }));
  }

  const live = heap => {
    let bytes = 0;
    for (const block of heap.blocks.values()) bytes += block[1];
    return bytes;
  };
  const largestHole = heap => heap.lists.reduce(
    (most, list, i) => i === MOVING ? most : list.reduce((m, hole) => Math.max(m, hole[1]), most), 0);

  const estimated = exact => exact ? '' : ' (estimated)';

  /** The operation in words. */
  function words(run, frame, heap) {
    if (frame.operation === BEFORE_FIRST) return 'Before the first operation: the pool as the image left it.';
    const exact = run.told.exact;
    const kind = data.kinds[frame.kind];
    const memory = kind === 'alloc' || kind === 'grow' || kind === 'resize';
    const name = frame.block < 0 ? '' : ' ' + run.name(frame.block);
    const block = heap.blocks.get(frame.block);
    const asked = kind + name +
      (kind === 'step' ? ' at most ' + count(frame.amount, 'time') : kind === 'wait' ? ' ' + count(frame.amount, 'cycle')
        : memory ? ', ' + (kind === 'alloc' ? '' : 'to ') + count(frame.amount, 'byte') : '');
    let said;
    if (frame.outcome === ENDED) {
      said = asked + ': here the run ended. ' + run.told.ending;
    } else if (frame.outcome === SKIPPED) {
      said = asked + ': skipped' + (frame.block < 0 ? ', for this image has no steps' : ', for it was never served');
    } else if (frame.outcome < 0) {
      said = asked + ': refused, ' + data.errors[-frame.outcome - 1] +
        (memory ? ': ' + count(frame.free, 'byte') + ' free, largest hole ' + number(largestHole(heap)) : '');
    } else if (memory && block) {
      said = kind + name + ': ' + count(frame.amount, 'byte') + ' at offset ' + number(block[0]) + flagWords([0, 0, block[2] & 6]);
    } else if (kind === 'free') {
      said = asked + ': ' + count(frame.amount, 'byte') + ' given back';
    } else {
      said = asked + (block && kind !== 'unlock' ? ' at offset ' + number(block[0]) : '');
    }
    if (frame.cycles > 0 && frame.outcome !== ENDED) said += '; took ' + count(frame.cycles, 'cycle') + estimated(exact.calls);
    if (frame.pauses > 0) {
      said += '; ' + (frame.outcome === 0 && memory ? 'waited for ' : 'with ') + count(frame.pauses, 'pause') + ': ' +
        count(frame.pauseCycles, 'cycle') + estimated(exact.clock) +
        (frame.pauses > 1 ? ', the longest ' + number(frame.longest) : '') + ', ' + count(frame.moved, 'byte') + ' moved';
    }
    return said + '.';
  }

  function drawReadings(run, view, heap, frame) {
    const hole = largestHole(heap);
    const sample = run.told.samples.filter(s => s[0] <= frame.operation).pop();
    const rows = [
      ['live', count(live(heap), 'byte') + ' in ' + count(heap.blocks.size, 'block')],
      ['free', count(frame.free, 'byte')],
      ['largest hole', count(hole, 'byte')],
    ];
    if (sample) {
      const at = sample[0] === frame.operation ? '' : ' (at operation ' + number(sample[0]) + ')';
      rows.push(['largest request', (sample[1] === null ? 'no handle' : count(sample[1], 'byte')) + at]);
      rows.push(['fragmentation', (sample[2] === null ? 'none' : (sample[2] / 10000).toFixed(1) + '\u00a0%') + at]);
    }
    view.readings.replaceChildren(...rows.map(([term, value]) => {
      const row = element('div');
      row.append(element('dt', '', term), element('dd', '', value));
      return row;
    }));
  }

  function drawLists(run, view, heap) {
    const holes = list => list.slice(0, MOST_LISTED).map(h => number(h[1]) + ' at ' + number(h[0])).join(' \u2192 ') +
      (list.length > MOST_LISTED ? ' \u2192 and ' + number(list.length - MOST_LISTED) + ' more' : '');
    const rows = [];
    run.told.lists.forEach((name, i) => {
      const list = heap.lists[i] || [];
      if (i === MOVING || (name === '' && list.length === 0)) return;
      const row = element('div');
      row.append(element('b', '', name || 'in no list'), list.length ? holes(list) : '\u2013');
      rows.push(row);
    });
    view.lists.replaceChildren(...rows);
  }

  function drawBlocks(run, view, heap) {
    const rows = [...heap.blocks].sort((a, b) => a[1][0] - b[1][0]).map(([name, block]) => {
      const row = element('tr');
      row.append(element('td', '', run.name(name)), element('td', '', number(block[0])), element('td', '', number(block[1])),
        element('td', 'words', flagWords(block, heap.moved.has(name)).slice(2)));
      return row;
    });
    view.blocks.replaceChildren(...rows);
  }

  class View {
    constructor(run, root) {
      this.run = run;
      this.root = root;
      this.seen = true;
      for (const key of ['words', 'map', 'readings', 'lists', 'blocks']) {
        this[key] = root.querySelector('[data-show=' + key + ']');
      }
      this.cursors = [...root.querySelectorAll('.track')].map(track => {
        const cursor = element('div', 'cursor');
        track.append(cursor);
        return cursor;
      });
      root.querySelectorAll('[data-from]').forEach(phase => {
        const from = phase.dataset.from / data.span;
        phase.style.left = from * 100 + '%';
        phase.style.width = (phase.dataset.to / data.span - from) * 100 + '%';
      });
      for (const details of root.querySelectorAll('details')) details.addEventListener('toggle', () => this.draw());
    }

    show(operation) {
      const index = this.run.index(operation);
      const at = Math.max(0, operation + .5) * 100 / data.span;
      for (const cursor of this.cursors) cursor.style.left = Math.min(100, at) + '%';
      this.asked = operation;
      if (index === this.index) {
        if (index >= 0 && !this.due) this.tell();
        return;
      }
      this.index = index;
      this.draw();
    }

    /** The operation in words; of another one than is looked at, where this run has none kept, which it is. */
    tell() {
      const operation = this.run.frames[this.index].operation;
      const other = operation !== this.asked && operation !== BEFORE_FIRST;
      this.words.textContent = (other ? 'Operation ' + number(operation) + ': ' : '') + this.said;
    }

    draw() {
      this.due = !this.seen;
      if (this.index < 0 || this.due) return;
      const heap = this.run.heap(this.index);
      const frame = this.run.frames[this.index];
      this.said = words(this.run, frame, heap);
      this.tell();
      drawMap(this.run, this, heap, frame);
      this.map.setAttribute('aria-label', 'The pool by address: ' + count(heap.blocks.size, 'block') + ' with ' +
        count(live(heap), 'byte') + ', ' + count(frame.free, 'byte') + ' free, the largest hole ' + count(largestHole(heap), 'byte') +
        '. All blocks are in the table below.');
      drawReadings(this.run, this, heap, frame);
      if (this.lists.closest('details').open) drawLists(this.run, this, heap);
      if (this.blocks.closest('details').open) drawBlocks(this.run, this, heap);
    }
  }

  // ---- moving through the run ----

  const runs = data.runs.map(told => new Run(told));
  const views = [];
  document.querySelectorAll('[data-run]').forEach(root => {
    const run = runs[root.dataset.run];
    if (run.frames.length) views.push(new View(run, root));
  });
  if (many) drawOnlyWhatIsSeen();

  /** Of many runs those are drawn that are on the screen, and all on paper. */
  function drawOnlyWhatIsSeen() {
    const see = (view, seen) => {
      view.seen = seen;
      if (view.due && seen) view.draw();
    };
    const byRoot = new Map(views.map(view => [view.root, view]));
    const observer = new IntersectionObserver(
      entries => entries.forEach(entry => see(byRoot.get(entry.target), entry.isIntersecting)),
      {rootMargin: '200px'});
    views.forEach(view => {
      view.seen = false;
      observer.observe(view.root);
    });
    addEventListener('beforeprint', () => views.forEach(view => see(view, true)));
  }
  const operations = [...new Set(runs.flatMap(run => run.frames.map(f => f.operation)))].sort((a, b) => a - b);
  const marked = test => operations.filter((operation, i) =>
    runs.some(run => {
      const frame = run.frames[run.index(operation)];
      return frame && frame.operation === operation && test(frame);
    }));
  const stops = {failure: marked(f => f.outcome < 0 || f.outcome === ENDED), pause: marked(f => f.pauses > 0)};

  const controls = document.querySelector('.controls');
  const scrubber = controls && controls.querySelector('input[type=range]');
  let position = 0;
  let playing = 0;
  let addressTimer = 0;

  /** The last index in a sorted array whose value is not above; -1 for none. */
  function last(sorted, value) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function show(to) {
    position = Math.max(0, Math.min(operations.length - 1, to));
    const operation = operations[position];
    for (const view of views) view.show(operation);
    scrubber.value = position;
    const text = operation === BEFORE_FIRST ? 'before operation 0' : 'operation ' + number(operation);
    scrubber.setAttribute('aria-valuetext', text);
    controls.querySelector('output').textContent = text + ' of ' + number(data.operations);
    const earlier = name => last(stops[name], operation - 1) >= 0;
    const later = name => last(stops[name], operation) < stops[name].length - 1;
    const possible = {
      first: position > 0, previous: position > 0,
      next: position < operations.length - 1, last: position < operations.length - 1,
      'previous-failure': earlier('failure'), 'next-failure': later('failure'),
      'previous-pause': earlier('pause'), 'next-pause': later('pause'),
    };
    controls.querySelectorAll('[data-go]').forEach(button => {
      button.setAttribute('aria-disabled', String(!possible[button.dataset.go]));
    });
    clearTimeout(addressTimer);
    // not at once: a browser stops an address that changes all the time
    addressTimer = setTimeout(() => history.replaceState(null, '', '#op' + operation), 400);
  }

  /** Shows the moment of that operation, or the last one kept before it. */
  const showOperation = operation => show(last(operations, operation));

  function jump(stop, forward) {
    const operation = operations[position];
    const at = forward ? last(stop, operation) + 1 : last(stop, operation - 1);
    if (at >= 0 && at < stop.length) showOperation(stop[at]);
  }

  const actions = {
    first: () => show(0),
    previous: () => show(position - 1),
    next: () => show(position + 1),
    last: () => show(operations.length - 1),
    'previous-failure': () => jump(stops.failure, false),
    'next-failure': () => jump(stops.failure, true),
    'previous-pause': () => jump(stops.pause, false),
    'next-pause': () => jump(stops.pause, true),
  };

  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    controls.querySelector('.play').textContent = 'Play';
  }

  function play() {
    if (playing) return stop();
    if (position === operations.length - 1) show(0);
    controls.querySelector('.play').textContent = 'Pause';
    let before = null;
    let due = 0;
    const tick = now => {
      due += before === null ? 0 : (now - before) * controls.querySelector('select').value / 1000;
      before = now;
      const steps = Math.floor(due);
      due -= steps;
      if (steps > 0) show(position + steps);
      if (position === operations.length - 1) stop();
      else playing = requestAnimationFrame(tick);
    };
    playing = requestAnimationFrame(tick);
  }

  function act(action) {
    stop();
    actions[action]();
  }

  const KEYS = {
    ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last',
    f: 'next-failure', F: 'previous-failure', p: 'next-pause', P: 'previous-pause',
  };

  function key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest('select')) return;
    if (event.key === ' ') {
      if (target.closest('button, summary')) return;
      play();
    } else if (KEYS[event.key]) {
      act(KEYS[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  }

  function fromAddress() {
    const match = /^#op(-?\d+)$/.exec(location.hash);
    if (match) showOperation(Number(match[1]));
    return match;
  }

  function start() {
    scrubber.max = operations.length - 1;
    scrubber.addEventListener('input', () => {
      stop();
      show(Number(scrubber.value));
    });
    controls.querySelector('.play').addEventListener('click', play);
    controls.querySelectorAll('[data-go]').forEach(button =>
      button.addEventListener('click', () => act(button.dataset.go)));
    document.addEventListener('keydown', key);
    document.querySelectorAll('a[href^="#op"]').forEach(link => link.addEventListener('click', event => {
      event.preventDefault();
      stop();
      showOperation(Number(link.getAttribute('href').slice(3)));
      document.getElementById('play').scrollIntoView();
    }));
    document.querySelectorAll('.track').forEach(track => {
      const to = event => {
        const box = track.getBoundingClientRect();
        stop();
        showOperation(Math.floor((event.clientX - box.left) / box.width * data.span));
      };
      track.addEventListener('pointerdown', to);
      track.addEventListener('pointermove', event => event.buttons && to(event));
    });
    addEventListener('hashchange', fromAddress);
    let width = innerWidth;
    addEventListener('resize', () => {
      if (innerWidth !== width) views.forEach(view => view.draw());
      width = innerWidth;
    });
    if (!fromAddress()) showOperation(data.start);
  }
  if (controls && operations.length) start();

  // ---- where the cycles went ----

  /** A node is [name, cycles alone, children]. */
  const inclusive = node => node[1] + node[2].reduce((sum, child) => sum + inclusive(child), 0);

  function drawFlame(root, tree, run) {
    const LEAST = .0015;
    let focus = [tree];
    const draw = () => {
      const total = inclusive(tree);
      const wide = inclusive(focus[focus.length - 1]);
      const buttons = [];
      let deepest = 0;
      const add = (node, path, from, share) => {
        const depth = path.length - 1;
        const cycles = inclusive(node);
        deepest = Math.max(deepest, depth);
        const button = element('button', depth === 0 ? 'whole' : depth % 2 ? 'odd' : '', node[0]);
        button.type = 'button';
        button.style.left = from * 100 + '%';
        button.style.width = share * 100 + '%';
        button.style.top = depth * 1.6 + 'rem';
        button.title = node[0] + ': ' + count(cycles, 'cycle') + estimated(run.told.exact.clock) + ', ' +
          (cycles * 100 / total).toFixed(1) + '\u00a0%, ' + number(node[1]) + ' of them its own';
        button.setAttribute('aria-label', button.title);
        button.addEventListener('click', () => {
          focus = path;
          draw();
          root.querySelectorAll('button')[path.length - 1].focus();
        });
        buttons.push(button);
        if (path.length < focus.length) {
          add(focus[path.length], focus.slice(0, path.length + 1), 0, 1);
          return;
        }
        let at = from;
        for (const child of node[2]) {
          const part = inclusive(child) / wide;
          if (part >= LEAST) add(child, path.concat([child]), at, part);
          at += part;
        }
      };
      add(tree, [tree], 0, 1);
      root.replaceChildren(...buttons);
      root.style.height = (deepest + 1) * 1.6 + 'rem';
    };
    draw();
  }
  document.querySelectorAll('[data-flame]').forEach(root => {
    const run = runs[root.dataset.flame];
    drawFlame(root, run.told.flame, run);
  });
})();
