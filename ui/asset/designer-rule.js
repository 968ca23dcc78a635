// The designer of flows: conditions put together from menus, and decision tables. Both are kept as CEL; what the menus
// cannot say is shown and changed as text.
import { button, field, make, pick, text } from "./designer-words.js";

// subjectsOf lists what a condition may ask: the item's questions and fields, what came of a step, whether a step applies.
function subjectsOf({ setup, say, registry }) {
  const tasks = registry.filter((e) => !e.labelTarget && e.businessObject.$instanceOf("bpmn:UserTask")).map((e) => e.businessObject);
  const outcomes = (bo) => (bo.get("gov:slot") === "decide" ? ["grant", "refuse"] : ["agree", "disagree"])
    .map((value) => ({ value, text: say("draw.outcome." + value) }));
  return [
    ...setup.subjects,
    ...tasks.map((bo) => ({ path: "result." + bo.id, name: say("draw.rule.result", { step: bo.name || bo.id }), options: outcomes(bo) })),
    ...tasks.map((bo) => ({ path: "step." + bo.id, name: say("draw.rule.step", { step: bo.name || bo.id }), applies: true })),
  ];
}

const quote = (value) => JSON.stringify(value);

// ruleOf writes one comparison as the list of steps does; parse reads it.
export function ruleOf({ path, op, value, number }) {
  const at = path.indexOf(".");
  const [where, key] = [path.slice(0, at), path.slice(at + 1)];
  const subject = `${where}[${quote(key)}]`;
  if (where === "step") return op === "!=" ? "!" + subject : subject;
  if (number) return `${subject} != null && ${subject} != "" && double(${subject}) ${op} ${/\./.test(value) ? value : value + ".0"}`;
  return value === "true" || value === "false" ? `${subject} ${op} ${value}` : `${subject} ${op} ${quote(value)}`;
}
function parseOne(rule) {
  let m = /^(!?)step\["([^"\\]+)"\]$/.exec(rule);
  if (m) return { path: "step." + m[2], op: m[1] ? "!=" : "==", value: "" };
  m = /^(\w+)\["([^"\\]+)"\] != null && .* && double\([^)]*\) (<=|>=|<|>) (-?\d+(?:\.\d+)?)$/.exec(rule);
  if (m) return { path: m[1] + "." + m[2], op: m[3], value: m[4].replace(/\.0$/, ""), number: true };
  m = /^(answer|form|result)\["([^"\\]+)"\] (==|!=) (?:"([^"\\]*)"|(true|false))$/.exec(rule);
  return m && { path: m[1] + "." + m[2], op: m[3], value: m[4] ?? m[5] };
}

// parse answers the comparisons of a condition and whether any one is enough; null where the menus cannot say it.
export function parse(rule) {
  if (!rule) return { list: [], any: false };
  for (const [by, any] of [[") && (", false], [") || (", true]]) {
    const list = (rule.startsWith("(") && rule.endsWith(")") ? rule.slice(1, -1).split(by) : [rule]).map(parseOne);
    if (list.every(Boolean) && [written(list, any), ruleOf(list[0])].includes(rule)) return { list, any };
  }
  return null;
}
const written = (list, any) => (list.length === 1 && list[0].path.startsWith("step.") ? ruleOf(list[0])
  : list.map((c) => `(${ruleOf(c)})`).join(any ? " || " : " && "));

// words says a comparison.
function wordsFor(say, subjects, c) {
  const subject = subjects.find((s) => s.path === c.path);
  const value = subject?.options?.find((o) => o.value === c.value)?.text ?? c.value;
  const name = subject?.name ?? c.path;
  if (subject?.applies || c.path.startsWith("step.")) return say(c.op === "!=" ? "draw.rule.unapplied" : "draw.rule.applied", { subject: name });
  return say("draw.rule." + { "==": "is", "!=": "not", ">": "over", ">=": "least", "<": "under", "<=": "most" }[c.op], { subject: name, value });
}

