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

// combinations goes through the sets of answers that a person can give: those of the
// questions that are asked, each with one of its options. whole is whether it saw all.
func (it *Item) combinations(visit func(answers map[string]string)) (whole bool) {
	if it.countCombinations(0, map[string]string{}, 0) > maxCombinations {
		it.drawCombinations(visit)
		return false
	}
	var walk func(i int, answers map[string]string)
	walk = func(i int, answers map[string]string) {
		for ; i < len(it.Situations); i++ {
			q := &it.Situations[i]
			if !it.asks(q, answers) {
				continue
			}
			for _, o := range q.Options {
				answers[q.ID] = o.Value
				walk(i+1, answers)
			}
			delete(answers, q.ID)
			return
		}
		visit(answers)
	}
	walk(0, map[string]string{})
	return true
}

// countCombinations counts from question i on, and stops soon after there are too many.
func (it *Item) countCombinations(i int, answers map[string]string, n int) int {
	for ; i < len(it.Situations); i++ {
		q := &it.Situations[i]
		if !it.asks(q, answers) {
			continue
		}
		for _, o := range q.Options {
			answers[q.ID] = o.Value
			if n = it.countCombinations(i+1, answers, n); n > maxCombinations {
				break
			}
		}
		delete(answers, q.ID)
		return n
	}
	return n + 1
}

func (it *Item) drawCombinations(visit func(answers map[string]string)) {
	seed := rand.New(rand.NewPCG(uint64(len(it.Situations)), 39554)) //nolint:gosec // the same sets each time, not secrets
	for range maxCombinations {
		answers := map[string]string{}
		for i := range it.Situations {
			if q := &it.Situations[i]; len(q.Options) > 0 && it.asks(q, answers) {
				answers[q.ID] = q.Options[seed.IntN(len(q.Options))].Value
			}
		}
		visit(answers)
	}
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

// wrongCombinations tries the item with every set of answers, and names the first one
// for each kind of nonsense: a case without a flow or with a pledge that the item does not
// know, a road that takes longer than what is promised for these answers, a way back to the
// item itself, and an item that nobody may apply for whatever they answer.
func (it *Item) wrongCombinations() []Wrong {
	first := map[string]string{}
	open := false
	it.combinations(func(answers map[string]string) {
		n := it.Resolve(answers)
		open = open || n.Complete()
		for code, bad := range map[string]bool{
			"situation_flow": n.Flow == FlowPledge && !it.Modes.Pledge,
			"situation_days": n.Complete() && it.days(n) > n.Limit.workdays(),
			"situation_loop": n.Redirect == it.Code && it.Code != "",
		} {
			if _, had := first[code]; bad && !had {
				first[code] = it.said(answers)
			}
		}
	})
	if !open && len(it.Situations) > 0 {
		first["situation_nobody"] = ""
	}
	var w []Wrong
	for _, code := range slices.Sorted(maps.Keys(first)) {
		w = append(w, Wrong{"catalog.item." + code, first[code]})
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

// idleRules finds rules that hold for no set of answers and questions that are never
// asked: what was written for them never happens.
func idleRules(it *Item) (where []string) {
	if len(it.Rules) == 0 && !it.Depends() {
		return nil
	}
	held := map[string]bool{}
	it.combinations(func(answers map[string]string) {
		for _, r := range it.Rules {
			if !held["r "+r.ID] && it.holds(r.When, answers) {
				held["r "+r.ID] = true
			}
		}
		for id := range answers {
			held["q "+id] = true
		}
	})
	for _, r := range it.Rules {
		if !held["r "+r.ID] {
			where = append(where, r.ID)
		}
	}
	for _, q := range it.Situations {
		if !held["q "+q.ID] {
			where = append(where, q.Question)
		}
	}
	return where
}

// quarrels finds sets of answers in which two answers say contrary things about the same
// paper, field or charge. The later question wins, which nobody sees who reads the table:
// a rule over both says it openly.
func quarrels(it *Item) (where []string) {
	seen := map[string]bool{}
	it.combinations(func(answers map[string]string) {
		said := map[string]Effect{}
		for _, q := range it.Situations {
			o := q.Option(answers[q.ID])
			if o == nil {
				continue
			}
			for _, e := range o.Effects {
				kind, about := aboutWhat(e)
				if kind == "" {
					continue
				}
				before, had := said[kind+about]
				if had && before.Op != e.Op && !it.settled(kind, about, answers) && !seen[kind+about] {
					seen[kind+about] = true
					where = append(where, about+"（"+it.said(answers)+"）")
				}
				said[kind+about] = e
			}
		}
	})
	return where
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
func (it *Item) settled(kind, target string, answers map[string]string) bool {
	return slices.ContainsFunc(it.Rules, func(r Rule) bool {
		return slices.ContainsFunc(r.Effects, func(e Effect) bool {
			k, t := aboutWhat(e)
			return k == kind && t == target
		}) && it.holds(r.When, answers)
	})
}
