package workflow

import (
	"regexp"
	"strings"
)

// others are the namespaces of other tools.
var others = map[string]bool{
	"http://flowable.org/bpmn": true, "http://activiti.org/bpmn": true,
	"http://camunda.org/schema/1.0/bpmn": true, "http://camunda.org/schema/zeebe/1.0": true,
}

// looks are what other tools say about how a thing is shown, which changes nothing here.
var looks = map[string]bool{"formFieldValidation": true, "modelerTemplate": true, "modelerTemplateVersion": true, "exclusive": true, "async": true}

// days is a duration in whole days or hours, which is what limits are given in.
var days = regexp.MustCompile(`^P(?:(\d+)D|T(\d+)H)$`)

// plainName is the name of a service as other tools give it; addresses, and names that BPMN itself has, are none.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// foreign reads what other tools say about who does a task and until when, and which service is
// called, and notes what cannot be translated.
func (f *file) foreign(n *Node, e *elem) {
	if name := e.get("implementation"); n.Kind == ServiceTask && plainName.MatchString(name) {
		f.translate(n, "topic", name)
	}
	for _, a := range e.attr {
		if others[a.Name.Space] && !looks[a.Name.Local] && !f.translate(n, a.Name.Local, strings.TrimSpace(a.Value)) {
			f.note(n, e, a.Name.Local+"="+a.Value)
		}
	}
	ext := e.first("extensionElements")
	if ext == nil {
		return
	}
	for _, k := range ext.kids {
		if !others[k.name.Space] {
			continue
		}
		switch k.name.Local {
		case "assignmentDefinition", "taskSchedule", "taskDefinition":
			for _, a := range k.attr {
				name := a.Name.Local
				if k.name.Local == "taskDefinition" && name == "type" {
					name = "topic"
				}
				if !f.translate(n, name, strings.TrimSpace(a.Value)) {
					f.note(n, e, a.Name.Local+"="+a.Value)
				}
			}
		case "calledElement", "loopCharacteristics": // read with the call and the loop
		default:
			f.note(n, e, k.name.Local)
		}
	}
}

func (f *file) note(n *Node, e *elem, what string) {
	if len(f.def.notes) < maxProblems {
		f.def.notes = append(f.def.notes, Note{n.ID, n.Name, e.line, what})
	}
}

// translate takes over an attribute of another tool, unless ours says it already.
func (f *file) translate(n *Node, name, value string) bool {
	put := func(attr, v string) bool {
		if n.Attr[attr] == "" {
			n.Attr[attr] = v
		}
		return true
	}
	if strings.ContainsAny(value, "${}#=") {
		return false // worked out when it runs, by means that are not here
	}
	switch name {
	case "assignee", "candidateUsers":
		return put(name, value)
	case "candidateGroups":
		return put("post", value)
	case "topic":
		return n.Kind == ServiceTask && plainName.MatchString(value) && put("service", value)
	case "type": // of a task that a worker of that tool would fetch by its topic
		return n.Kind == ServiceTask && (value == "external" || value == "external-worker")
	case "dueDate":
		m := days.FindStringSubmatch(value)
		switch {
		case m == nil || n.Attr["limit"] != "":
			return false
		case m[1] != "":
			return put("limit", m[1]) && put("limitUnit", "day")
		}
		return put("limit", m[2]) && put("limitUnit", "hour")
	}
	return false
}
