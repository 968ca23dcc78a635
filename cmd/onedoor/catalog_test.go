package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const city = "../../sample/yunchuan"

// spoiled is the package of the sample city with changes to its files: what to replace by what.
func spoiled(t *testing.T, changes map[string][2]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(city)); err != nil {
		t.Fatal(err)
	}
	for name, c := range changes {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err == nil && !strings.Contains(string(text), c[0]) {
			t.Fatalf("%s has no %q", name, c[0])
		}
		if err = errors.Join(err, os.WriteFile(path, []byte(strings.Replace(string(text), c[0], c[1], 1)), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A package that is right ends with 0, every item of the sample city of full quality; one that is not ends with 1 and says
// of each problem where it is and what to do.
func TestCatalogCheck(t *testing.T) {
	t.Parallel()
	out, err := commandLine(t, t.TempDir(), "catalog", "check", city)
	if err != nil || strings.Contains(out, "problem ") || !strings.HasSuffix(out, "items are right, 0 problems\n") || strings.Count(out, "quality ") != strings.Count(out, "quality 100 ") {
		t.Errorf("the sample city: %v\n%s", err, out)
	}
	for name, c := range map[string]struct {
		changes map[string][2]string
		want    []string
	}{
		"a kind that there is not": {map[string][2]string{"items/food-operation-new.yaml": {"type: '01'", "type: '77'"}}, []string{"problem  items/food-operation-new.yaml"}},
		"a key that nobody knows":  {map[string][2]string{"items/drug-retail.yaml": {"\nname:", "\nno_such_key: 1\nname:"}}, []string{"problem  items/drug-retail.yaml", "no_such_key"}},
		"two at once": {map[string][2]string{
			"items/food-operation-new.yaml": {"type: '01'", "type: '77'"}, "items/drug-retail.yaml": {"\nname:", "\nno_such_key: 1\nname:"},
		}, []string{"items/food-operation-new.yaml", "items/drug-retail.yaml line 4", "points at does not exist", "5 problems"}},
	} {
		out, err := commandLine(t, t.TempDir(), "catalog", "check", spoiled(t, c.changes))
		if !errors.Is(err, errProblems) {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, out)
			}
		}
	}
	out, err = commandLine(t, t.TempDir(), "catalog", "check", spoiled(t, map[string][2]string{"materials.yaml": {"\n", "\n- [broken\n"}}))
	if !errors.Is(err, errProblems) || !strings.Contains(out, "problem  materials.yaml") {
		t.Errorf("a file that is no YAML: %v\n%s", err, out)
	}
	if _, err := commandLine(t, t.TempDir(), "catalog", "check", "/no/such"); err == nil {
		t.Error("no package is right")
	}
}

// A list with a wrong row is refused with sheet, line, column, heading and the remedy, and what is right is taken.
func TestImportNamesThePlace(t *testing.T) {
	t.Parallel()
	list := file(t, "items.csv", "事项名称,事项类型,实施主体\n取水许可,行政许可,云川市水利局\n河道采砂,一种新的,云川市水利局\n,行政许可,云川市水利局\n")
	out, err := commandLine(t, t.TempDir(), "import", "items", "--dry-run", list)
	if !errors.Is(err, errRefused) {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"line 3 column B 事项类型", "line 4 column A 事项名称", "1 added, 0 changed, 0 unchanged, 2 refused"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// Many problems of one kind are one line that counts them; a file for a spreadsheet has each, and what differs is not lost.
func TestImportGroupsProblems(t *testing.T) {
	t.Parallel()
	text := "事项名称,事项类型,实施主体\n"
	for i := range 20 {
		text += fmt.Sprintf("事项%d,种类%d,云川市水利局\n", i, i)
	}
	all := filepath.Join(t.TempDir(), "problems.csv")
	out, err := commandLine(t, t.TempDir(), "import", "items", "--dry-run", "--problems", all, file(t, "items.csv", text+",行政许可,云川市水利局\n"))
	if !errors.Is(err, errRefused) || strings.Count(out, "refused  ") != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"refused  20 problems of one kind, the first: line 2 column B 事项类型  事项0: ", "refused  line 22 column A 事项名称", "21 refused"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	written, err := os.ReadFile(all)
	if err != nil || !strings.HasPrefix(string(written), "\xef\xbb\xbffile,sheet,line,column,") || !strings.Contains(string(written), ",,21,B,事项类型,事项19,") || strings.Count(string(written), "\n") != 22 {
		t.Errorf("%v\n%s", err, written)
	}
}

// The name of the file says the format, and does not contradict what is asked for.
func TestFormatOfAnExport(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		asked, file string
		template    bool
		want        string // "": refused
	}{
		{"", "-", false, "csv"}, {"", "a.xlsx", false, "xlsx"}, {"", "a.ZIP", false, "package"}, {"xlsx", "-", false, "xlsx"},
		{"", "-", true, "xlsx"}, {"csv", "-", true, ""}, {"csv", "a.xlsx", false, ""}, {"", "a.csv", true, ""}, {"package", "folder", false, "package"},
	} {
		if got, err := formatOf(tt.asked, tt.file, tt.template); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
}

// What is no package is refused, with what to choose instead.
func TestCatalogCheckRefusesWhatIsNoPackage(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "county.xlsx")
	if err := os.WriteFile(list, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		t.TempDir():              "there is no item in",
		"../../docs":             "a package is a folder with its items in items/",
		"../../docs/glossary.md": "glossary.md is no package",
		list:                     "onedoor import items --dry-run " + list,
	} {
		if out, err := commandLine(t, t.TempDir(), "catalog", "check", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q\n%s", name, err, want, out)
		}
	}
}
