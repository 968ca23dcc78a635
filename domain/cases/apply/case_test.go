package apply

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

var catalogAll = catalog.Filter{}

// TestACorrectionIsMadeInPlace: the notice, its reasons, the upload, the sending.
func TestACorrectionIsMadeInPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		id := w.submit(who, clinic)
		w.judge(id, func(m cases.Material) cases.Judgement {
			if m.Key == "m4" {
				return cases.Judgement{Material: m.Key, Verdict: cases.Correct, Reason: "没有标出洗手池的位置"}
			}
			return pass(m)
		})
		if _, err := w.s.Notify(t.Context(), w.staff(clerk), cases.On{Case: id}, 0); err != nil {
			t.Fatal(err)
		}
		w.get(who, "/my").want(t, http.StatusOK, "等您办的", "去补正")
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "前补 1 份材料", casePath(id, "/correct"), "补正材料一次性告知书")
		page := w.get(who, casePath(id, "/correct")).want(t, http.StatusOK, "没有标出洗手池的位置", "待补")
		w.post(who, casePath(id, "/correct"), page.stamps()).want(t, http.StatusUnprocessableEntity, "还没有交这份材料", `href="#material.m4"`)
		at := casePath(id, "/materials/")
		w.upload(who, at+"m4", "坏的.exe", []byte("MZ"), false).want(t, http.StatusUnprocessableEntity, "坏的.exe：这个文件打不开")
		w.upload(who, at+"m1", "别的.pdf", pdf, false).want(t, http.StatusConflict, "现在不收这份材料")
		sent := w.upload(who, at+"m4", "布局图.pdf", pdf, true).want(t, http.StatusOK, "布局图.pdf", "已上传")
		value := regexp.MustCompile(`name="file" value="(m4\.\d+)"`).FindStringSubmatch(sent.Body)
		if value == nil {
			t.Fatal("what was uploaded cannot be taken back")
		}
		back := url.Values{"_at": {"correct"}, "file": {value[1]}}
		for range 2 { // and pressed twice
			if to := w.post(who, casePath(id, "/remove"), back).want(t, http.StatusSeeOther).To; to != casePath(id, "/correct#material.m4") {
				t.Errorf("taken back, it leads to %s", to)
			}
		}
		again := w.get(who, casePath(id, "/correct")).want(t, http.StatusOK, "待补")
		if strings.Contains(again.Body, "布局图.pdf") {
			t.Error("it still stands there")
		}
		w.post(who, casePath(id, "/correct"), again.stamps()).want(t, http.StatusUnprocessableEntity, "还没有交这份材料")
		sent = w.upload(who, at+"m4", "布局图.pdf", pdf, true).want(t, http.StatusOK, "布局图.pdf", "已上传")
		stamps := page.stamps() // the form beside it knows of the upload
		stamps.Set("_version", sent.stamps().Get("_version"))
		stale := page.stamps()
		stale.Set("_version", "1")
		w.post(who, casePath(id, "/correct"), stale).want(t, http.StatusPreconditionFailed, "刚刚有了变化", "布局图.pdf")
		if to := w.post(who, casePath(id, "/correct"), stamps).want(t, http.StatusSeeOther).To; to != casePath(id, "") {
			t.Errorf("sent to %s", to)
		}
		w.post(who, casePath(id, "/correct"), stamps).want(t, http.StatusSeeOther) // pressed twice
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "已收件", "您补交了材料")
	})
}

