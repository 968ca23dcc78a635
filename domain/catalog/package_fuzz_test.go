package catalog_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
)

// FuzzPackage reads any text as the files of a package: nothing panics, every refusal has a code and its file, and an item
// that is taken in has nothing wrong with it.
func FuzzPackage(f *testing.F) {
	f.Add("items/a.yaml", "id: a\nname: 甲事\nmaterials:\n  - {id: m1, name: 申请书, necessity: \"1\"}\n")
	f.Add("items/a.yaml", "id: a\nlike: a\n")
	f.Add("items/a.yaml", "id: a\nsituations: [{id: q1, question: 甲？, options: [{value: a, label: 是, effects: [{op: set_limit, target: 3 workday}]}]}]\nrules: [{id: r1, when: 'q1 == \"a\"'}]\n")
	f.Add("flows.yaml", "flows: [{id: x, name: 甲, root: {seq: [{task: accept}, {task: decide}]}}]\n")
	f.Add("materials.yaml", "materials: [{code: a, name: 甲, kind: \"1\", blank: {path: ../a}}]\n")
	f.Add("base.yaml", "bases: [{code: \"000199999000\", name: 甲, type: \"01\", main: x}]\n")
	f.Add("reforms.yaml", "reforms: [{id: a}]\nseals: [{id: b, reform: a, acts: [{act: retire}]}]\n")
	f.Add("standards.yaml", "certificate_types: [{code: CT-X}]\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !strings.HasSuffix(name, ".yaml") || !fs.ValidPath(name) {
			return
		}
		pack := fstest.MapFS{"items/b.yaml": {Data: []byte("id: b\nname: 乙事\n")}, name: {Data: []byte(text)}}
		got, err := catalog.CheckPackage(pack)
		if err != nil {
			return
		}
		for _, p := range got.Problems {
			if p.Code == "" || p.File == "" {
				t.Errorf("%+v", p)
			}
		}
		p, err := catalog.ReadPackage(pack)
		if err != nil {
			return
		}
		for _, it := range p.Items {
			if w := it.Wrong(); len(w) > 0 {
				t.Errorf("it is taken in with %+v", w)
			}
		}
	})
}
