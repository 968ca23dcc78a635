package catalog

import (
	"regexp"
	"slices"
)

// procedures are the words by which people call the special procedures of a slot that stops the clock.
var procedures = map[string]*regexp.Regexp{
	"test": regexp.MustCompile(`检验|检测|检疫`), "expert": regexp.MustCompile(`评审|评议|论证`), "hearing": regexp.MustCompile(`听证`),
	"assess": regexp.MustCompile(`鉴定|评定`), "eval": regexp.MustCompile(`评估`), "consult": regexp.MustCompile(`意见`), "publicity": regexp.MustCompile(`公示`),
}

// procedure returns the special procedures that stop the clock in a step: those called as the step, else those called as
// what its slot is for.
func (it *Item) procedure(s Step) (list []Special) {
	for _, fits := range []func(x Special) bool{
		func(x Special) bool { return x.Kind == s.Name },
		func(x Special) bool { return procedures[s.Slot] != nil && procedures[s.Slot].MatchString(x.Kind) },
	} {
		for _, x := range it.Special {
			if x.Stops && fits(x) {
				list = append(list, x)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	return list
}

// specialDays finds steps that stop the clock for another number of days than the special procedure for which they do:
// people are told two plans.
func specialDays(it *Item) (where []string) {
	for _, s := range it.Steps {
		list := it.procedure(s)
		if s.Clock == "stopped" && len(list) > 0 && !slices.ContainsFunc(list, func(x Special) bool { return x.Days == s.Days }) {
			where = append(where, s.Name)
		}
	}
	return where
}