// TestAPromisedMaterialIsSuppliedOnTheCasePage (容缺补齐).
func TestAPromisedMaterialIsSuppliedOnTheCasePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		draft := w.fill(who, food)
		page := w.get(who, draft+"/materials")
		value := ""
		for _, part := range strings.Split(page.Body, `name="file" value="`) {
			if strings.HasPrefix(part, "m5.") || strings.HasPrefix(part, "m4.") {
				value, _, _ = strings.Cut(part, `"`)
			}
		}
		key, _, _ := strings.Cut(value, ".")
		w.post(who, draft+"/remove", url.Values{"file": {value}}).want(t, http.StatusSeeOther)
		w.get(who, draft+"/materials").want(t, http.StatusOK, "可后补", "现在没有，可以先提交")
		w.get(who, draft+"/review").want(t, http.StatusOK, "后补材料的承诺", "个工作日内补交", "不能作出准予决定", "不补交的后果，承诺按期补交")
		w.post(who, draft+"/review", url.Values{"_key": {"x"}}).want(t, http.StatusUnprocessableEntity, `href="#promised"`)
		w.post(who, draft+"/review", url.Values{"_key": {"x"}, "promised": {"1"}}).want(t, http.StatusSeeOther)
		var rows []cases.Row
		w.read(func(tx *db.Tx) (err error) {
			rows, _, err = w.s.Recent(tx, who, cases.Filter{}, cases.Key{}, 1)
			return err
		})
		id := rows[0].ID
		w.judge(id, func(m cases.Material) cases.Judgement {
			if m.Key == key {
				return cases.Judgement{Material: key, Verdict: cases.Tolerate}
			}
			return pass(m)
		})
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), cases.On{Case: id}); err != nil {
			t.Fatal(err)
		}
		promises := 0
		for _, d := range w.view(id).Documents {
			if d.Kind == cases.PaperPromise {
				promises++
			}
		}
		if promises != 1 {
			t.Errorf("%d promises are kept, want the one made online", promises)
		}
		page = w.get(who, casePath(id, "")).want(t, http.StatusOK, "主要材料齐全，先受理；还有 1 份材料请在")
		if strings.Contains(page.Body, "不用做什么") || strings.Contains(page.Body, "符合法定形式") {
			t.Error("the page says that nothing is missing, or nothing is to be done")
		}
		w.get(who, "/my").want(t, http.StatusOK, "等您办的", "补交材料")
		page = w.get(who, casePath(id, "")).want(t, http.StatusOK, "还要补交的材料", "请在")
		form := page.stamps()
		form.Set("material", key)
		w.post(who, casePath(id, "/supply"), form).want(t, http.StatusUnprocessableEntity, "还没有交这份材料")
		sent := w.upload(who, casePath(id, "/materials/"+key), "制度.pdf", pdf, true).want(t, http.StatusOK, "制度.pdf", "提交这份")
		form.Set("_version", sent.stamps().Get("_version"))
		w.post(who, casePath(id, "/supply"), form).want(t, http.StatusSeeOther)
		again := w.get(who, casePath(id, "")).want(t, http.StatusOK, "已交，待窗口核对").stamps()
		again.Set("material", key)
		again.Set("_key", "again")
		w.post(who, casePath(id, "/supply"), again).want(t, http.StatusConflict, "不用再交")
		if page = w.get(who, casePath(id, "")); strings.Contains(page.Body, `form="supply"`) {
			t.Error("it can be handed in again")
		}
		if page = w.get(who, "/my"); strings.Contains(page.Body, "等您办的") {
			t.Error("still waits for the applicant")
		}
	})
}

// TestARefusalSaysWhyAndWhatCanBeDone.
func TestARefusalSaysWhyAndWhatCanBeDone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, window := w.person(qixia), w.staff(clerk)
		id := w.submit(who, food)
		if _, err := w.s.NotAccept(t.Context(), window, cases.On{Case: id}, cases.GroundNotCompetent, "所申请的事项不属于本机关职权范围", "", "望湖区行政审批服务局"); err != nil {
			t.Fatal(err)
		}
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "没有受理", "所申请的事项不属于本机关职权范围", "望湖区行政审批服务局", "不予受理决定书",
			"60 日内", "云川市人民政府", "6 个月内", "云川市望湖区人民法院", "重新申请", "/apply/"+food, "12345")
		other := w.submit(who, food)
		w.accept(other)
		task := w.work(other, "decide")
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), cases.On{Case: other}, cases.Decision{
			Task: task.ID, Reason: "经营场所与规划用途不符", Basis: "《食品经营许可和备案管理办法》第十二条",
		}); err != nil {
			t.Fatal(err)
		}
		page := w.get(who, casePath(other, "")).want(t, http.StatusOK, "没有准予", "经营场所与规划用途不符", "第十二条", "60 日内", "6 个月内", "接下来可以做什么", "重新申请")
		if strings.Contains(page.Body, "不用做什么") {
			t.Error("there is something to do")
		}
	})
}

// TestWithdrawing asks first, and then it is done once.
func TestWithdrawing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		id := w.submit(who, clinic)
		page := w.get(who, casePath(id, "/withdraw")).want(t, http.StatusOK, "撤回这件申请？", "不撤回")
		long := page.stamps()
		long.Set("reason", strings.Repeat("长", 201))
		w.post(who, casePath(id, "/withdraw"), long).want(t, http.StatusUnprocessableEntity, "200 个字", strings.Repeat("长", 201))
		form := page.stamps()
		form.Set("reason", "不开店了")
		w.post(who, casePath(id, "/withdraw"), form).want(t, http.StatusSeeOther)
		w.post(who, casePath(id, "/withdraw"), form).want(t, http.StatusSeeOther)
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "您已经撤回申请", "撤回申请确认书")
		w.get(who, "/my").want(t, http.StatusOK, "已经办完的")
		form.Set("_key", "another")
		w.post(who, casePath(id, "/withdraw"), form).want(t, http.StatusPreconditionFailed, "刚刚有了变化")
	})
}

