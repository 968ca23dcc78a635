package certificate

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/paper"
)

// Face is everything that stands on a certificate, as it was issued: it never
// changes, and the file is made from nothing else.
type Face struct {
	Title        string    `json:"title"`
	Rows         []FaceRow `json:"rows"`
	Number       string    `json:"number"`
	Identifier   string    `json:"identifier,omitempty"`
	Holder       string    `json:"holder"`
	HolderNumber string    `json:"holder_number"`
	Kind         Kind      `json:"kind"`
	Issuer       string    `json:"issuer"`
	Date         string    `json:"date"` // as it is to be read: 2026年10月16日
	Seal         string    `json:"seal,omitempty"`
	URL          string    `json:"url,omitempty"` // what the code says
	Note         string    `json:"note,omitempty"`
	Portrait     bool      `json:"portrait,omitempty"`
	Salt         string    `json:"salt,omitempty"` // keeps the digest from being guessed
}

// FaceRow is one line of a face.
type FaceRow struct {
	Key   string `json:"key,omitempty"`
	Label string `json:"label"`
	Value string `json:"value"`
	Show  string `json:"show,omitempty"` // how much of it the public may see
}

// Layout says what stands on the certificates of a type (证面). The zero Layout
// shows number, holder, what the form says of the matter, and the validity.
type Layout struct {
	Title    string      `yaml:"title" json:"title,omitempty"` // empty: the name of the type
	Prefix   string      `yaml:"prefix" json:"prefix,omitempty"`
	Portrait bool        `yaml:"portrait" json:"portrait,omitempty"`
	Note     string      `yaml:"note" json:"note,omitempty"`
	Rows     []LayoutRow `yaml:"rows" json:"rows,omitempty"`
}

// LayoutRow is one line of a layout. Value is a text in which {key} stands for a
// field of the form or for one of number, holder, holder_number, validity,
// from, until, basis, issuer and decided. A line whose fields are all empty is
// left out. Show is what the public may see of it: "all", "name", "number",
// "phone" or "address". Without it, the public sees what the holder is by law
// known for, and of what a person's form says nothing.
type LayoutRow struct {
	Label string `yaml:"label" json:"label"`
	Value string `yaml:"value" json:"value"`
	Show  string `yaml:"show" json:"show,omitempty"`
}

// The words of the seal. The seal is drawn by software and no certified device
// stands behind it, which the word above its star says.
const (
	sealFoot = "电子证照专用章"
	sealMark = "测试"
	sealNote = "印章为软件绘制的测试章，没有使用经认证的签章设备；真伪以扫码查验的登记记录为准。"
	scanNote = "扫码查验真伪"
)

// compose writes the face of a certificate from the granted case.
func compose(g Grant, t Type, s Span, no string, id Identifier, url string) Face {
	words := s.words(g.rule(t))
	f := Face{
		Title: t.title(), Number: no, Identifier: id.String(), Holder: g.Holder.Name, HolderNumber: g.Holder.Number,
		Kind: g.Holder.Kind, Issuer: g.Body.Name, Date: s.From.Chinese(), Seal: g.Body.Name, URL: url,
		Note: strings.TrimSpace(t.Layout.Note + sealNote), Portrait: t.Layout.Portrait, Salt: rand.Text(),
	}
	until := "长期"
	if s.Until != 0 {
		until = s.Until.Chinese()
	}
	known := map[string]string{
		"number": no, "holder": g.Holder.Name, "holder_number": g.Holder.Number, "validity": words,
		"from": s.From.Chinese(), "until": until, "basis": g.Basis, "issuer": g.Body.Name,
		"decided": calendar.DateOf(g.Decided).Chinese(),
	}
	for _, r := range g.Rows {
		if _, own := known[r.Key]; r.Key != "" && !own {
			known[r.Key] = r.Value
		}
	}
	rows := t.Layout.Rows
	if len(rows) == 0 {
		rows = usual(g)
	}
	for _, r := range rows {
		if row, ok := r.fill(known); ok {
			switch row.Show {
			case showAll:
				row.Show = g.show(row)
			case showOpen:
				row.Show = showAll
			}
			f.Rows = append(f.Rows, row)
		}
	}
	return f
}

