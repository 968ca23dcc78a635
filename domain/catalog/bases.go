package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Source is who keeps the base item: 00 the nation, otherwise the first two digits of the province.
func (b *Base) Source() string { return sourceOf(b.Code) }

func sourceOf(code string) string {
	if len(code) < 2 {
		return ""
	}
	return code[:2]
}

// longReason and shortReason bound the reason of a change, in characters.
const (
	shortReason = 4
	longReason  = 500
)

// Wrong lists what is wrong with the base item by itself, by the name of the field.
func (b *Base) Wrong() []Wrong {
	var w []Wrong
	need := func(ok bool, field string) {
		if !ok {
			w = append(w, Wrong{"catalog.base." + field, field})
		}
	}
	need(baseShape.MatchString(b.Code), "code")
	need(b.bounded(), "most")
	need(b.Name != "" && utf8.RuneCountInString(b.Name) <= 300, "name")
	need(Codes(CodesTaskType).Has(b.Type) && (len(b.Code) != 12 || b.Code[2:4] == b.Type), "type")
	need(b.Main == "" || baseShape.MatchString(b.Main) && len(b.Code) == 12 && b.Main == b.Code[:9]+"000" && b.Main != b.Code, "main")
	need(known(CodesUseLevel, b.UseLevels), "use_levels")
	need(known(CodesAudience, b.Audience), "audience")
	need(b.PowerSource == "" || Codes(CodesPowerSource).Has(b.PowerSource), "power_source")
	need(b.StatutoryLimit.ok(), "statutory_limit")
	need(isDate(b.From) && isDate(b.Until) && (b.From == "" || b.Until == "" || b.From <= b.Until), "from")
	for _, m := range b.Materials {
		need(m.Name != "", "materials")
	}
	for _, x := range b.Basis {
		need(x.Law != "" && slices.Contains([]string{"high", "medium", "low"}, x.Confidence), "basis")
	}
	return w
}

// Bounds of a base item: far above what any has, so that nobody is asked to read what cannot be read.
const (
	mostBaseLines = 200  // of one kind
	mostBaseLine  = 2000 // characters
)

// bounded reports whether the base item is no longer, in any of its parts, than somebody can read who is to agree to it.
func (b *Base) bounded() bool {
	short := func(texts ...string) bool {
		return !slices.ContainsFunc(texts, func(t string) bool { return utf8.RuneCountInString(t) > mostBaseLine })
	}
	ok := short(b.LocalCode, b.Result, b.StatutoryLimit.Starts, b.StatutoryLimit.Basis)
	for _, list := range [][]string{b.UseLevels, b.Audience, b.Conditions, b.Procedure, b.Bodies} {
		ok = ok && len(list) <= mostBaseLines && short(list...)
	}
	ok = ok && len(b.Basis) <= mostBaseLines && len(b.Materials) <= mostBaseLines && len(b.Duties) <= mostBaseLines
	if !ok {
		return false
	}
	for _, x := range b.Basis {
		ok = ok && short(x.Law, x.Article, x.Text, x.Gist)
	}
	for _, m := range b.Materials {
		ok = ok && short(m.Name, m.Library)
	}
	for _, d := range b.Duties {
		ok = ok && short(d.Stage, d.Text, d.Basis)
	}
	return ok && (b.Access == nil || short(b.Access.Number, b.Access.Entry, b.Access.Measure))
}

func known(list string, values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !Codes(list).Has(v) })
}

// isDate reports whether the text is a date, or nothing.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return text == "" || err == nil
}

// BaseEntry is one line of a list of base items.
type BaseEntry struct {
	Code   string
	Number int // of the version in force, from 1
	Name   string
	Type   string
	Main   string
	Items  int // that carry it out
	Off    int // of them, those that leave it
}

// BaseFilter narrows a list of base items; the zero value takes all.
type BaseFilter struct {
	Type string
	Text string // a part of the name, or the beginning of the code
}

// BaseVersion is one change of a base item.
type BaseVersion struct {
	ID     int64
	Number int
	Base   Base
	Why    string
	Who    string // the name of who made it, "" for a package
	Agreed Doer   // who agreed to it, nobody where it was not proposed
	At     time.Time
}

// Base returns a base item in force with the number of its version; no such code is an Unknown fault.
func (s *Service) Base(tx *db.Tx, code string) (*Base, int, error) {
	b, number, err := findBase(tx, code, "")
	if err == nil && b == nil {
		err = fault.New(fault.Unknown, "catalog.base.none")
	}
	return b, number, err
}

// Bases lists up to limit base items after a code ("" for the first), in the order of their codes. next is "" on the last
// page.
func (s *Service) Bases(tx *db.Tx, f BaseFilter, after string, limit int) (list []BaseEntry, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	list, err = listBases(tx, f, after, limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Code
	}
	return list, next, err
}

// BaseVersions lists up to limit versions of a base item before a number (0: the newest first), newest first.
func (s *Service) BaseVersions(tx *db.Tx, code string, before, limit int) ([]BaseVersion, error) {
	return listBaseVersions(tx, code, before, min(max(limit, 1), maxPage))
}

// CountBases is how many base items there are.
func (s *Service) CountBases(tx *db.Tx) (n int, err error) { return countBases(tx) }