// TestThePageOfEveryState renders in both languages without a word missing.
func TestThePageOfEveryState(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, window := w.person(qixia), w.staff(clerk)
		shown := map[cases.State]bool{}
		look := func(id int64) {
			t.Helper()
			shown[w.view(id).State()] = true
			for _, lang := range i18n.Languages() {
				for _, path := range []string{casePath(id, ""), casePath(id, "/receipt"), "/my", "/my/cases"} {
					page := w.ask(who, lang, httptest.NewRequest(http.MethodGet, path, nil)).want(t, http.StatusOK)
					if key := keyRE.FindString(plain(page.Body)); key != "" {
						t.Errorf("%s %s %s: no words for %s", w.view(id).State(), lang, path, key)
					}
					if strings.Contains(plain(page.Body), "{") {
						t.Errorf("%s %s %s: a gap in the words: %s", w.view(id).State(), lang, path, plain(page.Body))
					}
				}
			}
		}
		do := func(_ cases.Done, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		on := func(id int64) cases.On { return cases.On{Case: id} }
		ctx := t.Context()

		id := w.submit(who, clinic)
		look(id) // received
		w.judge(id, func(m cases.Material) cases.Judgement {
			return cases.Judgement{Material: m.Key, Verdict: cases.Correct, Reason: "请签字后再交"}
		})
		do(w.s.Notify(ctx, window, on(id), 0))
		look(id) // correcting
		do(w.s.Withdraw(ctx, who, on(id), ""))
		look(id) // withdrawn

		id = w.submit(who, clinic)
		w.accept(id)
		look(id) // accepted
		task := w.work(id, "decide")
		look(id) // reviewing
		w.now = w.now.AddDate(0, 0, 40)
		look(id) // late
		decider := w.holder(task.Post)
		do(w.s.Decide(ctx, decider, on(id), cases.Decision{Task: task.ID, Grant: true}))
		look(id) // granted
		issuer := w.holder("SPJ-ZZ.issue")
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error { _, err := w.s.Certify(tx, issuer, on(id), "JY1", 0); return err }); err != nil {
			t.Fatal(err)
		}
		look(id) // certified
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error { _, err := w.s.Deliver(tx, issuer, on(id), "窗口领取"); return err }); err != nil {
			t.Fatal(err)
		}
		look(id) // delivered

		id = w.submit(who, clinic)
		w.accept(id)
		task = w.work(id, "decide")
		do(w.s.Decide(ctx, decider, on(id), cases.Decision{Task: task.ID, Reason: "场所不符合条件", Basis: "《食品安全法》第三十五条"}))
		look(id) // refused

		id = w.submit(who, clinic)
		do(w.s.NotAccept(ctx, window, on(id), "", "这件事不需要许可", "", ""))
		look(id) // not required
		id = w.submit(who, clinic)
		w.judge(id, pass)
		do(w.s.NotAccept(ctx, window, on(id), cases.GroundNotCompetent, "不属于本机关职权", "", "云川市水务局"))
		look(id) // not accepted

		id = w.submit(who, clinic)
		w.judge(id, func(m cases.Material) cases.Judgement {
			return cases.Judgement{Material: m.Key, Verdict: cases.Correct, Reason: "请签字后再交"}
		})
		do(w.s.Notify(ctx, window, on(id), 0))
		w.now = w.now.AddDate(0, 3, 0)
		if _, err := w.s.Tick(ctx, 100); err != nil {
			t.Fatal(err)
		}
		look(id) // returned, or what the law makes of it

		if want := 11; len(shown) < want {
			t.Errorf("%d states were shown, want %d: %v", len(shown), want, shown)
		}
	})
}

// TestEveryStateHasItsWords, also those that the sample city does not reach.
func TestEveryStateHasItsWords(t *testing.T) {
	w := &world{t: t, s: &cases.Service{}}
	w.open()
	for _, lang := range i18n.Languages() {
		for _, state := range cases.States {
			for _, key := range []string{"apply.answer." + string(state), "apply.answer." + string(state) + ".text"} {
				if !w.words.Has(lang, key) {
					t.Errorf("%s: no words for %s", lang, key)
				}
			}
		}
	}
	for _, key := range w.words.Keys(i18n.Chinese) {
		if strings.HasPrefix(key, "apply.") && !w.words.Has(i18n.English, key) {
			t.Errorf("no English for %s", key)
		}
	}
}

