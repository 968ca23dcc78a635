package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// View is a case with everything that its pages show.
type View struct {
	*Case
	Item      *catalog.Item
	Need      catalog.Need
	Form      []Value
	Delivery  Delivery // open: pages mask it
	Materials []Material
	Opinions  []Opinion
	Trail     []Trail // newest first; for applicants only what is shown to them
	Documents []Document
	Scans     []File // of what was signed on paper for an act
	Tasks     []Task // oldest first
	Results   []Result
	Escalated []Escalation   // newest first; for staff only
	Again     []SecondNotice // the notices after the first; for staff only
	Bars      []Bar          // that keep the applicant from the item today; for staff only, while it is not accepted
	Beside    []Case         // others about the same certificate under way; for staff only
	Ordered   []Ordered      // what other systems were told, in the order in which they were; for staff only
	Limited   *Limited       // of an item of limited number; for staff only
	Light     Light
	Days      []ClockDay         // of the main clock, see Matter.Explain
	Cal       *calendar.Calendar // by which its clocks were counted
	UnitName  string
	BodyName  string
	Now       time.Time
}

// Value is one filled-in field. Sensitive ones (numbers of people, phones,
// addresses) are masked by pages until somebody asks and is recorded.
type Value struct {
	Key, Label, Text string
	Kind             string // type of the field, as the catalogue names it
	Sensitive        bool
}

// Open returns the tasks that wait.
func (v *View) Open() (list []Task) {
	for _, t := range v.Tasks {
		if t.Closed.IsZero() {
			list = append(list, t)
		}
	}
	return list
}

// Waiting returns the open tasks of a case to whoever may see it.
func (s *Service) Waiting(tx *db.Tx, who auth.Actor, id int64) ([]Task, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	list, err := listTasks(tx, id)
	return slices.DeleteFunc(list, func(t Task) bool { return !t.Closed.IsZero() }), err
}

// View returns a case to whoever may see it, else the Unknown fault
// cases.unknown.
func (s *Service) View(tx *db.Tx, who auth.Actor, id int64) (*View, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	return s.view(tx, who, c)
}

// ViewByNo is View by case number.
func (s *Service) ViewByNo(tx *db.Tx, who auth.Actor, no string) (*View, error) {
	c, err := findCaseByNo(tx, strings.ToUpper(strings.TrimSpace(no)))
	if err != nil {
		return nil, err
	}
	return s.view(tx, who, c)
}

func (s *Service) view(tx *db.Tx, who auth.Actor, c *Case) (*View, error) {
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	v := &View{Case: c, Now: tx.Now()}
	var err error
	if v.Item, err = s.Catalog.Version(tx, c.ItemVersion); err != nil {
		return nil, err
	}
	v.Need = v.Item.Resolve(c.Answers)
	var form map[string]string
	if err = openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &v.Delivery); err != nil {
		return nil, err
	}
	v.Form = valuesOf(v.Need.Fields, form)
	if f := ofElement(v.Item, elementNumber); f != nil && c.Certificate == 0 && v.Item.ActsOn != nil { // it may be a person's own
		for i := range v.Form {
			v.Form[i].Sensitive = v.Form[i].Sensitive || v.Form[i].Key == f.Key
		}
	}
	if v.Materials, err = listMaterials(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Scans, err = listFiles(tx, "case_id", c.ID); err != nil {
		return nil, err
	}
	v.Scans = slices.DeleteFunc(v.Scans, func(f File) bool { return f.Replaced || !strings.HasPrefix(f.Material, scan0) })
	if v.Trail, err = listTrail(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Documents, err = listDocuments(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Tasks, err = listTasks(tx, c.ID); err != nil {
		return nil, err
	}
	for i := range v.Tasks {
		v.Tasks[i].called(v.Item)
	}
	if who.Kind == auth.Applicant {
		v.Trail = slices.DeleteFunc(v.Trail, func(t Trail) bool { return !t.Shown })
		v.Documents = slices.DeleteFunc(v.Documents, func(d Document) bool { return d.Kind.Inside() })
		v.Tasks = slices.DeleteFunc(v.Tasks, func(t Task) bool { return t.Kind != "" })
	} else {
		if v.Opinions, err = listOpinions(tx, c.ID); err != nil {
			return nil, err
		}
		if v.Escalated, err = listEscalations(tx, c.ID); err != nil {
			return nil, err
		}
		if v.Again, err = listAgain(tx, c.ID); err != nil {
			return nil, err
		}
		if c.State() == StateReceived || c.State() == StateCorrecting {
			if v.Bars, err = s.bars(tx, c); err != nil {
				return nil, err
			}
		}
		if v.Beside, err = listAbout(tx, c.Certificate); err != nil {
			return nil, err
		}
		v.Beside = slices.DeleteFunc(v.Beside, func(o Case) bool { return o.ID == c.ID })
		if v.Limited, err = s.limited(tx, c); err != nil {
			return nil, err
		}
		if s.Systems.Orders != nil {
			if v.Ordered, err = s.Systems.Orders(tx, []int64{c.ID}); err != nil {
				return nil, err
			}
		}
	}
	if s.Results != nil {
		if v.Results, err = s.Results(tx, c.ID); err != nil {
			return nil, err
		}
	}
	law, err := s.lawOf(tx, c.Calendar)
	if err != nil {
		return nil, err
	}
	v.Cal = law.Cal
	v.Light = c.Matter.Light(v.Cal, c.shown.Clock, tx.Now())
	v.Days = c.Matter.Explain(v.Cal, c.shown.Clock, tx.Now())
	v.UnitName, v.BodyName = s.unitName(tx, c.Unit), s.unitName(tx, c.Body)
	return v, nil
}

func (s *Service) unitName(tx *db.Tx, code string) string {
	if u, err := s.Office.Unit(tx, code); err == nil {
		return u.Name
	}
	return code
}

// unitNames are the names of all units by code, for a list of them.
func (s *Service) unitNames(tx *db.Tx) (map[string]string, error) {
	units, err := s.Office.Units(tx)
	names := make(map[string]string, len(units))
	for _, u := range units {
		names[u.Code] = u.Name
	}
	return names, err
}

func valuesOf(fields []catalog.Field, form map[string]string) []Value {
	var list []Value
	for _, f := range fields {
		text := strings.ReplaceAll(form[f.Key], catalog.MultiSep, "、")
		if text == "" {
			continue
		}
		sensitive := f.Type == catalog.FieldIDNo || f.Type == catalog.FieldMobile || f.Type == catalog.FieldAddress && f.Element == "address" ||
			strings.Contains(f.Element, "bank_account")
		list = append(list, Value{Key: f.Key, Label: f.Label, Text: text, Kind: f.Type, Sensitive: sensitive})
	}
	return list
}

// Today is the civil day of the transaction, for pages.
func Today(tx *db.Tx) calendar.Date { return today(tx) }
