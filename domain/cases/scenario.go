package cases

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
)

// A scenario is one line of a file of legal test cases: an item, what happened, and what the law says of it. Lawyers
// write them; CheckScenarios runs them through the table.
type scenario struct {
	ID     string
	Title  string
	Item   scenarioItem
	Events []scenarioEvent
	Expect scenarioExpect
}

type scenarioItem struct {
	Kind               ItemKind
	Deem               *bool
	Limit              *int
	Unit               Unit
	Extension          *int
	Notice             *int
	Joint              bool
	Promised           int
	PromisedUnit       Unit `json:"promised_unit"`
	Hours              [][2]string
	Yellow             int
	FirstReview        bool `json:"first_review"`
	Units              []string
	Materials          map[string]Tolerance
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
	Bans             []Ban
	Renewal          bool
	RenewUnit        Unit `json:"renew_unit"`
	RenewApplyBefore int  `json:"renew_apply_before"`
	ValidityMonths   int  `json:"validity_months"`
	Certificate      *Certificate
	NoCertificate    bool `json:"no_certificate"`
	Settings         json.RawMessage
}

type scenarioEvent struct {
	At         string
	Act        Act
	By         string
	Role       Role
	Channel    string
	Lacks      []string
	List       []string
	Fixes      []string
	Debts      map[string]calendar.Date
	Promise    string
	Flags      []string
	Material   string
	Until      calendar.Date
	Kind       StopKind
	Planned    int
	Notice     string
	Result     string
	Approver   Rank
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
	Ground     Ground
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

type scenarioExpect struct {
	State   State
	AsOf    string
	Due     map[ClockName]json.RawMessage
	Deemed  []scenarioDeemed
	Refused map[string]Reason
	Light   []struct {
		At    string
		Clock ClockName
		Is    Colour
	}
	Overdue     *[]ClockName
	Certificate *Certificate
	FlagsHas    []Flag      `json:"flags_has"`
	FlagsAbsent []Flag      `json:"flags_absent"`
	DueAbsent   []ClockName `json:"due_absent"`
}

type scenarioDeemed struct {
	Act   Act
	Fires string
	AsOf  string `json:"as_of"`
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

// CheckScenarios runs every line of r through the law of the official calendar and writes to w each difference and,
// last, how many lines hold. It returns an error if a line does not hold or cannot be read.
func CheckScenarios(r io.Reader, w io.Writer) error {
	law := &Law{Cal: calendar.Official()}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	good, bad := 0, 0
	for lines.Scan() {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		var sc scenario
		err := json.Unmarshal(lines.Bytes(), &sc)
		var diffs []string
		if err == nil {
			diffs, err = sc.run(law)
		}
		if err != nil {
			return fmt.Errorf("cases: scenario %q: %w", sc.ID, err)
		}
		if len(diffs) == 0 {
			good++
			continue
		}
		bad++
		if _, err := fmt.Fprintf(w, "%s %s\n\t%s\n", sc.ID, sc.Title, strings.Join(diffs, "\n\t")); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%d of %d scenarios hold\n", good, good+bad); err != nil {
		return err
	}
	if bad > 0 {
		return errors.New("cases: some scenarios do not hold")
	}
	return nil
}

const instantLayout = "2006-01-02T15:04-07:00"

// instant reads a time of day with its offset, or without one in China.
func instant(s string) (time.Time, error) {
	if t, err := time.Parse(instantLayout, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", s, calendar.Zone)
}
