package catalog

import "slices"

// Need is what one set of answers asks of an applicant and of the centre.
type Need struct {
	Materials []Material        // those to hand in, each with its Need; what the answers drop is left out
	Fields    []Field           // those to fill in; what the answers hide is left out
	Steps     map[string]bool   // optional steps by id: do they run
	Posts     map[string]string // steps by id that another post takes over
	Notices   []string          // what the chosen answers tell, in the order of the questions
	Missing   []string          // questions without a valid answer

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
// and total: an unknown question is ignored, an unknown answer counts as missing.
// Where two answers touch the same thing the later question wins. An optional step
// runs only if an answer asks for it.
func (it *Item) Resolve(answers map[string]string) Need {
	n := Need{Steps: map[string]bool{}, Posts: map[string]string{}, Flow: it.FlowID}
	for _, s := range it.Steps {
		if s.Optional {
			n.Steps[s.ID] = false
		}
	}
	c := changes{materials: map[string]bool{}, fields: map[string]bool{}}
	for i := range it.Situations {
		q := &it.Situations[i]
		o := q.Option(answers[q.ID])
		if o == nil {
			n.Missing = append(n.Missing, q.ID)
			continue
		}
		if o.Notice != "" {
			n.Notices = append(n.Notices, o.Notice)
		}
		for _, e := range o.Effects {
			n.apply(e, o.Notice, c)
		}
	}
	n.Materials = it.materials(c.materials)
	n.Fields = it.fields(c.fields)
	n.FlowHash = it.FlowHashes[n.Flow]
	n.Pledge = it.Modes.Pledge && n.Flow == FlowPledge
	return n
}

// changes are what answers did to materials and fields: true takes in, false out.
type changes struct{ materials, fields map[string]bool }

func (n *Need) apply(e Effect, notice string, c changes) {
	switch e.Op {
	case OpRequireMaterial, OpDropMaterial:
		c.materials[e.Target] = e.Op == OpRequireMaterial
	case OpRequireField, OpHideField:
		c.fields[e.Target] = e.Op == OpRequireField
	case OpRequireStep, OpSkipStep:
		if _, ok := n.Steps[e.Target]; ok {
			n.Steps[e.Target] = e.Op == OpRequireStep
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
