package scenario

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

//go:embed town
var town embed.FS

// Stage is where scenarios are played: the use cases on an empty database, and a clock that the scenarios move.
type Stage struct {
	Cases *cases.Service // its database tells the time by Now; nobody else uses it
	// Types takes over the types of certificates of a package folder.
	Types func(ctx context.Context, pack fs.FS) error
	// Make makes the certificate of a granted case, valid until the day given; 0 leaves
	// that to the words of the item.
	Make func(ctx context.Context, who auth.Actor, caseID int64, until calendar.Date) error

	now   time.Time
	staff map[string][]auth.Actor // by what they do, see posts
	both  auth.Actor              // reviews, and may chair the hearings of others
	party []auth.Actor
	agent auth.Actor       // the last of the party, with a mandate of the first
	no    map[int64]string // staff numbers
}

// Now is the moment on the stage.
func (s *Stage) Now() time.Time { return s.now }

// What people of the town do.
const (
	head      = "SPJ.director"
	clerk     = "SPJ-ZH.clerk"
	reviewer  = "SPJ-SC.rev"
	decider   = "SPJ-SC.chief"
	inspector = "SPJ-KY.inspect"
	issuer    = "SPJ-ZZ.issue"
	lawyer    = "SPJ-FG.legal"
	watcher   = "SPJ-DC.watch"
)

// departments may owe an opinion.
var departments = []string{"ZRZY", "STHJ", "ZJJ", "XFJ"}

// build moves the town in and publishes an item for every scenario.
func (s *Stage) build(ctx context.Context, list []line) error {
	s.now = time.Date(2015, 12, 1, 9, 0, 0, 0, calendar.Zone) // before anything can happen
	pack, err := fs.Sub(town, "town")
	if err != nil {
		return err
	}
	c := s.Cases
	if err := c.Office.LoadPackage(ctx, pack, ""); err != nil {
		return err
	}
	if err := c.Party.LoadPackage(ctx, pack, ""); err != nil {
		return err
	}
	if err := s.publish(ctx, pack, list); err != nil {
		return err
	}
	return c.DB.Read(ctx, s.gather)
}

// publish puts the items on the list of the town, through the same door as any other package.
func (s *Stage) publish(ctx context.Context, pack fs.FS, list []line) error {
	dir, err := os.MkdirTemp("", "onedoor-scenario-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	if err := os.CopyFS(dir, pack); err != nil {
		return err
	}
	types := []object{}
	for i, l := range list {
		if l.wrong == "" {
			types = append(types, object{"code": typeOf(code(i)), "name": "许可证" + l.ID, "issuer": "云川市行政审批服务局", "holder": "person", "validity": "见证面"})
		}
	}
	if err := write(filepath.Join(dir, "standards.yaml"), object{"certificate_types": types}); err != nil {
		return err
	}
	if err := s.Types(ctx, os.DirFS(dir)); err != nil {
		return err
	}
	if err := s.load(ctx, dir, list, func(l *line) bool { return l.wrong == "" }); err != nil {
		return err
	}
	for i := range list { // a promise over the statute is for no item to make: it is told on receipt, see terms
		list[i].plain = strings.HasPrefix(list[i].refused, overPromised)
	}
	if err := s.load(ctx, dir, list, func(l *line) bool { return l.plain }); err != nil {
		return err
	}
	for i := range list { // the town does not know such an item: its scenario says so
		list[i].wrong = cmp.Or(list[i].wrong, list[i].refused)
	}
	return nil
}

// overPromised is how the catalogue refuses a promise over the statute.
const overPromised = "the item: catalog.item.promise "

// load takes over the items of some of the scenarios and keeps which were refused.
func (s *Stage) load(ctx context.Context, dir string, list []line, which func(*line) bool) error {
	items := filepath.Join(dir, "items")
	if err := os.RemoveAll(items); err != nil {
		return err
	}
	if err := os.Mkdir(items, 0o700); err != nil {
		return err
	}
	some := false
	for i := range list {
		l := &list[i]
		if !which(l) {
			continue
		}
		l.refused, some = "", true
		made, err := l.items(code(i))
		if err != nil {
			l.wrong = err.Error()
			continue
		}
		for _, it := range made {
			if err := write(filepath.Join(items, fmt.Sprint(it["id"], ".yaml")), it); err != nil {
				return err
			}
		}
	}
	if !some {
		return nil
	}
	report, err := s.Cases.Catalog.LoadPackage(ctx, os.DirFS(dir))
	if err != nil {
		return err
	}
	for _, r := range report.Refused {
		for i := range list {
			if strings.HasPrefix(r.Name, code(i)) || strings.Contains(r.File, code(i)) {
				list[i].refused = "the item: " + r.Code + " " + r.Where
			}
		}
	}
	return nil
}

