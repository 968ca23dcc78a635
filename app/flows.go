package app

import (
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/flow"
	"onedoor.app/domain/flow/migration"
	"onedoor.app/infra/db"
)

// newFlow ties the flows that officials draw to the law and the cases, which say what may be drawn,
// and to the catalogue, whose items take them.
func (s *services) newFlow(b Base) {
	s.flow = &flow.Service{
		DB: b.DB, Frame: b.Frame, Flash: b.Flash, Log: record, Calendar: s.calendar,
		Check: checkDrawn, Carries: cases.Carries, UnitName: s.unitName, Posts: s.flowPosts, Subjects: s.flowSubjects,
		Promised: s.flowPromised, Acts: drawnActs, Messages: cases.Messages,
		StopOf:  func(kind string) string { return string(cases.StopOf(kind)) },
		Systems: s.flowSystems, Fields: s.flowFields,
	}
	s.catalog.Drawing = s.flow.Drawing
	s.catalog.Drawings = func(tx *db.Tx, fn func(catalog.Drawn) error) error {
		return s.flow.Offered(tx, func(v flow.Version) error {
			return fn(catalog.Drawn{ID: v.Definition, Name: v.Name, Hash: v.Hash, Source: v.Source})
		})
	}
}

// newMigration ties the cases under way to the flows whose newer versions they may go on in.
func (s *services) newMigration(b Base) {
	s.cases.Review = review{}
	s.migration = &migration.Service{DB: b.DB, Flows: s.flow, Cases: s.cases, Log: record, Frame: b.Frame, Flash: b.Flash}
}

// flowPosts are the posts that steps may be given to.
func (s *services) flowPosts(tx *db.Tx) (list []flow.Post, err error) {
	all, err := s.office.Posts(tx)
	for _, p := range all {
		list = append(list, flow.Post{Code: p.Code, Unit: p.Unit, Name: p.Name})
	}
	return list, err
}

// flowPromised is how long an item promises to take at most.
func (s *services) flowPromised(tx *db.Tx, item string) (int, error) {
	it, err := s.catalog.Current(tx, item)
	if err != nil {
		return 0, err
	}
	return it.PromisedLimit.Workdays(), nil
}

// flowSubjects are the questions of an item and the fields of its form that a condition may ask
// about: those with closed answers, and figures. Names and texts of applicants decide no way.
func (s *services) flowSubjects(tx *db.Tx, item string) (name string, list []flow.Subject, err error) {
	it, err := s.catalog.Current(tx, item)
	if err != nil {
		return "", nil, err
	}
	for _, q := range it.Situations {
		sub := flow.Subject{Path: "answer." + q.ID, Name: q.Question}
		for _, o := range q.Options {
			sub.Options = append(sub.Options, flow.Choice{Value: o.Value, Text: o.Label})
		}
		list = append(list, sub)
	}
	for _, f := range it.Fields {
		sub := flow.Subject{Path: "form." + f.Key, Name: f.Label}
		switch f.Type {
		case catalog.FieldChoice:
			for _, o := range f.Options {
				if text := strings.TrimSpace(o); text != "" {
					sub.Options = append(sub.Options, flow.Choice{Value: text, Text: text})
				}
			}
		case catalog.FieldYesNo:
			sub.Options = []flow.Choice{{Value: "true", Text: "是"}, {Value: "false", Text: "否"}}
		case catalog.FieldInteger, catalog.FieldDecimal:
			sub.Number = true
		default:
			continue
		}
		list = append(list, sub)
	}
	return it.Name, list, nil
}
