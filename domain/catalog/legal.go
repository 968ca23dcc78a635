package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Legal is what the statutes behind an item ask for besides its limits (法定要素). A
// case takes them with its version: a later change does not reach cases under way.
// XKF is the Administrative Licence Law (行政许可法).
type Legal struct {
	Safety         bool     `yaml:"safety" json:"safety,omitempty"`                     // 直接关系公共安全、人身健康、生命财产安全: bans (XKF 78, 79)
	Quota          int      `yaml:"quota" json:"quota,omitempty"`                       // how many may hold it at a time (XKF 57); 0: any number
	FirstReview    bool     `yaml:"first_review" json:"first_review,omitempty"`         // reviewed here, decided by the agency above (XKF 35)
	ThirdParty     bool     `yaml:"third_party" json:"third_party,omitempty"`           // others' major interests (XKF 36)
	Hearing        bool     `yaml:"hearing_required" json:"hearing_required,omitempty"` // XKF 46
	InspectionItem bool     `yaml:"inspection_item" json:"inspection_item,omitempty"`   // two inspectors within five days (XKF 55¶2)
	TestResult     bool     `yaml:"test_result" json:"test_result,omitempty"`           // a test decides (XKF 55¶3)
	ReviewFirst    bool     `yaml:"review_first" json:"review_first,omitempty"`         // 复议前置, by statute only
	Deem           bool     `yaml:"deem" json:"deem,omitempty"`                         // silence accepts, where XKF 32(4) does not say so itself
	Units          []string `yaml:"units" json:"units,omitempty"`                       // of a joint item: those that owe an opinion (XKF 26)
	Opens          string   `yaml:"opens" json:"opens,omitempty"`                       // of an award: the first day of each year's applications, MM-DD
	Closes         string   `yaml:"closes" json:"closes,omitempty"`                     // and the last
	Delivery       int      `yaml:"delivery" json:"delivery,omitempty"`                 // working days to hand the result over; 0: ten for licences, none for others
	Notice         *int     `yaml:"notice" json:"notice,omitempty"`                     // working days to ask for corrections; nil: five
	Extension      *int     `yaml:"extension" json:"extension,omitempty"`               // most that the limit may grow; nil: what XKF 42 allows, nothing for other kinds
	RenewFrom      Ahead    `yaml:"renew_from" json:"renew_from,omitzero"`              // of a renewal: how early it may be asked for
}

// What the law allows at most.
const (
	mostNotice         = 5  // XKF 32(4)
	mostExtension      = 10 // XKF 42¶1
	mostJointExtension = 15 // XKF 42¶2
	mostQuota          = 100_000
	mostDelivery       = 10 // XKF 44
)

// Any reports whether the item has any element at all.
func (l Legal) Any() bool {
	return l.Safety || l.Quota != 0 || l.FirstReview || l.ThirdParty || l.Hearing || l.InspectionItem || l.TestResult ||
		l.ReviewFirst || l.Deem || l.Opens != "" || l.Delivery != 0 || len(l.Units) > 0 || l.Notice != nil || l.Extension != nil ||
		l.RenewFrom.Days != 0
}

// MostExtension is the longest extension that the law allows the item.
func (it *Item) MostExtension() int {
	if it.Modes.Joint {
		return mostJointExtension
	}
	return mostExtension
}

// Opiners are the units that can owe an opinion on a joint item: those that have a step
// between acceptance and decision, where the opinion is given.
func (it *Item) Opiners() []string {
	var units []string
	for _, s := range it.Steps {
		if s.opines() && !slices.Contains(units, s.Unit) {
			units = append(units, s.Unit)
		}
	}
	return units
}

// opines reports whether somebody gives an opinion at the step.
func (s Step) opines() bool {
	return s.Slot != "decide" && !slices.Contains(outside, s.Slot) && s.Post != "" && s.Post[0] != '@'
}

// Owing are the units that owe an opinion for a set of answers: a unit whose step the
// answers leave out owes none.
func (it *Item) Owing(need Need) []string {
	var units []string
	for _, s := range it.Steps {
		runs, asked := need.Steps[s.ID]
		if s.opines() && (runs || !asked) && slices.Contains(it.Legal.Units, s.Unit) && !slices.Contains(units, s.Unit) {
			units = append(units, s.Unit)
		}
	}
	return units
}