func write(path string, v any) error {
	text, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// gather finds the people of the town.
func (s *Stage) gather(tx *db.Tx) error {
	c := s.Cases
	s.staff, s.no = map[string][]auth.Actor{}, map[int64]string{}
	posts, err := c.Office.Posts(tx)
	if err != nil {
		return err
	}
	for _, p := range posts {
		holders, err := c.Office.Holders(tx, p.Code)
		if err != nil {
			return err
		}
		for _, h := range holders {
			who, err := c.Office.Actor(tx, h.Staff)
			if err != nil {
				return err
			}
			who.Staff = h.Staff
			known, err := c.Office.Staff(tx, h.Staff)
			if err != nil {
				return err
			}
			s.no[h.Staff] = known.No
			if len(who.Posts) > 1 {
				s.both = who
				continue
			}
			s.staff[p.Code] = append(s.staff[p.Code], who)
		}
	}
	var people struct {
		People []struct {
			Number string `yaml:"id_no"`
		}
	}
	text, err := town.ReadFile("town/party.yaml")
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, &people); err != nil {
		return err
	}
	for _, p := range people.People {
		found, err := c.Party.FindByNumber(tx, p.Number)
		if err != nil {
			return err
		}
		who, err := c.Party.Actor(tx, found.ID)
		if err != nil {
			return err
		}
		s.party = append(s.party, who)
	}
	s.agent, err = c.Party.Acting(tx, s.party[len(s.party)-1], s.party[0].Party)
	return err
}

// code is the item of the i-th scenario.
func code(i int) string { return fmt.Sprintf("law-%04d", i+1) }

// typeOf is the type of certificate that the items of a scenario give.
func typeOf(code string) string { return "CT-" + code }

// What else can be applied for in a scenario about a certificate.
const (
	first  = "-first"  // the certificate itself, long before
	change = "-change" // to have it changed
)

// items are what can be applied for in a scenario.
func (sc *scenario) items(code string) ([]object, error) {
	it, err := sc.item(code)
	if sc.Item.Certificate == nil || err != nil {
		return []object{it}, err
	}
	variant := func(name, effect string) object {
		v := maps.Clone(it)
		v["id"] = code + name
		if delete(v, "acts_on"); effect != "" {
			v["acts_on"] = object{"certificate": typeOf(code), "effect": effect}
			v["form"] = object{"fields": []object{
				{"key": "licence_no", "label": "证件编号", "type": "text", "element": catalog.ElementCertificateNumber},
				{"key": "expire_on", "label": "有效期届满日期", "type": "date", "element": catalog.ElementCertificateUntil},
			}}
		}
		return v
	}
	own := variant("", "")
	if sc.Item.Renewal {
		own = variant("", catalog.EffectRenew)
	}
	return []object{own, variant(first, ""), variant(change, catalog.EffectChange)}, nil
}

var types = map[cases.ItemKind]string{
	cases.KindLicence: catalog.TypeLicence, cases.KindConfirmation: catalog.TypeConfirm, cases.KindBenefit: catalog.TypeBenefit,
	cases.KindAward: catalog.TypeReward, cases.KindAdjudication: catalog.TypeRuling, cases.KindOther: catalog.TypeOther,
	cases.KindService: catalog.TypePublic,
}

type object = map[string]any