// enactBase makes a base item the one in force and compares the items that carry it out with it: the first hundred at once,
// the others in a job. on is the number of the version that was looked at, 0 for a new one: if another has come since, it is
// the Stale fault catalog.base.stale. What is in force already makes no new version. What is not right is an Invalid fault
// by field. why is kept with the change.
func (s *Service) enactBase(tx *db.Tx, who writer, on int, b *Base, why string) error {
	bad := fault.Fields{}
	for _, w := range b.Wrong() {
		bad.Need(false, w.Where, w.Code)
	}
	checkReason(bad, why)
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := s.putBase(tx, who, originPage, &on, b, why)
	return err
}

// checkReason asks for a reason that is long enough to be one.
func checkReason(bad fault.Fields, why string) {
	n := utf8.RuneCountInString(why)
	bad.Need(n >= shortReason, "why", "catalog.why.short")
	bad.Need(n <= longReason, "why", "catalog.why.long")
}

// putBase reports whether anything changed. on is the version that was looked at, nil where nobody looked.
func (s *Service) putBase(tx *db.Tx, who writer, origin string, on *int, b *Base, why string) (changed bool, err error) {
	if err := lockSource(tx, b.Source()); err != nil {
		return false, err
	}
	now, number, err := findBase(tx, b.Code, "")
	if err != nil {
		return false, err
	}
	hash, err := b.hash()
	if err != nil {
		return false, err
	}
	if now != nil {
		before, err := now.hash()
		if err != nil || before == hash {
			return false, err
		}
		if brought, err := wasBrought(tx, b.Code, hash, origin); err != nil || brought {
			return false, err
		}
	}
	if on != nil && number != *on {
		return false, fault.New(fault.Stale, "catalog.base.stale")
	}
	if b.Main != "" {
		if main, _, err := findBase(tx, b.Main, ""); err != nil {
			return false, err
		} else if main == nil {
			return false, fault.Fields{"main": "catalog.base.main"}.Err()
		}
	}
	v := BaseVersion{ID: tx.NewID(), Number: number + 1, Base: *b, Why: why, Who: who.Name, At: tx.Now()}
	if err := insertBase(tx, v, hash, origin, who.Staff); db.IsUnique(err) {
		return false, fault.New(fault.Stale, "catalog.base.stale") // somebody else's at the same moment
	} else if err != nil {
		return false, err
	}
	if err := s.compare(tx, reach{Low: b.Code, High: b.Code}); err != nil {
		return false, err
	}
	return true, s.log(tx, who.acts(), "catalog.base_put", "catalog.base:"+b.Code, who.facts(map[string]any{"code": b.Code, "version": v.Number, "base": b, "why": why}))
}

// log keeps what a person did as evidence.
func (s *Service) log(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	if s.Log == nil || who.Kind == auth.System {
		return nil
	}
	return s.Log(tx, who, act, about, facts)
}

// hash names the content of a base item.
func (b *Base) hash() (string, error) {
	body, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// NextBaseCode is the first free code of a source and kind: of a main item, or of a sub-item of the main item whose code is
// given. Where there is no number left it is a Conflict fault.
func (s *Service) NextBaseCode(tx *db.Tx, source, kind, main string) (string, error) {
	if main != "" {
		if !baseShape.MatchString(main) || main[9:] != "000" {
			return "", fault.New(fault.Invalid, "catalog.item.code", "where", main)
		}
		last, err := lastBase(tx, main, main[:9]+"999")
		if err != nil {
			return "", err
		}
		sub := 0
		if last != "" {
			sub, _ = strconv.Atoi(last[9:])
		}
		if sub >= 999 {
			return "", fault.New(fault.Conflict, "catalog.base.full")
		}
		number, _ := strconv.Atoi(main[4:9])
		return BaseCodeOf(main[:2], main[2:4], number, sub+1)
	}
	if _, err := BaseCodeOf(source, kind, 1, 0); err != nil {
		return "", err
	}
	last, err := lastBase(tx, source+kind+"00000000", source+kind+"99999999")
	if err != nil {
		return "", err
	}
	number := 0
	if last != "" {
		number, _ = strconv.Atoi(last[4:9])
	}
	if number >= 99_999 {
		return "", fault.New(fault.Conflict, "catalog.base.full")
	}
	return BaseCodeOf(source, kind, number+1, 0)
}

// NextItemCodes are the codes of the next handling item that a unit carries out at a level on a base item: the
// implementation of its body, and under it the first serial after those in force and in drafts, from 01.
func (s *Service) NextItemCodes(tx *db.Tx, unit, level, base string) (implement, handle string, err error) {
	if s.USCC == nil {
		return "", "", fault.New(fault.Conflict, "catalog.code.no_body")
	}
	uscc, err := s.USCC(tx, unit)
	if err != nil {
		return "", "", err
	}
	if uscc == "" {
		return "", "", fault.New(fault.Conflict, "catalog.code.no_body")
	}
	if implement, err = ImplementCodeOf(uscc, level, base); err != nil {
		return "", "", err
	}
	last, err := lastHandle(tx, implement)
	if err != nil {
		return "", "", err
	}
	serial := 0
	if len(last) == handleLength {
		serial, _ = strconv.Atoi(last[implementLength:])
	}
	if serial >= 99 {
		return "", "", fault.New(fault.Conflict, "catalog.code.full")
	}
	handle, err = HandleCodeOf(implement, serial+1)
	return implement, handle, err
}
