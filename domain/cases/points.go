package cases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/fault"
)

// Acceptance points (受理标准) are what a clerk looks at on a material, one by one. A material found fit has all of them
// good; of one found wanting the points that are not good are the words of the notice.

// Looked is one acceptance point of a material and whether it was found good.
type Looked struct {
	Text string
	Good bool
}

// Looked lists the acceptance points of a material in the order of the item, as they were last found. Those of a material
// that was found fit are good, also where it was found so before ticks were kept.
func (v *View) Looked(m Material) (list []Looked) {
	need := v.Need.Material(m.Key)
	if need == nil {
		return nil
	}
	for _, p := range need.Points {
		good := slices.Contains(m.Points, p) || m.Verdict == Pass && len(m.Points) == 0
		list = append(list, Looked{p, good})
	}
	return list
}

// Good are the texts of the points that were found good.
func Good(list []Looked) []string {
	texts := []string{}
	for _, l := range list {
		if l.Good {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

// mostReason is the most that a reason of a finding takes, in characters.
const mostReason = 300

// Unfit words the points that are not good as a reason of the notice, "" where all are good. It names whole points only,
// as many as a reason takes.
func Unfit(list []Looked) string {
	text := ""
	for _, l := range list {
		if l.Good {
			continue
		}
		next := text + "；" + strings.TrimRight(l.Text, "。；")
		if text == "" {
			next = "不符合要求：" + strings.TrimRight(l.Text, "。；")
		}
		if utf8.RuneCountInString(next) > mostReason {
			break
		}
		text = next
	}
	return text
}

// look keeps which points of a material were found good. Nothing said means all of one found fit, and of others what was
// found before. What is not needed or comes later has none. A point that the item does not have is the Invalid fault
// cases.point_unknown of the field points, one found fit with a point left over cases.point_unticked.
func (m *Material) look(need *catalog.Material, f Judgement) error {
	var all []string
	if need != nil {
		all = need.Points
	}
	good := f.Points
	if good == nil {
		good = m.Points
	}
	switch f.Verdict {
	case Tolerate, Unneeded:
		m.Points = nil
		return nil
	case Pass:
		if f.Points == nil {
			good = all
		}
	}
	bad := fault.Fields{}
	bad.Need(!slices.ContainsFunc(f.Points, func(p string) bool { return !slices.Contains(all, p) }), "points", "cases.point_unknown")
	kept := []string{}
	for _, p := range all {
		if slices.Contains(good, p) {
			kept = append(kept, p)
		}
	}
	bad.Need(f.Verdict != Pass || len(kept) == len(all), "points", "cases.point_unticked")
	m.Points = kept
	return bad.Err()
}
