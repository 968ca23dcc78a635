package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
)

func items(t *testing.T) map[string]*catalog.Item {
	t.Helper()
	p, err := catalog.ReadPackage(yunchuan(t))
	if err != nil || len(p.Refused) > 0 {
		t.Fatalf("package: %v, refused %+v", err, p.Refused)
	}
	all := map[string]*catalog.Item{}
	for _, it := range p.Items {
		all[it.Code] = it
	}
	return all
}

func needs(n catalog.Need) map[string]catalog.MaterialNeed {
	m := map[string]catalog.MaterialNeed{}
	for _, x := range n.Materials {
		m[x.ID] = x.Need
	}
	return m
}

// TestEveryOption gives every set of answers to every item and checks that each option can be
// given, that its notice is told, and that each effect takes hold which nothing later touches.
func TestEveryOption(t *testing.T) {
	t.Parallel()
	all := items(t)
	if len(all) != 70 {
		t.Fatalf("%d items", len(all))
	}
	ruled := 0
	for _, it := range all {
		if len(it.Rules) > 0 {
			ruled++
		}
		none := it.Resolve(nil)
		if !slices.Equal(none.Missing, none.Asked) || !it.Depends() && len(none.Missing) != len(it.Situations) {
			t.Errorf("%s: without answers %v are missing of %v", it.Code, none.Missing, none.Asked)
		}
		given := map[string]bool{}
		everyAnswer(it, map[string]string{}, func(answers map[string]string) {
			n := it.Resolve(answers)
			if len(n.Missing) != 0 {
				t.Errorf("%s %v: missing %v", it.Code, answers, n.Missing)
			}
			if n.FlowHash != it.FlowHashes[n.Flow] {
				t.Errorf("%s %v: flow %s has another hash", it.Code, answers, n.Flow)
			}
			for i, id := range n.Asked {
				o := it.Situation(id).Option(answers[id])
				given[id+" "+o.Value] = true
				if o.Notice != "" && !slices.Contains(n.Notices, o.Notice) {
					t.Errorf("%s %v: the notice of %s is not told", it.Code, answers, id)
				}
				later := map[string]bool{}
				for _, after := range n.Asked[i+1:] {
					touches(later, it.Situation(after).Option(answers[after]).Effects)
				}
				for _, r := range it.Rules {
					touches(later, r.Effects)
				}
				checkEffects(t, it, o, n, later)
			}
		})
		for _, q := range it.Situations {
			for _, o := range q.Options {
				if !given[q.ID+" "+o.Value] {
					t.Errorf("%s: nobody can answer %s with %s", it.Code, q.ID, o.Value)
				}
			}
		}
	}
	if ruled < 10 {
		t.Errorf("%d items have rules of their own", ruled)
	}
}

// everyAnswer goes through every option of every question, asked or not.
func everyAnswer(it *catalog.Item, answers map[string]string, visit func(map[string]string)) {
	if len(answers) == len(it.Situations) {
		visit(answers)
		return
	}
	q := it.Situations[len(answers)]
	for _, o := range q.Options {
		answers[q.ID] = o.Value
		everyAnswer(it, answers, visit)
	}
	delete(answers, q.ID)
}

// touches notes what effects are about; which flow and item there can only be one of.
func touches(about map[string]bool, effects []catalog.Effect) {
	for _, e := range effects {
		switch e.Op {
		case catalog.OpUseFlow, catalog.OpSetLimit:
			about[e.Op] = true
		case catalog.OpNotNeeded, catalog.OpRedirectItem: // each has its own reason, and the last is told
			about[catalog.OpRedirectItem], about[catalog.OpNotNeeded] = true, true
		default:
			about[e.Target] = true
		}
	}
}

func checkEffects(t *testing.T, it *catalog.Item, o *catalog.Option, n catalog.Need, later map[string]bool) {
	t.Helper()
	m := needs(n)
	field := func(key string) *catalog.Field {
		for i := range n.Fields {
			if n.Fields[i].Key == key {
				return &n.Fields[i]
			}
		}
		return nil
	}
	for _, e := range o.Effects {
		if later[e.Op] || later[e.Target] {
			continue
		}
		ok := true
		switch e.Op {
		case catalog.OpRequireMaterial:
			ok = m[e.Target] == catalog.Required || m[e.Target] == catalog.Deferrable
		case catalog.OpDropMaterial:
			ok = m[e.Target] == ""
		case catalog.OpRequireField:
			ok = field(e.Target) != nil && field(e.Target).Required
		case catalog.OpHideField:
			ok = field(e.Target) == nil
		case catalog.OpRequireStep:
			ok = n.Steps[e.Target]
		case catalog.OpSkipStep:
			ok = !n.Steps[e.Target]
		case catalog.OpAssignPost:
			ok = n.Posts[e.Target] == e.Post
		case catalog.OpRequireFee, catalog.OpDropFee:
			ok = slices.Contains(feesOf(n), e.Target) == (e.Op == catalog.OpRequireFee)
		case catalog.OpUseFlow:
			ok = n.Flow == e.Target
		case catalog.OpRedirectItem:
			ok = n.Redirect == e.Target && !n.Complete()
		case catalog.OpSuggestItem:
			ok = slices.Contains(n.Suggest, e.Target)
		case catalog.OpNotNeeded:
			ok = n.NotNeeded && !n.Complete() && n.Because == o.Notice
		default:
			t.Errorf("%s: effect %s is unknown", it.Code, e.Op)
		}
		if !ok {
			t.Errorf("%s: %s %s did not take hold", it.Code, e.Op, e.Target)
		}
	}
}

