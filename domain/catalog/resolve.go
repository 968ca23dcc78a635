package catalog

import "slices"

// Need is what one set of answers asks of an applicant and of the centre.
type Need struct {
	Materials []Material        // those to hand in, each with its Need; what the answers drop is left out
	Fields    []Field           // those to fill in; what the answers hide is left out
	Steps     map[string]bool   // optional steps by id: do they run
	Posts     map[string]string // steps by id that another post takes over
	Notices   []string          // what the chosen answers tell, in the order of the questions
	Missing   []string          // questions that are asked and have no valid answer
	Asked     []string          // questions that are asked after these answers
	Answers   map[string]string // the valid answers to questions that are asked

	Limit Limit     // the promise that holds for these answers
	Fees  []FeeItem // what is charged; while a question is open, what may be

	NotNeeded bool     // this item is not needed, or is not the right one
	Redirect  string   // the item to apply for instead
	Because   string   // the notice of the answer that led away, if it has one
	Suggest   []string // items that may be applied for along with it

	Flow     string // id of the flow
	FlowHash string // of its drawing
	Pledge   bool   // the applicant pledges and the decision comes first (告知承诺)
}

// Complete reports whether every question is answered and the item is the right
// one: only then may an application be made.
func (n Need) Complete() bool { return len(n.Missing) == 0 && !n.NotNeeded && n.Redirect == "" }

// Material returns a material to hand in, or nil.
func (n Need) Material(id string) *Material {
	if i := slices.IndexFunc(n.Materials, func(m Material) bool { return m.ID == id }); i >= 0 {
		return &n.Materials[i]
	}
	return nil
}

// Resolve works out what answers, question id to option value, mean. It is pure
// and total: an unknown question is ignored, an unknown answer counts as missing, the
// answer to a question that is not asked as not given. Where two answers touch the same
// thing the later question wins, and the rules of the table come after all answers, the
// later one winning. An optional step runs only if an answer or a rule asks for it, and a
// charge that some answer or rule asks for is made only where one does.
func (it *Item) Resolve(answers map[string]string) Need {
	n, c, _ := it.table().weigh(answers)
	n.Materials = it.materials(c.materials)
	n.Fields = it.fields(c.fields)
	n.Fees = it.fees(c.fees, len(n.Missing) > 0)
	n.FlowHash = it.FlowHashes[n.Flow]
	n.Pledge = it.Modes.Pledge && n.Flow == FlowPledge
	return n
}

// weigh works out what answers do, and which rules hold for them.
func (t *table) weigh(answers map[string]string) (n Need, c changes, held []bool) {
	it := t.it
	n = Need{Steps: map[string]bool{}, Posts: map[string]string{}, Answers: map[string]string{}, Flow: it.FlowID, Limit: it.PromisedLimit}
	for _, s := range it.Steps {
		if s.Optional {
			n.Steps[s.ID] = false
		}
	}
	c = changes{materials: map[string]bool{}, fields: map[string]bool{}, fees: map[string]bool{}}
	take := func(effects []Effect, notice string) {
		if notice != "" {
			n.Notices = append(n.Notices, notice)
		}
		for _, e := range effects {
			t.work += 2
			if e.Op == OpSuggestItem {
				t.work += len(n.Suggest)
			}
			n.apply(it, e, notice, c)
		}
	}
	for i := range it.Situations {
		q := &it.Situations[i]
		if !t.asked(i, n.Answers) {
			continue
		}
		n.Asked = append(n.Asked, q.ID)
		t.work += len(q.Options) / 2
		o := q.Option(answers[q.ID])
		if o == nil {
			n.Missing = append(n.Missing, q.ID)
			continue
		}
		n.Answers[q.ID] = o.Value
		take(o.Effects, o.Notice)
	}
	held = make([]bool, len(it.Rules))
	for i, r := range it.Rules {
		if held[i] = t.rules[i].HoldsCounting(n.Answers, &t.work); held[i] {
			take(r.Effects, r.Notice)
		}
	}
	return n, c, held
}

// Asks reports whether a question is asked for these answers.
func (n Need) Asks(id string) bool { return slices.Contains(n.Asked, id) }

// Depends reports whether an answer may change which questions are asked.
func (it *Item) Depends() bool {
	return slices.ContainsFunc(it.Situations, func(q Situation) bool { return q.When != "" })
}

// Free reports whether nothing is charged for these answers although the item has charges.
func (n Need) Free(f Fee) bool { return f.Charged && len(f.Items) > 0 && len(n.Fees) == 0 }

// changes are what answers did to materials, fields and charges: true takes in, false out.
type changes struct{ materials, fields, fees map[string]bool }

func (n *Need) apply(it *Item, e Effect, notice string, c changes) {
	switch e.Op {
	case OpRequireMaterial, OpDropMaterial:
		c.materials[e.Target] = e.Op == OpRequireMaterial
	case OpRequireField, OpHideField:
		c.fields[e.Target] = e.Op == OpRequireField
	case OpRequireStep, OpSkipStep:
		if _, ok := n.Steps[e.Target]; ok {
			n.Steps[e.Target] = e.Op == OpRequireStep
		}
	case OpRequireFee, OpDropFee:
		c.fees[e.Target] = e.Op == OpRequireFee
	case OpSetLimit:
		if l, ok := it.shorter(e.Target); ok {
			n.Limit.Value, n.Limit.Unit, n.Limit.OnSpot = l.Value, l.Unit, false
		}
	case OpAssignPost:
		n.Posts[e.Target] = e.Post
	case OpUseFlow:
		n.Flow = e.Target
	case OpSuggestItem:
		if !slices.Contains(n.Suggest, e.Target) {
			n.Suggest = append(n.Suggest, e.Target)
		}
	case OpRedirectItem:
		n.Redirect, n.Because = e.Target, notice
	case OpNotNeeded:
		n.NotNeeded, n.Because = true, notice
	}
}

func (it *Item) materials(changed map[string]bool) []Material {
	list := make([]Material, 0, len(it.Materials))
	for _, m := range it.Materials {
		in, touched := changed[m.ID]
		switch {
		case touched && !in:
			continue
		case !touched && m.Necessity == necessityNo:
			m.Need = Optional
		case it.Modes.Tolerance && m.DeferDays > 0:
			m.Need = Deferrable
		default:
			m.Need = Required
		}
		list = append(list, m)
	}
	return list
}

func (it *Item) fields(changed map[string]bool) []Field {
	list := make([]Field, 0, len(it.Fields))
	for _, f := range it.Fields {
		in, touched := changed[f.Key]
		if touched && !in {
			continue
		}
		f.Required = f.Required || touched
		list = append(list, f)
	}
	return list
}

// fees are the charges that are made, or may be while a question is open.
func (it *Item) fees(changed map[string]bool, open bool) []FeeItem {
	if !it.Fee.Charged {
		return nil
	}
	var list []FeeItem
	for _, f := range it.Fee.Items {
		if in, touched := changed[f.ID]; touched && !in || !touched && !open && it.conditional(f.ID) {
			continue
		}
		list = append(list, f)
	}
	return list
}

// conditional reports whether a charge is made only where an answer or a rule asks for it.
func (it *Item) conditional(fee string) bool {
	for _, e := range it.effects() {
		if e.Op == OpRequireFee && e.Target == fee {
			return true
		}
	}
	return false
}
