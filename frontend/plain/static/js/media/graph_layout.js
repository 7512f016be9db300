// Where the boxes of a model graph go: scopes from names, one level at a time, in layers from inputs to outputs
// (Sugiyama: longest path, barycentres, straightened). Pure: no document, no canvas.

const ROW = 64;
const GAP = 22;
const SWEEPS = 6;
const MOST_BENDS = 20_000;

/** A graph's nodes by scope. `levels` maps a scope's path to what lies directly in it. */
export class Scopes {
  /** @param {{name, op, scope, inputs, outputs}[]} nodes in the order in which they run */
  constructor(graph) {
    this.nodes = graph.nodes.map((node, index) => ({ ...node, index, path: pathOf(node) }));
    this.makers = new Map();
    for (const node of this.nodes) for (const name of node.outputs ?? []) this.makers.set(name, node);
    this.users = new Map();
    for (const node of this.nodes) {
      for (const name of node.inputs ?? []) {
        if (!this.users.has(name)) this.users.set(name, []);
        this.users.get(name).push(node);
      }
    }
    this.sizes = new Map();
    for (const node of this.nodes) {
      for (let depth = 0; depth <= node.path.length; depth++) {
        const scope = node.path.slice(0, depth).join("/");
        this.sizes.set(scope, (this.sizes.get(scope) ?? 0) + 1);
      }
    }
    this.inputs = graph.inputs ?? [];
    this.outputs = graph.outputs ?? [];
  }

  /** What is seen inside a scope: boxes, and arrows between them with how many tensors go along. */
  level(path) {
    const boxes = new Map();
    const inside = this.nodes.filter((node) => path.every((part, at) => node.path[at] === part));
    // A scope that holds one node alone is that node.
    const folded = (node) => node.path.length > path.length && this.sizes.get(node.path.slice(0, path.length + 1).join("/")) > 1;
    const idOf = (node) => (folded(node) ? `scope ${node.path.slice(0, path.length + 1).join("/")}` : `node ${node.index}`);
    const add = (id, box) => boxes.has(id) || boxes.set(id, { id, ...box });
    const members = new Set(inside);
    const edges = new Map();
    const join = (from, to) => from !== to && edges.set(`${from}\n${to}`, [from, to, (edges.get(`${from}\n${to}`)?.[2] ?? 0) + 1]);
    const given = new Map(this.inputs.map((one) => [one.name, one]));
    for (const node of inside) {
      const below = node.path.slice(path.length).join("/") || node.name.split("/").pop();
      const scope = node.path.slice(0, path.length + 1);
      for (const name of node.inputs ?? []) {
        const maker = this.makers.get(name);
        if (maker && members.has(maker)) continue;
        if (!maker && !given.has(name)) continue; // a weight
        const from = maker ? outside(maker, path) : name;
        add(`in ${from}`, { kind: "edge", label: from, title: maker ? `from ${maker.name}` : shapeText(given.get(name)) });
      }
      add(idOf(node), folded(node) ? { kind: "scope", label: scope[scope.length - 1], path: scope, count: this.sizes.get(scope.join("/")) } : { kind: "node", label: node.op, node, below });
    }
    for (const node of inside) {
      for (const name of node.inputs ?? []) {
        const maker = this.makers.get(name);
        if (maker && members.has(maker)) join(idOf(maker), idOf(node));
        else if (maker || given.has(name)) join(`in ${maker ? outside(maker, path) : name}`, idOf(node));
      }
      for (const name of node.outputs ?? []) {
        for (const user of this.users.get(name) ?? []) {
          if (members.has(user)) continue;
          const to = outside(user, path);
          add(`out ${to}`, { kind: "edge", label: to, title: `to ${user.name}` });
          join(idOf(node), `out ${to}`);
        }
        const given = this.outputs.find((one) => one.name === name);
        if (given) {
          add(`out ${name}`, { kind: "edge", label: name, title: shapeText(given) });
          join(idOf(node), `out ${name}`);
        }
      }
    }
    return { boxes: [...boxes.values()], edges: [...edges.values()] };
  }

