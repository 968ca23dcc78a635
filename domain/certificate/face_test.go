package certificate

import (
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
)

func date(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestValidity(t *testing.T) {
	t.Parallel()
	from, before := date(t, "2026-10-16"), date(t, "2028-03-01")
	for _, c := range []struct {
		rule          string
		chosen, until string
		words         string
	}{
		{"5年", "", "2031-10-15", "自2026年10月16日至2031年10月15日"},
		{"自准予延续之日起5年", "", "2031-10-15", "自2026年10月16日至2031年10月15日"},
		{"5年（施工排水按工期）", "", "2031-10-15", "自2026年10月16日至2031年10月15日"},
		{"5年（施工排水按工期）", "2027-06-30", "2027-06-30", "自2026年10月16日至2027年6月30日"},
		{"18个月", "", "2028-04-15", "自2026年10月16日至2028年4月15日"},
		{"长期", "", "", "长期"},
		{"", "", "", "长期"},
		{"见证面", "", "", "以准予决定载明的期限为准"},
		{"见证面，最长不超过2年", "2028-10-15", "2028-10-15", "自2026年10月16日至2028年10月15日"},
		{"有效期限不变", "", "2028-03-01", "自2026年10月16日至2028年3月1日"},
		{"每2年年审1次", "", "", "每2年年审1次"},
		{"2年内未开工应作出说明", "", "", "2年内未开工应作出说明"},
		{"动态管理", "", "", "动态管理"},
	} {
		var chosen, want calendar.Date
		if c.chosen != "" {
			chosen = date(t, c.chosen)
		}
		if c.until != "" {
			want = date(t, c.until)
		}
		got := validity(calendar.Official(), c.rule, from, chosen, before)
		if got.Until != want || got.words(c.rule) != c.words {
			t.Errorf("%q: until %s %q, want %s %q", c.rule, dayText(got.Until), got.words(c.rule), dayText(want), c.words)
		}
	}
}

func TestTheLeapDayEndsOnTheLastOfFebruary(t *testing.T) {
	t.Parallel()
	got := validity(calendar.Official(), "1年", date(t, "2028-02-29"), 0, 0)
	if want := date(t, "2029-02-27"); got.Until != want {
		t.Errorf("until %s, want %s", got.Until, want)
	}
}

func person() Grant {
	return Grant{
		Holder:  Holder{Party: 1, Kind: Person, Name: "周雨桐", Number: "379900198706120117"},
		Body:    Body{Code: "SPJ", Name: "云川市行政审批服务局", USCC: "113799009901Y1710E"},
		Decided: time.Date(2026, 10, 16, 7, 0, 0, 0, time.UTC), Basis: "379900202610150000427-准",
		Rows: []Row{
			{"applicant_name", "姓名", "周雨桐", "text"}, {"applicant_idno", "公民身份号码", "379900198706120117", "idno"},
			{"contact_mobile", "手机号码", "15400020001", "mobile"}, {"home_address", "居住地址", "云川市望湖区样例路12号3栋", "address"},
			{"reason", "事由", "周雨桐本人办理，电话15400020001，证件379900198706120117", "textarea"}, {"need_seal", "是否刻章", "是", "yesno"}, {"pay_account", "待遇发放账号", "YC20260001", "text"}, {"birth", "出生日期", "1987-06-12", "date"},
		},
	}
}

func TestThePublicSeesNothingPersonal(t *testing.T) {
	t.Parallel()
	g := person()
	f := compose(g, Type{Name: "居住证"}, Span{From: date(t, "2026-10-16")}, "JZ1", Identifier{}, "")
	all := func(f Face) string { return f.texts() + f.Holder + f.HolderNumber }
	for _, want := range []string{"周雨桐", "379900198706120117", "JZ1", g.Basis, "云川市望湖区样例路12号3栋"} {
		if !strings.Contains(all(f), want) {
			t.Errorf("the certificate itself lacks %s", want)
		}
	}
	for _, never := range []string{"是否刻章", "YC20260001"} {
		if strings.Contains(all(f), never) {
			t.Errorf("%s stands on the certificate", never)
		}
	}
	seen := all(f.public())
	for _, never := range []string{"周雨桐", "198706120117", "15400020001", "样例路", "1987", "本人办理"} {
		if strings.Contains(seen, never) {
			t.Errorf("the public sees %s in %s", never, seen)
		}
	}
	for _, want := range []string{"周*桐", "JZ1", g.Basis} {
		if !strings.Contains(seen, want) {
			t.Errorf("the public does not see %s in %s", want, seen)
		}
	}
}

func TestWhatABusinessIsKnownForStaysPublic(t *testing.T) {
	t.Parallel()
	g := person()
	g.Holder = Holder{Party: 2, Kind: Organization, Name: "云川栖霞餐饮管理有限公司", Number: "91379900MA7YC0014Q"}
	g.Rows = []Row{
		{"legal_name", "法定代表人（负责人）", "周叙白", "text"}, {"legal_idno", "法定代表人证件号码", "379900198706120117", "idno"},
		{"site_address", "经营场所地址", "云川市望湖区柳荫路36号", "address"}, {"contact_name", "联系人", "陈念真", "text"},
	}
	f := compose(g, Type{Name: "食品经营许可证"}, Span{}, "JY1", Identifier{}, "")
	if own := f.texts(); strings.Contains(own, "379900198706120117") || strings.Contains(own, "陈念真") {
		t.Errorf("the certificate carries what does not belong on it: %s", own)
	}
	seen := f.public().texts()
	for _, want := range []string{g.Holder.Name, g.Holder.Number, "柳荫路36号", "周*白"} {
		if !strings.Contains(seen, want) {
			t.Errorf("the public does not see %s in %s", want, seen)
		}
	}
}

func TestALayoutDecidesWhatStandsOnACertificate(t *testing.T) {
	t.Parallel()
	layout := Layout{Title: "许可证", Rows: []LayoutRow{
		{Label: "编号", Value: "{number}"}, {Label: "资本", Value: "{capital} 万元"}, {Label: "事由", Value: "{reason}", Show: "all"}, {Label: "地址", Value: "{home_address}", Show: "address"},
		{Label: "事项", Value: "劳务派遣"}, {Label: "期限", Value: "{from}起"},
	}}
	f := compose(person(), Type{Name: "证", Layout: layout}, Span{From: date(t, "2026-10-16")}, "N1", Identifier{}, "")
	want := []FaceRow{
		{"number", "编号", "N1", ""}, {"reason", "事由", person().Rows[4].Value, ""}, {"home_address", "地址", "云川市望湖区样例路12号3栋", "address"}, {"", "事项", "劳务派遣", "number"}, {"from", "期限", "2026年10月16日起", ""},
	}
	if f.Title != "许可证" || len(f.Rows) != len(want) {
		t.Fatalf("%s %v, want %v", f.Title, f.Rows, want)
	}
	for i, r := range f.Rows {
		if r != want[i] {
			t.Errorf("row %d is %v, want %v", i, r, want[i])
		}
	}
	if seen := f.public().texts(); !strings.Contains(seen, "周*桐本人办理") || strings.Contains(seen, "19870612") || strings.Contains(seen, "00020001") || strings.Contains(seen, "3栋") {
		t.Errorf("the public sees %s", seen)
	}
}

func TestLabelsAreShortEnoughForACertificate(t *testing.T) {
	t.Parallel()
	for label, want := range map[string][2]string{
		"法定代表人（负责人）": {"法定代表人", ""}, "经营场所面积（平方米）": {"经营场所面积", " 平方米"}, "注册资本（万元）": {"注册资本", " 万元"},
		"采伐面积（公顷）": {"采伐面积", " 公顷"}, "采伐地点（村、林班、小班）": {"采伐地点", ""}, "主体业态": {"主体业态", ""}, "线路里程（公里）": {"线路里程", " 公里"},
	} {
		if short, unit := shortLabel(label); short != want[0] || unit != want[1] {
			t.Errorf("%s: %q %q, want %q", label, short, unit, want)
		}
	}
}
