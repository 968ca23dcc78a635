package catalog

import (
	"slices"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// What whoever edits a draft is told about it while it is written.

// FieldTypes lists the types that a field may have, in the order of pages.
func FieldTypes() []string { return slices.Clone(fieldTypes) }

// CanStop reports whether the law stops the clock in a slot.
func CanStop(slot string) bool { return stops[slot] != "" }

// Workdays is the rough length of a limit by which limits are compared: a month is twenty
// working days, no limit is longer than any.
func (l Limit) Workdays() int { return l.workdays() }

// RoadDays is how many working days of the limit the steps take together, the optional ones
// too: of those beside each other the longest counts. It must not be more than the promise.
func (it *Item) RoadDays() int {
	all := *it
	all.Steps = slices.Clone(it.Steps)
	for i := range all.Steps {
		all.Steps[i].Optional = false
	}
	return all.days(Need{})
}

// Fit is how a flow suits the steps of an item.
type Fit struct {
	Lacking []string // slots through which every case of the flow goes and in which the item has no step
	Outside []string // ids of steps that have no place in the flow
	Drawing []byte   // the BPMN of the item, nil where it cannot be drawn
}

// Fits tells how a flow suits the steps of the item. It is pure and total: a draft may be
// incomplete.
func (it *Item) Fits(t Template) Fit {
	var f Fit
	known := t.Slots()
	for _, slot := range t.Root.always() {
		if it.Step(slot) == nil && !slices.Contains(f.Lacking, slot) {
			f.Lacking = append(f.Lacking, slot)
		}
	}
	for _, s := range it.Steps {
		if !slices.Contains(known, s.Slot) && !slices.Contains(outside, s.Slot) && !s.Optional {
			f.Outside = append(f.Outside, s.ID)
		}
	}
	if t.drawn != nil && !t.follows(it) {
		for _, s := range it.Steps {
			if !slices.Contains(outside, s.Slot) && !slices.Contains(f.Outside, s.ID) {
				f.Outside = append(f.Outside, s.ID)
			}
		}
		return f
	}
	if source, _, err := it.drawing(t); err == nil {
		f.Drawing = source
	}
	return f
}

// always lists the slots that a flow leaves neither to a condition nor to the item.
func (n flowNode) always() []string {
	if n.Condition != nil {
		return nil
	}
	var all []string
	if n.Task != "" && !n.Optional {
		all = append(all, n.Task)
	}
	for _, k := range n.kids() {
		all = append(all, k.always()...)
	}
	return all
}

// Layout gives the item a step for every slot through which all cases of a flow go, and for the
// review where the flow has one, as far as the item has none there, in the order of the flow, with the posts that usually do it: those of the counter, and of the item's unit
// the reviewing and the deciding one, as far as there are such posts. Days are for
// the editor to put right. The item given is not changed.
func (s *Service) Layout(it *Item, t Template, post func(code string) bool) *Item {
	next := *it
	next.Steps = slices.Clone(it.Steps)
	slots, always := t.Slots(), append(t.Root.always(), "review") // nobody decides on what nobody has looked at
	for i, slot := range slots {
		if next.Step(slot) != nil || !slices.Contains(always, slot) {
			continue
		}
		at := len(next.Steps) // before the first step whose slot comes later
		for j, x := range next.Steps {
			if slices.Contains(slots[i+1:], x.Slot) {
				at = j
				break
			}
		}
		step := Step{ID: freeID("s", next.Steps, func(s Step) string { return s.ID }), Slot: slot, Name: slotNames[slot].zh, NameEn: slotNames[slot].en, Unit: it.Unit, Days: 1, Clock: "statutory"}
		if step.Name == "" {
			step.Name = slot // a place's own
		}
		if slices.Contains(outside, slot) {
			step.Clock = "none"
		}
		for _, code := range s.usual(it.Unit, slot) {
			if code != "" && post(code) {
				step.Post, step.Unit = code, postUnit(code)
				break
			}
		}
		next.Steps = slices.Insert(next.Steps, at, step)
	}
	return &next
}

// slotNames are what steps are called before somebody calls them something else. They are
// content of the catalogue, which is Chinese with English beside it.
var slotNames = map[string]struct{ zh, en string }{
	"accept": {"收件受理", "Receipt and acceptance"}, "town": {"镇街初审", "Township review"}, "survey": {"入户调查", "Household visit"},
	"review": {"审查", "Review"}, "check": {"现场核查", "Site check"}, "test": {"检验检测", "Test"}, "expert": {"专家评审", "Expert review"},
	"assess": {"鉴定", "Appraisal"}, "hearing": {"听证", "Hearing"}, "eval": {"评估", "Evaluation"}, "consult": {"征求意见", "Consultation"},
	"review2": {"复审", "Second review"}, "publicity": {"公示", "Publication"}, "decide": {"决定", "Decision"}, "pay": {"缴费", "Payment"},
	"print": {"制证", "Making the certificate"}, "issue": {"制证送达", "Certificate and delivery"}, "postcheck": {"事后核查", "Check afterwards"},
}

// usual are the posts that usually work in a slot, the likeliest first.
func (s *Service) usual(unit, slot string) []string {
	switch slot {
	case "accept":
		return []string{s.Counter.Receive, unit + ".rev"}
	case "issue", "print":
		return []string{s.Counter.Issue, unit + ".rev"}
	case "decide":
		return []string{unit + ".chief"}
	}
	return []string{unit + ".rev"}
}

// NewID is the first id x1, x2… that none of the ids given is.
func NewID(letter string, taken []string) string {
	return freeID(letter, taken, func(id string) string { return id })
}

// Refusing reports whether a rule of quality keeps a draft from being submitted.
func Refusing(rule string) bool { return slices.Contains(refusing, rule) }

// NamesOf are the names of the other items to which the answers and rules of an item lead, by their codes. One that is not
// in force has none.
func (s *Service) NamesOf(tx *db.Tx, it *Item) (map[string]string, error) {
	names := map[string]string{}
	for _, code := range it.mentions() {
		id, err := findCurrentID(tx, code)
		if fault.Is(err, fault.Unknown) {
			continue // a certificate, or what is gone
		}
		if err != nil {
			return nil, err
		}
		other, err := s.Version(tx, id)
		if err != nil {
			return nil, err
		}
		names[code] = other.Name
	}
	return names, nil
}
