package show

import (
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

// TestEnglishSaysWhatIsKeptInChinese: steps, proofs and papers; what people wrote stays.
func TestEnglishSaysWhatIsKeptInChinese(t *testing.T) {
	t.Parallel()
	words := &i18n.Bundle{}
	if err := words.Add(Module().Texts); err != nil {
		t.Fatal(err)
	}
	v := &cases.View{Case: &cases.Case{}, Item: &catalog.Item{Steps: []catalog.Step{{Name: "审查", NameEn: "Review"}, {Name: "核验"}}}}
	paper := cases.Document{Kind: cases.PaperAcceptance, Content: cases.Content{Title: "受理通知书"}}
	for _, tt := range []struct{ lang, act, note, want string }{
		{i18n.English, "opinion", "审查", "Review"},
		{i18n.English, "opinion", "核验", "核验"}, // the catalogue has no English name
		{i18n.Chinese, "opinion", "审查", "审查"},
		{i18n.English, "deliver", "窗口领取（本人），已核对身份证件", "Collected at the window by the holder; identity paper checked"},
		{i18n.English, "deliver", "寄递：中国邮政 EMS EB123456789CN", "Sent by courier: 中国邮政 EMS EB123456789CN"},
		{i18n.English, "judge", "营业执照：合格", "营业执照: fit"},
		{i18n.English, "judge", "告知承诺书：补正，没有盖章", "告知承诺书: to be corrected; 没有盖章"},
		{i18n.English, "judge", "说明：合格证遗失", "说明：合格证遗失"}, // no conclusion, only a word that begins like one
		{i18n.Chinese, "judge", "营业执照：合格", "营业执照：合格"},
		{i18n.English, "withdraw", "不办了", "不办了"},
		{i18n.Chinese, "deliver", "窗口领取（本人），已核对身份证件", "窗口领取（本人），已核对身份证件"},
	} {
		ctx := i18n.With(t.Context(), words, tt.lang)
		if got := Note(ctx, v, cases.Trail{Act: tt.act, Note: tt.note}); got != tt.want {
			t.Errorf("%s of %q (%s): %q, want %q", tt.act, tt.note, tt.lang, got, tt.want)
		}
	}
	if got := Title(i18n.With(t.Context(), words, i18n.English), paper); got != "Notice of acceptance 受理通知书" {
		t.Errorf("the title is %q", got)
	}
	if got := Title(i18n.With(t.Context(), words, i18n.Chinese), paper); got != "受理通知书" {
		t.Errorf("the title is %q", got)
	}
}