// conditionEditor changes the condition of a way: change is told the whole of it.
export function conditionEditor(page, rule, change) {
  const { say } = page;
  const subjects = subjectsOf(page);
  const parsed = parse(rule);
  const raw = make("details", { className: "draw__raw", open: !parsed },
    make("summary", {}, say("draw.rule.text")), field(say("draw.rule.cel"), text("rule", rule, change, { rows: 3, spellcheck: false }), say("draw.rule.cel.hint")));
  if (!parsed) return make("div", { className: "draw__field" }, make("p", {}, say("draw.rule.own")), raw);
  const { list, any } = parsed;
  const put = (next, how = any) => change(next.length ? written(next, how) : "");
  return make("fieldset", { className: "draw__field" }, make("legend", {}, say("draw.rule")),
    list.length ? list.map((c, i) => make("p", { className: "draw__rule" }, make("span", {}, wordsFor(say, subjects, c)),
      button(say("draw.rule.remove"), () => put(list.filter((_, j) => j !== i)), { className: "btn btn--quiet" })))
      : make("p", { className: "meta" }, say("draw.rule.none")),
    list.length > 1 && field(say("draw.rule.joint"), pick("joint", any ? "any" : "all",
      [{ value: "all", text: say("draw.rule.all") }, { value: "any", text: say("draw.rule.any") }], (v) => put(list, v === "any"))),
    adder(page, subjects, (c) => put([...list, c])), raw);
}

// adder puts one more comparison together.
function adder({ say }, subjects, add) {
  const rest = make("div", { className: "draw__adder" });
  const subject = pick("subject", "", subjects.map((s) => ({ value: s.path, text: s.name })), (path) => {
    const chosen = subjects.find((s) => s.path === path);
    if (!chosen) { rest.replaceChildren(); return; }
    const ops = chosen.number ? [">", ">=", "<", "<="] : ["==", "!="];
    const word = { ">": "more", ">=": "atleast", "<": "less", "<=": "atmost", "==": chosen.applies ? "applies" : "equals", "!=": chosen.applies ? "skipped" : "differs" };
    const op = pick("op", ops[0], ops.map((o) => ({ value: o, text: say("draw.op." + word[o]) })), () => {});
    const value = chosen.applies ? null : chosen.number ? text("value", "", () => {}, { type: "number", step: "any" })
      : pick("value", chosen.options?.[0]?.value ?? "", chosen.options ?? [], () => {});
    rest.replaceChildren(...[
      field(say("draw.rule.op"), op), value && field(say("draw.rule.value"), value),
      button(say("draw.rule.add"), () => {
        if (chosen.number && !value.value) { value.focus(); return; }
        add({ path, op: op.value, value: value?.value ?? "", number: chosen.number });
      }),
    ].filter(Boolean));
  }, say("draw.choose"));
  return make("div", {}, field(say("draw.rule.when"), subject), rest);
}

// ── Decision tables ────────────────────────────────────────────────────────

const tableOf = (bo) => bo.extensionElements?.values?.find((v) => v.$type === "gov:Table");
const cells = (list) => (list ?? []).map((c) => c.body ?? "");

// tableEditor shows the decision table of a task in short, and opens it to be changed.
export function tableEditor(page, bo, change) {
  const { say, modeler } = page;
  const table = tableOf(bo);
  const said = table ? say("draw.table.short", { rows: (table.rows ?? []).length, outputs: cells(table.outputs).join(say("draw.list")) }) : say("draw.table.none");
  const open = () => editTable(page, {
    hit: table?.hit || "unique", inputs: table ? cells(table.inputs) : [""], outputs: table ? cells(table.outputs) : [""],
    rows: table ? (table.rows ?? []).map((r) => ({ when: cells(r.when), then: cells(r.then), note: r.note ?? "" })) : [],
  }, (next) => {
    const moddle = modeler.get("moddle");
    const all = (type, list) => list.map((body) => moddle.create("gov:" + type, { body }));
    const fresh = moddle.create("gov:Table", {
      hit: next.hit, inputs: all("Input", next.inputs), outputs: all("Output", next.outputs),
      rows: next.rows.map((r) => moddle.create("gov:Row", { note: r.note || undefined, when: all("When", r.when), then: all("Then", r.then) })),
    });
    const ext = moddle.create("bpmn:ExtensionElements", { values: [...(bo.extensionElements?.values ?? []).filter((v) => v !== table), fresh] });
    ext.$parent = bo;
    change(ext);
  });
  return make("div", { className: "draw__field" }, make("p", {}, said), button(say("draw.table.edit"), open));
}