// item is the item of a scenario as its file in a package has it. What a package cannot say is added to the terms of the
// case on receipt, see terms.
func (sc *scenario) item(code string) (object, error) {
	t, err := sc.terms()
	if err != nil {
		return nil, err
	}
	flow, steps := catalog.FlowStandard, []object{
		{"id": "s1", "slot": "accept", "name": "受理", "unit": "SPJ-ZH", "post": clerk, "days": 0, "clock": "none"},
		{"id": "s2", "slot": "review", "name": "审查", "unit": "SPJ-SC", "post": reviewer, "days": 0, "clock": "statutory"},
		{"id": "s3", "slot": "decide", "name": "决定", "unit": "SPJ-SC", "post": decider, "days": 0, "clock": "statutory"},
		{"id": "s4", "slot": "issue", "name": "制证送达", "unit": "SPJ-ZZ", "post": issuer, "days": 0, "clock": "none"},
	}
	for _, unit := range sc.units() { // beside the decision: it is the law that makes it wait
		steps[2]["parallel"] = "joint"
		steps = append(steps, object{
			"id": "s-" + unit, "slot": "review", "name": "部门意见", "unit": unit, "post": unit + ".rev", "days": 0, "clock": "statutory", "parallel": "joint",
		})
	}
	if sc.pledged() {
		flow, steps = catalog.FlowPledge, slices.Delete(steps, 1, 2)
	}
	result := object{"name": "许可证", "result_type": "10", "certificate_type": typeOf(code)}
	if sc.Item.NoCertificate {
		result = object{"name": "决定书", "result_type": "20"}
	}
	materials := []object{}
	for _, key := range sc.materials() {
		defer1 := object{"allowed": false}
		if sc.Item.Materials[key] == cases.MaterialTolerable {
			defer1 = object{"allowed": true, "days": 5, "unit": "1"}
		}
		materials = append(materials, object{"id": key, "name": "材料" + key, "kind": "1", "source": "10", "necessity": "1", "form": "3", "deferrable": defer1})
	}
	conditions := []string{}
	for _, e := range sc.Events {
		conditions = append(conditions, e.Unmet...)
	}
	if len(conditions) == 0 { // no item comes in force without
		conditions = append(conditions, "具备法定条件")
	}
	made := object{
		"legal_basis": []object{{"law": "行政许可法", "article": "第三十八条", "version": "2019-04-23", "gist": "符合法定条件、标准的，依法作出决定", "confidence": "high"}},
		"conditions":  conditions, "id": code, "name": "情景事项" + sc.ID, "type": types[sc.Item.Kind], "unit": "SPJ-SC", "implementing_unit": "SPJ",
		"audience": []string{"1"}, "project_type": "2", "result": result, "flow": flow, "steps": steps, "materials": materials,
		"legal":          object{"quota": sc.number(), "units": sc.units()},
		"promised_limit": object{"value": 1, "unit": "1"},
		"modes": object{
			"tolerance": true, "pledge": sc.Item.Pledge, "joint_review": sc.Item.Joint, "simulated": sc.Item.Simulable,
		},
	}
	if !sc.plain {
		sc.law(made, t)
	}
	return made, nil
}

// law has the item say what its statutes ask for.
func (sc *scenario) law(item object, t cases.Terms) {
	limit := func(n int, unit cases.Unit) object { return object{"value": n, "unit": limitUnits[unit]} }
	if t.Limit > 0 {
		item["statutory_limit"], item["promised_limit"] = limit(t.Limit, t.Unit), limit(t.Limit, t.Unit)
		item["statutory_limit"].(object)["basis"] = "情景专门法规 第一条" // a longer one than that of Art. 42 is some statute's
	}
	if t.Promised > 0 {
		item["promised_limit"] = limit(t.Promised, t.PromisedUnit)
	}
	item["legal"] = object{
		"quota": sc.number(), "units": sc.units(), "safety": t.Safety, "first_review": t.FirstReview,
		"third_party": t.ThirdParty, "hearing_required": t.HearingRequired, "inspection_item": t.InspectionItem, "test_result": t.TestResult,
		"deem": t.Deem && t.Kind != cases.KindLicence, "notice": sc.Item.Notice, "extension": sc.Item.Extension,
	}
}

// limitUnits are the digits of the code list time_unit.
var limitUnits = map[cases.Unit]string{
	cases.UnitWorkday: "1", cases.UnitDay: "2", cases.UnitHour: "3", cases.UnitMinute: "4", cases.UnitMonth: "5",
}

