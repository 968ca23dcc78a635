package apply

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// TestAnApplicationFromTheFirstQuestionToTheReceipt is the main job of these pages.
func TestAnApplicationFromTheFirstQuestionToTheReceipt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		w.get(auth.Actor{}, "/apply/"+clinic).want(t, http.StatusOK, "登录后申请", "/sign-in?next=%2Fapply%2F"+clinic)
		w.get(who, "/apply/"+clinic).want(t, http.StatusOK, "开始填写", "云川栖霞餐饮管理有限公司")
		w.get(w.person(zhou), "/apply/"+food).want(t, http.StatusOK, "这件事由企业、单位或者个体工商户申请")
		id := w.submit(who, clinic)
		c := w.view(id)
		w.get(who, casePath(id, "/receipt")).want(t, http.StatusOK, "申请收到了", c.No, `class="qr"`, "3月9日（周一）")
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "3月9日（周一）前告诉您是否受理", "您现在不用做什么", c.No, "撤回申请", "收件凭证")
		w.get(who, "/my").want(t, http.StatusOK, "正在办的", c.No)
	})
}

// TestEveryItemIsAppliedForThroughThePages walks each of the sample city's items.
func TestEveryItemIsAppliedForThroughThePages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var codes []string
		w.read(func(tx *db.Tx) (err error) {
			list, _, err := w.s.Catalog.Browse(tx, catalogAll, "", 100)
			for _, e := range list {
				codes = append(codes, e.Code)
			}
			return err
		})
		if len(codes) < 70 {
			t.Fatalf("%d items", len(codes))
		}
		for _, code := range codes {
			who := w.suited(code)
			draft := w.fill(who, code)
			for _, step := range (filled{Item: w.itemOf(code), Need: w.itemOf(code).Resolve(nil)}).steps() {
				page := w.get(who, draft+"/"+step).want(t, http.StatusOK, "核对并提交")
				if strings.Contains(page.Body, "apply.") {
					t.Errorf("%s %s: words are missing: %s", code, step, keyRE.FindString(page.Body))
				}
			}
			w.post(who, draft+"/review", url.Values{"_key": {rand.Text()}, "pledged": {"1"}}).want(t, http.StatusSeeOther)
		}
	})
}

// TestATownshipItemAsksWhereTheApplicantLives: level by level without scripts,
// required down to the village, and what was declared at registration is offered.
func TestATownshipItemAsksWhereTheApplicantLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(zhou)
		draft := w.begin(who, "temporary-relief")
		form := answers(w.itemOf("temporary-relief"))
		to := w.post(who, draft+"/questions", form).want(t, http.StatusSeeOther).To
		if to != draft+"/place" {
			t.Fatalf("the step after the questions is %s", to)
		}
		place := draft + "/place"
		w.get(who, place).want(t, http.StatusOK, "您住在哪里", "望湖区", "selected") // as the centre knows it
		w.post(who, place, url.Values{"place": {""}}).want(t, http.StatusUnprocessableEntity, `href="#place-3"`, "还没有选居住地")
		w.post(who, place, url.Values{"place": {"379901000000"}}).want(t, http.StatusOK, "湖滨街道", "柳林镇")
		w.post(who, place, url.Values{"place": {"379901000000", "379901001000"}}).want(t, http.StatusOK, "听荷社区")
		// Another county: what was below the first one goes.
		page := w.post(who, place, url.Values{"place": {"379902000000", "379901001000", "379901001001"}}).want(t, http.StatusUnprocessableEntity, "石桥镇", `href="#place-4"`)
		if strings.Contains(page.Body, "听荷社区") {
			t.Error("a village of another county can be chosen")
		}
		w.post(who, draft+"/review", url.Values{"_key": {"x"}}).want(t, http.StatusSeeOther)
		fragment := w.get(who, draft+"/places?place=379902000000&place=379902100000").want(t, http.StatusOK, "东岭村")
		if strings.Contains(fragment.Body, "<html") {
			t.Error("the fragment is a page")
		}
		w.post(who, place, url.Values{"place": {"379902000000", "379902100000", "379902100002"}}).want(t, http.StatusSeeOther)
		w.get(who, draft+"/review").want(t, http.StatusOK, "栖云县石桥镇东岭村")
		need := w.itemOf("temporary-relief").Resolve(answered(w.itemOf("temporary-relief"), form))
		w.post(who, draft+"/form", values(need)).want(t, http.StatusSeeOther)
		for _, m := range need.Materials {
			w.upload(who, draft+"/materials/"+m.ID, m.Name+".pdf", pdf, false).want(t, http.StatusSeeOther)
		}
		to = w.post(who, draft+"/review", url.Values{"_key": {"x"}, "delivery.way": {"window"}}).want(t, http.StatusSeeOther).To
		id, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(to, "/my/cases/"), "/receipt"), 10, 64)
		w.accept(id)
		if c := w.view(id); c.Division != "379902100002" || !strings.HasPrefix(c.Open()[0].Post, "T902100") {
			t.Errorf("%s is at %s", c.Division, c.Open()[0].Post)
		}
	})
}

