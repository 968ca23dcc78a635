package catalog

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// maxFile is how large one file of a package may be.
const maxFile = 1 << 20

// CertificateType is a kind of certificate that items ask for or give.
type CertificateType struct {
	Code     string `yaml:"code"`
	Name     string `yaml:"name"`
	Issuer   string `yaml:"issuer"`
	Holder   string `yaml:"holder"` // person, organization or person|organization
	Validity string `yaml:"validity"`
}

// Package is the catalogue part of a package folder (docs/package.md), read and
// checked, but not yet published.
type Package struct {
	Items        []*Item
	Templates    map[string]Template
	Certificates []CertificateType
	Refused      []Refusal
}

// LoadPackage publishes the items of a package folder: items/*.yaml with flows.yaml
// and standards.yaml beside them. What did not change makes no new version; an item
// that is not right is refused and the others are published all the same.
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS) (Report, error) {
	p, err := ReadPackage(fsys)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		report = Report{Refused: slices.Clone(p.Refused)}
		if err := saveCertificateTypes(tx, p.Certificates); err != nil {
			return err
		}
		return s.publishAll(tx, auth.Actor{Kind: auth.System}, "package", p.Items, p.Templates, &report)
	})
	return report, err
}

// ReadPackage reads and checks the catalogue part of a package folder.
func ReadPackage(fsys fs.FS) (*Package, error) {
	p := &Package{Templates: map[string]Template{FlowStandard: standard()}}
	var flows struct {
		Flows []Template `yaml:"flows"`
	}
	if err := readYAML(fsys, "flows.yaml", &flows, false); err != nil {
		return nil, err
	}
	for _, t := range flows.Flows {
		p.Templates[t.ID] = t
	}
	var standards struct {
		Certificates []CertificateType `yaml:"certificate_types"`
	}
	if err := readYAML(fsys, "standards.yaml", &standards, false); err != nil {
		return nil, err
	}
	p.Certificates = standards.Certificates
	names, err := fs.Glob(fsys, "items/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		p.read(fsys, name)
	}
	p.link()
	return p, nil
}

// read takes one item file in, or refuses it.
func (p *Package) read(fsys fs.FS, name string) {
	var f itemFile
	if err := readYAML(fsys, name, &f, true); err != nil {
		p.refuse(name, 0, "catalog.package.unreadable", err.Error())
		return
	}
	if f.ID+".yaml" != path.Base(name) {
		p.refuse(name, 0, "catalog.package.name", f.ID)
		return
	}
	it := f.item()
	if w := it.Wrong(); len(w) > 0 {
		p.refuse(name, 0, w[0].Code, w[0].Where)
		return
	}
	p.Items = append(p.Items, it)
}

// link refuses items that refer to what is not in the package.
func (p *Package) link() {
	known := map[string]bool{}
	for _, it := range p.Items {
		known[it.Code] = true
	}
	for _, c := range p.Certificates {
		known[c.Code] = true
	}
	p.Items = slices.DeleteFunc(p.Items, func(it *Item) bool {
		for _, w := range it.dangling(known, p.Templates) {
			p.refuse("items/"+it.Code+".yaml", 0, w.Code, w.Where)
			return true
		}
		return false
	})
}

func (p *Package) refuse(name string, line int, code, where string) {
	p.Refused = append(p.Refused, Refusal{File: name, Line: line, Name: strings.TrimSuffix(path.Base(name), ".yaml"), Code: code, Where: where})
}

// readYAML reads one file. A file that is missing reads as empty unless it must be
// there; a must-read file may hold no key that v does not have.
func readYAML(fsys fs.FS, name string, v any, strict bool) error {
	file, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !strict {
		return nil
	}
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return fmt.Errorf("catalog: %s: %w", name, err)
	}
	if len(text) > maxFile {
		return fmt.Errorf("catalog: %s: larger than %d bytes", name, maxFile)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(strict)
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("catalog: %s: %w", name, err)
	}
	return nil
}

