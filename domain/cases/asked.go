package cases

import (
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Kind is the type of an answer.
type Kind string

// The types of answers. The later ones are chosen from what the case itself has.
const (
	AskLine      Kind = "line"
	AskText      Kind = "text"
	AskDate      Kind = "date"   // YYYY-MM-DD
	AskNumber    Kind = "number" // a whole one
	AskOne       Kind = "one"    // of Values
	AskYes       Kind = "yes"
	AskStaff     Kind = "staff"      // staff numbers, one a line or with spaces between
	AskNames     Kind = "names"      // of parties, one a line
	AskTold      Kind = "told"       // a party who was told of the right to a hearing
	AskRequested Kind = "requested"  // a party who asked for a hearing
	AskStop      Kind = "stop"       // a special procedure that is not open
	AskOpenStop  Kind = "open_stop"  // one that is, other than a hearing
	AskTimedStop Kind = "timed_stop" // an open one whose planned days have not run out
	AskDebt      Kind = "debt"       // a promised material
	AskWanting   Kind = "wanting"    // materials found wanting that the first notice did not name, one a line
	AskGround    Kind = "ground"     // to terminate
	AskPaper     Kind = "paper"      // a paper of the case

	AskStandingGround Kind = "standing_ground" // of Values, to act on the certificate as it stands
)

// Asked is one thing that a procedure asks for.
type Asked struct {
	Name     string
	Kind     Kind
	Values   []string // AskOne, AskStandingGround
	Least    int      // characters, or the smallest number
	Most     int      // characters, or the largest number
	Optional bool
	Ahead    bool              // AskDate: a day to come
	When     func(Matter) bool // it is asked; nil: always
}

// Option is one answer to choose. Text is "" where the pages have words for the value.
type Option struct{ Value, Text string }

// options are the answers that may be chosen on this case by this person.
func (s *Service) options(tx *db.Tx, who auth.Actor, c *Case, a Asked) (list []Option, err error) {
	m := c.Matter
	add := func(value, text string) { list = append(list, Option{value, text}) }
	switch a.Kind {
	case AskOne:
		for _, v := range a.Values {
			add(v, "")
		}
	case AskStandingGround:
		for _, v := range a.Values {
			if m.carries() && groundFitsState(Ground(v), m.Certificate.State) {
				add(v, "")
			}
		}
	case AskTold:
		for _, name := range m.Hearing.Told {
			if !slices.Contains(m.Hearing.Waived, name) && (who.Kind == auth.Staff || name == c.PartyName) {
				add(name, name)
			}
		}
	case AskRequested:
		for _, name := range m.Hearing.Requested {
			add(name, name)
		}
	case AskStop, AskOpenStop, AskTimedStop:
		for _, kind := range StopKinds {
			stop := m.openStop(kind)
			fits := stop == nil
			switch {
			case a.Kind == AskOpenStop:
				fits = stop != nil && kind != StopHearing
			case a.Kind == AskTimedStop:
				fits = stop != nil && kind != StopHearing && !stop.ranOut(today(tx))
			}
			if fits {
				add(string(kind), "")
			}
		}
	case AskGround:
		for _, g := range []Ground{
			GroundApplicantGone, GroundItemAbolished, GroundObjectGone, GroundCertificateExpired, GroundCourtOrder, GroundPledgeFailed, GroundSettled,
		} {
			if g != GroundSettled || m.Terms.Kind == KindAdjudication {
				add(string(g), "")
			}
		}
	case AskDebt:
		rows, err := listMaterials(tx, c.ID)
		for _, row := range rows {
			if m.openDebt(row.Key) != nil {
				add(row.Key, row.Name)
			}
		}
		return list, err
	case AskWanting:
		rows, err := listMaterials(tx, c.ID)
		for _, row := range m.wantLeave(rows) {
			add(row.Key, row.Name)
		}
		return list, err
	case AskPaper:
		docs, err := listDocuments(tx, c.ID)
		for _, d := range docs {
			add(d.No, d.Content.Title+" "+d.No)
		}
		return list, err
	default:
	}
	return list, nil
}

// read takes the answers into what the law is told. Each that is missing or wrong has a fault of its own.
func (t *telling) read() error {
	bad := fault.Fields{}
	for _, a := range t.p.Asks {
		text := strings.TrimSpace(strings.ReplaceAll(t.v[a.Name], "\r\n", "\n"))
		if text == "" {
			bad.Need(a.Optional, a.Name, "cases.ask_missing")
			delete(t.v, a.Name)
			continue
		}
		t.v[a.Name] = text
		code, err := t.take(a, text)
		if err != nil {
			return err
		}
		bad.Need(code == "", a.Name, code)
	}
	for name := range t.v { // what was not asked for is no evidence
		if !slices.ContainsFunc(t.p.Asks, func(a Asked) bool { return a.Name == name }) {
			delete(t.v, name)
		}
	}
	return t.ranges(bad.Err())
}

// ranges tells with the answers that are no number of their range what the range is.
func (t *telling) ranges(err error) error {
	f, ok := err.(*fault.Error) //nolint:errorlint // made by Err, never wrapped
	if !ok {
		return err
	}
	for _, a := range t.p.Asks {
		if f.Fields[a.Name] == "cases.ask_number" {
			f.Args = withArgs(f.Args, a.Name+".least", a.Least, a.Name+".most", a.Most)
		}
	}
	return f
}

// withArgs adds pairs of a name and a value to what the words of a fault mention.
func withArgs(args map[string]any, pairs ...any) map[string]any {
	if args == nil {
		args = map[string]any{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		args[name] = pairs[i+1]
	}
	return args
}

// take reads one answer; code says what is wrong with it.
func (t *telling) take(a Asked, text string) (code string, err error) {
	switch a.Kind {
	case AskLine, AskText:
		switch n := len([]rune(text)); {
		case n < a.Least:
			return "cases.ask_short", nil
		case a.Most > 0 && n > a.Most:
			return "cases.ask_long", nil
		}
		t.words(a.Name, text)
	case AskDate:
		d, err := calendar.ParseDate(text)
		if err != nil {
			return "cases.ask_date", nil //nolint:nilerr // told as a code
		}
		if a.Ahead && d <= today(t.ch.tx) {
			return "cases.ask_ahead", nil
		}
		t.day[a.Name] = d
	case AskNumber:
		n, err := strconv.Atoi(text)
		if err != nil || n < a.Least || n > a.Most {
			return "cases.ask_number", nil //nolint:nilerr // told as a code
		}
		t.number(a.Name, n)
	case AskYes:
		if text != "yes" {
			return "cases.ask_missing", nil
		}
		t.agree(a.Name)
	case AskNames:
		names := lines(text)
		if len(names) > 50 {
			return "cases.ask_many", nil
		}
		t.in.Parties = names
	case AskStaff:
		return t.staff(text)
	case AskWanting:
		return t.wanting(a, text)
	default:
		options, err := t.ch.s.options(t.ch.tx, t.ch.who, t.ch.c, a)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(options, func(o Option) bool { return o.Value == text })
		switch {
		case i >= 0:
			t.chosen[a.Name] = options[i].Text
		case !a.lawful(): // a closed list of the law refuses with the law's own reason
			return "cases.ask_choice", nil
		}
		t.words(a.Name, text)
	}
	return "", nil
}

// wanting reads several materials.
func (t *telling) wanting(a Asked, text string) (code string, err error) {
	options, err := t.ch.s.options(t.ch.tx, t.ch.who, t.ch.c, a)
	if err != nil {
		return "", err
	}
	t.in.List = lines(text)
	for _, key := range t.in.List {
		if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == key }) {
			return "cases.ask_choice", nil
		}
	}
	return "", nil
}