// TestAnswersComeAlongFromTheGuide: what was answered there is not asked again.
func TestAnswersComeAlongFromTheGuide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, it := w.person(qixia), w.itemOf(food)
		guide, path := url.Values{"q999": {"a"}, "next": {"//evil"}}, url.Values{}
		for name, v := range answers(it) {
			guide[strings.TrimPrefix(name, "answer.")] = v
			path[strings.TrimPrefix(name, "answer.")] = v
		}
		begin := "/apply/" + food + "?" + guide.Encode()
		page := w.get(auth.Actor{}, begin).want(t, http.StatusOK, "/sign-in?next="+url.QueryEscape("/apply/"+food+"?"+path.Encode()))
		if strings.Contains(page.Body, "q999") || strings.Contains(page.Body, "evil") {
			t.Error("what answers nothing comes along")
		}
		page = w.get(who, begin).want(t, http.StatusOK, `name="q1" value="`+path.Get("q1")+`"`)
		guide.Set("q2", "no such answer")
		path.Del("q2")
		draft := w.post(who, "/apply/"+food, guide).want(t, http.StatusSeeOther).To
		d, _ := strconv.ParseInt(strings.TrimPrefix(draft, "/apply/draft/"), 10, 64)
		w.read(func(tx *db.Tx) error {
			got, _, err := w.s.DraftOf(tx, who, d)
			if len(got.Answers) != len(path) || got.Answers["q1"] != path.Get("q1") || got.Answers["q2"] != "" {
				t.Errorf("kept %v, want %v", got.Answers, path)
			}
			return err
		})
		// The draft's own answers stand when the guide is read again.
		w.post(who, draft+"/questions", answers(it)).want(t, http.StatusSeeOther)
		w.post(who, "/apply/"+food, url.Values{"q1": {"z"}}).want(t, http.StatusSeeOther)
		if to := w.get(who, begin).want(t, http.StatusSeeOther).To; to != draft {
			t.Errorf("begun again at %s", to)
		}
	})
}

var keyRE = regexp.MustCompile(`(apply|cases|show|ui)\.[a-z_]+[a-z_.]*`)

// TestADraftIsKeptHoweverUnfinished: nothing that was typed is lost.
func TestADraftIsKeptHoweverUnfinished(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		draft := w.begin(who, food)
		page := w.post(who, draft+"/questions", url.Values{"answer.q1": {"a"}})
		page.want(t, http.StatusUnprocessableEntity, "有 4 处要改", `href="#answer.q2"`, `value="a" checked`)
		w.post(who, draft+"/save", url.Values{"_step": {"form"}, "form.shop_name": {"知味小馆"}}).want(t, http.StatusOK, "草稿已存 10:00")
		w.post(who, draft+"/form", url.Values{"later": {"1"}, "form.site_address": {"柳荫路 36 号"}}).want(t, http.StatusSeeOther)
		if w.flash == "" {
			t.Error("nothing says that the draft is kept")
		}
		w.post(who, draft+"/questions", answers(w.itemOf(food))).want(t, http.StatusSeeOther)
		w.get(who, "/my").want(t, http.StatusOK, "接着填", draft)
		if to := w.get(who, "/apply/"+food).want(t, http.StatusSeeOther).To; to != draft {
			t.Errorf("begun again at %s, want %s", to, draft)
		}
		r := httptest.NewRequest(http.MethodPost, draft+"/save", nil)
		r.Header.Set("Accept", "text/plain")
		if got := w.ask(auth.Actor{}, i18n.Chinese, r); got.Code != http.StatusUnauthorized {
			t.Errorf("saved by nobody: %d", got.Code)
		}
	})
}

