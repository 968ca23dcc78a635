package cases

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/law.md anew")

// docs/law.md says article by article what the program does about it and which
// test holds it. Nothing in it is kept by hand: the table, the conditions, what
// becomes of the clocks and the names of the tests are read from the code. An act
// that rests on a statute without a test named for the article fails here.
func TestTheLawIsWrittenDown(t *testing.T) {
	src := readSource(t)
	got, missing := src.page()
	for _, m := range missing {
		t.Errorf("no test is named for %s", m)
	}
	const path = "../../docs/law.md"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("docs/law.md is not what the code says; run go test ./domain/cases -run TheLawIsWritten -update and read the difference (%v)", err)
	}
}

// source is what the code says about acts that the table does not.
type source struct {
	funcs     map[string]*ast.FuncDecl
	guards    map[string]*ast.CompositeLit // act constant to conditions
	effects   map[string]ast.Expr
	acts      map[Act]string    // to the name of its constant
	codes     map[string]string // constant of a reason or clock to its code
	tests     map[string][]string
	scenarios map[string][]string
}

func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{
		funcs: map[string]*ast.FuncDecl{}, guards: map[string]*ast.CompositeLit{}, effects: map[string]ast.Expr{},
		acts: map[Act]string{}, codes: map[string]string{}, tests: map[string][]string{}, scenarios: map[string][]string{},
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			s.readTests(file)
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				s.funcs[nameOf(d)] = d
			case *ast.GenDecl:
				s.readValues(d)
			}
		}
	}
	for _, line := range readLines(t, "scenario/testdata/law-scenarios.jsonl") {
		id := regexp.MustCompile(`"id":\s*"([^"]+)"`).FindStringSubmatch(line)
		basis := regexp.MustCompile(`"basis":\s*"([^"]+)"`).FindStringSubmatch(line)
		if id != nil && basis != nil {
			for _, a := range articlesOf(basis[1]) {
				s.scenarios[a] = append(s.scenarios[a], id[1])
			}
		}
	}
	return s
}

// nameOf tells the methods of step from functions; other methods have no part in
// the law.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	if p, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		if id, ok := p.X.(*ast.Ident); ok && id.Name == "step" {
			return "step." + f.Name.Name
		}
	}
	return "other." + f.Name.Name
}

func readLines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

var testName = regexp.MustCompile(`^Test(XKF|YS)(\d+)`)

func (s *source) readTests(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			if m := testName.FindStringSubmatch(f.Name.Name); m != nil {
				key := m[1] + " " + m[2]
				s.tests[key] = append(s.tests[key], f.Name.Name)
			}
		}
	}
}

func (s *source) readValues(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			if i >= len(v.Values) {
				continue
			}
			switch x := v.Values[i].(type) {
			case *ast.BasicLit:
				if code, err := strconv.Unquote(x.Value); err == nil {
					s.codes[name.Name] = code
					if strings.HasPrefix(name.Name, "Act") {
						s.acts[Act(code)] = name.Name
					}
				}
			case *ast.CompositeLit:
				for _, e := range x.Elts {
					pair, ok := e.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					key, _ := pair.Key.(*ast.Ident)
					list, isList := pair.Value.(*ast.CompositeLit)
					switch {
					case key != nil && name.Name == "guards" && isList:
						s.guards[key.Name] = list
					case key != nil && name.Name == "effects":
						s.effects[key.Name] = pair.Value
					}
				}
			}
		}
	}
}

// conditions are the reasons for which an act may be refused, in their order.
func (s *source) conditions(act Act) (all []string) {
	list := s.guards[s.acts[act]]
	if list == nil {
		return nil
	}
	add := func(code string) {
		if code != "" && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	for _, e := range list.Elts {
		switch e := e.(type) {
		case *ast.Ident:
			s.walk(e.Name, map[string]bool{}, func(n ast.Node) {
				if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "Reason") {
					add(s.codes[id.Name])
				}
			})
		case *ast.CallExpr:
			field, _ := strconv.Unquote(e.Args[0].(*ast.BasicLit).Value)
			if field == "reason" {
				add(string(ReasonNoReason))
			} else {
				add(string(ReasonMissingInput) + ":" + field)
			}
		}
	}
	return all
}

// walk looks at the body of a function and of those of this package that it calls.
func (s *source) walk(name string, seen map[string]bool, look func(ast.Node)) {
	f := s.funcs[name]
	if f == nil || f.Body == nil || seen[name] {
		return
	}
	seen[name] = true
	s.into(f.Body, seen, look)
}

func (s *source) into(body ast.Node, seen map[string]bool, look func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if n != nil {
			look(n)
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "s" && !slices.Contains([]string{"start", "startUntil", "end", "late", "endAll"}, sel.Sel.Name) {
					s.walk("step."+sel.Sel.Name, seen, look)
				}
			}
		}
		return true
	})
}

