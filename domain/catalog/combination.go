package catalog

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// maxCombinations is how many sets of answers an item is tried with. One that has more
// is tried with as many that are drawn, always the same ones.
const maxCombinations = 4096

// Bounds of what is tried, so that no item can keep the program busy. Whoever writes a
// question a day for a year does not come near.
const (
	mostQuestions = 60
	mostRules     = 300
	mostEffects   = 3000
	mostWork      = 4_000_000 // comparisons, effects and steps for all sets of answers: a tenth of a second
)

// trial is what comes of trying an item with every set of answers.
type trial struct {
	wrong    []Wrong  // nonsense that some answers lead to, or that there are too many
	idle     []string // rules that hold for no set of answers, questions that are never asked
	quarrels []string // what two answers say contrary things about, with the answers
}

// try works every rule out once for every set of answers, and sees all that is told from it. An
// item that takes more work than mostWork is left, and that is what is wrong with it.
func (it *Item) try() trial {
	tooMuch := trial{wrong: []Wrong{{"catalog.item.too_much", ""}}}
	if it.tooLarge() {
		return tooMuch
	}
	a := &attempt{table: it.table(), first: map[string]string{}, held: map[string]bool{}, disputed: map[string]bool{}}
	a.combinations(a.see)
	if a.over() {
		return tooMuch
	}
	return trial{a.wrong(), a.idle(), a.quarrels}
}

// tooLarge reports whether there are more questions, rules or effects than are looked at.
func (it *Item) tooLarge() bool {
	n := 0
	for range it.effects() {
		n++
	}
	return n > mostEffects || len(it.Situations) > mostQuestions || len(it.Rules) > mostRules
}

// attempt is a trial that is going on.
type attempt struct {
	*table
	first    map[string]string // the first set of answers for each kind of nonsense
	open     bool              // somebody may apply
	held     map[string]bool   // rules that held, questions that were asked
	disputed map[string]bool
	quarrels []string
}

// over reports whether the item has taken more work than any may.
func (a *attempt) over() bool { return a.work > mostWork }

// combinations goes through the sets of answers that a person can give: those of the
// questions that are asked, each with one of its options.
func (a *attempt) combinations(visit func(answers map[string]string)) {
	n := 0
	if a.walk(0, map[string]string{}, func(map[string]string) bool { n++; return n <= maxCombinations }); n > maxCombinations {
		a.draw(visit)
		return
	}
	a.walk(0, map[string]string{}, func(answers map[string]string) bool { visit(answers); return true })
}

// walk answers the questions from the i-th on in every way, until visit or the work says no.
func (a *attempt) walk(i int, answers map[string]string, visit func(answers map[string]string) bool) (on bool) {
	for ; i < len(a.it.Situations); i++ {
		q := &a.it.Situations[i]
		if !a.asked(i, answers) {
			continue
		}
		for _, o := range q.Options {
			answers[q.ID] = o.Value
			if !a.walk(i+1, answers, visit) {
				return false
			}
		}
		delete(answers, q.ID)
		return true
	}
	return !a.over() && visit(answers)
}

func (a *attempt) draw(visit func(answers map[string]string)) {
	seed := rand.New(rand.NewPCG(uint64(len(a.it.Situations)), 39554)) //nolint:gosec // the same sets each time, not secrets
	for range maxCombinations {
		answers := map[string]string{}
		for i := range a.it.Situations {
			if q := &a.it.Situations[i]; len(q.Options) > 0 && a.asked(i, answers) {
				answers[q.ID] = q.Options[seed.IntN(len(q.Options))].Value
			}
		}
		if a.over() {
			return
		}
		visit(answers)
	}
}

