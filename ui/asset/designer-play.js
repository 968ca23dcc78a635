// The designer of flows: playing a drawing through 试走. The server is told the drawing and everything that has happened in
// it so far, and answers where it stands; going back is telling it one thing less.
import { button, field, make, pick, text, tick } from "./designer-words.js";

export function player(page) {
  const { setup, say, root, registry } = page;
  const pane = root.querySelector("#draw-play");
  const place = pane.querySelector(".draw__fields");
  const tool = root.querySelector('[data-tool="play"]');
  const names = Object.fromEntries(setup.posts.map((p) => [p.value, p.text]));
  let moves = [];
  let source = "";
  let given = { step: {}, answer: {}, form: {} };
  let on = false;

  function show(visible) {
    on = visible;
    pane.hidden = !visible;
    root.querySelector("#draw-panel").hidden = visible;
    root.classList.toggle("draw--play", visible);
    tool.setAttribute("aria-pressed", String(visible));
    tool.textContent = say(visible ? "draw.play.stop" : "draw.play");
  }
  function stop() {
    if (!on) return;
    for (const kind of ["token", "passed", "stuck"]) page.unmark(kind);
    show(false);
  }
  async function toggle() {
    if (on) { stop(); return; }
    page.modeler.get("selection").select(null);
    source = await page.xml();
    moves = [];
    show(true);
    await move({ kind: "start" });
  }

  // What the conditions may ask about is told with each thing that happens.
  const copy = (o) => JSON.parse(JSON.stringify(o));
  async function move(what) {
    await stand([...moves, { ...what, ...copy(given) }]);
  }
  async function stand(next) {
    try {
      const scene = await page.ask("play", { source, moves: next });
      moves = next;
      render(scene);
    } catch (err) {
      if (err.name === "AbortError") return;
      place.querySelector(".draw__loss")?.remove();
      place.prepend(make("p", { className: "draw__loss", role: "alert" }, err instanceof TypeError ? say("draw.offline") : err.message),
        ...(moves.length ? [] : [button(say("draw.play.stop"), stop)]));
    }
  }

  function render(scene) {
    for (const kind of ["token", "passed", "stuck"]) page.unmark(kind);
    for (const id of new Set(scene.passed)) page.mark("passed", id, "✓ " + say("draw.play.passed"));
    for (const t of scene.tokens) page.mark("token", t.element, "● " + t.count);
    for (const t of scene.stuck) page.mark("stuck", t.element, "! " + say("draw.play.stuck"));
    const label = (element, name) => name || page.called(element);
    const parts = [
      make("p", { className: "draw__where", role: "status" }, say(scene.over ? "draw.play.over" : scene.stuck.length ? "draw.play.stands" : "draw.play.where",
        { n: scene.open.length + scene.waits.length })),
      scene.stuck.map((s) => make("p", { className: "draw__loss" }, s.text)),
      scene.stuck.length ? button(say("draw.play.retry"), () => move({ kind: "retry" })) : null,
      scene.open.length ? make("h3", { className: "draw__h" }, say("draw.play.open")) : null,
      scene.open.length ? make("ul", { className: "draw__tasks", role: "list" }, scene.open.map((t) => taskRow(t, label))) : null,
      scene.waits.length ? make("h3", { className: "draw__h" }, say("draw.play.waits")) : null,
      scene.waits.length ? make("ul", { className: "draw__tasks", role: "list" }, scene.waits.map((w) => make("li", {},
        make("b", {}, label(w.element, w.name)),
        button(say(w.timer ? "draw.play.fire" : "draw.play.message"), () => move(w.timer ? { kind: "fire", task: w.token } : { kind: "message", message: w.message }),
          { "data-element": w.element })))) : null,
      scene.told.length ? make("p", { className: "meta" }, say("draw.play.told"), scene.told.map((t) => `${t.value} = ${t.text}`).join(say("draw.list"))) : null,
      make("div", { className: "row" },
        button(say("draw.play.back"), () => stand(moves.slice(0, -1)), { disabled: moves.length < 2, "data-play": "back" }),
        button(say("draw.play.again"), () => { moves = []; move({ kind: "start" }); }, { disabled: moves.length < 2 })),
      sample(),
    ];
    const held = place.contains(document.activeElement);
    place.replaceChildren(...parts.flat().filter(Boolean));
    if (held) (place.querySelector(".draw__tasks button") ?? place.querySelector("button:enabled"))?.focus();
  }
  function taskRow(t, label) {
    const outcome = pick("", t.outcomes[0].value, t.outcomes.map((o) => ({ value: o.value, text: o.text })), () => {});
    outcome.className = "select";
    outcome.setAttribute("aria-label", say("draw.play.outcome", { step: label(t.element, t.name) }));
    return make("li", {}, make("b", {}, label(t.element, t.name)), make("span", { className: "meta" }, names[t.who] ?? t.who),
      make("span", { className: "row" }, outcome,
        button(say("draw.play.complete"), () => move({ kind: "complete", task: t.task, outcome: outcome.value }), { "data-element": t.element, className: "btn btn--primary" })));
  }

  // sample is the form that the conditions ask about; a change holds from the next thing that happens.
  function sample() {
    const asked = registry.filter((e) => e.businessObject.conditionExpression).map((e) => e.businessObject.conditionExpression.body).join("\n");
    const optional = registry.filter((e) => !e.labelTarget && e.businessObject.$instanceOf("bpmn:UserTask") && asked.includes(`step["${e.id}"]`));
    if (!setup.subjects.length && !optional.length) return null;
    const put = (path, value) => {
      const [where, key] = [path.slice(0, path.indexOf(".")), path.slice(path.indexOf(".") + 1)];
      if (value === "") delete given[where][key];
      else given[where][key] = where === "form" && (value === "true" || value === "false") ? value === "true" : value;
    };
    return make("details", { className: "draw__raw", open: true }, make("summary", {}, say("draw.play.form")),
      make("p", { className: "meta" }, say("draw.play.form.hint")),
      setup.subjects.map((s) => {
        const at = s.path.indexOf(".");
        const value = String(given[s.path.slice(0, at)][s.path.slice(at + 1)] ?? "");
        return field(s.name, s.number ? text("", value, (v) => put(s.path, v), { type: "number", step: "any" })
          : pick("", value, s.options ?? [], (v) => put(s.path, v), say("draw.play.unsaid")));
      }),
      optional.map((e) => tick("", given.step[e.id], say("draw.rule.applied", { subject: say("draw.rule.step", { step: e.businessObject.name || e.id }) }),
        (v) => { given.step[e.id] = v; })));
  }
  return { toggle, stop };
}