// itemFile is an item as its file has it.
type itemFile struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`
	MainItem string `yaml:"main_item"`
	Type     string `yaml:"type"`
	TypeName string `yaml:"type_name"`
	Codes    struct {
		Base      string `yaml:"base_code"`
		Implement string `yaml:"implement_code"`
		Handle    string `yaml:"handle_code"`
		Local     string `yaml:"local_code"`
		Pattern   string `yaml:"pattern"`
		Status    string `yaml:"status"`
	} `yaml:"codes"`
	Unit        string      `yaml:"unit"`
	Body        string      `yaml:"implementing_unit"`
	UseLevel    string      `yaml:"use_level"`
	Audience    []string    `yaml:"audience"`
	ProjectType string      `yaml:"project_type"`
	ProjectName string      `yaml:"project_type_name"`
	Themes      []string    `yaml:"themes"`
	Keywords    []string    `yaml:"keywords"`
	Basis       []Basis     `yaml:"legal_basis"`
	Conditions  []string    `yaml:"conditions"`
	Statutory   limitFile   `yaml:"statutory_limit"`
	Promised    limitFile   `yaml:"promised_limit"`
	Fee         feeFile     `yaml:"fee"`
	Result      Result      `yaml:"result"`
	Visits      int         `yaml:"visits"`
	OnlineDepth string      `yaml:"online_depth"`
	Offer       Offer       `yaml:"service"`
	Modes       Modes       `yaml:"modes"`
	Flow        string      `yaml:"flow"`
	Situations  []Situation `yaml:"situations"`
	Materials   []materialFile
	Form        struct {
		ID     string      `yaml:"id"`
		Fields []fieldFile `yaml:"fields"`
	} `yaml:"form"`
	Steps        []Step    `yaml:"steps"`
	Special      []Special `yaml:"special_procedures"`
	Regulator    string    `yaml:"regulator"`
	CurrencyNote string    `yaml:"currency_note"`
	LevelNote    string    `yaml:"level_note"`
}

type limitFile struct {
	Value      *int   `yaml:"value"`
	Unit       string `yaml:"unit"`
	UnitName   string `yaml:"unit_name"`
	OnSpot     bool   `yaml:"on_the_spot"`
	Starts     string `yaml:"starts"`
	Basis      string `yaml:"basis"`
	Confidence string `yaml:"confidence"`
}

type feeFile struct {
	Charged   bool      `yaml:"charged"`
	PayOnline bool      `yaml:"pay_online"`
	Items     []FeeItem `yaml:"items"`
}

type materialFile struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	Kind       string `yaml:"kind"`
	Source     string `yaml:"source"`
	Necessity  string `yaml:"necessity"`
	Form       string `yaml:"form"`
	Originals  int    `yaml:"originals"`
	Copies     int    `yaml:"copies"`
	Trust      string `yaml:"trust_grade"`
	Deferrable struct {
		Allowed bool   `yaml:"allowed"`
		Days    int    `yaml:"days"`
		Unit    string `yaml:"unit"`
	} `yaml:"deferrable"`
	ReplacedBy []string `yaml:"replaced_by"`
	Points     []string `yaml:"acceptance_points"`
}

type fieldFile struct {
	Key      string `yaml:"key"`
	Label    string `yaml:"label"`
	Type     string `yaml:"type"`
	Required bool   `yaml:"required"`
	Element  string `yaml:"element"`
	Rule     struct {
		Pattern   string   `yaml:"pattern"`
		Min       *float64 `yaml:"min"`
		Max       *float64 `yaml:"max"`
		MinLength int      `yaml:"min_length"`
		MaxLength int      `yaml:"max_length"`
		Scale     int      `yaml:"scale"`
		Options   []string `yaml:"options"`
		Check     string   `yaml:"check"`
		Must      string   `yaml:"must"`
	} `yaml:"validation"`
}

// limitUnits are the digits of the code list time_unit.
var limitUnits = map[string]string{"1": Workday, "2": Day, "3": Hour, "5": Month}

func (l limitFile) limit() Limit {
	out := Limit{OnSpot: l.OnSpot, Starts: l.Starts, Basis: l.Basis, Confidence: l.Confidence}
	if l.Value != nil {
		out.Value, out.Unit = *l.Value, cmp.Or(limitUnits[l.Unit], "?"+l.Unit)
	}
	return out
}

func (f *itemFile) item() *Item {
	it := &Item{
		Code: f.ID, Name: f.Name, MainItem: f.MainItem, Type: f.Type,
		BaseCode: f.Codes.Base, ImplementCode: f.Codes.Implement, HandleCode: f.Codes.Handle,
		LocalCode: f.Codes.Local, CodeStatus: f.Codes.Status,
		Unit: f.Unit, Body: f.Body, Regulator: f.Regulator, UseLevel: f.UseLevel, Audience: f.Audience,
		ProjectType: f.ProjectType, Themes: f.Themes, Keywords: f.Keywords, Basis: f.Basis, Conditions: f.Conditions,
		StatutoryLimit: f.Statutory.limit(), PromisedLimit: f.Promised.limit(),
		Fee: Fee(f.Fee), Result: f.Result, Visits: f.Visits, OnlineDepth: f.OnlineDepth, Offer: f.Offer, Modes: f.Modes,
		Situations: f.Situations, Steps: f.Steps, Special: f.Special, FlowID: f.Flow,
		CurrencyNote: f.CurrencyNote, LevelNote: f.LevelNote,
	}
	for _, m := range f.Materials {
		it.Materials = append(it.Materials, m.material())
	}
	for _, fd := range f.Form.Fields {
		it.Fields = append(it.Fields, Field{
			Key: fd.Key, Label: fd.Label, Type: fd.Type, Required: fd.Required, Element: fd.Element,
			Pattern: fd.Rule.Pattern, Min: fd.Rule.Min, Max: fd.Rule.Max, MinLength: fd.Rule.MinLength,
			MaxLength: fd.Rule.MaxLength, Scale: fd.Rule.Scale, Options: fd.Rule.Options, Must: fd.Rule.Must,
		})
	}
	return it
}

func (m materialFile) material() Material {
	out := Material{
		ID: m.ID, Name: m.Name, Kind: m.Kind, Source: m.Source, Necessity: m.Necessity, Form: m.Form,
		Originals: m.Originals, Copies: m.Copies, Trust: m.Trust, ReplacedBy: m.ReplacedBy, Points: m.Points,
	}
	if m.Deferrable.Allowed {
		out.DeferDays = m.Deferrable.Days
	}
	return out
}

// Wrong is one thing that keeps an item from being published.
type Wrong struct {
	Code  string // of the words
	Where string // "materials m4"
}

var (
	codeShape = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,119}$`)
	baseShape = regexp.MustCompile(`^[0-9]{12}$`)
	implShape = regexp.MustCompile(`^[0-9A-Z]{31}$`)
	wholeCode = regexp.MustCompile(`^[0-9A-Z]{33}$`)
)

