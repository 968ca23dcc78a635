package catalog_test

import (
	"bytes"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// A city has some ten thousand items. The tests of every day take fewer, so that they stay
// quick; "make large" takes them all.
const (
	few       = 600
	thousands = 11_158
)

// howMany is how many items the tests of many take.
func howMany() int {
	if os.Getenv("ONEDOOR_LARGE") != "" {
		return thousands
	}
	return few
}

// cpu is the time that the processors have given to the test.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestAWorkbookOfMany comes in with progress, can be searched at once, and goes round. The
// times are for the reader of the log: a machine that others use has no second to swear by.
func TestAWorkbookOfMany(t *testing.T) {
	n := howMany()
	text := catalog.GeneratedWorkbook(t, n)
	t.Logf("the workbook has %d items and %d KB", n, len(text)>>10)
	eachPair(t, func(t *testing.T, a, b *db.DB) {
		s := another(a)
		told := map[string]int{}
		began, spent := time.Now(), cpu(t)
		mark := map[string]time.Duration{}
		r, err := s.ImportTelling(t.Context(), keeper, "generated.xlsx", bytes.NewReader(text), func(state string, done, total int) {
			told[state]++
			mark[state] = time.Since(began)
			if done > total || total != n {
				t.Errorf("%s: %d of %d", state, done, total)
			}
		})
		took := time.Since(began)
		if err != nil || r.Added != n || r.LeftOut() != 0 {
			t.Fatalf("added %d, %v, %+v", r.Added, err, r.Refused[:min(5, len(r.Refused))])
		}
		t.Logf("imported in %v, %v of processors; the states ended at %v", took, cpu(t)-spent, mark)
		if told[catalog.StateStaging] < 3 || told[catalog.StateIndexing] < 3 {
			t.Errorf("progress was told %v times", told)
		}
		if times := searches(t, s, a, 4); times[len(times)/2] > 100*time.Millisecond {
			t.Errorf("every other search takes more than %v", times[len(times)/2])
		}
		began = time.Now()
		first := export(t, s, exchange.XLSX)
		t.Logf("exported in %v, %d KB", time.Since(began), len(first)>>10)
		began = time.Now()
		o := another(b)
		if r := importing(t, o, "a.xlsx", first); r.Added != n {
			t.Fatalf("into another: %d", r.Added)
		}
		t.Logf("imported into another in %v", time.Since(began))
		if !bytes.Equal(first, export(t, o, exchange.XLSX)) {
			t.Error("the bytes differ")
		}
		began = time.Now()
		if r := importing(t, s, "a.xlsx", first); r.Unchanged != n {
			t.Errorf("again: %d unchanged", r.Unchanged)
		}
		t.Logf("imported again without news in %v", time.Since(began))
		began = time.Now()
		packed := export(t, s, exchange.Package)
		t.Logf("exported as a package in %v, %d KB", time.Since(began), len(packed)>>10)
	})
}

// many are what people type: names, parts of them, initials, pinyin, mistakes, what they call
// it, codes, and what there is not.
var many = []string{
	"食品经营许可", "食品经营", "许可", "登记", "spjyxk", "ldpq", "shipinjingyingxuke", "食品经菅许可", "我想开个面馆", "I want to open a noodle shop",
	"开饭馆", "营业执照", "社保卡", "医疗机构变更登记", "危险化学品", "第77类", "gen-00042", "公积金", "民办学校年度报告", "取水", "药店",
	"户外广告 审批", "道路运输 县级", "不动产登记要什么材料", "bdc", "养老", "低保", "LG000100", "一个什么都没有的词", "天上掉馅饼",
}

// searches measures each of the searches so many times, and gives the times in order.
func searches(t testing.TB, s *catalog.Service, d *db.DB, rounds int) []time.Duration {
	t.Helper()
	var times []time.Duration
	for range rounds {
		for _, typed := range many {
			began := time.Now()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				_, _, err := s.Search(tx, typed, catalog.Filter{}, "", 20)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			times = append(times, time.Since(began))
		}
	}
	slices.Sort(times)
	t.Logf("search: p50 %v, p99 %v, worst %v of %d", times[len(times)/2], times[len(times)*99/100], times[len(times)-1], len(times))
	return times
}

// BenchmarkSearch measures a catalogue of 11,158 items on both databases: all searches
// together with the slowest of a hundred, then each.
func BenchmarkSearch(b *testing.B) {
	for name, url := range dbtest.URLs(b) {
		b.Run(name, func(b *testing.B) {
			d := dbtest.Open(b, url, schemas)
			s := another(d)
			if _, err := s.Import(b.Context(), keeper, "a.xlsx", bytes.NewReader(catalog.GeneratedWorkbook(b, thousands))); err != nil {
				b.Fatal(err)
			}
			b.Run("all", func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					times = append(times, searches(b, s, d, 1)...)
				}
				slices.Sort(times)
				ms := func(at int) float64 { return float64(times[at].Microseconds()) / 1000 }
				b.ReportMetric(ms(len(times)/2), "p50-ms")
				b.ReportMetric(ms(len(times)*99/100), "p99-ms")
			})
			for _, typed := range many {
				b.Run(typed, func(b *testing.B) {
					for b.Loop() {
						if err := d.Read(b.Context(), func(tx *db.Tx) error {
							_, _, err := s.Search(tx, typed, catalog.Filter{}, "", 20)
							return err
						}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
