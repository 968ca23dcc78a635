package office_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

func imported(t *testing.T, s *office.Service, file string) office.Report {
	t.Helper()
	r, err := s.ImportRegions(t.Context(), strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const head = "code12,level,name,parent12\n"

func TestImportRegionsReportsWhatItDid(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &office.Service{DB: d}
		good := head + "370000000000,1,山东省,\n370200000000,2,青岛市,370000000000\n370202000000,3,市南区,370200000000\n" +
			"370202001000,4,八大湖街道,370202000000\n370202001001,5,南京路社区,370202001000\n"
		if r := imported(t, s, "\ufeff"+good); r.Rows != 5 || r.Added != 5 || len(r.Refused) != 0 {
			t.Errorf("first: %+v", r)
		}
		if r := imported(t, s, good); r.Same != 5 || r.Added+r.Changed != 0 {
			t.Errorf("second: %+v", r)
		}
		r := imported(t, s, head+
			"370202000000,3,市南新区,370200000000\n"+ // changed
			"370203000000,3,市北区,370200000000\n"+ // added
			"370204000000,3,,370200000000\n"+
			"37020,3,崂山区,370200000000\n"+
			"3702XX000000,3,崂山区,370200000000\n"+
			"370205000000,6,李沧区,370200000000\n"+
			"370205001000,3,李沧区,370200000000\n"+
			"370206000000,3,城阳区\n"+
			"370207000000,3,即墨区,370900000000\n"+
			"120101000000,3,和平区,370200000000\n"+
			"370203000000,3,另一个,370200000000\n"+
			"370203000000,3,市北区,370200000000\n"+
			"370208000000,3,自己,370208000000\n"+
			"\"37,3\n")
		if r.Rows != 14 || r.Added != 1 || r.Changed != 1 {
			t.Errorf("third: %+v", r)
		}
		var got []string
		for _, f := range r.Refused {
			got = append(got, fmt.Sprint(f.Line, " ", strings.TrimPrefix(f.Why, "office.region_")))
		}
		want := []string{"4 name", "5 code", "6 code", "7 level", "8 shape", "9 columns", "10 no_parent", "11 wrong_parent", "12 twice", "13 repeated", "14 own_parent", "15 csv"}
		if !slices.Equal(got, want) {
			t.Errorf("refused %v, want %v", got, want)
		}
		read(t, s, func(tx *db.Tx) error {
			path, err := s.RegionPath(tx, "370202001001")
			var names []string
			for _, p := range path {
				names = append(names, p.Name)
			}
			if want := []string{"山东省", "青岛市", "市南新区", "八大湖街道", "南京路社区"}; !slices.Equal(names, want) {
				t.Errorf("path = %v, want %v", names, want)
			}
			below, err2 := s.Regions(tx, "370200000000")
			if len(below) != 2 || err2 != nil {
				t.Errorf("below = %v, %v", below, err2)
			}
			under, err3 := s.RegionsUnder(tx, "370200", 3, 4)
			if err3 != nil || len(under) < 3 || under[0].Level != 3 {
				t.Errorf("under = %v, %v", under, err3)
			}
			for _, r := range under {
				if r.Level < 3 || r.Level > 4 || !office.Within(r.Code, "370200") || office.Within(r.Code, "379900") {
					t.Errorf("%+v is not under the city", r)
				}
			}
			return err
		})
	})
}

func TestImportRegionsTakesTheFileOfCounties(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &office.Service{DB: d}
		r := imported(t, s, "code6,level,name,parent6\n440000,1,广东省,\n441900,2,东莞市,440000\n441900,3,东莞市,441900\n")
		if r.Added != 2 || len(r.Refused) != 1 || r.Refused[0] != (office.Refusal{Line: 4, Code: "441900", Why: "office.region_own_parent"}) {
			t.Errorf("report = %+v", r)
		}
		read(t, s, func(tx *db.Tx) error {
			got, err := s.Region(tx, "441900000000")
			if want := (office.Region{Code: "441900000000", Level: 2, Name: "东莞市", Parent: "440000000000"}); got != want {
				t.Errorf("region = %+v, want %+v", got, want)
			}
			return err
		})
	})
}

func TestImportRegionsNeedsItsHead(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "name,code\n", "\"", "code12,level,name,parent6\n"} {
		_, err := (&office.Service{}).ImportRegions(t.Context(), strings.NewReader(file))
		if fault.Code(err) != "office.region_head" {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestImportRegionsManyAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &office.Service{DB: d}
		var file strings.Builder
		file.WriteString(head + "110000000000,1,某省,\n110100000000,2,某市,110000000000\n")
		for county := range 50 {
			code := fmt.Sprintf("1101%02d", county+1)
			fmt.Fprintf(&file, "%s000000,3,某县%d,110100000000\n", code, county)
			for town := range 99 {
				fmt.Fprintf(&file, "%s%03d000,4,某镇%d,%s000000\n", code, town+1, town, code)
			}
		}
		if r := imported(t, s, file.String()); r.Added != 5002 || len(r.Refused) != 0 {
			t.Errorf("added %d, refused %d", r.Added, len(r.Refused))
		}
		if r := imported(t, s, file.String()); r.Same != 5002 {
			t.Errorf("same = %d", r.Same)
		}
	})
}

func FuzzImportRegions(f *testing.F) {
	f.Add([]byte(head + "370000000000,1,山东省,\n370200000000,2,青岛市,370000000000\n"))
	f.Add([]byte("code6,level,name,parent6\n441900,3,东莞市,441900\n"))
	f.Add([]byte(head + "\"\n,,,\n0,0,0,0\n000000000000,1,x,\n"))
	f.Add([]byte("\xff\xfe\x00"))
	d, err := db.Open(context.Background(), f.TempDir()+"/fuzz.db")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(context.Background(), "auth", schemas[0].Files); err != nil {
		f.Fatal(err)
	}
	if err := d.Migrate(context.Background(), "office", office.Schema); err != nil {
		f.Fatal(err)
	}
	s := &office.Service{DB: d}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := s.ImportRegions(t.Context(), bytes.NewReader(file))
		if err != nil {
			if fault.Code(err) != "office.region_head" {
				t.Fatal(err)
			}
			return
		}
		if got := r.Added + r.Changed + r.Same + len(r.Refused); got != r.Rows {
			t.Errorf("%d rows, %d accounted for: %+v", r.Rows, got, r)
		}
		again, err := s.ImportRegions(t.Context(), bytes.NewReader(file))
		if err != nil || again.Added+again.Changed != 0 || again.Same != r.Added+r.Changed+r.Same {
			t.Errorf("the second time: %+v, %v, after %+v", again, err, r)
		}
	})
}