// TestAPaperLeadsBackToWhereItWasOpened: by the address, by the page before it, or to the case; never to another site.
func TestAPaperLeadsBackToWhereItWasOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.submit(w.person(zhou), clinic)
		paper, who := fmt.Sprint("/papers/", w.view(id).Documents[0].ID), w.staff("yc1036")
		home, watch := fmt.Sprint("/desk/", id), fmt.Sprint("/watch/", id)
		for _, x := range []struct{ query, referer, href, words string }{
			{"?back=" + url.QueryEscape(watch), "", watch, "返回这件"},
			{"?back=" + url.QueryEscape("/watch?light=red"), "", "/watch?light=red", "返回"},
			{"?back=https://example.org/", "", home, "返回这件"},
			{"?back=//example.org", "", home, "返回这件"},
			{"", "", home, "返回这件"},
			{"", "http://example.com" + watch, watch, "返回这件"},
			{"", "http://example.com" + paper, home, "返回这件"}, // its own page, in another language
			{"", "http://example.org" + watch, home, "返回这件"},
		} {
			r := httptest.NewRequest(http.MethodGet, paper+x.query, nil)
			r.Header.Set("Referer", x.referer)
			page := w.ask(who, i18n.Chinese, r).want(t, http.StatusOK)
			if want := `href="` + strings.ReplaceAll(x.href, "&", "&amp;") + `">` + x.words + `<`; !strings.Contains(page.Body, want) {
				t.Errorf("%q from %q: lacks %s", x.query, x.referer, want)
			}
			if x.words == "返回" && !strings.Contains(page.Body, `href="`+home+`">看这件的办理<`) {
				t.Errorf("%q from %q: no way to the case", x.query, x.referer)
			}
		}
	})
}

// TestPapers are sheets, files, and answers to whoever scans their code.
func TestPapers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(zhou)
		id := w.submit(who, clinic)
		d := w.view(id).Documents[0]
		w.get(who, paperPath(id, d.ID)).want(t, http.StatusOK, "收件凭证", d.No, "周叙白", `class="qr"`, `class="seal"`, ".pdf")
		w.get(w.staff(clerk), fmt.Sprint("/papers/", d.ID)).want(t, http.StatusOK, d.No)
		file := w.get(who, fmt.Sprint("/papers/", d.ID, ".pdf")).want(t, http.StatusOK, "%PDF-")
		if file.Get("Content-Type") != "application/pdf" {
			t.Errorf("served as %s", file.Get("Content-Type"))
		}
		if again := w.get(who, fmt.Sprint("/papers/", d.ID, ".pdf")); again.Body != file.Body {
			t.Error("the same paper gives other bytes")
		}
		page := w.get(auth.Actor{}, "/verify-document/"+d.Token).want(t, http.StatusOK, "这份文书是真的", d.No, "周*白", d.Content.Issuer)
		if strings.Contains(page.Body, "周叙白") {
			t.Error("the name is told to everybody")
		}
		w.get(auth.Actor{}, "/verify-document/NOTATOKEN").want(t, http.StatusNotFound, "没有查到这份文书")
		w.get(auth.Actor{}, "/verify-document").want(t, http.StatusOK, "查验码", "每 4 个一组", `href="/verify"`)
		// Typed from the paper, however that is done.
		groups := d.Code()
		if len(groups) != 26+6 || strings.ReplaceAll(groups, " ", "") != d.Token {
			t.Fatalf("printed as %q", groups)
		}
		w.get(who, paperPath(id, d.ID)).want(t, http.StatusOK, "查验码 "+groups, "/verify-document")
		w.get(who, casePath(id, "/receipt")).want(t, http.StatusOK, groups)
		for _, typed := range []string{
			groups, strings.ToLower(groups), strings.ReplaceAll(groups, " ", "-"), strings.ReplaceAll(groups, " ", " － "), "  " + d.Token + " ",
			strings.ReplaceAll(strings.ReplaceAll(groups, "O", "0"), "B", "8"), strings.ReplaceAll(groups, "I", "1"),
		} {
			to := w.get(auth.Actor{}, "/verify-document?token="+url.QueryEscape(typed)).want(t, http.StatusSeeOther).To
			w.get(auth.Actor{}, to).want(t, http.StatusOK, "这份文书是真的")
		}
		w.get(auth.Actor{}, "/verify-document/"+strings.ToLower(d.Token)).want(t, http.StatusOK, "这份文书是真的")
	})
}

