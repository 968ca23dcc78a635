package search

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func TestSounds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"开饭店": "'kai'fan'dian'", "公积金": "'gon'ji'jin'", "公基金": "'gon'ji'jin'", "女": "'nu'", "A店B": "'dian'", "执照、证": "'zi'zao' 'zen'", "": "", "㐀": "",
	} {
		if got := Sounds(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if n := len(sounds().of); n != 6763 {
		t.Errorf("readings of %d characters, GB 2312 has 6763", n)
	}
	if grams := soundGrams("银行"); !slices.Equal(grams, []string{"^yin'xin", "^yin'han"}) {
		t.Errorf("银行: %q", grams)
	}
}

func TestSpelled(t *testing.T) {
	t.Parallel()
	for letters, want := range map[string]string{
		"shipin": "si pin", "xian": "xian|xi an", "jingying": "jin yin", "zhongguo": "zon guo", "lvshi": "lu si", "xyz": "", "a": "",
	} {
		var got []string
		for _, way := range Spelled(letters) {
			got = append(got, strings.Join(way, " "))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: got %q, want %q", letters, got, want)
		}
	}
	if got := spelledInPart("shipinjngyingxuke"); !slices.Contains(got, "^si'pin") || !slices.Contains(got, "^xu'ke") {
		t.Errorf("with an error: %q", got)
	}
}

func FuzzSpelled(f *testing.F) {
	f.Add("shipinjingying")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, letters string) {
		if ways := Spelled(letters); len(ways) > mostSpelled {
			t.Fatalf("%q is spelled in %d ways", letters, len(ways))
		}
		for _, g := range spelledInPart(letters) {
			if !strings.HasPrefix(g, soundMark) {
				t.Fatalf("%q: %q", letters, g)
			}
		}
	})
}

// TestHowAHitWasFound: the surest way is said, and the whole title goes before all.
func TestHowAHitWasFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		names := []string{1: "食品经营许可（新办）", 2: "居住证申领", 3: "许可", 4: "许可证补发"}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i, name := range names[1:] {
				if err := Index(tx, "thing", Document{int64(i + 1), []Field{{Text: name, Weight: 50 - i, Title: true, Sound: true}}}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			typed string
			also  []string
			first int64
			how   How
		}{
			{"食品经营", nil, 1, Literal}, {"shipinjingying", nil, 1, Literal}, {"jzz", nil, 2, Literal}, {"饭店", []string{"食品经营许可"}, 1, Said},
			{"居住正", nil, 2, Sound}, {"证居", nil, 2, Near}, {"食品经菅许可", nil, 1, Part}, {"shipinjngyingxuke", nil, 1, Part},
		} {
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				hits, err := Find(tx, "thing", tt.typed, tt.also...)
				if len(hits) == 0 || hits[0].Doc != tt.first || hits[0].How != tt.how {
					t.Errorf("%q: got %+v, want %d by %d", tt.typed, hits, tt.first, tt.how)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			hits, err := Titled(tx, "thing", " 许可。")
			if len(hits) != 1 || hits[0].Doc != 3 {
				t.Errorf("titled: %+v", hits)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