// words puts a text where the law looks for it; the rest is for the paper only.
func (t *telling) words(name, text string) {
	in := &t.in
	switch name {
	case "reason":
		in.Reason = text
	case "basis":
		in.Basis = text
	case "opinion":
		in.Opinion = text
	case "result":
		in.Result = text
	case "agency":
		in.Agency = text
	case "who":
		in.Who = text
	case "material":
		in.Material = text
	case "minutes":
		in.Minutes = true
	case "kind":
		in.Kind = StopKind(text)
	case "ground":
		in.Ground = Ground(text)
	case "to":
		in.To = State(text)
	case "penalty":
		in.Penalty = text
	case "compensation":
		in.Compensated = true
	case "public_harm":
		in.PublicHarm = text == "yes"
	}
}

// agree puts a tick where the law looks for it.
func (t *telling) agree(name string) {
	switch name {
	case "heard":
		t.in.Heard = true
	case "original":
		t.in.Seen = true
	default:
		t.in.Signed = true
	}
}

func (t *telling) number(name string, n int) {
	switch name {
	case "planned":
		t.in.Planned = n
	case "days":
		t.in.Days = n
	}
}

// dates puts the days where the law looks for them.
func (t *telling) dates() {
	t.in.CorrectBy, t.in.Until, t.in.Notified = t.day["correct_by"], t.day["until"], t.day["notified"]
}

// StaffNumbers are the numbers that stand in an answer.
func StaffNumbers(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n\t,，、;；", r) })
}

// staff reads staff numbers.
func (t *telling) staff(text string) (code string, err error) {
	for _, no := range StaffNumbers(text) {
		p, err := t.ch.s.Office.StaffByNo(t.ch.tx, strings.ToUpper(no))
		if fault.Is(err, fault.Unknown) {
			return "cases.inspector_unknown", nil
		}
		if err != nil {
			return "", err
		}
		if !slices.Contains(t.in.Inspectors, p.ID) {
			t.in.Inspectors, t.people = append(t.in.Inspectors, p.ID), append(t.people, p.Name+"（"+p.No+"）")
		}
	}
	return "", nil
}

// lawful reports whether the answer is one of a list that the law itself closes, and checks.
func (a Asked) lawful() bool {
	return a.Stop() || a.Kind == AskGround || a.Kind == AskStandingGround
}

// Stop reports whether the answer is a kind of special procedure.
func (a Asked) Stop() bool {
	return a.Kind == AskStop || a.Kind == AskOpenStop || a.Kind == AskTimedStop
}

// lines are the different names of a text, one a line.
func lines(text string) (list []string) {
	for _, l := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n、;；", r) }) {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}
