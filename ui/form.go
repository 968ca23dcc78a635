package ui

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// Option is one of several values.
type Option struct {
	Value    string
	Text     string
	Note     string // choices only: the line below
	On       bool
	Disabled bool
}

// Input is one field of a form: label above, hint under it, error between hint and control.
type Input struct {
	Name      string
	ID        string // the name unless given; what error summaries link to
	Label     string
	Hint      string
	Error     string // what is wrong, then how to mend it
	Kind      string // text (default), textarea, select, date, number, tel, email, password, search
	Value     string
	Options   []Option // select only
	Unit      string   // after the control: 平方米
	Size      string   // "", "m" (18rem) or "s" (10rem)
	Optional  bool     // says 选填 after the label; what is needed carries no mark
	ReadOnly  bool
	Disabled  bool
	Wide      bool   // as wide as its box
	HideLabel bool   // for tables and filters, where the head says it
	Rows      int    // textarea only; 4 unless given
	Complete  string // autocomplete: "name", "tel", "one-time-code"
	Mode      string // inputmode: "numeric", "decimal", "tel"
	Max       int    // longest text in characters; 0: no limit
	Attrs     templ.Attributes
}

func (i Input) id() string {
	if i.ID != "" {
		return i.ID
	}
	return i.Name
}

// kind is the type attribute. Numbers are text with a numeric keyboard: browsers' number boxes change
// their value under the wheel and drop what they do not understand.
func (i Input) kind() string {
	switch i.Kind {
	case "date", "tel", "email", "password", "search":
		return i.Kind
	default:
		return "text"
	}
}

func (i Input) mode() string {
	if i.Mode == "" && i.Kind == "number" {
		return "decimal"
	}
	return i.Mode
}

func (i Input) rows() string {
	if i.Rows > 0 {
		return strconv.Itoa(i.Rows)
	}
	return "4"
}

func (i Input) size() string {
	if i.Size == "" {
		return ""
	}
	return "input--" + i.Size
}

// state is what control elements share: name, id, error and hint.
func (i Input) state() templ.OrderedAttributes {
	var all templ.OrderedAttributes
	add := func(key string, value any) { all = append(all, templ.KeyValue[string, any]{Key: key, Value: value}) }
	add("id", i.id())
	add("name", i.Name)
	if by := describedBy(i.id(), i.Hint, i.Error); by != "" {
		add("aria-describedby", by)
	}
	if i.Error != "" {
		add("aria-invalid", "true")
	}
	if i.Disabled {
		add("disabled", true)
	}
	if i.ReadOnly {
		add("readonly", true)
	}
	if i.Complete != "" {
		add("autocomplete", i.Complete)
	}
	if i.Max > 0 {
		add("maxlength", strconv.Itoa(i.Max))
	}
	return all
}

func describedBy(id, hint, err string) string {
	switch {
	case hint != "" && err != "":
		return id + "-h " + id + "-e"
	case hint != "":
		return id + "-h"
	case err != "":
		return id + "-e"
	default:
		return ""
	}
}

// Choices is a question with a few answers, each a card: radio buttons, or check boxes when Multi.
type Choices struct {
	Name       string
	Legend     string
	Hint       string
	Error      string
	Options    []Option
	Multi      bool
	Columns    int // 1 (default), 2 or 3 on wide screens
	Optional   bool
	HideLegend bool
	Attrs      templ.Attributes // on each input, such as hx-get
}

func (c Choices) kind() string {
	if c.Multi {
		return "checkbox"
	}
	return "radio"
}

// fewChoices is how many boxes are seen at a glance.
const fewChoices = 12

// many reports whether there are so many boxes that those which are ticked come first and a field narrows the others.
func (c Choices) many() bool { return c.Multi && len(c.Options) > fewChoices }

func (c Choices) ordered() []Option {
	if !c.many() {
		return c.Options
	}
	rank := map[bool]int{true: -1}
	return slices.SortedStableFunc(slices.Values(c.Options), func(a, b Option) int { return cmp.Compare(rank[a.On], rank[b.On]) })
}

// id is the first input's own name, so that an error summary can link to the question.
func (c Choices) id(i int) string {
	if i == 0 {
		return c.Name
	}
	return c.Name + "-" + strconv.Itoa(i)
}

// Stamps is a verdict in one line: 合格 补正 容缺 不适用.
type Stamps struct {
	Name     string
	Label    string // for screen readers: 第 4 份的结论
	Options  []Stamp
	Disabled bool
	Attrs    templ.Attributes // on each input
}

// Stamp is one possible verdict.
type Stamp struct {
	Value string
	Text  string
	Tone  Tone   // ToneGood and ToneBad are coloured when chosen
	Key   string // the digit that sets it in the chosen row
	On    bool
}

// Wrong is one error of a form, for the summary.
type Wrong struct {
	Field string // id of the field to go to
	Text  string // label and remedy: 手机号：少一位，手机号是 11 位
}

// Material is one row of an upload list.
type Material struct {
	ID      string
	Name    string
	Tags    []Badge
	Hint    string
	Files   []File
	Verdict *Mark
	Work    *Work // while uploading
	Upload  *Upload
	Acts    []Act // view, download
	Remove  *Ask  // Action, Yes, Name and Value only: a small form that posts at once
	Bad     bool
}

// File is an uploaded file as the list shows it.
type File struct {
	Name string
	Note string // 1.8 MB, 2 页
	Href string // optional
}

// Upload is the form of one row: a plain multipart POST, sent at once and with progress where scripts run.
type Upload struct {
	Action   string
	Field    string // name of the file input; "file" unless given
	Text     string // 上传, 更换, 重新拍摄
	Icon     string // "upload" unless given
	Accept   string // "image/*,.pdf,.ofd"
	Multiple bool
	Capture  bool   // phones: open the camera
	Quiet    bool   // 更换: drawn as a quiet button
	Limit    int64  // bytes; larger files are refused before they are sent
	TooBig   string // the words of that refusal
	Hidden   []Hidden
}

func (u Upload) field() string {
	if u.Field != "" {
		return u.Field
	}
	return "file"
}

func (u Upload) icon() string {
	if u.Icon != "" {
		return u.Icon
	}
	return "upload"
}

// Step is one step of a form. Past ones have a tick, six at most.
type Step struct {
	Text    string
	Href    string // back to a past step
	Done    bool
	Current bool
}

// Sent is a form that changes something. Sending it twice does it once.
type Sent struct {
	Action string
	Title  string // "": what is around it says what it is for
	Key    string // names this filling-in: what comes twice under it is done once; "" where the content says what it was filled in on
	Bare   bool   // without a card around it
	Close  bool   // little room between its parts
	Acts   []Act  // that send it, or lead back from it
}

func (s Sent) class() string {
	class := "stack"
	if !s.Bare {
		class = "card stack"
	}
	if s.Close {
		class += " stack--s"
	}
	return class
}

// SearchBox is a form with one field.
type SearchBox struct {
	Action      string
	Name        string // "q" unless given
	Value       string
	Label       string // for screen readers
	Placeholder string // an example, never the label
	Button      string // empty: no button, as on the workbench
	Hidden      []Hidden
	Attrs       templ.Attributes // on the input, such as hx-get
	Post        bool             // what is searched for stays out of the address: names of people
}

func (s SearchBox) method() string {
	if s.Post {
		return "post"
	}
	return "get"
}

func (s SearchBox) name() string {
	if s.Name != "" {
		return s.Name
	}
	return "q"
}
