// The designer of flows: what is said of the element that is chosen. Each change is one step that can be undone.
import { button, field, make, pick, text, tick } from "./designer-words.js";
import { conditionEditor, tableEditor } from "./designer-rule.js";

export function panel(page) {
  const { modeler, say, setup, root } = page;
  const [bus, modeling, moddle, selection, canvas] = ["eventBus", "modeling", "moddle", "selection", "canvas"].map((name) => modeler.get(name));
  const place = root.querySelector("#draw-panel .draw__fields");
  const is = (bo, ...types) => types.some((t) => bo.$instanceOf("bpmn:" + t));
  const definitions = () => modeler.getDefinitions();
  let element = null;

  const of = (name) => element.businessObject.get("gov:" + name) ?? "";
  // set keeps what the file says otherwise: an empty value takes the attribute away.
  const set = (values) => modeling.updateProperties(element,
    Object.fromEntries(Object.entries(values).map(([name, value]) => ["gov:" + name, value === "" ? undefined : String(value)])));
  const setInside = (inner, values) => modeling.updateModdleProperties(element, inner, values);
  const expression = (body) => (body ? moddle.create("bpmn:FormalExpression", { body }) : undefined);

  // ── Work of people ─────────────────────────────────────────────────────

  // What a step usually does under the law; it is put in with its kind and can be changed.
  const usual = (kind, stops) => (kind === "decide" ? "grant|refuse" : stops ? "special" : "opinion");
  function task() {
    const kind = setup.kinds.find((k) => k.value === of("slot"));
    const acts = of("act").split(/[|,]/).filter(Boolean);
    const [, theirs] = Object.entries(element.businessObject.$attrs).find(([name]) => name.endsWith(":candidateGroups")) ?? [];
    return [
      field(say("draw.kind"), pick("slot", of("slot"), setup.kinds, (value) => {
        const stops = of("stopsClock") && setup.kinds.find((k) => k.value === value)?.stop || "";
        set({ slot: value, stopsClock: stops, clock: stops ? "stopped" : "statutory", act: usual(value, stops) });
      }, say("draw.choose"))),
      field(say("draw.post"), pick("post", of("post"), setup.posts, (value) =>
        set({ post: value, unit: value.startsWith("@") ? "" : value.split(".")[0] }), say("draw.choose")),
        theirs && !of("post") && say("draw.post.theirs", { post: setup.posts.find((p) => p.value === theirs)?.text ?? theirs })),
      field(say("draw.deputy"), pick("deputy", of("deputy"), setup.posts, (value) => set({ deputy: value }), say("draw.none")), say("draw.deputy.hint")),
      field(say("draw.limit"), text("limit", of("limit"), (value) => set({ limit: value, limitUnit: value && "workday" }),
        { type: "number", min: 1, max: 365, inputMode: "numeric" })),
      field(say("draw.clock"), pick("clock", of("stopsClock") ? "stopped" : of("clock"), clocks(kind), (value) => {
        const stops = value === "stopped" ? kind.stop : "";
        set({ clock: value, stopsClock: stops, act: usual(of("slot"), stops) });
      }, say("draw.clock.none"))),
      of("stopsClock") && field(say("draw.basis"), text("basis", of("basis"), (value) => set({ basis: value }))),
      of("slot") === "check" && field(say("draw.inspectors"), text("inspectors", of("inspectors"), (value) => set({ inspectors: value }),
        { type: "number", min: 2, max: 20 }), say("draw.inspectors.hint")),
      make("fieldset", { className: "draw__field" }, make("legend", {}, say("draw.act")), setup.acts.map((a) =>
        tick("act-" + a.value, acts.includes(a.value), a.text, (on) =>
          set({ act: setup.acts.map((o) => o.value).filter((v) => (v === a.value ? on : acts.includes(v))).join("|") })))),
      field(say("draw.standard"), text("standard", of("standard"), (value) => set({ standard: value }), { rows: 2, maxLength: 300 })),
      field(say("draw.parallel"), text("parallel", of("parallel"), (value) => set({ parallel: value }), { maxLength: 20 }), say("draw.parallel.hint")),
    ];
  }
  const clocks = (kind) => [{ value: "statutory", text: say("draw.clock.counts") },
    ...(kind?.stop ? [{ value: "stopped", text: say("draw.clock.stops", { why: kind.why }) }] : [])];

  // ── Other systems that are notified ────────────────────────────────────

  function service() {
    const sent = of("send").split(/\s+/).filter(Boolean);
    const known = [...setup.fields ?? [], ...sent.filter((f) => !setup.fields?.some((o) => o.value === f)).map((f) => ({ value: f, text: f }))];
    return [
      field(say("draw.service"), pick("service", of("service"), setup.systems ?? [], (value) => set({ service: value }), say("draw.choose")), say("draw.service.hint")),
      known.length > 0 && make("fieldset", { className: "draw__field" }, make("legend", {}, say("draw.send")), make("p", { className: "meta" }, say("draw.send.hint")),
        known.map((f) => tick("send-" + f.value, sent.includes(f.value), f.text, (on) =>
          set({ send: known.map((o) => o.value).filter((v) => (v === f.value ? on : sent.includes(v))).join(" ") })))),
    ];
  }

  // ── Several people for one activity ────────────────────────────────────

  const one = "nrOfCompletedInstances >= 1.0";
  const share = /^nrOfCompletedInstances \/ nrOfInstances >= (0?\.\d+|1\.0)$/;
  function several() {
    const loop = element.businessObject.get("loopCharacteristics");
    const known = loop && is(loop, "MultiInstanceLoopCharacteristics");
    const until = known ? loop.completionCondition?.body ?? "" : "";
    const how = !known ? "" : until === "" ? "all" : until === one ? "any" : share.test(until) ? "share" : "own";
    const ways = ["all", "any", "share", ...(how === "own" ? ["own"] : [])].map((value) => ({ value, text: say("draw.several." + value) }));
    const change = (value) => {
      if (!value) return modeling.updateProperties(element, { loopCharacteristics: undefined });
      const completionCondition = value === "own" ? loop.completionCondition
        : expression({ any: one, share: "nrOfCompletedInstances / nrOfInstances >= 0.66" }[value]);
      if (known) return setInside(loop, { completionCondition });
      const fresh = moddle.create("bpmn:MultiInstanceLoopCharacteristics", { isSequential: false, loopCardinality: expression("2"), completionCondition });
      fresh.$parent = element.businessObject;
      return modeling.updateProperties(element, { loopCharacteristics: fresh });
    };
    return [
      field(say("draw.several"), pick("several", how, ways, change, say("draw.several.one"))),
      known && !loop.get("collection") && field(say("draw.several.n"), text("several-n", loop.loopCardinality?.body,
        (value) => setInside(loop, { loopCardinality: expression(value) }))),
      how === "share" && field(say("draw.several.part"), text("several-part", Math.round(100 * share.exec(until)[1]), (value) =>
        setInside(loop, { completionCondition: expression("nrOfCompletedInstances / nrOfInstances >= " +
          (Number(value) >= 100 ? "1.0" : String(Math.max(1, Math.round(Number(value) || 66)) / 100))) }), { type: "number", min: 1, max: 100 })),
      how === "own" && field(say("draw.rule.text"), text("several-own", until, (value) => setInside(loop, { completionCondition: expression(value) }), { rows: 2 })),
      known && tick("sequential", loop.isSequential, say("draw.several.sequential"), (on) => setInside(loop, { isSequential: on })),
    ];
  }

  // ── Events ─────────────────────────────────────────────────────────────

  function timer(def) {
    const hours = /^PT(\d+)H$/.exec(def.timeDuration?.body ?? "");
    const unit = def.timeDate ? "date" : of("limit") ? of("limitUnit") || "workday" : hours ? "hour" : def.timeDuration ? "own" : "workday";
    const value = { date: def.timeDate?.body, hour: hours?.[1], own: def.timeDuration?.body }[unit] ?? of("limit");
    const put = (how, text) => {
      const days = how === "workday" || how === "day";
      set({ limit: days ? text : "", limitUnit: days && text ? how : "" });
      setInside(def, { timeDate: how === "date" ? expression(text) : undefined,
        timeDuration: days ? undefined : expression(how === "hour" ? text && `PT${text}H` : how === "own" ? text : "") });
    };
    const units = ["workday", "day", "hour", "date", ...(unit === "own" ? ["own"] : [])].map((v) => ({ value: v, text: say("draw.timer." + v) }));
    return [
      field(say("draw.timer.unit"), pick("timer-unit", unit, units, (how) => put(how, how === "date" || unit === "date" || unit === "own" ? "" : value))),
      field(say("draw.timer.when"), text("timer", value, (v) => put(unit, v), unit === "date" ? { type: "date" } : unit === "own" ? {} : { type: "number", min: 1 })),
    ];
  }
  function message(def) {
    const name = def.messageRef?.name ?? "";
    const put = (value) => {
      const all = definitions();
      let ref = value && all.rootElements.find((e) => is(e, "Message") && e.name === value);
      if (value && !ref) {
        ref = moddle.create("bpmn:Message", { id: moddle.ids.nextPrefixed("Message_"), name: value });
        ref.$parent = all;
        setInside(all, { rootElements: [...all.rootElements, ref] });
      }
      setInside(def, { messageRef: ref || undefined });
    };
    return [field(say("draw.message"), pick("message", name, setup.messages, put, say("draw.choose")), say("draw.message.hint"))];
  }
  function event(bo) {
    const [def] = bo.get("eventDefinitions") ?? [];
    return [
      ...(def && is(def, "TimerEventDefinition") ? timer(def) : def && is(def, "MessageEventDefinition") ? message(def) : []),
      is(bo, "BoundaryEvent") && tick("interrupts", bo.cancelActivity, say("draw.interrupts"), (on) => modeling.updateProperties(element, { cancelActivity: on })),
    ];
  }

  // ── Calls: a version of another flow is taken into the file, so that it never changes ──

  async function call(value) {
    const [id, number] = value.split("@");
    const all = definitions();
    if (!value) return modeling.updateProperties(element, { calledElement: undefined, "gov:version": undefined });
    const name = `${id}-v${number}`;
    const used = element;
    if (!all.rootElements.some((e) => e.id === name)) {
      const answer = await fetch(`${setup.root}/${id}/file?version=${number}`, { credentials: "same-origin" });
      if (!answer.ok) return undefined;
      const { rootElement } = await moddle.fromXML(await answer.text());
      const taken = rootElement.rootElements.filter((e) => !is(e, "Collaboration"));
      for (const part of taken) {
        part.$parent = all;
        rename(part, name, id);
      }
      modeling.updateModdleProperties(used, all, { rootElements: [...all.rootElements, ...taken] });
    }
    return modeling.updateProperties(used, { calledElement: name, "gov:version": number });
  }
  // rename gives everything in a called process an id of its own in this file.
  function rename(process, name, id) {
    const old = new Map();
    const each = (bo) => {
      if (bo.id) { old.set(bo.id, `${name}-${bo.id}`); bo.id = bo.id === id ? name : `${name}-${bo.id}`; }
      for (const key of ["flowElements", "artifacts", "eventDefinitions", "laneSets"]) (bo.get?.(key) ?? []).forEach(each);
    };
    each(process);
    (process.flowElements ?? []).filter((f) => f.conditionExpression?.body).forEach((f) => {
      f.conditionExpression.body = f.conditionExpression.body.replace(/\b(step|result)\["([^"]+)"\]/g, (all, what, key) => (old.has(key) ? `${what}["${old.get(key)}"]` : all));
    });
  }
  function callee(bo) {
    const number = of("version");
    const value = bo.calledElement ? (number ? `${bo.calledElement.replace(`-v${number}`, "")}@${number}` : bo.calledElement) : "";
    const inFile = definitions().rootElements.filter((e) => is(e, "Process") && e !== canvas.getRootElement().businessObject && !/-v\d+$/.test(e.id));
    const all = [...setup.calls.map((c) => ({ value: `${c.id}@${c.number}`, text: say("draw.call.version", { name: c.name, n: c.number }) })),
      ...inFile.map((e) => ({ value: e.id, text: e.name || e.id }))];
    return [field(say("draw.call"), pick("call", value, all, (v) => (v.includes("@") || !v ? call(v)
      : modeling.updateProperties(element, { calledElement: v, "gov:version": undefined })), say("draw.choose")), say("draw.call.hint"))];
  }

  // ── Ways ───────────────────────────────────────────────────────────────

  function flow(bo) {
    const from = bo.sourceRef;
    if (!is(from, "ExclusiveGateway", "InclusiveGateway", "Activity")) return [make("p", { className: "meta" }, say("draw.flow.plain"))];
    const otherwise = from.default === bo;
    const source = page.registry.get(from.id);
    return [
      !is(from, "Activity") && tick("default", otherwise, say("draw.flow.default"), (on) => {
        modeling.updateProperties(source, { default: on ? bo : undefined });
        if (on && bo.conditionExpression) modeling.updateProperties(element, { conditionExpression: undefined });
      }),
      !otherwise && conditionEditor(page, bo.conditionExpression?.body ?? "", (body) =>
        modeling.updateProperties(element, { conditionExpression: expression(body) })),
    ];
  }

  // ── The way through the drawing by keyboard ────────────────────────────

  // chooser lists every element, so that none needs the mouse to be chosen.
  function chooser() {
    const all = page.registry.filter((e) => e.parent && !e.labelTarget && e.businessObject).map((e) => ({ value: e.id, text: page.called(e.id) }));
    const same = (text) => all.filter((o) => o.text === text);
    const told = all.map((o) => (same(o.text).length > 1 ? { ...o, text: `${o.text} ${same(o.text).indexOf(o) + 1}` } : o));
    return field(say("draw.element"), pick("element", element.parent ? element.id : "", told, (id) => (id ? page.select(id) : selection.select(null)), say("draw.type.Process")));
  }
  function appender(bo) {
    if (!page.editable || !is(bo, "FlowNode") || is(bo, "EndEvent")) return null;
    const put = (type) => modeler.get("autoPlace").append(element, modeler.get("elementFactory").createShape({ type }));
    return make("div", { className: "draw__field" }, make("span", { className: "meta" }, say("draw.append")), make("div", { className: "row" },
      [["bpmn:UserTask", "task"], ["bpmn:ExclusiveGateway", "choice"], ["bpmn:ParallelGateway", "parallel"], ["bpmn:EndEvent", "end"]].map(([type, name]) =>
        button(say("draw.append." + name), () => put(type), { "data-append": name }))));
  }

  // ── All of it ──────────────────────────────────────────────────────────

  function fields() {
    const bo = element.businessObject;
    const named = !is(bo, "Process", "Collaboration") && !is(bo, "TextAnnotation");
    return [
      chooser(),
      make("p", { className: "draw__what" }, kindOf(bo)),
      named && field(say("draw.name"), text("name", bo.name, (value) => modeling.updateProperties(element, { name: value || undefined }), { maxLength: 40 })),
      is(bo, "Process") && field(say("draw.name"), text("name", bo.name, (value) => modeling.updateProperties(element, { name: value }), { maxLength: 40 })),
      ...(is(bo, "UserTask", "ManualTask") ? task() : []),
      ...(is(bo, "ServiceTask") ? service() : []),
      ...(is(bo, "CallActivity") ? callee(bo) : []),
      ...(is(bo, "BusinessRuleTask") ? [tableEditor(page, bo, (ext) => modeling.updateProperties(element, { extensionElements: ext }))] : []),
      ...(is(bo, "Activity") ? several() : []),
      ...(is(bo, "Event") ? event(bo) : []),
      ...(is(bo, "SequenceFlow") ? flow(bo) : []),
      is(bo, "Gateway") && make("p", { className: "meta" }, say("draw.gateway")),
      appender(bo),
      page.editable && !is(bo, "Process") && button(say("draw.delete"), () => modeling.removeElements([element]), { className: "btn btn--quiet" }),
    ];
  }
  const kindOf = (bo) => {
    const [def] = bo.get("eventDefinitions") ?? [];
    return say("draw.type." + bo.$type.slice(5)) + (def ? say("draw.type.with", { what: say("draw.type." + def.$type.slice(5)) }) : "");
  };
  function render() {
    const [chosen] = selection.get();
    element = chosen ? chosen.labelTarget ?? chosen : canvas.getRootElement();
    if (!element?.businessObject) return;
    const held = place.contains(document.activeElement) ? document.activeElement.name : "";
    place.replaceChildren(...fields().flat().filter(Boolean));
    place.dataset.of = element.id;
    if (!page.editable) place.querySelectorAll('input, select:not([name="element"]), textarea, button').forEach((c) => { c.disabled = true; });
    if (held) place.querySelector(`[name="${CSS.escape(held)}"]`)?.focus();
  }
  // What is being typed belongs to the element that was chosen: it is told before another one is.
  bus.on("selection.changed", 2000, () => { if (place.contains(document.activeElement)) document.activeElement.blur(); });
  bus.on(["selection.changed", "commandStack.changed", "import.done"], 100, () => setTimeout(render)); // after the focus has moved on
  render();
}
