// Package scenario plays dated legal cases (法律情景) through the use cases of a service centre and compares what became
// of them with what the law says. Lawyers write the cases, one JSON object a line; nobody who reads the result has to
// trust the program's own tests.
//
// Each scenario happens in a small fictional town (town/) on an item of its own, done by people who hold the posts that
// the acts need. What a use case refuses before it asks the law is counted as the reason of the law that it stands for:
// see reason.go.
package scenario

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
)

// scenario is one line of a file of legal cases: an item, what happened, and what the law says of it.
type scenario struct {
	ID     string
	Title  string
	Item   item
	Events []event
	Expect expectation
	Basis  string

	plain bool // it promises more than its statute allows, which the catalogue takes from nobody
}

// item is what the law says of a matter, what is left out is the law's own value.
type item struct {
	Kind               cases.ItemKind
	Deem               *bool
	Limit              *int
	Unit               cases.Unit
	Extension          *int
	Notice             *int
	Joint              bool
	Promised           int
	PromisedUnit       cases.Unit `json:"promised_unit"`
	Hours              [][2]string
	Yellow             int
	FirstReview        bool `json:"first_review"`
	Units              []string
	Materials          map[string]cases.Tolerance
	Pledge             bool
	Simulable          bool
	InspectionRequired bool `json:"inspection_required"`
	InspectionItem     bool `json:"inspection_item"`
	HearingRequired    bool `json:"hearing_required"`
	Category           string
	ThirdParty         bool `json:"third_party"`
	Reviewers          []string
	Quota              *struct {
		Left  int
		Queue []struct {
			Case      string
			Accepted  string
			Qualified bool
		}
	}
	Safety           bool
	Bans             []cases.Ban
	Renewal          bool
	RenewUnit        cases.Unit `json:"renew_unit"`
	RenewApplyBefore int        `json:"renew_apply_before"`
	ValidityMonths   int        `json:"validity_months"`
	Certificate      *cases.Certificate
	NoCertificate    bool `json:"no_certificate"`
	Settings         json.RawMessage
}

// event is what somebody did, or tried to do.
type event struct {
	At         string
	Act        cases.Act
	By         string
	Role       cases.Role
	Channel    string
	Lacks      []string
	List       []string
	Fixes      []string
	Debts      map[string]calendar.Date
	Promise    string
	Flags      []string
	Material   string
	Until      calendar.Date
	Kind       cases.StopKind
	Planned    int
	Notice     string
	Result     string
	Approver   cases.Rank
	Days       int
	CorrectBy  calendar.Date `json:"correct_by"`
	To         oneOrMany
	Who        string
	Notified   calendar.Date
	Chair      string
	Minutes    bool
	Inspectors []string
	Record     bool
	Unit       string
	Opinion    string
	Reason     string
	Basis      string
	Ground     cases.Ground
	Agency     string `json:"proper_agency"`
	Standard   string
	Served     string
	Heard      bool
	PublicHarm bool   `json:"public_harm"`
	Penalty    string `json:"penalty_decision"`
	Compensate bool   `json:"compensated"`
	Unmet      []string
	Mandate    bool
	Signed     *bool
	Remedies   *bool
}

// expectation is what the law says of it.
type expectation struct {
	State       cases.State
	AsOf        string
	Due         map[cases.ClockName]json.RawMessage
	Deemed      []deemed
	Refused     map[string]cases.Reason
	Light       []lightAt
	Overdue     *[]cases.ClockName
	Certificate *cases.Certificate
	FlagsHas    []cases.Flag      `json:"flags_has"`
	FlagsAbsent []cases.Flag      `json:"flags_absent"`
	DueAbsent   []cases.ClockName `json:"due_absent"`
}

type lightAt struct {
	At    string
	Clock cases.ClockName
	Is    cases.Colour
}

// deemed is what a timer did with legal effect.
type deemed struct {
	Act   cases.Act
	Fires string
	AsOf  string `json:"as_of"`
}

// UnmarshalJSON takes no key that it does not know: an expectation that nobody looks at would always hold.
func (x *expectation) UnmarshalJSON(b []byte) error {
	type plain expectation
	return strict(b, (*plain)(x))
}

// UnmarshalJSON takes no key that it does not know. Events may say more than the acts need.
func (it *item) UnmarshalJSON(b []byte) error {
	type plain item
	return strict(b, (*plain)(it))
}

func strict(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// oneOrMany reads a word or a list of words.
type oneOrMany []string

// UnmarshalJSON reads a string as a list of one.
func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// Check plays every line of r and writes one line about each to w: its id and "pass", or its id and what differed. It
// returns an error if a line does not hold or cannot be read.
func (s *Stage) Check(ctx context.Context, r io.Reader, w io.Writer) error {
	list, err := read(r)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("scenario: nothing to play")
	}
	if err := s.build(ctx, list); err != nil {
		return err
	}
	bad := 0
	for i, l := range list {
		said := "pass"
		diffs := []string{l.wrong}
		if l.wrong == "" {
			diffs = s.play(ctx, code(i), l.scenario)
		}
		if len(diffs) > 0 {
			bad++
			said = strings.Join(diffs, "; ")
		}
		if _, err := fmt.Fprintln(w, l.ID, said); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "%d scenarios: %d hold, %d do not\n", len(list), len(list)-bad, bad); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("scenario: %d of %d do not hold", bad, len(list))
	}
	return nil
}

// line is one line of a file; wrong says why it cannot be played.
type line struct {
	scenario
	wrong   string
	refused string // why the catalogue does not take its item
}

func read(r io.Reader) (list []line, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l.scenario); err != nil {
			l.wrong = "not a scenario: " + err.Error()
		}
		if l.ID == "" {
			l.ID = fmt.Sprint("line-", n)
		}
		list = append(list, l)
	}
	return list, lines.Err()
}

const instantLayout = "2006-01-02T15:04-07:00"

// instant reads a time of day with its offset, or without one in China.
func instant(s string) (time.Time, error) {
	if t, err := time.Parse(instantLayout, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", s, calendar.Zone)
}