// Words are what the certificate says beside its number, its holder and its days, by the key of the field that they came from.
func (c Certificate) Words() map[string]string {
	words := map[string]string{}
	for _, r := range c.Face.Rows {
		if r.Key != "" && !slices.Contains(own, r.Key) {
			words[r.Key] = r.Value
		}
	}
	return words
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// fill puts the known values into a line; ok is false when it would be empty.
func (r LayoutRow) fill(known map[string]string) (row FaceRow, ok bool) {
	keys := placeholder.FindAllStringSubmatch(r.Value, -1)
	some := len(keys) == 0
	for _, k := range keys {
		some = some || known[k[1]] != ""
	}
	value := placeholder.ReplaceAllStringFunc(r.Value, func(k string) string { return known[strings.Trim(k, "{}")] })
	row = FaceRow{Label: r.Label, Value: strings.TrimSpace(value), Show: r.Show}
	if len(keys) == 1 {
		row.Key = keys[0][1]
	}
	return row, some && row.Value != ""
}

// mostRows is how many lines of the form the usual layout takes over.
const mostRows = 6

// usual is the layout of types that bring none.
func usual(g Grant) []LayoutRow {
	holder, code := "持证人", "证件号码"
	if g.Holder.Kind == Organization {
		holder, code = "单位名称", "信用代码"
	}
	rows := []LayoutRow{
		{Label: "证照编号", Value: "{number}"}, {Label: holder, Value: "{holder}"}, {Label: code, Value: "{holder_number}"},
	}
	n := 0
	for _, r := range g.Rows {
		if n < mostRows && r.Key != "" && placeholder.MatchString("{"+r.Key+"}") && g.belongs(r) {
			label, unit := shortLabel(r.Label)
			rows = append(rows, LayoutRow{Label: label, Value: "{" + r.Key + "}" + unit})
			n++
		}
	}
	return append(rows, LayoutRow{Label: "批准文号", Value: "{basis}"}, LayoutRow{Label: "有效期限", Value: "{validity}"})
}

var remark = regexp.MustCompile(`（([^（）]*)）$`)

// shortLabel takes the remark in brackets off a label, which is too wide for a
// certificate with it; a unit goes behind the value.
func shortLabel(label string) (short, unit string) {
	m := remark.FindStringSubmatch(label)
	if m == nil {
		return label, ""
	}
	short = strings.TrimSuffix(label, m[0])
	for _, u := range []string{"元", "米", "里", "顷", "吨", "千瓦", "亩", "人", "个"} {
		if strings.HasSuffix(m[1], u) && !strings.HasSuffix(m[1], "责人") {
			return short, " " + m[1]
		}
	}
	return short, ""
}

// belongs reports whether a line of the form belongs on a certificate: not what
// repeats the holder, nor accounts, nor how to reach whom, nor a plain yes or no.
func (g Grant) belongs(r Row) bool {
	if r.Value == "" || r.Value == g.Holder.Name || r.Value == g.Holder.Number {
		return false
	}
	if slices.Contains([]string{kindIDNo, kindMobile, kindYesNo}, r.Kind) {
		return false
	}
	if slices.ContainsFunc(private, func(word string) bool { return strings.Contains(r.Label, word) }) {
		return false
	}
	for _, prefix := range []string{"contact_", "agent_", "pledge_"} {
		if strings.HasPrefix(r.Key, prefix) {
			return false
		}
	}
	return true
}

// The kinds of lines of a form that matter here; others are plain text.
const (
	kindIDNo   = "idno"
	kindMobile = "mobile"
	kindYesNo  = "yesno"
)

// private are words in the label of a line that is nobody else's business.
var private = []string{"账号", "账户", "开户", "银行", "电话", "手机", "邮箱"}

// personal are words in the label of a line that names a person.
var personal = []string{"姓名", "法定代表人", "负责人", "经营者", "联系人", "持证人", "受益所有人", "校长", "管理人员"}

// show tells how much of a line the public may see where the layout does not say.
func (g Grant) show(row FaceRow) string {
	switch row.Key {
	case "holder":
		if g.Holder.Kind == Person {
			return showName
		}
		return showAll
	case "holder_number":
		if g.Holder.Kind == Person {
			return showNumber
		}
		return showAll
	case "number", "validity", "from", "until", "basis", "issuer", "decided":
		return showAll
	}
	kind := ""
	if i := slices.IndexFunc(g.Rows, func(r Row) bool { return r.Key == row.Key }); i >= 0 {
		kind = g.Rows[i].Kind
	}
	switch {
	case kind == kindIDNo, g.Holder.Kind == Person:
		return showNumber
	case kind == kindMobile:
		return showPhone
	case slices.ContainsFunc(private, func(word string) bool { return strings.Contains(row.Label, word) }):
		return showNumber
	case slices.ContainsFunc(personal, func(word string) bool { return strings.Contains(row.Label, word) }):
		return showName
	}
	return showAll
}

// paper is the face as the file draws it.
func (f Face) paper() paper.Certificate {
	c := paper.Certificate{
		Title: f.Title, Number: f.Identifier, QR: f.URL, QRNote: scanNote, Issuer: f.Issuer, Date: f.Date,
		Seal: f.stamp(), Note: f.Note, Landscape: !f.Portrait,
	}
	for _, r := range f.Rows {
		c.Rows = append(c.Rows, paper.Row{Label: r.Label, Value: r.Value})
	}
	return c
}

func (f Face) stamp() paper.Seal {
	if f.Seal == "" {
		return paper.Seal{}
	}
	return paper.Seal{Name: f.Seal, Foot: sealFoot, Mark: sealMark}
}

// texts is every text of the face, to ask the fonts about.
func (f Face) texts() string {
	var b strings.Builder
	for _, t := range []string{f.Title, f.Identifier, f.Issuer, f.Date, f.Seal, f.Note} {
		b.WriteString(t)
	}
	for _, r := range f.Rows {
		b.WriteString(r.Label + r.Value)
	}
	return b.String()
}

// digest is the SM3 of the face; its salt keeps anybody from trying out names.
func (f Face) digest() string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // plain texts
	}
	sum := sm3.Sum(text)
	return hex.EncodeToString(sum[:])
}
