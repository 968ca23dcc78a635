package catalog

import "cmp"

// itemFile is an item as its file has it.
type itemFile struct {
	ID       string `yaml:"id"`
	Like     string `yaml:"like"` // another item of the package, of which this file has only what differs
	Name     string `yaml:"name"`
	MainItem string `yaml:"main_item"`
	SubItem  string `yaml:"sub_item"`
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
	Unit        string    `yaml:"unit"`
	Body        string    `yaml:"implementing_unit"`
	UseLevel    string    `yaml:"use_level"`
	Audience    []string  `yaml:"audience"`
	ProjectType string    `yaml:"project_type"`
	ProjectName string    `yaml:"project_type_name"`
	Themes      []string  `yaml:"themes"`
	Keywords    []string  `yaml:"keywords"`
	Basis       []Basis   `yaml:"legal_basis"`
	Conditions  []string  `yaml:"conditions"`
	Statutory   limitFile `yaml:"statutory_limit"`
	Promised    limitFile `yaml:"promised_limit"`
	Fee         feeFile   `yaml:"fee"`
	Result      Result    `yaml:"result"`
	ActsOn      *ActsOn   `yaml:"acts_on"`
	Visits      int       `yaml:"visits"`
	OnlineDepth string    `yaml:"online_depth"`
	Offer       Offer     `yaml:"service"`
	Modes       Modes     `yaml:"modes"`
	Legal       Legal     `yaml:"legal"`
	Record      `yaml:",inline"`
	Flow        string         `yaml:"flow"`
	FlowVersion string         `yaml:"flow_version,omitempty"` // hash, of a flow that officials have drawn
	Situations  []Situation    `yaml:"situations"`
	Rules       []Rule         `yaml:"rules"`
	Materials   []materialFile `yaml:"materials"`
	Form        struct {
		ID     string      `yaml:"id"`
		Fields []fieldFile `yaml:"fields"`
	} `yaml:"form"`
	Steps        []Step    `yaml:"steps"`
	Special      []Special `yaml:"special_procedures"`
	Regulator    string    `yaml:"regulator"`
	CurrencyNote string    `yaml:"currency_note"`
	LevelNote    string    `yaml:"level_note"`
	Bare         bool      `yaml:"bare"` // came from a list
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
	ID         string     `yaml:"id"`
	Name       string     `yaml:"name"`
	Kind       string     `yaml:"kind"`
	Source     string     `yaml:"source"`
	Necessity  string     `yaml:"necessity"`
	Form       string     `yaml:"form"`
	Originals  int        `yaml:"originals"`
	Copies     int        `yaml:"copies"`
	Trust      string     `yaml:"trust_grade"`
	Deferrable *deferFile `yaml:"deferrable"` // left out: as the library says
	ReplacedBy []string   `yaml:"replaced_by"`
	Points     []string   `yaml:"acceptance_points"`
	Library    string     `yaml:"library"`
	Extra      []string   `yaml:"extra_points"`
	Pledge     bool       `yaml:"pledge"`
	Proof      bool       `yaml:"proof"`
	Basis      string     `yaml:"basis"`
	Issuer     string     `yaml:"issuer"`
	Age        string     `yaml:"age"`
	Spec       string     `yaml:"spec"`
	SourceNote string     `yaml:"source_note"`
	FillNote   string     `yaml:"fill_note"`
	Plain      string     `yaml:"plain"`
	Remark     string     `yaml:"remark"`
	Blank      *File      `yaml:"blank"`
	Sample     *File      `yaml:"sample"`
}

type deferFile struct {
	Allowed bool   `yaml:"allowed"`
	Days    int    `yaml:"days"`
	Unit    string `yaml:"unit"`
}

type fieldFile struct {
	Key      string `yaml:"key"`
	Label    string `yaml:"label"`
	Type     string `yaml:"type"`
	Required bool   `yaml:"required"`
	Element  string `yaml:"element"`
	After    string `yaml:"not_before"`
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
var limitUnits = map[string]string{"1": Workday, "2": Day, "3": Hour, "4": Minute, "5": Month}

func (l limitFile) limit() Limit {
	out := Limit{OnSpot: l.OnSpot, Starts: l.Starts, Basis: l.Basis, Confidence: l.Confidence}
	if l.Value != nil {
		out.Value, out.Unit = *l.Value, cmp.Or(limitUnits[l.Unit], "?"+l.Unit)
	}
	return out
}

func (f *itemFile) item() *Item {
	it := &Item{
		Code: f.ID, Name: f.Name, MainItem: f.MainItem, SubItem: f.SubItem, Type: f.Type,
		BaseCode: f.Codes.Base, ImplementCode: f.Codes.Implement, HandleCode: f.Codes.Handle,
		LocalCode: f.Codes.Local, CodeStatus: f.Codes.Status,
		Unit: f.Unit, Body: f.Body, Regulator: f.Regulator, UseLevel: f.UseLevel, Audience: f.Audience,
		ProjectType: f.ProjectType, Themes: f.Themes, Keywords: f.Keywords, Basis: f.Basis, Conditions: f.Conditions,
		StatutoryLimit: f.Statutory.limit(), PromisedLimit: f.Promised.limit(),
		Fee: Fee(f.Fee), Result: f.Result, Visits: f.Visits, OnlineDepth: f.OnlineDepth, Offer: f.Offer, Modes: f.Modes, Legal: f.Legal,
		ActsOn: f.ActsOn, Record: f.Record,
		Situations: f.Situations, Rules: f.Rules, Steps: f.Steps, Special: f.Special, FlowID: f.Flow, Drawn: f.FlowVersion,
		CurrencyNote: f.CurrencyNote, LevelNote: f.LevelNote, Bare: f.Bare,
	}
	for _, m := range f.Materials {
		it.Materials = append(it.Materials, m.material())
	}
	for _, fd := range f.Form.Fields {
		it.Fields = append(it.Fields, Field{
			Key: fd.Key, Label: fd.Label, Type: fd.Type, Required: fd.Required, Element: fd.Element,
			Pattern: fd.Rule.Pattern, Min: fd.Rule.Min, Max: fd.Rule.Max, MinLength: fd.Rule.MinLength,
			MaxLength: fd.Rule.MaxLength, Scale: fd.Rule.Scale, Options: fd.Rule.Options, Must: fd.Rule.Must, NotBefore: fd.After,
		})
	}
	return it
}

func (m materialFile) material() Material {
	out := Material{
		ID: m.ID, Name: m.Name, Kind: m.Kind, Source: m.Source, Necessity: m.Necessity, Form: m.Form,
		Originals: m.Originals, Copies: m.Copies, Trust: m.Trust, ReplacedBy: m.ReplacedBy, Points: m.Points,
		Library: m.Library, Extra: m.Extra, Pledge: m.Pledge, Proof: m.Proof, Basis: m.Basis, Issuer: m.Issuer, Age: m.Age, Spec: m.Spec,
		SourceNote: m.SourceNote, FillNote: m.FillNote, Plain: m.Plain, Remark: m.Remark, Blank: m.Blank, Sample: m.Sample,
	}
	if m.Deferrable != nil && m.Deferrable.Allowed {
		out.DeferDays = m.Deferrable.Days
	}
	return out
}