function editTable(page, table, done) {
  const { say, root } = page;
  const paths = subjectsOf(page).filter((s) => !s.applies).map((s) => {
    const at = s.path.indexOf(".");
    const cel = `${s.path.slice(0, at)}[${quote(s.path.slice(at + 1))}]`;
    return { value: s.number ? `double(${cel})` : cel, text: s.name };
  });
  const grid = make("div", { className: "draw__grid", role: "region", tabIndex: 0, "aria-label": say("draw.table") });
  const cell = (label, value, put, options) => {
    const control = options ? pick("", value, options, put, say("draw.choose")) : make("input", { value, autocomplete: "off", oninput: (e) => put(e.target.value) });
    control.className = options ? "select" : "input";
    control.setAttribute("aria-label", label);
    return control;
  };
  const remove = (label, act) => button("×", () => { act(); draw(); }, { className: "btn btn--quiet", "aria-label": label });
  function draw() {
    const head = make("tr", {},
      table.inputs.map((v, i) => make("th", { scope: "col" }, make("span", { className: "meta" }, say("draw.table.asks")), cell(say("draw.table.input", { n: i + 1 }), v, (x) => { table.inputs[i] = x; }, paths),
        remove(say("draw.table.input.remove", { n: i + 1 }), () => { table.inputs.splice(i, 1); table.rows.forEach((r) => r.when.splice(i, 1)); }))),
      table.outputs.map((v, i) => make("th", { scope: "col", className: "draw__then" }, make("span", { className: "meta" }, say("draw.table.tells")), cell(say("draw.table.output", { n: i + 1 }), v, (x) => { table.outputs[i] = x.trim(); }),
        table.outputs.length > 1 && remove(say("draw.table.output.remove", { n: i + 1 }), () => { table.outputs.splice(i, 1); table.rows.forEach((r) => r.then.splice(i, 1)); }))),
      make("th", { scope: "col" }, make("span", { className: "meta" }, say("draw.table.note"))), make("td", {}));
    const body = table.rows.map((row, n) => make("tr", {},
      table.inputs.map((_, i) => make("td", {}, cell(say("draw.table.when", { row: n + 1, n: i + 1 }), row.when[i] ?? "", (x) => { row.when[i] = x; }))),
      table.outputs.map((_, i) => make("td", { className: "draw__then" }, cell(say("draw.table.then", { row: n + 1, n: i + 1 }), row.then[i] ?? "", (x) => { row.then[i] = x; }))),
      make("td", {}, cell(say("draw.table.note.of", { row: n + 1 }), row.note, (x) => { row.note = x; })),
      make("td", {}, remove(say("draw.table.row.remove", { row: n + 1 }), () => table.rows.splice(n, 1)))));
    grid.replaceChildren(make("table", { className: "table" }, make("thead", {}, head), make("tbody", {}, body)));
  }
  const hits = ["unique", "first", "collect"].map((value) => ({ value, text: say("draw.table.hit." + value) }));
  const blank = (list) => list.map(() => "");
  const dialog = make("dialog", { className: "draw__dialog", "aria-labelledby": "draw-table-h", onclose: () => dialog.remove() },
    make("div", { className: "dialog__h" }, make("h2", { id: "draw-table-h" }, say("draw.table"))),
    make("div", { className: "dialog__b" },
      field(say("draw.table.hit"), pick("hit", table.hit, hits, (v) => { table.hit = v; })),
      make("p", { className: "meta" }, say("draw.table.help")), grid,
      make("div", { className: "row" },
        button(say("draw.table.row.add"), () => { table.rows.push({ when: blank(table.inputs), then: blank(table.outputs), note: "" }); draw(); }),
        button(say("draw.table.input.add"), () => { table.inputs.push(""); table.rows.forEach((r) => r.when.push("")); draw(); }),
        button(say("draw.table.output.add"), () => { table.outputs.push(""); table.rows.forEach((r) => r.then.push("")); draw(); }))),
    make("div", { className: "dialog__f" },
      button(say("draw.table.cancel"), () => dialog.close()),
      button(say("draw.table.done"), () => { dialog.close(); done(table); }, { className: "btn btn--primary" })));
  draw();
  root.append(dialog);
  dialog.showModal();
}