// wrongLegal checks the elements against the law and against the item. The field of a
// form that each stands for is the end of its code.
func (it *Item) wrongLegal() []Wrong {
	var w []Wrong
	need := func(ok bool, field, where string) {
		if !ok {
			w = append(w, Wrong{"catalog.item.legal." + field, where})
		}
	}
	l, licence := it.Legal, it.Type == TypeLicence
	need(l.Quota >= 0 && l.Quota <= mostQuota && (l.Quota == 0 || licence), "quota", strconv.Itoa(l.Quota)) // 57 speaks of licences
	need(l.Quota == 0 || !l.FirstReview, "first_review", "quota")                                           // the number is granted by the agency above
	need(!l.FirstReview || it.Type != TypePublic, "first_review", it.Type)
	need(!l.Hearing || it.Type != TypeOther && it.Type != TypePublic, "hearing_required", it.Type)
	need(!l.Deem || it.Type != TypePublic, "deem", it.Type)
	need(l.Delivery >= 0 && l.Delivery <= mostDelivery, "delivery", strconv.Itoa(l.Delivery))
	need(l.Notice == nil || *l.Notice >= 0 && *l.Notice <= mostNotice, "notice", numberOf(l.Notice))
	longest := it.MostExtension()
	if it.Type == TypeReward || it.Type == TypePublic { // no row for it in the law table
		longest = 0
	}
	need(l.Extension == nil || *l.Extension >= 0 && *l.Extension <= longest, "extension", numberOf(l.Extension))
	need(l.Opens == "" && l.Closes == "" || it.Type == TypeReward && isDay(l.Opens) && isDay(l.Closes), "opens", l.Opens+" "+l.Closes)
	need(l.RenewFrom.right(it), "renew_from", l.RenewFrom.number())
	need(len(l.Units) == 0 || it.Modes.Joint, "units", "joint_review")
	for i, unit := range l.Units {
		need(slices.Contains(it.Opiners(), unit) && !slices.Contains(l.Units[:i], unit), "units", unit)
	}
	return w
}

// isDay reports whether the text is a day of every year, MM-DD.
func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, "2025-"+text)
	return err == nil
}

// Open reports whether the item can be applied for on a day. A season may go over the end of a year.
func (l Legal) Open(day calendar.Date) bool {
	if l.Opens == "" {
		return true
	}
	md := day.String()[len("2006-"):]
	if l.Opens <= l.Closes {
		return l.Opens <= md && md <= l.Closes
	}
	return l.Opens <= md || md <= l.Closes
}

func numberOf(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// ProposeLegal puts other legal elements of an item into a draft, for whoever holds
// catalog.keep: one that they have open on the version in force, else a new one. on is
// the number of the version that was looked at: if another has come since, it is the
// Stale fault catalog.stale. Elements that the item has already make no draft (nil). What
// the law does not allow is an Invalid fault by field.
func (s *Service) ProposeLegal(ctx context.Context, who auth.Actor, code string, on int, l Legal) (c *Change, err error) {
	if !who.May(Keep) {
		return nil, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := lockItem(tx, code); err != nil {
			return err
		}
		now, err := s.Current(tx, code)
		if err != nil {
			return err
		}
		next := *now
		next.Legal = l
		bad := fault.Fields{}
		for _, w := range next.wrongLegal() {
			bad.Need(false, w.Code[strings.LastIndex(w.Code, ".")+1:], w.Code)
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if now.Version != on {
			return fault.New(fault.Stale, "catalog.stale")
		}
		c, err = s.openDraft(tx, who, now)
		if err != nil {
			return err
		}
		if c == nil {
			if same, err := sameContent(now, &next); err != nil || same {
				return err
			}
			if c, err = s.draft(tx, who, now); err != nil {
				return err
			}
		}
		return s.edit(tx, who, c, c.Lock, func(it *Item) error { it.Legal = l; return nil })
	})
	return c, err
}

// openDraft is the latest change of an item that somebody has begun on the version in
// force and not submitted, or nil.
func (s *Service) openDraft(tx *db.Tx, who auth.Actor, now *Item) (*Change, error) {
	list, err := listOpenChanges(tx, now.Code, who.Staff, scopeOf(who), maxPage)
	for _, l := range list {
		if l.Began != now.Version || l.State != ChangeDrafted && l.State != ChangeReturned {
			continue
		}
		if c, err := lockChange(tx, l.ID); err != nil || c.Author.Staff == who.Staff {
			return c, err
		}
	}
	return nil, err
}
