package certificate

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/infra/fault"
)

// Real identifiers, as published: the check character of each must come out.
var published = []string{
	"11100000000013338W032.11220000013544541J.2430599.001.F",
	"11100000000013338W011.11430000006122244L.20230000403.001.U",
	"11100000000013338W009.11330105002500287C.2025052201.002.0",
	"11100000MB03271699022.340100.000000016.001.9",
}

func TestPublishedIdentifiers(t *testing.T) {
	t.Parallel()
	for _, text := range published {
		full := root + "." + text
		for _, typed := range []string{full, text, "…" + text, strings.ToLower(full), " " + strings.ReplaceAll(full, ".", " . "), wide(full)} {
			id, err := ParseIdentifier(typed)
			if err != nil {
				t.Errorf("%s: %v", typed, err)
				continue
			}
			if got := id.String(); got != full {
				t.Errorf("%s reads as %s", typed, got)
			}
		}
	}
}

// wide writes a text in full-width characters.
func wide(text string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, text)
}

func TestNoOneCharacterMistakeIsAnIdentifier(t *testing.T) {
	t.Parallel()
	for _, text := range published {
		for i, r := range text {
			if r == '.' {
				continue
			}
			for _, other := range alphabet36 {
				wrong := text[:i] + string(other) + text[i+1:]
				if _, err := ParseIdentifier(wrong); (err == nil) != (other == r) {
					t.Errorf("%s: %v", wrong, err)
				}
			}
		}
	}
}

func TestWhatIsNoIdentifier(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ".", "....", "1.2.156.3005.2", "1.2.156.3005.2.....", published[0][:len(published[0])-1], published[0] + "F",
		"食品经营许可证", published[0] + ".X", strings.Repeat("1.", 300), "1.2.3.001.\x00",
	} {
		if _, err := ParseIdentifier(text); fault.Code(err) != "certificate.number_wrong" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNumbersCarryTheirCheckCharacter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[A-Z]{1,8}`).Draw(t, "prefix")
		no := number(prefix, "379900", 2026, rapid.Int64Range(0, drawn-1).Draw(t, "draw"))
		if !ValidNumber(no) {
			t.Fatalf("%s is not valid", no)
		}
		i := rapid.IntRange(0, len(no)-1).Draw(t, "place")
		c := rapid.SampledFrom([]byte(alphabet36)).Draw(t, "character")
		if wrong := no[:i] + string(c) + no[i+1:]; wrong != no && ValidNumber(wrong) {
			t.Fatalf("%s passes for %s", wrong, no)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, text := range published {
		f.Add(text)
	}
	f.Add("JY3799002600000017K")
	f.Fuzz(func(t *testing.T, text string) {
		ValidNumber(tidy(text))
		if id, err := ParseIdentifier(text); err == nil {
			again, err := ParseIdentifier(id.String())
			if err != nil || again != id {
				t.Errorf("%q reads as %v, which reads as %v (%v)", text, id, again, err)
			}
		}
	})
}
