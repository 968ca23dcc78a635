package catalog_test

import (
	"testing"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/fault"
)

func num(v float64) *float64 { return &v }

func TestFieldCheck(t *testing.T) {
	t.Parallel()
	idno := catalog.Field{Type: catalog.FieldIDNo}
	uscc := catalog.Field{Type: catalog.FieldUSCC}
	mobile := catalog.Field{Type: catalog.FieldMobile, Pattern: `^1[3-9]\d{9}$`}
	date := catalog.Field{Type: catalog.FieldDate}
	whole := catalog.Field{Type: catalog.FieldInteger, Min: num(1), Max: num(5000)}
	area := catalog.Field{Type: catalog.FieldDecimal, Min: num(0.1), Scale: 2}
	text := catalog.Field{Type: catalog.FieldText, MinLength: 2, MaxLength: 4}
	code := catalog.Field{Type: catalog.FieldText, Pattern: `^JY\d{14}$`}
	choice := catalog.Field{Type: catalog.FieldChoice, Options: []string{"甲", "乙"}}
	multi := catalog.Field{Type: catalog.FieldMulti, Options: []string{"甲", "乙", "丙"}}
	yes := catalog.Field{Type: catalog.FieldYesNo, Must: "true"}
	tests := []struct {
		field catalog.Field
		typed string
		want  string // code after "catalog.field."
	}{
		{idno, "11010519491231002X", ""},
		{idno, " 11010519491231002x ", ""},
		{idno, "１１０１０５１９４９１２３１００２Ｘ", ""},
		{idno, "110105 19491231 002X", ""},
		{idno, "110105194912310021", "idno_check"},
		{idno, "11010519491331002X", "idno"},
		{idno, "1101051949123100", "idno_length"},
		{idno, "11010519491231ABCX", "idno"},
		{uscc, "91350100M000100Y43", ""},
		{uscc, "91350100m000100y43", ""},
		{uscc, "91350100M000100Y44", "uscc_check"},
		{uscc, "91350100M000100Y4", "uscc_length"},
		{uscc, "91350100I000100Y43", "uscc"},
		{mobile, "15400001234", ""},
		{mobile, "１５４ ０００ ０１２３４", ""},
		{mobile, "+86 154-0000-1234", ""},
		{mobile, "1540000123", "mobile_length"},
		{mobile, "12400001234", "mobile"},
		{mobile, "电话", "mobile"},
		{date, "2026-02-28", ""},
		{date, "2026年2月8日", ""},
		{date, "2026/2/8", ""},
		{date, "20260208", ""},
		{date, "2026-02-30", "date"},
		{date, "明天", "date"},
		{whole, "１２", ""},
		{whole, "0", "min"},
		{whole, "5001", "max"},
		{whole, "3.5", "integer"},
		{whole, "1e3", "integer"},
		{area, "86.50", ""},
		{area, "0.05", "min"},
		{area, "86.500", ""}, // noughts at the end are no more places
		{area, "86.505", "scale"},
		{area, "NaN", "decimal"},
		{text, "听荷小馆", ""},
		{text, "馆", "short"},
		{text, "听荷小馆店", "long"},
		{text, "a\x00b", "pattern"},
		{text, "\xff\xfe", "pattern"},
		{text, "馆\U0001F600", "symbol"},
		{text, "\U00020BB7祥", ""},
		{code, "ＪＹ12345678901234", ""},
		{code, "JY1", "pattern"},
		{choice, "甲", ""},
		{choice, "丁", "option"},
		{multi, "甲^丙", ""},
		{multi, "甲^^丙^", ""},
		{multi, "甲^甲", "option"},
		{multi, "甲^丁", "option"},
		{yes, "true", ""},
		{yes, "false", "must"},
		{yes, "是", "option"},
		{text, "", ""},
		{catalog.Field{Type: catalog.FieldText, Required: true}, " \u3000 ", "required"},
	}
	for _, tt := range tests {
		want := tt.want
		if want != "" {
			want = "catalog.field." + want
		}
		if got := tt.field.Check(tt.field.Clean(tt.typed)); got != want {
			t.Errorf("%s %q: got %q, want %q", tt.field.Type, tt.typed, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, typed, want string
	}{
		{catalog.FieldDate, "2026年2月8日", "2026-02-08"},
		{catalog.FieldMobile, "+86 154-0000-1234", "15400001234"},
		{catalog.FieldIDNo, "11010519491231002ｘ", "11010519491231002X"},
		{catalog.FieldText, "\u3000望湖路（１２）号 ", "望湖路（１２）号"},
		{catalog.FieldTextarea, "一\r\n二", "一\n二"},
	}
	for _, tt := range tests {
		if got := (catalog.Field{Type: tt.kind}).Clean(tt.typed); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.kind, tt.typed, got, tt.want)
		}
	}
}

func TestCheckForm(t *testing.T) {
	t.Parallel()
	n := items(t)["food-operation-new"].Resolve(map[string]string{"q2": "b"})
	typed := map[string]string{
		"org_name": "听荷小馆", "org_uscc": "91350100M000100Y43", "legal_name": "周听荷", "legal_idno": "11010519491231002X",
		"org_address": "湖滨街道", "contact_name": "周听荷", "contact_mobile": "１５４００００１２３４", "site_address": "湖滨街道",
		"site_area": "86.5", "food_format": "餐饮服务经营者", "food_items": "热食类制售^冷食类制售", "worker_count": "3",
		"safety_officer": "周听荷", "network_sale": "false", "kitchen_area": "not asked for", "no_such_field": "x",
	}
	if wrong := n.CheckForm(typed); len(wrong) != 0 {
		t.Errorf("a right form: %v", wrong)
	}
	clean := n.CleanForm(typed)
	if clean["contact_mobile"] != "15400001234" || clean["kitchen_area"] != "" || clean["no_such_field"] != "" {
		t.Errorf("cleaned: %v", clean)
	}
	delete(typed, "legal_name")
	typed["legal_idno"] = "110105194912310021"
	wrong := n.CheckForm(typed)
	if len(wrong) != 2 || wrong["legal_name"] != "catalog.field.required" || wrong["legal_idno"] != "catalog.field.idno_check" {
		t.Errorf("two faults: %v", wrong)
	}
	if !fault.Is(wrong.Err(), fault.Invalid) {
		t.Errorf("as a fault: %v", wrong.Err())
	}
}

// FuzzField feeds any text to any type of field: nothing panics, and what is accepted
// once cleaned stays as it is when cleaned again.
func FuzzField(f *testing.F) {
	f.Add("idno", "11010519491231002X")
	f.Add("date", "2026年2月8日")
	f.Add("multi", "甲^乙")
	f.Add("decimal", "-0.5")
	f.Fuzz(func(t *testing.T, kind, typed string) {
		field := catalog.Field{Type: kind, Options: []string{"甲", "乙"}, Min: num(-1), Scale: 2}
		clean := field.Clean(typed)
		if field.Check(clean) != "" {
			return
		}
		if !utf8.ValidString(clean) {
			t.Errorf("accepted %q", clean)
		}
		if again := field.Clean(clean); again != clean {
			t.Errorf("%s %q: cleaned to %q, then to %q", kind, typed, clean, again)
		}
	})
}