  find(words, most) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.nodes.filter((node) => wanted.every((word) => `${node.name} ${node.op} ${node.path.join("/")}`.toLowerCase().includes(word)));
    return { total: found.length, nodes: found.slice(0, most) };
  }
}

/** `[2, 3, "batch"]` with its dtype, as people read it. */
export function shapeText({ shape, dtype } = {}) {
  return [shape ? `[${shape.join(" × ")}]` : "", dtype ?? ""].filter(Boolean).join(" ");
}

/** Where a node lies: its scope, or what its name says ("/layer1/conv/Conv" lies in layer1, conv). */
function pathOf({ name, scope }) {
  if (scope !== undefined && scope !== null) return scope.split("/").filter(Boolean);
  return name.split("/").filter(Boolean).slice(0, -1);
}

/** What a node outside a scope is called from within: the part of its path that differs. */
function outside(node, path) {
  let common = 0;
  while (common < path.length && node.path[common] === path[common]) common += 1;
  return node.path[common] ?? node.name;
}

/**
 * Places boxes.
 *
 * @param {{id, width, height}[]} boxes
 * @param {[string, string, number][]} edges
 * @returns {{places: Map, routes: {from, to, count, points}[], width: number, height: number}} centres in pixels
 */
export function place(boxes, edges) {
  const order = new Map(boxes.map((box, at) => [box.id, at]));
  const forward = edges.filter(([from, to]) => order.has(from) && order.has(to)).map(([from, to, count]) => ({ from, to, count }));
  if (!forward.length) return stacked(boxes);
  const layers = layered(boxes, forward);
  const cells = new Map(boxes.map((box) => [box.id, { ...box, layer: layers.get(box.id), up: [], down: [] }]));
  bend(forward, cells);
  const rows = [];
  for (const cell of cells.values()) (rows[cell.layer] ??= []).push(cell);
  for (let at = 0; at < rows.length; at++) rows[at] ??= [];
  for (let sweep = 0; sweep < SWEEPS; sweep++) untangle(rows, sweep % 2 === 0);
  straighten(rows);
  const cellsList = [...cells.values()];
  const left = Math.min(...cellsList.map((cell) => cell.x - cell.width / 2)) - GAP;
  for (const cell of cellsList) cell.x -= left;
  const at = (id) => ({ x: cells.get(id).x, y: GAP + 20 + cells.get(id).layer * ROW });
  return {
    places: new Map(boxes.map((box) => [box.id, at(box.id)])),
    routes: forward.map((edge) => ({ ...edge, points: [edge.from, ...edge.bends, edge.to].map(at) })),
    width: Math.max(...cellsList.map((cell) => cell.x + cell.width / 2)) + GAP,
    height: rows.length * ROW + GAP,
  };
}

/** Without arrows there is only the order. */
function stacked(boxes) {
  const width = Math.max(0, ...boxes.map((box) => box.width)) + 2 * GAP;
  const places = new Map(boxes.map((box, at) => [box.id, { x: width / 2, y: GAP + 20 + at * (ROW - 16) }]));
  return { places, routes: [], width, height: boxes.length * (ROW - 16) + GAP };
}

/** Layers by longest path. Arrows against the order of the nodes (two scopes that feed each other) do not count. */
function layered(boxes, edges) {
  const incoming = new Map(boxes.map((box) => [box.id, []]));
  const outgoing = new Map(boxes.map((box) => [box.id, []]));
  for (const edge of edges) {
    incoming.get(edge.to).push(edge.from);
    outgoing.get(edge.from).push(edge.to);
  }
  const layers = new Map();
  const state = new Map();
  const sequence = [];
  for (const { id } of boxes) visit(id, incoming, state, sequence);
  const rank = new Map(sequence.map((id, at) => [id, at]));
  for (const id of sequence) {
    const before = incoming.get(id).filter((one) => rank.get(one) < rank.get(id));
    layers.set(id, Math.max(-1, ...before.map((one) => layers.get(one))) + 1);
  }
  for (const id of [...sequence].reverse()) {
    // What nothing comes into stands right above what it goes to.
    const after = outgoing.get(id).filter((one) => rank.get(one) > rank.get(id)).map((one) => layers.get(one));
    if (!incoming.get(id).length && after.length) layers.set(id, Math.max(0, Math.min(...after) - 1));
  }
  return layers;
}

