package app

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/sample"
)

// director drives cases of the sample city through the real use cases, each at
// the moment at which it would have happened.
type director struct {
	a     *App
	s     *services
	clock time.Time
	rng   *rand.Rand
	now   time.Time
	cast  *cast
	files [][]byte

	regulators bool // they answer what they are told of grants
}

// cast is who plays in the sample city. It is read only once it is drawn up.
type cast struct {
	people, bodies []auth.Actor
	clerks         []auth.Actor
	items          []*catalog.Item // weighted: frequent ones stand in it more often
	routes         map[string]map[string]string
	holders        map[string][]auth.Actor
	filling        [64]sync.Mutex // one draft of an item for each applicant at a time
}

// director returns a director with services of its own, whose clock it moves.
func (a *App) director(now time.Time) *director {
	d := &director{a: a, now: now, clock: now}
	base := a.base
	base.DB = a.DB.WithClock(func() time.Time { return d.clock })
	d.s = newServices(a, base)
	return d
}

// begin sets the clock and the dice for one case.
func (d *director) begin(seed uint64) {
	d.clock, d.rng = d.now, rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a sample, no secret
}

// sampleFiles are the papers that sample applicants hand in: a certificate, a
// form, something else.
func sampleFiles() ([][]byte, error) {
	var out [][]byte
	for _, name := range []string{"certificate", "form", "attachment"} {
		text, err := sample.Yunchuan.ReadFile("yunchuan/files/" + name + ".png")
		if err != nil {
			return nil, fmt.Errorf("app: %w", err)
		}
		out = append(out, text)
	}
	return out, nil
}

// frequent are the items that people ask for most.
var frequent = []string{
	"food-operation-new", "food-operation-new", "food-operation-change", "food-operation-renew", "public-place-hygiene",
	"drug-retail", "individual-business-register", "company-establish", "elder-card", "outdoor-advertising", "hr-service-licence",
	"road-freight", "investment-filing", "social-card-apply", "residence-permit",
}

// castOf draws up who plays.
func (d *director) castOf(ctx context.Context) (*cast, error) {
	c := &cast{routes: map[string]map[string]string{}, holders: map[string][]auth.Actor{}}
	err := d.a.DB.Read(ctx, func(tx *db.Tx) error {
		numbers, err := sampleNumbers()
		if err != nil {
			return err
		}
		for _, no := range numbers {
			p, err := d.s.party.FindByNumber(tx, no)
			if err != nil {
				return err
			}
			who, err := d.s.party.Actor(tx, p.ID)
			if err != nil {
				return err
			}
			if p.Kind == party.Organization {
				c.bodies = append(c.bodies, who)
			} else {
				c.people = append(c.people, who)
			}
		}
		posts, err := d.s.office.Posts(tx)
		if err != nil {
			return err
		}
		for _, p := range posts {
			list, err := d.s.office.Holders(tx, p.Code)
			if err != nil {
				return err
			}
			for _, h := range list {
				if h.Deputy {
					continue
				}
				who, err := d.s.office.Actor(tx, h.Staff)
				if err != nil {
					return err
				}
				who.Staff = h.Staff
				c.holders[p.Code] = append(c.holders[p.Code], who)
			}
		}
		c.clerks = c.holders["SPJ-ZH.clerk"]
		entries, _, err := d.s.catalog.Browse(tx, catalog.Filter{}, "", 200)
		if err != nil {
			return err
		}
		// The cast stays the same however lists are ordered.
		slices.SortStableFunc(entries, func(a, b catalog.Entry) int {
			return cmp.Compare(search.Initials(a.Name), search.Initials(b.Name))
		})
		for _, e := range entries {
			it, err := d.s.catalog.Current(tx, e.Code)
			if err != nil {
				return err
			}
			if it.Place != "" { // carried out elsewhere: the cases are those of the hall
				continue
			}
			if answers, ok := route(it); ok {
				c.routes[it.Code] = answers
				c.items = append(c.items, it)
				for _, f := range frequent {
					if f == it.Code {
						c.items = append(c.items, it, it)
					}
				}
			}
		}
		return nil
	})
	return c, err
}

// sampleNumbers are the identity numbers and credit codes of the sample city's
// applicants.
func sampleNumbers() ([]string, error) {
	text, err := sample.Yunchuan.ReadFile("yunchuan/party.yaml")
	if err != nil {
		return nil, err
	}
	var pack struct {
		People []struct {
			Kind   string `yaml:"kind"`
			Number string `yaml:"id_no"`
			Code   string `yaml:"uscc"`
		} `yaml:"people"`
	}
	if err := yaml.Unmarshal(text, &pack); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range pack.People {
		if p.Kind != "agent" { // agents act for others
			out = append(out, cmp.Or(p.Number, p.Code))
		}
	}
	return out, nil
}