// see looks at what one set of answers leads to.
func (a *attempt) see(answers map[string]string) {
	it := a.it
	n, _, held := a.weigh(answers)
	a.work += 2 * len(it.Steps)
	complete := n.Complete()
	a.open = a.open || complete
	for _, x := range []struct {
		code string
		bad  bool
	}{
		{"situation_flow", n.Flow == FlowPledge && !it.Modes.Pledge},
		{"situation_days", complete && it.days(n) > n.Limit.workdays()},
		{"situation_loop", n.Redirect == it.Code && it.Code != ""},
	} {
		if _, had := a.first[x.code]; x.bad && !had {
			a.first[x.code] = it.said(answers)
		}
	}
	for i, r := range it.Rules {
		if held[i] {
			a.held["r "+r.ID] = true
		}
	}
	for id := range answers {
		a.held["q "+id] = true
	}
	a.disputes(answers, held)
}

// said writes a set of answers as "q1=a q2=b", in the order of the questions.
func (it *Item) said(answers map[string]string) string {
	var parts []string
	for _, q := range it.Situations {
		if v := answers[q.ID]; v != "" {
			parts = append(parts, q.ID+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// wrong names the first set of answers for each kind of nonsense: a case without a flow or with
// a pledge that the item does not know, a road that takes longer than what is promised for these
// answers, a way back to the item itself, and an item that nobody may apply for whatever they
// answer.
func (a *attempt) wrong() []Wrong {
	if !a.open && len(a.it.Situations) > 0 {
		a.first["situation_nobody"] = ""
	}
	var w []Wrong
	for _, code := range slices.Sorted(maps.Keys(a.first)) {
		w = append(w, Wrong{"catalog.item." + code, a.first[code]})
	}
	return w
}

// days is how many working days of the limit the steps take that run for these answers.
func (it *Item) days(n Need) int {
	days, group := 0, map[string]int{}
	for _, s := range it.Steps {
		if runs, optional := n.Steps[s.ID]; s.Clock != "statutory" || optional && !runs {
			continue
		}
		if s.Parallel != "" {
			group[s.Parallel] = max(group[s.Parallel], s.Days)
			continue
		}
		days += s.Days
	}
	for _, d := range group {
		days += d
	}
	return days
}

// idle finds rules that hold for no set of answers and questions that are never asked: what
// was written for them never happens.
func (a *attempt) idle() (where []string) {
	if len(a.it.Rules) == 0 && !a.it.Depends() {
		return nil
	}
	for _, r := range a.it.Rules {
		if !a.held["r "+r.ID] {
			where = append(where, r.ID)
		}
	}
	for _, q := range a.it.Situations {
		if !a.held["q "+q.ID] {
			where = append(where, q.Question)
		}
	}
	return where
}

// disputes notes what two answers of a set say contrary things about: a paper, a field or a
// charge. The later question wins, which nobody sees who reads the table: a rule over both says
// it openly.
func (a *attempt) disputes(answers map[string]string, held []bool) {
	var said map[string]Effect
	for i := range a.it.Situations {
		q := &a.it.Situations[i]
		o := q.Option(answers[q.ID])
		if o == nil {
			continue
		}
		a.work += 2 * len(o.Effects)
		for _, e := range o.Effects {
			kind, about := aboutWhat(e)
			if kind == "" {
				continue
			}
			before, had := said[kind+about]
			if had && before.Op != e.Op && !a.disputed[kind+about] && !a.settled(kind, about, held) {
				a.disputed[kind+about] = true
				a.quarrels = append(a.quarrels, about+"（"+a.it.said(answers)+"）")
			}
			if said == nil {
				said = map[string]Effect{}
			}
			said[kind+about] = e
		}
	}
}

// aboutWhat is what an effect takes in or out, "" where it does neither.
func aboutWhat(e Effect) (kind, target string) {
	switch e.Op {
	case OpRequireMaterial, OpDropMaterial:
		return "m ", e.Target
	case OpRequireField, OpHideField:
		return "f ", e.Target
	case OpRequireFee, OpDropFee:
		return "p ", e.Target
	}
	return "", ""
}

// settled reports whether a rule that holds says what is to be done about something.
func (a *attempt) settled(kind, target string, held []bool) bool {
	for i, r := range a.it.Rules {
		a.work += len(r.Effects)
		if held[i] && slices.ContainsFunc(r.Effects, func(e Effect) bool {
			k, t := aboutWhat(e)
			return k == kind && t == target
		}) {
			return true
		}
	}
	return false
}