// clocks are what an act does to the clocks.
func (s *source) clocks(act Act) string {
	do := s.effects[s.acts[act]]
	if do == nil {
		return ""
	}
	var starts, ends []string
	note := func(list *[]string, arg ast.Expr) {
		name := ""
		switch a := arg.(type) {
		case *ast.Ident:
			name = s.codes[a.Name]
		case *ast.CallExpr:
			if id, ok := a.Fun.(*ast.Ident); ok {
				name = map[string]string{"SpecialClock": "special", "DebtClock": "debt"}[id.Name]
			}
		}
		if name != "" && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	var stop []string
	look := func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		switch sel.Sel.Name {
		case "start", "startUntil":
			note(&starts, call.Args[0])
		case "end":
			for _, a := range call.Args {
				note(&ends, a)
			}
		case "openStopUntil":
			stop = append(stop, "stops the limit")
		case "closeStop":
			stop = append(stop, "resumes the limit")
		case "endAll":
			if !slices.Contains(ends, "all") {
				ends = append(ends, "all")
			}
		}
	}
	seen := map[string]bool{}
	switch do := do.(type) {
	case *ast.SelectorExpr: // (*step).receive
		if do.Sel.Name == "endAll" {
			ends = append(ends, "all")
		}
		s.walk("step."+do.Sel.Name, seen, look)
	case *ast.FuncLit:
		s.into(do.Body, seen, look)
	}
	if slices.Contains(ends, "all") {
		ends = []string{"all"}
	}
	var parts []string
	if len(ends) > 0 {
		parts = append(parts, "ends "+strings.Join(ends, ", "))
	}
	if len(starts) > 0 {
		parts = append(parts, "starts "+strings.Join(starts, ", "))
	}
	if act == ActExtend {
		stop = append(stop, "lengthens the limit")
	}
	slices.Sort(stop)
	return strings.Join(append(parts, slices.Compact(stop)...), "; ")
}

var bracketed = regexp.MustCompile(`\([^)]*\)|¶\d+`)

// articlesOf are the articles that a basis cites: "XKF 32(4), 72(4)" is XKF 32 and
// XKF 72. What is practice, or a choice of this program, cites none.
func articlesOf(basis string) (all []string) {
	for part := range strings.SplitSeq(basis, ";") {
		part = strings.TrimSpace(bracketed.ReplaceAllString(part, ""))
		for prefix, name := range map[string]string{"XKF ": "XKF", "营商 ": "YS"} {
			rest, ok := strings.CutPrefix(part, prefix)
			if !ok {
				continue
			}
			for n := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ',' || r == ' ' || r == '/' }) {
				if _, err := strconv.Atoi(n); err == nil && !slices.Contains(all, name+" "+n) {
					all = append(all, name+" "+n)
				}
			}
		}
	}
	return all
}

func (s *source) page() (text string, missing []string) {
	var b strings.Builder
	b.WriteString(`# The law, article by article

Written by ` + "`go test ./domain/cases -run TheLawIsWritten -update`" + ` from the table of acts, its conditions and effects, and the
names of the tests. Do not edit it: the test fails when it is not what the code says.

XKF is the Administrative Licence Law (行政许可法), YS the Regulation on Improving the Business Environment (优化营商环境条例).
A condition is the code of the refusal; its words are in ` + "`domain/cases/text`" + ` under ` + "`cases.law.`" + `. Before its own conditions
every act is refused with ` + "`illegal_pair`" + ` where the table below has no entry, then with ` + "`not_in_role`" + `.

`)
	byArticle := map[string][]Rule{}
	var own []Rule
	for _, r := range slices.Concat(Rules(), rulesOfCertificates()) {
		list := articlesOf(r.Basis)
		for _, a := range list {
			byArticle[a] = append(byArticle[a], r)
		}
		if len(list) == 0 {
			own = append(own, r)
		}
	}
	articles := make([]string, 0, len(byArticle))
	for a := range byArticle {
		articles = append(articles, a)
	}
	for a := range s.tests {
		if byArticle[a] == nil {
			articles = append(articles, a)
		}
	}
	slices.SortFunc(articles, compareArticles)
	for _, a := range articles {
		fmt.Fprintf(&b, "## %s\n\n", a)
		if rules := byArticle[a]; len(rules) > 0 {
			s.table(&b, rules)
		}
		if names := clocksOn(a); len(names) > 0 {
			fmt.Fprintf(&b, "Clocks: %s.\n\n", strings.Join(names, ", "))
		}
		held := slices.Clone(s.tests[a])
		if n := s.scenarios[a]; len(n) > 0 {
			held = append(held, "TestScenarios "+strings.Join(n, " "))
		}
		if len(held) == 0 {
			missing = append(missing, a)
		}
		fmt.Fprintf(&b, "Held by: %s.\n\n", strings.Join(held, ", "))
	}
	b.WriteString("## What no statute says\n\nPractice of the agencies, and choices of this program; see the settings of each item.\n\n")
	s.table(&b, own)
	s.matrix(&b)
	kindsTable(&b)
	standings(&b)
	return b.String(), missing
}

func rulesOfCertificates() (list []Rule) {
	for _, r := range certificateRules {
		list = append(list, r.rule())
	}
	return list
}

