package ui

import "github.com/a-h/templ"

// Weight is how loudly a button speaks.
type Weight string

const (
	Secondary Weight = ""        // the usual
	Primary   Weight = "primary" // the one thing to do here; one a screen
	Quiet     Weight = "quiet"   // reads as a link
	Danger    Weight = "danger"  // no way back; its text names its effect
)

// Act is a button: a verb and its object. With Href it is a link that looks like one.
type Act struct {
	Text   string
	Weight Weight
	Icon   string
	Href   string // leads somewhere instead of submitting
	Type   string // "submit" (default) or "button"
	Name   string
	Value  string
	Form   string // id of the form that it submits, when it stands outside
	Action string // another address for the form around it
	Key    string // pressing it is this key: "F8", "Ctrl ↵"; shown on the button
	Large  bool
	Wide   bool
	Busy   bool

	// Why says why the act is not possible now. The button is then drawn as disabled, stays reachable by
	// keyboard, and is described by this sentence, which ActWhy shows beside it.
	Why   string
	WhyID string // id of the sentence; needed when one page has several

	Dialog string // id of an Ask that opens first; Href is then the page to fall back on
	ID     string
	Attrs  templ.Attributes // such as hx-post
}

func (a Act) class() string {
	class := "btn"
	if a.Weight != Secondary {
		class += " btn--" + string(a.Weight)
	}
	if a.Large {
		class += " btn--l"
	}
	if a.Wide {
		class += " btn--wide"
	}
	return class
}

func (a Act) whyID() string {
	if a.WhyID != "" {
		return a.WhyID
	}
	return "why"
}

// attrs are the attributes that links and buttons share.
func (a Act) attrs() templ.OrderedAttributes {
	var all templ.OrderedAttributes
	add := func(key string, value any) { all = append(all, templ.KeyValue[string, any]{Key: key, Value: value}) }
	if a.ID != "" {
		add("id", a.ID)
	}
	if a.Why != "" {
		add("aria-disabled", "true")
		add("aria-describedby", a.whyID())
	}
	if a.Busy {
		add("aria-busy", "true")
	}
	if a.Key != "" {
		add("data-key", keyCode(a.Key))
		add("aria-keyshortcuts", keyCode(a.Key))
	}
	if a.Dialog != "" {
		add("data-dialog", a.Dialog)
	}
	return all
}

// keyCode is the name that browsers give to what is printed on a key's cap.
func keyCode(cap string) string {
	switch cap {
	case "Ctrl ↵":
		return "Control+Enter"
	case "空格", "Space":
		return "Space"
	case "回车", "↵":
		return "Enter"
	default:
		return cap
	}
}

// Ask is a question before an act that has no way back.
type Ask struct {
	ID     string // of the dialog; acts open it by Act.Dialog
	Title  string // the question, "撤回这件申请？"
	Text   string // what follows from a yes
	Action string // where a yes is posted
	Yes    string // names its effect: 撤回申请
	No     string // names its effect: 不撤回
	Name   string // optional name and value that the yes carries
	Value  string
	Danger bool
	Hidden []Hidden // further values that the yes carries
	Back   string   // page only: where a no leads
}

// Hidden is a value that a form carries unseen.
type Hidden struct{ Name, Value string }

// Nothing is an empty list: what will appear here and when, and one way on.
type Nothing struct {
	Title string
	Text  string
	Act   *Act
}

// More is the foot of a list that goes on: paging is by key, never by number.
type More struct {
	Note      string // how the list is sorted, "按到期先后排"
	Text      string // 再看 20 件; empty when the list ends here
	Href      string // with the key of the last row
	First     string // optional: back to the beginning
	FirstHref string
	Attrs     templ.Attributes
}

// Trouble is a page that says that something went wrong: what happened, what is safe, what to do.
type Trouble struct {
	Title string
	Text  string
	Safe  string // what is not lost; optional
	Acts  []Act
	Ref   string // a number to quote to the help desk; optional
	Icon  string // "alert" unless given
}