// TestAnswersThatLeadElsewhere say so, and where.
func TestAnswersThatLeadElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		draft := w.begin(who, food)
		form := answers(w.itemOf(food))
		form.Set("answer.q2", "c")
		w.post(who, draft+"/questions", form).want(t, http.StatusUnprocessableEntity, "不用办这一项", "备案")
		w.get(who, draft+"/notices?"+form.Encode()).want(t, http.StatusOK, "不用办这一项")
		if to := w.get(who, draft+"/form").want(t, http.StatusSeeOther).To; !strings.HasSuffix(to, "/questions") {
			t.Errorf("went on to %s", to)
		}
		it := w.itemOf("food-operation-renew")
		who = w.suited(it.Code)
		draft = w.begin(who, it.Code)
		form = answers(it)
		for _, q := range it.Situations {
			for _, o := range q.Options {
				for _, e := range o.Effects {
					if e.Op == "redirect_item" {
						form.Set("answer."+q.ID, o.Value)
					}
				}
			}
		}
		w.post(who, draft+"/questions", form).want(t, http.StatusUnprocessableEntity, "应当办另一项", `href="/apply/food-operation-new"`)
	})
}

// TestWrongFieldsAreToldInTheirPlaces, and what was typed stays.
func TestWrongFieldsAreToldInTheirPlaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(zhou) // whose record holds no legal representative
		it := w.itemOf(clinic)
		draft := w.begin(who, clinic)
		form := answers(it)
		w.post(who, draft+"/questions", form).want(t, http.StatusSeeOther)
		need := it.Resolve(answered(it, form))
		filled := values(need)
		bad := map[string][2]string{
			"idno":    {"379900198706120118", "身份证号有一位不对"},
			"mobile":  {"138 0000 217", "手机号是 11 位"},
			"decimal": {"八十六", "请填数字，例如 86.5"},
		}
		var texts []string
		for _, f := range need.Fields {
			if b, ok := bad[f.Type]; ok {
				filled.Set("form."+f.Key, b[0])
				texts = append(texts, b[1], `value="`+b[0]+`"`, `href="#form.`+f.Key+`"`)
			}
		}
		if len(texts) < 9 {
			t.Fatalf("the item does not ask for enough: %v", texts)
		}
		w.post(who, draft+"/form", filled).want(t, http.StatusUnprocessableEntity, append(texts, "错误：")...)
		w.post(who, draft+"/review", url.Values{"_key": {"k"}}).want(t, http.StatusSeeOther)
		w.get(who, draft+"/form?check=1").want(t, http.StatusOK, "处要改", "请填数字，例如 86.5")
	})
}

// TestFilesThatAreNotTaken: the row says which file and why.
func TestFilesThatAreNotTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		draft := w.begin(who, clinic)
		w.post(who, draft+"/questions", answers(w.itemOf(clinic))).want(t, http.StatusSeeOther)
		at := draft + "/materials/m1"
		for name, c := range map[string]struct {
			content []byte
			code    int
			says    string
		}{
			"假的.pdf": {[]byte("MZ this is a program"), http.StatusUnprocessableEntity, "假的.pdf：这个文件打不开"},
			"空的.pdf": {nil, http.StatusUnprocessableEntity, "空的.pdf：文件是空的"},
			"很大.pdf": {append(pdf[:len(pdf):len(pdf)], make([]byte, cases.MaxFile)...), http.StatusRequestEntityTooLarge, "很大.pdf：超过 20 MB"},
		} {
			w.upload(who, at, name, c.content, false).want(t, c.code, c.says, `href="#material.m1"`, "is-bad")
			row := w.upload(who, at, name, c.content, true).want(t, c.code, c.says, `id="material.m1"`)
			if strings.Contains(row.Body, "<html") {
				t.Errorf("%s: a script gets the row alone", name)
			}
		}
		w.upload(who, at, "申请书.pdf", pdf, true).want(t, http.StatusOK, "申请书.pdf", "已收到 1 份", `name="file" value="m1.`)
		page := w.get(who, draft+"/materials").want(t, http.StatusOK, "申请书.pdf")
		file := regexp.MustCompile(`/files/\d+`).FindString(page.Body)
		got := w.get(who, file).want(t, http.StatusOK, "%PDF")
		if got.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.Get("Content-Disposition"), "inline") ||
			got.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("headers: %v", got.Header)
		}
		if got := w.get(w.person(chen), file); got.Code != http.StatusNotFound {
			t.Errorf("a stranger opens the file: %d", got.Code)
		}
		value := regexp.MustCompile(`value="(m1\.\d+)"`).FindStringSubmatch(page.Body)[1]
		w.post(who, draft+"/remove", url.Values{"file": {value}}).want(t, http.StatusSeeOther)
		if page := w.get(who, draft+"/materials"); strings.Contains(page.Body, "申请书.pdf") {
			t.Error("the file is still there")
		}
		w.post(who, draft+"/materials", nil).want(t, http.StatusUnprocessableEntity, "还没有交这份材料", `href="#material.m1"`)
	})
}

