// The designer of flows: words, building blocks of the page, and which tools of bpmn-js are offered.
// Everything on the page is put together from elements and text, never from markup.

// Words speaks for the scripts: w("draw.saved", {n: 3}).
export function wordsOf(words) {
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const say = (key, values) => fill(words[key] ?? key, values);
  // bpmn-js names its tools in English; what has no words of ours stays as it is.
  say.tool = (text, values) => {
    const known = words["tool." + text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")];
    return known ?? fill(text, values);
  };
  return say;
}

// make builds an element: properties by name, events by "on…", data and aria by "data-…", "aria-…".
export function make(tag, props = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "for" || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...inside.flat().filter((part) => part !== null && part !== undefined && part !== false));
  return node;
}

let fieldCount = 0;

// field is a labelled control; hint stands below the label.
export function field(label, control, hint) {
  control.id ||= "draw-f" + ++fieldCount;
  if (!control.className) control.className = control.matches("select") ? "select" : control.matches("textarea") ? "textarea" : "input";
  const note = hint && make("p", { className: "meta", id: control.id + "-h" }, hint);
  if (note) control.setAttribute("aria-describedby", note.id);
  return make("div", { className: "draw__field" }, make("label", { for: control.id }, label), note, control);
}

// pick is a list to choose from; what is set and not in the list stays in it as it is.
export function pick(name, value, options, change, none) {
  const all = none === undefined ? [...options] : [{ value: "", text: none }, ...options];
  if (!all.some((o) => o.value === (value ?? ""))) all.push({ value, text: value });
  const node = make("select", { name, onchange: () => change(node.value) });
  node.append(...all.map((o) => make("option", { value: o.value }, o.text)));
  node.value = value ?? "";
  return node;
}

// text is a line of text, or several; a change is told when it is done.
export function text(name, value, change, props = {}) {
  const { rows, ...rest } = props;
  return make(rows ? "textarea" : "input", {
    name, value: value ?? "", rows, autocomplete: rows ? undefined : "off", ...rest, onchange: (e) => change(e.target.value.trim()),
  });
}

// tick is a box with its words.
export function tick(name, on, label, change) {
  return make("label", { className: "draw__tick" },
    make("input", { type: "checkbox", name, checked: !!on, onchange: (e) => change(e.target.checked) }), make("span", {}, label));
}

export const button = (label, click, props = {}) => make("button", { type: "button", className: "btn", onclick: click, ...props }, label);

// ── Which tools of bpmn-js are offered ─────────────────────────────────────

// What the engine does not execute is not offered: a drawing that holds it already keeps it.
const offered = new Set([
  "user-task", "manual-task", "rule-task", "service-task", "call-activity", "collapsed-subprocess", "expanded-subprocess", "subprocess",
  "exclusive-gateway", "parallel-gateway", "inclusive-gateway", "event-based-gateway", "none-start", "none-start-event", "message-start", "none-end", "none-end-event",
  "terminate-end", "message-intermediate-catch", "timer-intermediate-catch", "message-boundary", "timer-boundary",
  "non-interrupting-message-boundary", "non-interrupting-timer-boundary", "sequence-flow", "default-flow", "conditional-flow",
]);
const palette = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator", "create.start-event", "create.end-event",
  "create.exclusive-gateway", "create.subprocess-expanded"];
const unwanted = ["append.receive-task", "append.condition-intermediate-event", "append.signal-intermediate-event", "append.compensation-activity"];
const headers = new Set(["toggle-parallel-mi", "toggle-sequential-mi", "toggle-non-interrupting"]);

// toolModule translates bpmn-js and offers what is executed: tasks are user tasks, events wait for a timer.
export function toolModule(say) {
  class Tools {
    constructor(paletteTool, contextPad, popupMenu, create, autoPlace, elementFactory) {
      const shape = (type, more) => elementFactory.createShape({ type, ...more });
      const timer = { eventDefinitionType: "bpmn:TimerEventDefinition" };
      const fresh = (type, more, className, title, group) => {
        const begin = (event) => create.start(event, shape(type, more));
        return { group, className, title: say(title), action: { dragstart: begin, click: begin } };
      };
      const append = (type, more, className, title) => ({
        group: "model", className, title: say(title),
        action: {
          dragstart: (event, source) => create.start(event, shape(type, more), { source }),
          click: (_, source) => autoPlace.append(source, shape(type, more)),
        },
      });
      paletteTool.registerProvider(500, { getPaletteEntries: () => (entries) => ({
        ...Object.fromEntries(palette.filter((name) => entries[name]).map((name) => [name, entries[name]])),
        "create.task": fresh("bpmn:UserTask", {}, "bpmn-icon-user-task", "draw.new.task", "activity"),
        "create.timer": fresh("bpmn:IntermediateCatchEvent", timer, "bpmn-icon-intermediate-event-catch-timer", "draw.new.timer", "event"),
        "create.parallel": fresh("bpmn:ParallelGateway", {}, "bpmn-icon-gateway-parallel", "draw.new.parallel", "gateway"),
      }) });
      contextPad.registerProvider(500, { getContextPadEntries: () => (entries) => {
        for (const name of unwanted) delete entries[name];
        if (entries["append.append-task"]) {
          entries["append.append-task"] = append("bpmn:UserTask", {}, "bpmn-icon-user-task", "draw.add.task");
          entries["append.parallel"] = append("bpmn:ParallelGateway", {}, "bpmn-icon-gateway-parallel", "draw.add.parallel");
        }
        if (entries["append.intermediate-event"]) {
          entries["append.intermediate-event"] = append("bpmn:IntermediateCatchEvent", timer, "bpmn-icon-intermediate-event-catch-timer", "draw.add.timer");
        }
        return entries;
      } });
      const keep = (set, cut) => (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => set.has(cut(name))));
      popupMenu.registerProvider("bpmn-replace", 500, {
        getPopupMenuEntries: () => keep(offered, (name) => name.replace(/^replace-with-/, "")),
        getPopupMenuHeaderEntries: () => keep(headers, (name) => name),
      });
    }
  }
  Tools.$inject = ["palette", "contextPad", "popupMenu", "create", "autoPlace", "elementFactory"];
  return { __init__: ["onedoorTools"], onedoorTools: ["type", Tools], translate: ["value", say.tool] };
}

// What of our namespace is an element; its attributes need no declaration.
export const gov = {
  name: "OneDoor", prefix: "gov", uri: "https://onedoor.app/bpmn", xml: { tagAlias: "lowerCase" },
  types: [
    { name: "Table", superClass: ["Element"], properties: [
      { name: "hit", isAttr: true, type: "String" }, { name: "inputs", type: "Input", isMany: true },
      { name: "outputs", type: "Output", isMany: true }, { name: "rows", type: "Row", isMany: true }] },
    { name: "Row", superClass: ["Element"], properties: [
      { name: "note", isAttr: true, type: "String" }, { name: "when", type: "When", isMany: true }, { name: "then", type: "Then", isMany: true }] },
    ...["Input", "Output", "When", "Then"].map((name) => ({ name, superClass: ["Element"], properties: [{ name: "body", isBody: true, type: "String" }] })),
  ],
};
