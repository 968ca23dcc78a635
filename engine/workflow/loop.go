package workflow

import "strings"

// loop reads how many instances of an activity there are.
func (f *file) loop(n *Node, e, def *elem) {
	l := &Instances{Sequential: def.get("isSequential") == "true"}
	if v := def.get("behavior"); v != "" && v != "All" {
		f.add(e, FaultRefused, "events thrown between instances are not executed")
	}
	count := def.first("loopCardinality")
	over, item := collection(def)
	switch {
	case count.words() != "":
		l.Count = f.rule(e, "the number of instances", count.words(), count.get("language"), false)
	case over != "":
		l.Over, l.Item = f.rule(e, "the list of instances", over, "", false), item
	default:
		f.add(e, FaultReference, "it does not say how many instances there are")
	}
	if until := def.first("completionCondition"); until.words() != "" {
		l.Until = f.rule(e, "the condition of completion", until.words(), until.get("language"), true)
	}
	n.Instances = l
}

// collection reads the list that instances go over, and what each calls its entry: as BPMN says
// it, or as other tools do.
func collection(def *elem) (over, item string) {
	over = def.first("loopDataInputRef").words()
	if in := def.first("inputDataItem"); in != nil {
		item = in.get("name")
		if item == "" {
			item = in.get("id")
		}
	}
	for _, a := range def.attr {
		switch a.Name.Local {
		case "collection":
			over = strings.TrimSpace(a.Value)
		case "elementVariable":
			item = strings.TrimSpace(a.Value)
		}
	}
	if ext := def.first("extensionElements"); ext != nil {
		for _, k := range ext.kids {
			if k.name.Local == "loopCharacteristics" {
				over, item = k.get("inputCollection"), k.get("inputElement")
			}
		}
	}
	return over, item
}