// said is what a case got from the item and the place, with what neither can say taken from the scenario.
func (sc *scenario) said(got, want cases.Terms) cases.Terms {
	got.Hours, got.Yellow = want.Hours, want.Yellow
	got.InspectionRequired = want.InspectionRequired // a check that is drawn would have to be worked off
	got.Renewal, got.ValidityMonths = want.Renewal, want.ValidityMonths
	if want.Promised == 0 {
		got.Promised, got.PromisedUnit = 0, want.PromisedUnit
	}
	if want.Limit == 0 {
		got.Unit = want.Unit
	}
	if want.Kind == cases.KindLicence { // 32(4) and 42 leave a licence no choice
		got.Deem = got.Deem && want.Deem
		if want.Limit == 0 {
			got.Limit = 0
		}
	}
	if len(got.Units) == 0 {
		got.Units = nil
	}
	materials := got.Materials
	got.Materials = want.Materials
	for key, kind := range want.Materials { // the others are those that the events speak of
		if materials[key] != kind {
			got.Materials = materials
		}
	}
	return got
}

// pledged reports whether the applicant chooses the way of the pledge.
func (sc *scenario) pledged() bool {
	return sc.Item.Pledge && slices.ContainsFunc(sc.Events, func(e event) bool { return slices.Contains(e.Flags, "pledged") })
}

// units are the departments of the town that stand for those that owe an opinion, in the order of the scenario.
func (sc *scenario) units() []string { return departments[:min(len(sc.Item.Units), len(departments))] }

// number is how many may hold what the item gives at a time, 0: any number. Where none is left somebody holds the one.
func (sc *scenario) number() int {
	if sc.Item.Quota == nil {
		return 0
	}
	return max(sc.Item.Quota.Left, 1)
}

// materials are all that the scenario speaks of, one at least.
func (sc *scenario) materials() []string {
	keys := []string{}
	for key := range sc.Item.Materials {
		keys = append(keys, key)
	}
	for _, e := range sc.Events {
		keys = slices.Concat(keys, e.Lacks, e.List, e.Fixes)
		for key := range e.Debts {
			keys = append(keys, key)
		}
		if e.Material != "" {
			keys = append(keys, e.Material)
		}
	}
	if len(keys) == 0 {
		keys = []string{"form"}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// terms are the legal settings of the item. What it leaves out is the law's own value.
func (sc *scenario) terms() (cases.Terms, error) {
	it := sc.Item
	t := cases.NewTerms(it.Kind, it.Joint)
	for _, x := range []struct{ value, field *int }{
		{it.Limit, &t.Limit}, {it.Extension, &t.Extension}, {it.Notice, &t.Notice},
	} {
		if x.value != nil {
			*x.field = *x.value
		}
	}
	if it.Deem != nil {
		t.Deem = *it.Deem
	}
	if it.Unit != "" {
		t.Unit = it.Unit
	}
	if it.Extension != nil { // its own statute grants it
		t.MayExtend(*it.Extension)
	}
	if it.PromisedUnit != "" {
		t.PromisedUnit = it.PromisedUnit
	}
	t.Promised, t.Hours, t.Yellow, t.FirstReview = it.Promised, it.Hours, it.Yellow, it.FirstReview
	for _, unit := range sc.units() {
		t.Units = append(t.Units, cases.UnitNumber(unit))
	}
	t.Materials, t.Pledge, t.Simulable = it.Materials, it.Pledge, it.Simulable
	t.InspectionRequired, t.InspectionItem = it.InspectionRequired, it.InspectionItem
	t.TestResult, t.HearingRequired = it.Category == "inspection", it.HearingRequired
	t.ThirdParty = it.ThirdParty || it.Kind == cases.KindAdjudication // the other party of the dispute
	t.Quota, t.Safety = it.Quota != nil, it.Safety
	t.Renewal, t.ValidityMonths, t.NoCertificate = it.Renewal, it.ValidityMonths, it.NoCertificate
	if len(it.Settings) > 0 {
		if err := strict(it.Settings, &t.Settings); err != nil {
			return t, err
		}
	}
	if it.RenewUnit != "" {
		t.Settings.RenewUnit = it.RenewUnit
	}
	if it.RenewApplyBefore != 0 {
		t.Settings.RenewApplyBefore = it.RenewApplyBefore
	}
	return t, nil
}