// TestProgressForEverybody: number and last four together, and never a name.
func TestProgressForEverybody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(zhou)
		id := w.submit(who, clinic)
		no := w.view(id).No
		nobody := auth.Actor{}
		w.get(nobody, "/progress").want(t, http.StatusOK, "办件编号")
		wrong := []byte(no)
		wrong[10] ^= 1
		for name, c := range map[string]struct {
			no, last4 string
			code      int
			says      string
		}{
			"mistyped":     {string(wrong), "0117", http.StatusUnprocessableEntity, "编号不对"},
			"too short":    {no[:12], "0117", http.StatusUnprocessableEntity, "编号不对"},
			"three digits": {no, "117", http.StatusUnprocessableEntity, "请填四位"},
			"wrong four":   {no, "0118", http.StatusNotFound, "编号和后四位对不上"},
			"number":       {" " + strings.ToLower(no), "0117", http.StatusOK, "已收件"},
			"phone":        {no, "0001", http.StatusOK, "3月9日"},
		} {
			page := w.post(nobody, "/progress", url.Values{"no": {c.no}, "last4": {c.last4}})
			if page.Code != c.code || !strings.Contains(page.Body, c.says) {
				t.Errorf("%s: %d %s", name, page.Code, plain(page.Body))
			}
			if strings.Contains(page.Body, "叙白") {
				t.Errorf("%s: a name is told", name)
			}
		}
		if to := w.post(who, "/progress", url.Values{"no": {no}}).want(t, http.StatusSeeOther).To; to != casePath(id, "") {
			t.Errorf("the owner is sent to %s", to)
		}
		guesses := 0
		for range 40 {
			if w.post(nobody, "/progress", url.Values{"no": {no}, "last4": {"9999"}}).Code == http.StatusTooManyRequests {
				break
			}
			guesses++
		}
		if guesses > numberBurst {
			t.Errorf("%d guesses in a row", guesses)
		}
	})
}

// TestAnAgentActsForTheirPrincipal within the mandate, and nobody without one.
func TestAnAgentActsForTheirPrincipal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stranger := w.person(zhou)
		stranger.For = w.person(chen).Party
		w.post(stranger, "/apply/"+food, nil).want(t, http.StatusForbidden)

		agent := w.person("379900198904170318")
		w.now = time.Date(2026, 6, 1, 10, 0, 0, 0, calendar.Zone) // within the mandates
		item := ""
		w.read(func(tx *db.Tx) error {
			all, err := w.s.Party.Principals(tx, agent.Party)
			for _, p := range all {
				if p.How == party.ByMandate && item == "" {
					agent.For, item = p.ID, p.Mandate.Items[0]
				}
			}
			if err == nil {
				agent, err = w.s.Party.Acting(tx, agent, agent.For)
			}
			return err
		})
		if item == "" {
			t.Fatal("the sample city's agent has no mandate")
		}
		id := w.submit(agent, item)
		c := w.view(id)
		if c.Party != agent.For || c.Agent != agent.Party {
			t.Errorf("the case is of %d by %d", c.Party, c.Agent)
		}
		w.get(agent, casePath(id, "/withdraw")).want(t, http.StatusOK, "撤回这件申请？")
		agent.For = 0 // as oneself one may not act for the other
		if page := w.get(agent, casePath(id, "/withdraw")); strings.Contains(page.Body, "撤回这件申请？") {
			t.Error("withdraws without speaking for anybody")
		}
	})
}

// TestTheClockCountsAsTheCaseDoes: the strip ends at the promised day.
func TestTheClockCountsAsTheCaseDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		id := w.submit(who, clinic)
		w.accept(id)
		ctx := i18n.With(t.Context(), w.words, i18n.Chinese)
		v := w.view(id)
		s := w.p.clockOf(ctx, v)
		promised := 0
		for _, d := range s.Days {
			if d.Kind == "due" {
				promised++
				if d.Date != v.Light.Due.String() {
					t.Errorf("due on %s, the light says %s", d.Date, v.Light.Due)
				}
			}
		}
		if promised != 1 || s.Sum == "" || !strings.Contains(s.whole(), shortDay(ctx, calendar.NewDate(2026, 3, 3))) {
			t.Errorf("%d due days, %q, %q", promised, s.Sum, s.whole())
		}
	})
}
