package cases

import (
	"fmt"
	"slices"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// What may come later comes later only by the applicant's own promise (容缺受理承诺):
// it says in words what is missing, by which day it comes, and what happens if it
// does not. Online the applicant makes it with the application; at the window
// they sign it before the acceptance, and the case keeps the scan. Either way it is
// a paper of the case, and the acceptance names it.

// actPromise is the entry that keeps the promise; the law reads it with the
// acceptance.
const actPromise = "promise"

// agreed is what the ledger keeps of it besides the paper.
type agreed struct {
	Materials []string `json:"materials"`
	Signed    string   `json:"signed"` // how: online, or on paper
}

// How a promise was made.
const (
	signedOnline  = "online"
	signedOnPaper = "paper"
)

var signedWords = map[string]string{
	signedOnline:  "申请人提交申请时，已在网上确认以上内容。",
	signedOnPaper: "申请人已在纸质承诺书上签字，承诺书由窗口收存。",
}

// PromiseTitle is what the paper is called.
const PromiseTitle = "容缺受理告知承诺书"

// Owed is a material that may come later: Days working days after the acceptance.
// The day itself is known only then, see date.
type Owed struct {
	Material string
	Name     string
	Days     int
	Until    string // the day agreed at the window instead, YYYY-MM-DD; "": none
}

// WouldOwe lists what a draft lacks and its applicant would have to promise.
func (s *Service) WouldOwe(tx *db.Tx, d Draft, need catalog.Need) ([]Owed, error) {
	lacking, err := s.lacking(tx, d, need)
	return owedBy(lacking, need), err
}

func owedBy(lacking []string, need catalog.Need) (list []Owed) {
	for _, m := range need.Materials {
		if m.Need == catalog.Deferrable && slices.Contains(lacking, m.ID) {
			list = append(list, Owed{Material: m.ID, Name: m.Name, Days: deferDays(need, m.ID)})
		}
	}
	return list
}

// deferDays is how many working days after the acceptance a material has.
func deferDays(need catalog.Need, material string) int {
	if m := need.Material(material); m != nil {
		return max(m.DeferDays, 1)
	}
	return 1
}

// date gives each material that was found to come later its day, as if the case
// were accepted now, unless the window has agreed on one.
func (l *Law) date(c *Case, need catalog.Need, list []Material, now time.Time) {
	for i, m := range list {
		if m.Verdict == Tolerate && m.Due == "" {
			list[i].Due = l.DebtDue(c.Matter, deferDays(need, m.Key), now).String()
		}
	}
}

// Owes lists what the window has found may come later.
func (v *View) Owes() []Owed { return owedOf(v.Materials, v.Need) }

// Unpromised lists those of Owes that no promise names yet.
func (v *View) Unpromised() []Owed {
	return slices.DeleteFunc(unnamed(v.Owes(), v.Scans), func(o Owed) bool { return v.Matter.promisedOnline(o.Material) })
}

// Promised reports whether the applicant has made the promise.
func (v *View) Promised() bool {
	return slices.ContainsFunc(v.Documents, func(d Document) bool { return d.Kind == PaperPromise })
}

// PromiseText is what the applicant promises, in the language of the law: the
// materials, each with its days, and what follows if one does not come.
func PromiseText(owed []Owed, settings Settings) (items []string, after string) {
	for _, o := range owed {
		if until, err := calendar.ParseDate(o.Until); err == nil {
			items = append(items, fmt.Sprintf("%s：不迟于%s补交。", o.Name, day(until)))
			continue
		}
		items = append(items, fmt.Sprintf("%s：自受理之日起%d个工作日内补交，且不迟于办结期限；具体日期写在受理通知书上。", o.Name, o.Days))
	}
	switch settings.RongqueLapse {
	case LapseRevoke:
		return items, "到期没有补交的，撤销受理，本次申请不再办理；材料备齐后可以重新申请。"
	case LapseReturn:
		return items, "到期没有补交的，退回申请；材料备齐后可以重新申请。"
	default:
		return items, "到期没有补交的，不能作出准予决定；一直不补交的，可能作出不予决定。"
	}
}

func owedOf(list []Material, need catalog.Need) (owed []Owed) {
	for _, m := range list {
		if m.Verdict == Tolerate {
			owed = append(owed, Owed{Material: m.Key, Name: m.Name, Days: deferDays(need, m.Key), Until: m.Due})
		}
	}
	return owed
}

// daysOf is what the law is told of a promise.
func daysOf(owed []Owed) map[string]int {
	days := map[string]int{}
	for _, o := range owed {
		days[o.Material] = o.Days
	}
	return days
}

// promise keeps the applicant's promise as a paper of the case, with the scans of
// what was signed.
func (ch *change) promise(owed []Owed, how string, scans []File) error {
	d := ch.document(PaperPromise, PromiseTitle, sealWindow)
	items, after := PromiseText(owed, ch.c.Matter.Terms.Settings)
	d.Content.Paragraphs = []string{
		fmt.Sprintf("你（单位）申请“%s”（办件编号%s），下列材料还没有交，请求先予受理，并承诺按期补交：", ch.c.ItemName, ch.c.No),
	}
	d.Content.Items = items
	d.Content.After = []string{after, signedWords[how]}
	keys := make([]string, len(owed))
	for i, o := range owed {
		keys[i] = o.Material
	}
	return ch.do(move{act: actPromise, document: d, facts: agreed{keys, how}, files: scans})
}

// promiseNo is the number of the promise by which materials are tolerated: made
// online, or signed on paper, of which the case must have the scan (ScanPromise). What
// no promise names is not tolerated: the Invalid fault cases.promise_missing without
// any, else cases.promise_uncovered.
func (ch *change) promiseNo(owed []Owed) (string, error) {
	scans, err := listFiles(ch.tx, "case_id", ch.c.ID)
	if err != nil {
		return "", err
	}
	scans = slices.DeleteFunc(scans, func(f File) bool { return f.Material != ScanPromise || f.Replaced })
	onPaper := slices.DeleteFunc(slices.Clone(owed), func(o Owed) bool { return ch.c.Matter.promisedOnline(o.Material) })
	if len(onPaper) > 0 {
		if len(scans) == 0 {
			return "", fault.Fields{"promised": "cases.promise_missing"}.Err()
		}
		if len(unnamed(onPaper, scans)) > 0 {
			return "", fault.Fields{"promised": "cases.promise_uncovered"}.Err()
		}
		if err := ch.promise(onPaper, signedOnPaper, scans); err != nil {
			return "", err
		}
	}
	papers, err := listDocuments(ch.tx, ch.c.ID)
	for _, d := range slices.Backward(papers) {
		if d.Kind == PaperPromise {
			return d.No, err
		}
	}
	return "", err
}

func (m Matter) promisedOnline(material string) bool {
	_, ok := m.Owed[material]
	return ok
}

// unnamed are the materials that no scan of a promise names.
func unnamed(owed []Owed, scans []File) []Owed {
	return slices.DeleteFunc(slices.Clone(owed), func(o Owed) bool {
		return slices.ContainsFunc(scans, func(f File) bool { return f.promises(o.Material) })
	})
}

// promises reports whether the file is a signed promise in force that names the material.
func (f File) promises(material string) bool {
	return f.Material == ScanPromise && !f.Replaced && slices.Contains(f.Promises, material)
}

// voidPromises sets aside what was signed on paper about a material: another day was agreed on since.
func voidPromises(tx *db.Tx, caseID int64, material string) error {
	files, err := listFiles(tx, "case_id", caseID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !f.promises(material) {
			continue
		}
		if err := tx.Exec(`UPDATE cases_file SET replaced = TRUE WHERE id = $1`, f.ID); err != nil {
			return err
		}
	}
	return nil
}

// checkPromise looks whether a signed promise names materials of the case that may come
// later, and nothing else.
func (ch *change) checkPromise(names []string) error {
	list, err := listMaterials(ch.tx, ch.c.ID)
	if err != nil {
		return err
	}
	bad := fault.Fields{}
	bad.Need(len(names) > 0, "promised", "cases.promise_names")
	for _, name := range names {
		may := slices.ContainsFunc(list, func(m Material) bool { return m.Key == name && m.Need == catalog.Deferrable })
		bad.Need(may, "promised", "cases.promise_names")
	}
	return bad.Err()
}
