package workflow

import (
	"regexp"
	"strings"
	"time"
)

// event reads what an event waits for.
func (f *file) event(n *Node, e, def *elem) {
	tag := strings.TrimSuffix(def.name.Local, "EventDefinition")
	inner := n.Body.Owner != nil
	switch {
	case tag == "terminate" && n.Kind == End:
		n.Kind = Terminate
	case tag == "message" && n.Kind == Start && inner:
		f.add(e, FaultRefused, "a subprocess begins when the flow comes to it, not by a message")
	case tag == "message" && (n.Kind == Start || n.Kind == Catch || n.Kind == Boundary):
		f.message(n, e, def)
	case tag == "timer" && (n.Kind == Catch || n.Kind == Boundary):
		f.timer(n, e, def)
	case tag == "timer" && n.Kind == Start:
		f.add(e, FaultRefused, "a case does not begin by a timer; it begins when somebody asks")
	default:
		f.add(e, FaultRefused, "%s events are not executed", tag)
	}
}

func (f *file) message(n *Node, e, def *elem) {
	n.Trigger = OnMessage
	ref := def.get("messageRef")
	name, known := f.named[ref]
	if !known {
		name, known = f.named[local(ref)]
	}
	switch {
	case known && name != "":
		n.Message = name
	case known || f.set.Plain && ref != "":
		n.Message = local(ref)
	case f.set.Plain && ref == "":
		n.Message = n.Element
	case ref == "":
		f.add(e, FaultReference, "the event does not name its message")
	default:
		f.add(e, FaultReference, "the file has no message %q", ref)
	}
}

// span is a duration of ISO 8601.
var span = regexp.MustCompile(`^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$`)

func (f *file) timer(n *Node, e, def *elem) {
	n.Trigger = OnTimer
	n.Timer = Timer{Date: def.first("timeDate").words(), Duration: def.first("timeDuration").words()}
	if def.first("timeCycle") != nil {
		f.add(e, FaultRefused, "a timer that comes again and again is not executed; draw a loop")
		return
	}
	if f.set.Plain {
		return
	}
	switch {
	case n.Timer.Duration != "" && (!span.MatchString(n.Timer.Duration) || strings.HasSuffix(n.Timer.Duration, "P") || strings.HasSuffix(n.Timer.Duration, "T")):
		f.add(e, FaultAttribute, "the time %q is not written as in P5D or PT2H", n.Timer.Duration)
	case n.Timer.Date != "" && !isMoment(n.Timer.Date):
		f.add(e, FaultAttribute, "the date %q is not written as in 2026-05-01 or 2026-05-01T09:00:00+08:00", n.Timer.Date)
	case n.Timer == Timer{} && n.Attr["limit"] == "":
		f.add(e, FaultAttribute, "the timer does not say when it comes")
	}
}

func isMoment(s string) bool {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// host ties a boundary event to its activity.
func (f *file) host(b *Body, n *Node) {
	if n.Kind != Boundary {
		return
	}
	e := f.elems[n]
	ref := e.get("attachedToRef")
	n.Interrupting = e.get("cancelActivity") != "false"
	host := f.def.byID[f.prefix+ref]
	switch {
	case host != nil && host.Body == b && host.Activity():
		n.Host = host
		host.Boundaries = append(host.Boundaries, n)
	case f.outside[ref]:
	default:
		f.add(e, FaultReference, "it is attached to %q, which is no activity beside it", ref)
	}
}
