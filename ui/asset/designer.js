// The designer of flows: bpmn-js on the page /catalog/flows/{id}/draw. It draws, sends each change to be judged, plays the
// drawing through and keeps the draft; the server decides what is right. On narrow screens it does not begin: there the
// page shows the drawing to read.
import { button, gov, make, toolModule, wordsOf } from "./designer-words.js";
import { panel } from "./designer-panel.js";
import { player } from "./designer-play.js";

const root = document.getElementById("draw");
const plain = document.getElementById("draw-plain");
const room = window.matchMedia("(min-width: 60rem)");
if (root) {
  const begin = () => {
    root.hidden = !room.matches;
    plain.hidden = room.matches;
    if (room.matches && !root.dataset.begun) {
      root.dataset.begun = "1";
      load(root.dataset.bundle).then(() => design(JSON.parse(root.dataset.setup)));
    }
  };
  room.addEventListener("change", begin);
  begin();
}

function load(src) {
  return new Promise((done, failed) => document.head.append(make("script", { src, onload: done, onerror: failed })));
}

async function design(setup) {
  const say = wordsOf(setup.words);
  const find = (css) => root.querySelector(css);
  const tool = (name) => find(`[data-tool="${name}"]`);
  const said = find("#draw-said");
  const modeler = new window.BpmnJS({ container: find("#draw-canvas"), additionalModules: [toolModule(say)], moddleExtensions: { gov } });
  const [canvas, stack, registry, selection, overlays, bus] =
    ["canvas", "commandStack", "elementRegistry", "selection", "overlays", "eventBus"].map((name) => modeler.get(name));
  const page = { setup, say, modeler, canvas, registry, overlays, root, editable: setup.editable, xml, ask, mark, unmark, called, select };
  const hints = () => { // bpmn-js names the tools of its palette for who hears the page alone
    for (const entry of root.querySelectorAll(".djs-palette .entry[aria-label]")) entry.title = entry.getAttribute("aria-label");
  };
  bus.on("palette.changed", hints);
  hints();
  let lock = setup.lock;
  let key = setup.key;
  let sent = ""; // what was last sent under the key
  let kept = ""; // the drawing as the server has it
  let now = ""; // the drawing as it was last looked at
  let comments = []; // which bpmn-js does not keep
  let loss = ""; // what cannot be kept at all, in words

  // ── The file ───────────────────────────────────────────────────────────

  async function xml() {
    const { xml: text } = await modeler.saveXML({ format: true });
    return comments.length ? text.replace(/(<\?xml[^>]*\?>\s*)?/, (head) => head + comments.join("\n") + "\n") : text;
  }
  async function open(source) {
    comments = source.match(/<!--[\s\S]*?-->/g) ?? [];
    loss = "";
    try {
      const { warnings } = await modeler.importXML(source);
      const lost = warnings.filter((w) => !w.message.startsWith("unknown attribute")); // those it keeps as they are
      if (lost.length) loss = say("draw.loss", { n: lost.length, what: lost[0].message.split("\n")[0] });
    } catch (err) {
      loss = /no diagram/.test(err.message) ? say("draw.undrawn") : say("draw.unreadable", { what: err.message.split("\n")[0] });
      return false;
    }
    fit();
    return true;
  }
  // fit shows the whole drawing beside the palette, no larger than it is.
  function fit() {
    canvas.zoom("fit-viewport"); // so that what is there is measured
    const { inner, outer } = canvas.viewbox();
    const [left, around] = [96, 32];
    const scale = Math.min(1, (outer.width - left - around) / inner.width, (outer.height - 2 * around) / inner.height);
    const [width, height] = [outer.width / scale, outer.height / scale];
    canvas.viewbox({ width, height, x: inner.x - left / scale - Math.max(0, (width - (left + around) / scale - inner.width) / 2), y: inner.y - (height - inner.height) / 2 });
  }
  // lossy is shown for as long as the drawing is open: nothing may be lost by saving.
  function lossy() {
    const save = tool("save");
    find("#draw-loss")?.remove();
    save?.removeAttribute("aria-disabled");
    if (!loss) return;
    said.after(make("p", { className: "draw__loss", id: "draw-loss", role: "alert" }, loss));
    save?.setAttribute("aria-disabled", "true");
    save?.setAttribute("aria-describedby", "draw-loss");
  }

  // ── Talking to the server ──────────────────────────────────────────────

  let running = {};
  // ask sends something and answers what comes back; a later question of the same kind withdraws an earlier one.
  async function ask(what, body) {
    running[what]?.abort();
    const stop = running[what] = new AbortController();
    const raw = typeof body === "string";
    const answer = await fetch(`${setup.path}/${what}`, {
      method: "POST", credentials: "same-origin", signal: stop.signal, redirect: "manual", body: raw ? body : JSON.stringify(body),
      headers: { Accept: "application/json", "Content-Type": raw ? "application/xml" : "application/json" },
    });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    throw Object.assign(new Error(told.title || say("draw.failed")), { status: answer.status, lock: told.lock });
  }
  const tell = (words, wrong) => {
    said.textContent = words;
    said.classList.toggle("is-wrong", !!wrong);
  };
  const trouble = (err) => {
    if (err.name === "AbortError") return;
    tell(err instanceof TypeError ? say("draw.offline") : err.message, true);
  };

  async function save() {
    if (!setup.editable || tool("save").matches('[aria-disabled="true"], [aria-busy="true"]')) return;
    const source = await xml();
    tool("save").setAttribute("aria-busy", "true");
    try {
      const now = JSON.stringify([lock, source]);
      if (sent && sent !== now) key = crypto.randomUUID(); // a key is for one saving: that of which no answer came was another
      sent = now;
      const answer = await ask("draw", { key, lock, source });
      ({ lock, key } = answer);
      sent = "";
      kept = source;
      tell(say(answer.listed ? "draw.saved.listed" : "draw.saved"));
      changed();
    } catch (err) {
      trouble(err);
      if (err.status === 412) { // whoever has looked at what the other changed may save all the same
        lock = err.lock ?? lock;
        said.append(" ", make("a", { href: setup.path, target: "_blank", rel: "noopener" }, say("draw.stale.look")));
      }
    } finally {
      tool("save").removeAttribute("aria-busy");
    }
  }

  // ── What is wrong ──────────────────────────────────────────────────────

  const marked = {};
  function mark(kind, id, badge) {
    const element = registry.get(id);
    if (!element) return;
    (marked[kind] ??= []).push({ id, overlay: null });
    canvas.addMarker(element, "draw-" + kind);
    if (badge) {
      const last = marked[kind].at(-1);
      last.overlay = overlays.add(element, "draw-" + kind, {
        position: { bad: { top: -14, left: -6 }, stuck: { bottom: 8, left: -6 }, passed: { bottom: 8, left: 0 } }[kind] ?? { top: -14, right: 18 },
        html: make("span", { className: `draw-badge draw-badge--${kind}` }, badge),
      });
    }
  }
  function unmark(kind) {
    for (const { id, overlay } of marked[kind] ?? []) {
      if (registry.get(id)) canvas.removeMarker(id, "draw-" + kind);
      if (overlay) overlays.remove(overlay);
    }
    marked[kind] = [];
  }
  function select(id) {
    const element = registry.get(id);
    if (!element) return;
    selection.select(element);
    canvas.scrollToElement(element, { top: 120, bottom: 120, left: 140, right: 120 });
  }

  // called is what an element is called, by its kind where it has no name.
  function called(id, name) {
    const bo = registry.get(id)?.businessObject;
    if (bo && !bo.name && bo.sourceRef && bo.targetRef) { // a way: from where to where
      return say("draw.type." + bo.$type.slice(5)) + say("draw.colon") + called(bo.sourceRef.id) + " → " + called(bo.targetRef.id);
    }
    return bo?.name || (bo ? say("draw.type." + bo.$type.slice(5)) : name || say("draw.unnamed"));
  }

  let walking;
  // walk lights the way to a fault, one hop after the other.
  function walk(problem) {
    clearTimeout(walking);
    unmark("lit");
    selection.select(null); // the tools of what is chosen would lie over the way
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const hop = (n) => {
      if (n >= problem.trace.length) return;
      const { element, flow } = problem.trace[n];
      mark("lit", element, String(n + 1));
      if (flow) mark("lit", flow);
      if (still) hop(n + 1); else walking = setTimeout(() => hop(n + 1), 600);
    };
    hop(0);
  }
  function show({ problems, listed }) {
    unmark("bad");
    unmark("lit");
    for (const id of new Set(problems.map((p) => p.element))) mark("bad", id, "! " + say("draw.bad"));
    const verdict = find("#draw-verdict");
    verdict.textContent = problems.length ? say("draw.verdict", { n: problems.length }) : say(listed ? "draw.sound.listed" : "draw.sound");
    verdict.classList.toggle("is-good", !problems.length);
    find("#draw-problems ul").replaceChildren(...problems.map((p) => make("li", {},
      registry.get(p.element)
        ? button(called(p.element, p.name) + say("draw.colon") + p.text, () => select(p.element),
          { className: "draw__problem", "data-element": p.element })
        : make("p", { className: "draw__problem" }, p.text),
      p.trace?.length && make("div", { className: "draw__trace" },
        make("ol", {}, p.trace.map((h) => make("li", {}, called(h.element, h.text)))), button(say("draw.walk"), () => walk(p), { className: "btn btn--quiet" })))));
    root.dataset.problems = problems.length;
  }

  let waiting;
  async function judge() {
    const source = await xml();
    if (source === now) return;
    now = source;
    try {
      show(await ask("check", source));
    } catch (err) {
      if (now === source) now = ""; // to be asked again
      trouble(err);
    }
  }
  async function changed() {
    for (const [name, may] of [["undo", stack.canUndo()], ["redo", stack.canRedo()]]) {
      if (tool(name)) tool(name).disabled = !may;
    }
    root.dataset.dirty = (await xml()) === kept ? "" : "1";
  }

  // ── Tools and keys ─────────────────────────────────────────────────────

  const zoom = (by) => canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * by)));
  const play = player(page);
  const tools = {
    save, undo: () => stack.undo(), redo: () => stack.redo(), play: () => play.toggle(),
    fit, more: () => zoom(1.2), less: () => zoom(1 / 1.2),
    async download() {
      const href = URL.createObjectURL(new Blob([await xml()], { type: "application/xml" }));
      make("a", { href, download: setup.id + ".bpmn" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10000);
    },
  };
  for (const [name, act] of Object.entries(tools)) tool(name)?.addEventListener("click", act);
  find("#draw-file")?.addEventListener("change", async (e) => {
    const [file] = e.target.files;
    if (!file) return;
    const before = await xml();
    const source = await file.text();
    e.target.value = "";
    if (root.dataset.dirty && !window.confirm(say("draw.replace"))) return;
    play.stop();
    if (!await open(source)) {
      tell(loss, true);
      await open(before);
      return;
    }
    const process = canvas.getRootElement();
    if (process.businessObject.$type === "bpmn:Process") modeler.get("modeling").updateProperties(process, { id: setup.id });
    lossy();
    tell(say("draw.imported"));
    changed();
    judge();
  });
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || root.hidden || e.defaultPrevented) return;
    const typing = e.target.isContentEditable || e.target.matches("input, textarea, select");
    const name = { s: "save", z: e.shiftKey ? "redo" : "undo", y: "redo" }[e.key.toLowerCase()];
    if (!name || typing && name !== "save" || !setup.editable) return;
    e.preventDefault();
    if (typing) e.target.blur();
    tools[name]();
  });
  window.addEventListener("beforeunload", (e) => { if (root.dataset.dirty) e.preventDefault(); });

  // ── Begin ──────────────────────────────────────────────────────────────

  root.classList.toggle("draw--read", !setup.editable);
  if (!await open(setup.source)) {
    tell(loss, true);
    root.hidden = true;
    plain.hidden = false;
    plain.prepend(make("p", { className: "draw__loss", role: "alert" }, loss));
    return;
  }
  lossy();
  kept = await xml();
  panel(page);
  bus.on("commandStack.changed", () => {
    play.stop();
    changed();
    clearTimeout(waiting);
    waiting = setTimeout(judge, 400);
  });
  changed();
  judge();
  root.designer = { modeler, select }; // for tests, and for whoever looks at the page from the console
}