// necessityNo is 非必要: the material is asked for only in some situations.
const necessityNo = "2"

// Wrong lists what is wrong with the item by itself; an empty list means that it
// may be published.
func (it *Item) Wrong() []Wrong {
	var w []Wrong
	need := func(ok bool, code, where string) {
		if !ok {
			w = append(w, Wrong{"catalog.item." + code, where})
		}
	}
	need(codeShape.MatchString(it.Code), "code", it.Code)
	need(it.Name != "" && len(it.Name) <= 600, "name", "name")
	need(slices.Contains(Types(), it.Type), "type", it.Type)
	need(it.Unit != "" && it.Body != "", "unit", "unit")
	need(it.BaseCode == "" || baseShape.MatchString(it.BaseCode), "code", it.BaseCode)
	need(it.ImplementCode == "" || implShape.MatchString(it.ImplementCode), "code", it.ImplementCode)
	need(it.HandleCode == "" || wholeCode.MatchString(it.HandleCode), "code", it.HandleCode)
	need(len(it.Audience) > 0, "audience", "audience")
	need(it.ProjectType == projectSpot || it.ProjectType == projectTerm, "project_type", it.ProjectType)
	need(it.StatutoryLimit.ok(), "limit", "statutory_limit")
	need(it.PromisedLimit.ok() && it.PromisedLimit.Value > 0, "limit", "promised_limit")
	need(it.PromisedLimit.workdays() <= it.StatutoryLimit.workdays(), "promise", "promised_limit")
	w = append(w, it.wrongParts()...)
	w = append(w, it.wrongEffects()...)
	return append(w, it.wrongSteps()...)
}

func (l Limit) ok() bool {
	switch l.Unit {
	case Workday, Day, Month, Hour:
		return l.Value > 0
	}
	return l.Unit == "" && l.Value == 0
}

// workdays is a rough length for comparing limits: five working days to seven days,
// twenty to a month, and no limit is longer than any.
func (l Limit) workdays() int {
	switch {
	case l.Value == 0:
		return 1 << 20
	case l.Unit == Day:
		return max(1, l.Value*5/7)
	case l.Unit == Month:
		return l.Value * 20
	case l.Unit == Hour:
		return max(1, l.Value/8)
	}
	return l.Value
}

// wrongParts checks materials and fields.
func (it *Item) wrongParts() []Wrong {
	var w []Wrong
	seen := map[string]bool{}
	once := func(kind, id string) bool {
		twice := seen[kind+id]
		seen[kind+id] = true
		return id != "" && !twice
	}
	for _, m := range it.Materials {
		if !once("m", m.ID) || m.Name == "" || !slices.Contains([]string{"1", "2", "3"}, m.Necessity) || m.DeferDays < 0 {
			w = append(w, Wrong{"catalog.item.material", m.ID})
		}
	}
	for _, f := range it.Fields {
		_, err := regexp.Compile(f.Pattern)
		closed := f.Type == FieldChoice || f.Type == FieldMulti
		if !once("f", f.Key) || f.Label == "" || !slices.Contains(fieldTypes, f.Type) || err != nil || closed && len(f.Options) == 0 {
			w = append(w, Wrong{"catalog.item.field", f.Key})
		}
	}
	for i, b := range it.Basis {
		if !slices.Contains([]string{"high", "medium", "low"}, b.Confidence) {
			w = append(w, Wrong{"catalog.item.basis", strconv.Itoa(i + 1)})
		}
	}
	return w
}

