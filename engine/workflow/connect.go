package workflow

import (
	"strings"

	"onedoor.app/engine/rule"
)

func (c *compiler) flow(e *elem) {
	if !c.unique(e) {
		return
	}
	from, to := c.def.byID[e.get("sourceRef")], c.def.byID[e.get("targetRef")]
	if from == nil || to == nil {
		for _, ref := range []string{e.get("sourceRef"), e.get("targetRef")} {
			if c.def.byID[ref] == nil && !c.outside[ref] { // else it has been reported there
				c.add(e, FaultReference, "the flow ends at %q, which is no event, task or gateway of this process", ref)
			}
		}
		return
	}
	f := &Flow{ID: e.get("id"), Name: e.get("name"), From: from, To: to, ix: len(c.def.flows)}
	c.condition(f, e)
	from.Out = append(from.Out, f)
	to.In = append(to.In, f)
	c.def.flows = append(c.def.flows, f)
}

func (c *compiler) condition(f *Flow, e *elem) {
	conds := e.all("conditionExpression")
	if len(conds) == 0 {
		return
	}
	text := strings.TrimSpace(string(conds[0].text))
	if text == "" {
		return // editors leave empty ones behind; a missing condition is reported with the gateway
	}
	if f.From.Kind != Exclusive {
		c.add(e, FaultCondition, "only flows out of an exclusive gateway may have a condition")
		return
	}
	if foreign(text, conds[0].get("language")) {
		cel, err := rule.Translate(text)
		if err != nil {
			c.add(e, FaultCondition, "the condition %q: %v", text, err)
			return
		}
		text = cel
	}
	r, err := rule.CompileBool(conditions(), text)
	if err != nil {
		c.add(e, FaultCondition, "the condition %q: %v", text, err)
		return
	}
	f.When, f.cond = text, r
}

// foreign reports whether a condition is written in a notation other than CEL.
func foreign(text, language string) bool {
	return strings.HasPrefix(text, "${") || strings.HasPrefix(text, "#{") ||
		strings.HasPrefix(text, "=") && !strings.HasPrefix(text, "==") ||
		strings.Contains(strings.ToLower(language), "feel")
}

func (c *compiler) defaultFlow(n *Node, e *elem) {
	id := e.get("default")
	if id == "" {
		return
	}
	for _, f := range n.Out {
		if f.ID == id && n.Kind == Exclusive {
			n.Default = f
			return
		}
	}
	if n.Kind == Exclusive {
		c.add(e, FaultReference, "its default flow %q does not leave it", id)
	} else {
		c.add(e, FaultCondition, "only an exclusive gateway has a default flow")
	}
}
