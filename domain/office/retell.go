package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
)

// The chains of the ledger. That of a post holds its deputies too, that of
// somebody what they were appointed to.
const (
	staffPrefix = "office:staff:"
	hallChain   = "office:hall" // with its windows
)

func unitChain(code string) string { return "office:unit:" + code }
func postChain(code string) string { return "office:post:" + code }

// StaffChain names somebody who works here in the ledger.
func StaffChain(staff int64) string { return staffPrefix + strconv.FormatInt(staff, 10) }

// record is what the ledger knows of somebody: no name, no number.
type record struct {
	Unit   string   `json:"unit"`
	Active bool     `json:"-"`
	Posts  []string `json:"posts,omitempty"`
	Roles  []string `json:"roles,omitempty"`
}

// appointment is what the ledger keeps of a post that was given or taken.
type appointment struct {
	Post  string   `json:"post"`
	Roles []string `json:"roles"`
}

// moved is what the ledger keeps of somebody whose particulars were changed.
type moved struct {
	Unit    [2]string `json:"unit"` // before and after
	Renamed bool      `json:"renamed"`
	Mobile  bool      `json:"mobile"`
}

// change is a row before and after.
type change[T any] struct {
	Before T `json:"before"`
	After  T `json:"after"`
}

// sorted puts posts and roles into an order in which records can be compared.
func (r record) sorted() record {
	r.Posts, r.Roles = tidied(r.Posts), tidied(r.Roles)
	return r
}

func tidied(list []string) []string {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	if len(list) == 0 {
		return nil
	}
	return list
}

// retell repeats the chains under a prefix. step returns what an entry makes of
// the row that its chain is about; nil is no row.
func retell[T any](tx *db.Tx, prefix string, step func(now *T, e ledger.Entry) (*T, error)) (map[string]T, error) {
	told := map[string]T{}
	err := ledger.Chains(tx, prefix, func(entries []ledger.Entry) (err error) {
		var now *T
		for _, e := range entries {
			if now, err = step(now, e); err != nil {
				return fmt.Errorf("entry %d of %s: %w", e.Seq, e.Chain, err)
			}
		}
		if now != nil {
			told[strings.TrimPrefix(entries[0].Chain, prefix)] = *now
		}
		return nil
	})
	return told, err
}

// compare returns the first row that is not what the ledger tells.
func compare[T any](what string, stored, told map[string]T) error {
	for _, code := range slices.Sorted(maps.Keys(stored)) {
		switch row, ok := told[code]; {
		case !ok:
			return fmt.Errorf("%s %s: the ledger does not know it", what, code)
		case !reflect.DeepEqual(row, stored[code]):
			return fmt.Errorf("%s %s is not what the ledger tells", what, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(told)) {
		if _, ok := stored[code]; !ok {
			return fmt.Errorf("%s %s: the ledger tells of it, and it is not there", what, code)
		}
	}
	return nil
}

func tellUnit(now *Unit, e ledger.Entry) (*Unit, error) {
	switch e.Act {
	case "office.unit_added", "office.unit_loaded", "office.opened":
		now = new(Unit)
		return now, json.Unmarshal([]byte(e.Body), now)
	case "office.unit_changed":
		var c change[Unit]
		err := json.Unmarshal([]byte(e.Body), &c)
		return &c.After, err
	case "office.unit_removed":
		return nil, nil //nolint:nilnil // no row
	}
	return now, nil
}

func tellPost(now *Post, e ledger.Entry) (*Post, error) {
	switch e.Act {
	case "office.post_added", "office.post_loaded":
		now = new(Post)
		return now, json.Unmarshal([]byte(e.Body), now)
	case "office.post_renamed":
		var c change[string]
		if err := json.Unmarshal([]byte(e.Body), &c); err != nil || now == nil {
			return nil, errors.Join(err, errAbsent(now == nil))
		}
		now.Name = c.After
	}
	return now, nil
}

func tellRecord(now *record, e ledger.Entry) (*record, error) {
	if e.Act == "office.person_added" || e.Act == "office.person_loaded" {
		now = &record{Active: true}
		err := json.Unmarshal([]byte(e.Body), now)
		*now = now.sorted()
		return now, err
	}
	if now == nil {
		return nil, errAbsent(true)
	}
	switch e.Act {
	case "office.person_changed":
		var m moved
		if err := json.Unmarshal([]byte(e.Body), &m); err != nil {
			return nil, err
		}
		now.Unit = m.Unit[1]
	case "office.left":
		now.Active = false
	case "office.returned":
		now.Active = true
	case "office.appointed", "office.relieved":
		var a appointment
		if err := json.Unmarshal([]byte(e.Body), &a); err != nil {
			return nil, err
		}
		if e.Act == "office.appointed" {
			now.Posts, now.Roles = append(now.Posts, a.Post), append(now.Roles, a.Roles...)
		} else {
			now.Posts = without(now.Posts, a.Post)
			now.Roles = without(now.Roles, a.Roles...)
		}
		*now = now.sorted()
	}
	return now, nil
}

func without(list []string, gone ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(gone, s) })
}

func errAbsent(absent bool) error {
	if absent {
		return errors.New("the ledger does not tell where it comes from")
	}
	return nil
}