// standings is the life of a certificate after it was made.
func standings(b *strings.Builder) {
	b.WriteString("\n## Certificates\n\nActs on a certificate leave the state of its case as it is. What is not listed is refused. A renewed, changed or reissued\n" +
		"certificate that another case makes anew becomes `replaced` here and lives on there.\n\n| act | from | to | grounds |\n| --- | --- | --- | --- |\n")
	for _, r := range certificateRules {
		to := string(r.To)
		if to == "" {
			to = "as it was"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", r.Act, joined(r.From), to, joined(r.Ground))
	}
}

func joined[T ~string](list []T) string {
	var all []string
	for _, x := range list {
		all = append(all, string(x))
	}
	return strings.Join(all, ", ")
}

func compareArticles(a, b string) int {
	la, na, _ := strings.Cut(a, " ")
	lb, nb, _ := strings.Cut(b, " ")
	x, _ := strconv.Atoi(na)
	y, _ := strconv.Atoi(nb)
	if la != lb {
		return strings.Compare(la, lb)
	}
	return x - y
}

func clocksOn(article string) (names []string) {
	for name, basis := range clockBasis {
		if slices.Contains(articlesOf(basis), article) {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

func (s *source) table(b *strings.Builder, rules []Rule) {
	b.WriteString("| act | | by | refused for | clocks | paper | basis |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rules {
		var who []string
		for _, w := range r.Who {
			who = append(who, string(w))
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", r.Act, r.Name, strings.Join(who, ", "),
			strings.Join(s.conditions(r.Act), ", "), s.clocks(r.Act), r.Paper, r.Basis)
	}
	b.WriteString("\n")
}

// matrix is the table itself: what each act makes of each state.
func (s *source) matrix(b *strings.Builder) {
	var from []State
	for _, st := range States {
		if slices.ContainsFunc(pairs, func(p pair) bool { return p.From == st }) {
			from = append(from, st)
		}
	}
	b.WriteString("## States and acts\n\nWhat is empty is refused. Of two results the act's input, a setting or another open stop decides. Records are lawful in every state.\n\n| act |")
	for _, st := range from {
		fmt.Fprintf(b, " %s |", st)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(from)) + "\n")
	for _, r := range Rules() {
		if r.Act.Record() {
			continue
		}
		fmt.Fprintf(b, "| `%s` |", r.Act)
		for _, st := range from {
			var to []string
			for _, p := range pairs {
				if p.From == st && p.Act == r.Act {
					for _, x := range p.To {
						to = append(to, string(x))
					}
				}
			}
			fmt.Fprintf(b, " %s |", strings.Join(to, ", "))
		}
		b.WriteString("\n")
	}
}

// kindsTable is which rows each kind of matter shares with a licence, which it lacks, and on what else it rests.
func kindsTable(b *strings.Builder) {
	kinds := []ItemKind{KindConfirmation, KindBenefit, KindAward, KindAdjudication, KindOther, KindService}
	b.WriteString("\n## Other kinds of matter\n\nThe Licence Law reaches licences only. What other kinds share with them rests on the item's own statute, the one-time notice on 营商 36. `-`: the kind has no such row.\n\n| |")
	line := func(cells func(ItemKind) string) {
		for _, k := range kinds {
			fmt.Fprintf(b, " %s |", cells(k))
		}
		b.WriteString("\n")
	}
	line(func(k ItemKind) string { return string(k) })
	b.WriteString("| --- |" + strings.Repeat(" --- |", len(kinds)) + "\n")
	const own = "where its statute says so"
	row := func(name string, of func(ItemKind, Terms) string) {
		fmt.Fprintf(b, "| %s |", name)
		line(func(k ItemKind) string { return of(k, NewTerms(k, false)) })
	}
	row("silence accepts", func(k ItemKind, t Terms) string {
		switch {
		case k == KindService:
			return "-"
		case t.Deem:
			return "yes"
		}
		return own
	})
	row("days to ask for corrections", func(_ ItemKind, t Terms) string { return strconv.Itoa(t.Notice) })
	row("extension", func(k ItemKind, t Terms) string {
		switch {
		case slices.Contains(absent[k], ActExtend):
			return "-"
		case t.Extension == 0:
			return own
		}
		return strconv.Itoa(t.Extension)
	})
	row("days to deliver", func(_ ItemKind, t Terms) string {
		if t.Delivery == 0 {
			return own
		}
		return strconv.Itoa(t.Delivery)
	})
	for _, r := range Rules() {
		fmt.Fprintf(b, "| `%s` |", r.Act)
		line(func(k ItemKind) string {
			if slices.Contains(absent[k], r.Act) {
				return "-"
			}
			return r.BasisOf(k)
		})
	}
	b.WriteString(`
Besides: a stop of any of them cites its statute (` + "`special_kind`" + `), also one of the eight of XKF 45. An adjudication tells and hears the other party
before it is decided. An award is made public before it is granted, and is applied for in the season that its item names. The steps of a benefit that make it
public or visit the household are tasks inside its limit. A public service has no statutory clock; that it is not needed, or lapses, refuses nobody a right.
`)
}