// route finds answers that lead to an application of an item.
func route(it *catalog.Item) (map[string]string, bool) {
	answers := map[string]string{}
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(it.Situations) {
			return it.Resolve(answers).Complete()
		}
		for _, o := range it.Situations[i].Options {
			answers[it.Situations[i].ID] = o.Value
			if try(i + 1) {
				return true
			}
		}
		return false
	}
	return answers, try(0)
}

// play makes one case.
func (d *director) play(ctx context.Context, f fate) error {
	it := d.item(f)
	days := max(it.Resolve(d.cast.routes[it.Code]).Limit.Value, 1)
	cal := calendar.Official()
	today := calendar.DateOf(d.now)
	back := 1 + d.rng.IntN(max(days, 2)) // working days since acceptance
	switch f.end {
	case "draft", "receive":
		back = d.rng.IntN(4)
	case "notify":
		back = 1 + d.rng.IntN(9)
	case "review":
		back = 2 + d.rng.IntN(max(days-1, 1))
	case "decide", "certify":
		back = max(days, 6) + 1 + d.rng.IntN(4)
	case "deliver", "refuse", "withdraw", "not_accept", "not_required":
		back = max(days, 6) + 3 + d.rng.IntN(40)
	case "special":
		back = 2 + d.rng.IntN(max(days-2, 1))
	}
	if f.late > 0 {
		back = days + f.late
	}
	if f.how == "deem" {
		back = 7 + d.rng.IntN(3)
	}
	if f.how == "correct" && f.end != "notify" {
		back += 4
	}
	start := cal.AddWorkdays(today, -back-1)
	if back == 0 {
		start = cal.AddWorkdays(today+1, -1)
	}
	d.at(start, 8+d.rng.IntN(3))
	run := &run{director: d, ctx: ctx, it: it, f: f, day: start, cal: cal}
	return run.play()
}

func (d *director) item(f fate) *catalog.Item {
	for {
		it := d.cast.items[d.rng.IntN(len(d.cast.items))]
		need := it.Resolve(d.cast.routes[it.Code])
		if d.suits(it, need, f) {
			return it
		}
	}
}

// suits reports whether a fate can befall a case of an item.
func (d *director) suits(it *catalog.Item, need catalog.Need, f fate) bool {
	defers := slices.ContainsFunc(need.Materials, func(m catalog.Material) bool { return later(m, f) })
	asks := slices.ContainsFunc(need.Materials, correctable)
	special := slices.ContainsFunc(it.Steps, func(s catalog.Step) bool {
		return (s.Slot == "expert" || s.Slot == "test" || s.Slot == "assess") && (!s.Optional || need.Steps[s.ID])
	})
	steps := 0
	for _, s := range it.Steps {
		if s.Clock == "statutory" && (!s.Optional || need.Steps[s.ID]) {
			steps++
		}
	}
	switch {
	case f.how == "tolerate" && !defers, f.how == "correct" && !asks, f.how == "special" && !special:
		return false
	case it.Legal.Quota > 0 && (f.end == "decide" || f.end == "certify" || f.end == "deliver"):
		return false // they come in no order here, but a limited number goes to who was accepted first
	case f.how == "deem" && it.Type != catalog.TypeLicence:
		return false
	case f.end == "review" && (steps < 2 || need.Limit.Value < 3):
		return false
	case f.end == "certify" && it.Result.Certificate == "":
		return false
	case f.how != "special" && special && f.end != "deliver":
		return false
	}
	return true
}

// later reports whether a material comes later by the fate of a case: one that
// may, and that no certificate stands in for.
func later(m catalog.Material, f fate) bool {
	return f.how == "tolerate" && m.Need == catalog.Deferrable && len(m.ReplacedBy) == 0
}

// correctable reports whether a material may be asked for again: it is needed, and no
// certificate that the centre holds stands in for it.
func correctable(m catalog.Material) bool {
	return m.Need == catalog.Required && len(m.ReplacedBy) == 0
}

// at moves the clock to an hour of a day, never past now.
func (d *director) at(day calendar.Date, hour int) {
	t := day.Start().Add(time.Duration(hour)*time.Hour + time.Duration(d.rng.IntN(60))*time.Minute)
	if limit := d.now.Add(-time.Duration(1+d.rng.IntN(20)) * time.Minute); t.After(limit) {
		t = limit
	}
	if t.After(d.clock) || d.clock.Equal(d.now) {
		d.clock = t
	} else {
		d.clock = d.clock.Add(time.Duration(1+d.rng.IntN(9)) * time.Minute)
	}
}

// pick draws one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
