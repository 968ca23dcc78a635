package cases

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
)

// The messages that a drawing may wait for.
const (
	MessageSupplement = "supplement" // the applicant sent what was promised or lacked
	MessageOpinion    = "opinion"    // a consulted unit gave its opinion
	MessageSpecialEnd = "special"    // a special procedure ended
)

// Messages lists them.
var Messages = []string{MessageSupplement, MessageOpinion, MessageSpecialEnd}

// await begins to wait for a timer or a message of the drawing. What is waited for once more after a recall keeps its time.
func (ch *change) await(fx workflow.Effect) error {
	w := drawnWait{token: int64(fx.Token), node: fx.Node.ID, message: fx.Node.Message}
	if fx.Node.Trigger == workflow.OnTimer {
		w.at = ch.law.comes(fx.Node, ch.tx.Now())
		if ch.recalling {
			last, err := lastWait(ch.tx, ch.c.ID, w.node)
			if err != nil {
				return err
			}
			if last != nil {
				w.at = last.at
			}
		}
	}
	return insertWait(ch.tx, ch.c.ID, w)
}

// nextTimer is the timer of the drawing that comes next, nil: it waits for none.
func (ch *change) nextTimer() (*drawnWait, error) {
	if ch.def == nil || ch.c.Flow.Done || !slices.ContainsFunc(ch.c.Flow.Waits(ch.def), onTimer) {
		return nil, nil
	}
	return firstTimer(ch.tx, ch.c.ID)
}

func onTimer(w workflow.Wait) bool { return w.Node.Trigger == workflow.OnTimer }

// fireDrawn lets a timer of the drawing come, an entry of its own.
func (ch *change) fireDrawn(w drawnWait) error {
	return ch.do(move{
		act: "drawn_timer", note: ch.def.Node(w.node).Name, hidden: true, facts: map[string]any{"due": w.at},
		event: &workflow.Event{Kind: workflow.EventFire, Task: uint32(w.token), Vars: ch.c.Vars.workflow()},
	})
}

// message tells the drawing what happened, if it waits for it: an entry of its own, of the system.
func (ch *change) message(name string) error {
	if ch.def == nil || ch.c.Flow.Done || !slices.ContainsFunc(ch.c.Flow.Waits(ch.def), func(w workflow.Wait) bool { return w.Node.Message == name }) {
		return nil
	}
	who := ch.who
	defer func() { ch.who = who }()
	ch.who = auth.Actor{Kind: auth.System}
	return ch.do(move{
		act: "drawn_message", hidden: true, facts: map[string]any{"message": name},
		event: &workflow.Event{Kind: workflow.EventMessage, Message: name, Vars: ch.c.Vars.workflow()},
	})
}

// isoSpan is a duration of ISO 8601 in calendar time.
var isoSpan = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)

// limits are the units in which a drawing may give the limit of a timer.
var limits = []string{"", string(UnitWorkday), string(UnitDay)}

// dated reports whether it can be told when a timer comes.
func dated(n *workflow.Node) bool {
	_, fixed := moment(n.Timer.Date)
	return n.Limit() > 0 && slices.Contains(limits, n.LimitUnit()) || fixed || isoSpan.MatchString(n.Timer.Duration)
}

// comes is when a timer comes that begins at a moment. A limit in days ends with its last day.
func (l *Law) comes(n *workflow.Node, from time.Time) time.Time {
	if limit := n.Limit(); limit > 0 {
		last := calendar.DateOf(from)
		if n.LimitUnit() == string(UnitDay) {
			last = l.Cal.AddDays(last, limit)
		} else {
			last = l.Cal.AddWorkdays(last, limit)
		}
		return (last + 1).Start().UTC()
	}
	if at, ok := moment(n.Timer.Date); ok {
		return at.UTC()
	}
	m := isoSpan.FindStringSubmatch(n.Timer.Duration)
	if m == nil {
		return from
	}
	num := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	return from.In(calendar.Zone).AddDate(num(1), num(2), num(3)*7+num(4)).
		Add(time.Duration(num(5))*time.Hour + time.Duration(num(6))*time.Minute + time.Duration(num(7))*time.Second).UTC()
}

// moment reads a date of a drawing: a day begins at midnight here.
func moment(text string) (time.Time, bool) {
	if d, err := calendar.ParseDate(text); err == nil {
		return d.Start(), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, strings.TrimSpace(text), calendar.Zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