// TestSubmittedTwiceIsOneCase: two presses, and two devices with different keys.
func TestSubmittedTwiceIsOneCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		draft := w.fill(who, clinic)
		var wg sync.WaitGroup
		to := make([]string, 6)
		for i := range to {
			key := fmt.Sprint(i / 3)
			wg.Go(func() {
				to[i] = w.post(who, draft+"/review", url.Values{"_key": {key}, "delivery.way": {"window"}}).To
			})
		}
		wg.Wait()
		var rows []cases.Row
		w.read(func(tx *db.Tx) (err error) {
			rows, _, err = w.s.Recent(tx, who, cases.Filter{}, cases.Key{}, 10)
			return err
		})
		if len(rows) != 1 {
			t.Errorf("%d cases", len(rows))
		}
		if again := w.get(who, draft+"/form").want(t, http.StatusSeeOther).To; again != casePath(rows[0].ID, "") {
			t.Errorf("the draft leads to %s", again)
		}
		for _, path := range to {
			if path != casePath(rows[0].ID, "/receipt") && path != draft {
				t.Errorf("sent to %q", path)
			}
		}
	})
}

// TestOthersSeeNothing: drafts, cases, papers and files of others do not exist.
func TestOthersSeeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, other := w.person(qixia), w.person(chen)
		draft := w.begin(who, clinic)
		id := w.submit(who, "drug-retail")
		paper := w.view(id).Documents[0]
		for _, path := range []string{
			draft, draft + "/questions", draft + "/form", draft + "/materials", draft + "/review", draft + "/discard",
			casePath(id, ""), casePath(id, "/receipt"), casePath(id, "/correct"), casePath(id, "/withdraw"),
			paperPath(id, paper.ID), fmt.Sprint("/papers/", paper.ID), fmt.Sprint("/papers/", paper.ID, ".pdf"),
			"/my/cases/abc", "/files/0",
		} {
			if got := w.get(other, path); got.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.Code)
			}
		}
		for _, path := range []string{draft + "/form", draft + "/review", draft + "/save", draft + "/discard"} {
			if got := w.post(other, path, url.Values{"_step": {"form"}}); got.Code != http.StatusNotFound {
				t.Errorf("POST %s: %d", path, got.Code)
			}
		}
		if got := w.upload(other, draft+"/materials/m1", "a.pdf", pdf, false); got.Code != http.StatusNotFound {
			t.Errorf("a stranger's file: %d", got.Code)
		}
	})
}

// TestAFeeThatNobodyKnowsIsNotFree: imported lists tell nothing about fees.
func TestAFeeThatNobodyKnowsIsNotFree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := i18n.With(t.Context(), w.words, i18n.Chinese)
		for want, it := range map[string]*catalog.Item{
			"不收费": {}, "没有登记，办前请问窗口": {Bare: true}, "收费，见办事指南": {Bare: true, Fee: catalog.Fee{Charged: true}},
		} {
			if got := (beginView{Item: it}).facts(ctx); !slices.ContainsFunc(got, func(f ui.Fact) bool { return f.Value == want }) {
				t.Errorf("%+v reads %v, want %s", it.Fee, got, want)
			}
		}
	})
}

// TestSomebodyWhoMayNotApplyIsShownTheWaysOn: registering, switching to a company,
// and what has to be registered first, from the catalogue's own data.
func TestSomebodyWhoMayNotApplyIsShownTheWaysOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := []string{
			`href="/items/individual-business-register"`, `href="/items/company-establish"`,
			`href="/register?kind=organization&amp;next=` + url.QueryEscape("/apply/"+food) + `"`,
		}
		page := w.get(w.person(chen), "/apply/"+food).want(t, http.StatusOK, first...)
		if strings.Contains(page.Body, `action="/my/act-for"`) {
			t.Error("somebody who acts for nobody is offered to switch")
		}
		w.get(w.person(zhou), "/apply/"+food).want(t, http.StatusOK, append(first,
			`action="/my/act-for"`, `name="principal" value="`+strconv.FormatInt(w.person(qixia).Party, 10)+`"`,
			`name="back" value="/apply/`+food+`"`, "云川栖霞餐饮管理有限公司")...)
		w.get(w.person(zhou), "/apply/road-passenger").want(t, http.StatusOK, `href="/items`)
	})
}