func TestResolveFood(t *testing.T) {
	t.Parallel()
	it := items(t)["food-operation-new"]
	tests := []struct {
		name    string
		answers map[string]string
		check   func(n catalog.Need) bool
	}{
		{"restaurant by its owner", map[string]string{"q1": "a", "q2": "a", "q3": "b", "q4": "b", "q5": "a"}, func(n catalog.Need) bool {
			m := needs(n)
			return n.Complete() && n.Steps["s3"] && m["m1"] == catalog.Required && m["m4"] == catalog.Deferrable &&
				m["m7"] == "" && m["m8"] == "" && m["m9"] == "" && n.Flow == "inspect" && !n.Pledge
		}},
		{"by an agent", map[string]string{"q1": "a", "q2": "a", "q3": "b", "q4": "b", "q5": "b"}, func(n catalog.Need) bool {
			m := needs(n)
			return m["m9"] == catalog.Deferrable && m["m10"] == catalog.Required
		}},
		{"packaged food only", map[string]string{"q1": "a", "q2": "c", "q3": "b", "q4": "b", "q5": "a"}, func(n catalog.Need) bool {
			return n.NotNeeded && !n.Complete() && n.Because != ""
		}},
		{"an answer that does not exist", map[string]string{"q1": "z"}, func(n catalog.Need) bool {
			return slices.Equal(n.Missing, []string{"q1", "q2", "q3", "q4", "q5"}) && needs(n)["m7"] == catalog.Optional
		}},
		{"what the form asks of a canteen", map[string]string{"q2": "d"}, func(n catalog.Need) bool {
			i := slices.IndexFunc(n.Fields, func(f catalog.Field) bool { return f.Key == "kitchen_area" })
			return i >= 0 && n.Fields[i].Required
		}},
	}
	for _, tt := range tests {
		if n := it.Resolve(tt.answers); !tt.check(n) {
			t.Errorf("%s: got %+v", tt.name, n)
		}
	}
}

func TestResolvePledge(t *testing.T) {
	t.Parallel()
	it := items(t)["public-place-hygiene"]
	if n := it.Resolve(map[string]string{"q1": "a"}); !n.Pledge || n.Flow != catalog.FlowPledge || n.Steps["s3"] {
		t.Errorf("pledged: %+v", n)
	}
	if n := it.Resolve(map[string]string{"q1": "b"}); n.Pledge || n.Flow != "inspect" || !n.Steps["s3"] {
		t.Errorf("not pledged: %+v", n)
	}
}

func TestLaterAnswerWins(t *testing.T) {
	t.Parallel()
	it := ruled()
	it.Rules = nil
	step := func(op string) []catalog.Effect { return []catalog.Effect{{Op: op, Target: "s1"}} }
	it.Situations[0].Options[0].Effects, it.Situations[0].Options[1].Effects = step(catalog.OpSkipStep), step(catalog.OpRequireStep)
	it.Situations[2].Options[0].Effects, it.Situations[2].Options[1].Effects = step(catalog.OpRequireStep), step(catalog.OpSkipStep)
	if n := it.Resolve(map[string]string{"q1": "b", "q3": "b"}); n.Steps["s1"] {
		t.Error("q3 says that no review is needed, q1 was followed")
	}
	if n := it.Resolve(map[string]string{"q1": "a", "q3": "a"}); !n.Steps["s1"] {
		t.Error("q3 says that a review is needed, q1 was followed")
	}
	if n := items(t)["food-operation-change"].Resolve(map[string]string{"q1": "b", "q2": "b"}); n.Steps["s3"] || n.Limit.Value != 2 {
		t.Errorf("a change without a visit: %v in %d days", n.Steps, n.Limit.Value)
	}
}

// Answers change what is charged and promised where the law lets them.
func TestLimitAndFeeOfTheSampleCity(t *testing.T) {
	t.Parallel()
	all := items(t)
	for _, tt := range []struct {
		item, answers string
		limit, fee    int64
	}{
		{"free-bus-card", "a a a", 2, 0}, {"free-bus-card", "a b a", 2, 1500}, {"free-bus-card", "b b a", 2, 0},
		{"residence-permit", "a a a a", 3, 0}, {"residence-permit", "a c  a", 3, 2000},
		{"real-estate-transfer", "c b a b a", 3, 8000}, {"real-estate-transfer", "c b a b b b", 3, 55000}, {"real-estate-transfer", "c b a b b a", 3, 0},
		{"food-operation-change", "a  a", 2, 0}, {"food-operation-change", "b a a", 3, 0},
		{"forest-cutting", "b a a", 3, 0}, {"forest-cutting", "c b a", 5, 0}, {"outdoor-advertising", "a a  a", 2, 0},
	} {
		it, answers := all[tt.item], map[string]string{}
		for i, value := range strings.Split(tt.answers, " ") {
			answers[it.Situations[i].ID] = value
		}
		n := it.Resolve(answers)
		var fee int64
		for _, f := range n.Fees {
			fee += f.Amount
		}
		if !n.Complete() || int64(n.Limit.Value) != tt.limit || fee != tt.fee {
			t.Errorf("%s %s: missing %v, %d days, %d fen", tt.item, tt.answers, n.Missing, n.Limit.Value, fee)
		}
	}
}

func TestResolveChangesNothing(t *testing.T) {
	t.Parallel()
	it := items(t)["food-operation-new"]
	n := it.Resolve(map[string]string{"q2": "d"})
	n.Materials[0].Name, n.Fields[0].Label, n.Fields[0].Required = "changed", "changed", false
	if it.Materials[0].Name == "changed" || it.Fields[0].Label == "changed" || !it.Fields[0].Required || it.Materials[0].Need != "" {
		t.Error("the item was changed through what Resolve returned")
	}
}