/** Depth first without recursion: long chains are longer than the stack. */
function visit(start, incoming, state, sequence) {
  const stack = [[start, 0]];
  while (stack.length) {
    const top = stack[stack.length - 1];
    const [id, at] = top;
    if (at === 0 && state.has(id)) {
      stack.pop();
      continue;
    }
    state.set(id, true);
    const next = incoming.get(id)[at];
    if (next === undefined) {
      sequence.push(id);
      stack.pop();
    } else {
      top[1] += 1;
      if (!state.has(next)) stack.push([next, 0]);
    }
  }
}

/** Gives arrows over several layers a place in each, and joins neighbours. */
function bend(edges, cells) {
  let bends = 0;
  for (const edge of edges) {
    edge.bends = [];
    const [from, to] = [cells.get(edge.from), cells.get(edge.to)];
    let above = from;
    for (let layer = from.layer + 1; layer < to.layer && bends < MOST_BENDS; layer++) {
      const id = `bend ${bends++}`;
      const cell = { id, width: 10, layer, up: [above], down: [] };
      above.down.push(cell);
      cells.set(id, cell);
      edge.bends.push(id);
      above = cell;
    }
    if (to.layer > from.layer) {
      above.down.push(to);
      to.up.push(above);
    }
  }
}

function untangle(rows, downwards) {
  const list = downwards ? rows : [...rows].reverse();
  for (const row of list) row.forEach((cell, at) => (cell.order = at));
  for (const row of list) {
    for (const cell of row) {
      const near = downwards ? cell.up : cell.down;
      cell.key = near.length ? near.reduce((sum, one) => sum + one.order, 0) / near.length : cell.order;
    }
    row.sort((a, b) => a.key - b.key);
    row.forEach((cell, at) => (cell.order = at));
  }
}

/** Pulls boxes under each other as far as their neighbours in the row allow. */
function straighten(rows) {
  for (const row of rows) {
    let x = 0;
    for (const cell of row) {
      cell.x = x + cell.width / 2;
      x += cell.width + GAP;
    }
    for (const cell of row) cell.x -= x / 2;
  }
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep++) {
    const downwards = sweep % 2 === 0;
    for (const row of downwards ? rows : [...rows].reverse()) {
      const wish = row.map((cell) => {
        const near = downwards ? cell.up : cell.down;
        return near.length ? near.reduce((sum, one) => sum + one.x, 0) / near.length : cell.x;
      });
      settle(row, wish);
    }
  }
}

/** Positions nearest to the wishes, in order and apart: neighbours that collide become one block (pool adjacent violators). */
function settle(row, wish) {
  const blocks = [];
  let offset = 0;
  row.forEach((cell, at) => {
    const ahead = at ? (row[at - 1].width + cell.width) / 2 + GAP : 0;
    offset += ahead;
    blocks.push({ sum: wish[at] - offset, count: 1, first: at });
    while (blocks.length > 1 && blocks[blocks.length - 2].sum / blocks[blocks.length - 2].count > blocks[blocks.length - 1].sum / blocks[blocks.length - 1].count) {
      const last = blocks.pop();
      const into = blocks[blocks.length - 1];
      into.sum += last.sum;
      into.count += last.count;
    }
  });
  let along = 0;
  const offsets = row.map((cell, at) => (along += at ? (row[at - 1].width + cell.width) / 2 + GAP : 0));
  for (const block of blocks) {
    for (let at = block.first; at < block.first + block.count; at++) row[at].x = block.sum / block.count + offsets[at];
  }
}