var fieldTypes = []string{
	FieldText, FieldTextarea, FieldAddress, FieldIDNo, FieldUSCC, FieldMobile, FieldDate, FieldInteger, FieldDecimal,
	FieldChoice, FieldMulti, FieldYesNo,
}

// wrongEffects checks the questions and what their answers point at.
func (it *Item) wrongEffects() []Wrong {
	var w []Wrong
	seen := map[string]bool{}
	for _, q := range it.Situations {
		if q.ID == "" || q.Question == "" || seen[q.ID] || len(q.Options) < 2 {
			w = append(w, Wrong{"catalog.item.question", q.ID})
		}
		seen[q.ID] = true
		for _, o := range q.Options {
			if key := q.ID + " " + o.Value; o.Value == "" || o.Label == "" || seen[key] {
				w = append(w, Wrong{"catalog.item.option", key})
			} else {
				seen[key] = true
			}
			for _, e := range o.Effects {
				if !it.aims(e) {
					w = append(w, Wrong{"catalog.item.effect", q.ID + " " + o.Value + " " + e.Op + " " + e.Target})
				}
			}
		}
	}
	return w
}

// aims reports whether an effect points at something that is there.
func (it *Item) aims(e Effect) bool {
	switch e.Op {
	case OpRequireMaterial, OpDropMaterial:
		return slices.ContainsFunc(it.Materials, func(m Material) bool { return m.ID == e.Target })
	case OpRequireField, OpHideField:
		return slices.ContainsFunc(it.Fields, func(f Field) bool { return f.Key == e.Target })
	case OpRequireStep, OpSkipStep:
		return slices.ContainsFunc(it.Steps, func(s Step) bool { return s.ID == e.Target && s.Optional })
	case OpAssignPost:
		return e.Post != "" && slices.ContainsFunc(it.Steps, func(s Step) bool { return s.ID == e.Target })
	case OpUseFlow, OpRedirectItem, OpSuggestItem:
		return e.Target != ""
	}
	return e.Op == OpNotNeeded
}

// wrongSteps checks the steps against each other and against the promise.
func (it *Item) wrongSteps() []Wrong {
	var w []Wrong
	seen, decides, days, group := map[string]bool{}, 0, 0, map[string]int{}
	for _, s := range it.Steps {
		if s.ID == "" || seen[s.ID] || s.Name == "" || s.Slot == "" || s.Unit == "" || s.Post == "" || s.Days < 0 ||
			!slices.Contains([]string{"statutory", "stopped", "none"}, s.Clock) || s.Clock == "stopped" && stops[s.Slot] == "" {
			w = append(w, Wrong{"catalog.item.step", s.ID})
		}
		seen[s.ID] = true
		if s.Slot == "decide" {
			decides++
		}
		switch {
		case s.Clock != "statutory":
		case s.Parallel != "":
			group[s.Parallel] = max(group[s.Parallel], s.Days)
		default:
			days += s.Days
		}
	}
	for _, d := range group {
		days += d
	}
	if decides != 1 {
		w = append(w, Wrong{"catalog.item.decide", strconv.Itoa(decides)})
	}
	if days > it.PromisedLimit.workdays() {
		w = append(w, Wrong{"catalog.item.days", strconv.Itoa(days)})
	}
	return w
}

// dangling lists references to flows, items and certificate types that nobody knows,
// and steps that have no place in a flow that the item may take.
func (it *Item) dangling(known map[string]bool, templates map[string]Template) []Wrong {
	var w []Wrong
	for _, id := range it.flowIDs() {
		t, ok := templates[id]
		if !ok {
			w = append(w, Wrong{"catalog.item.flow", id})
			continue
		}
		slots := t.Root.slots()
		for _, s := range it.Steps {
			if !slices.Contains(slots, s.Slot) && !slices.Contains(outside, s.Slot) && !s.Optional {
				w = append(w, Wrong{"catalog.item.slot", id + " " + s.ID + " " + s.Slot})
			}
		}
	}
	for _, q := range it.Situations {
		for _, o := range q.Options {
			for _, e := range o.Effects {
				if (e.Op == OpRedirectItem || e.Op == OpSuggestItem) && !known[e.Target] {
					w = append(w, Wrong{"catalog.item.unknown", e.Target})
				}
			}
		}
	}
	for _, m := range it.Materials {
		for _, c := range m.ReplacedBy {
			if !known[c] {
				w = append(w, Wrong{"catalog.item.certificate", m.ID + " " + c})
			}
		}
	}
	if c := it.Result.Certificate; c != "" && !known[c] {
		w = append(w, Wrong{"catalog.item.certificate", c})
	}
	return w
}
