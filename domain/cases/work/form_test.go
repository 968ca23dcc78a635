package work

import "testing"

func TestOnlyKnownArticlesAreCited(t *testing.T) {
	for article, want := range map[string]bool{
		"第三十八条": true, "": false, " ": false, "条号待核": false, "第二十二条（许可范围）；期限和有效期条号待核": false,
	} {
		if got := citable(article); got != want {
			t.Errorf("citable(%q) = %v, want %v", article, got, want)
		}
	}
}
