package paper

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

var keep = flag.String("keep", "", "directory in which to leave the papers, to look at them")

var (
	fonts = Open()
	made  = time.Date(2026, 10, 16, 7, 32, 8, 0, time.UTC)
	stamp = Seal{Name: "云川市行政审批服务局", Foot: "电子证照专用章", Mark: "测试"}
)

func licence() Certificate {
	return Certificate{
		Title: "食品经营许可证",
		Rows: []Row{
			{"许可证编号", "JY25399010003182"},
			{"经营者名称", "知味小馆（个体工商户）"},
			{"信用代码", "92539901MA7YC26X3K"},
			{"经营者", "周雨桐"},
			{"经营场所", "云川市临溪区柳荫路 36 号一层"},
			{"主体业态", "餐饮服务经营者（小型餐馆）"},
			{"经营项目", "热食类食品制售；自制饮品制售"},
			{"有效期至", "2031年10月15日"},
		},
		Number: "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
		QR:     "https://onedoor.example/verify/JY25399010003182?c=8F3K-22QM",
		QRNote: "扫码查验真伪", Issuer: "云川市行政审批服务局", Date: "2026年10月16日", Seal: stamp,
		Note: "本证照为样张。持证人应当在经营场所的显著位置悬挂或者摆放。", Landscape: true, Created: made,
	}
}

func notice() Sheet {
	return Sheet{
		Title: "材料补正一次性告知书", Number: "云行审补告〔2026〕427 号", Addressee: "罗一舟：",
		Paragraphs: []string{"你（单位）于 2026年10月15日提出的“食品经营许可（新办）”申请（办件号 YC26-1015-0427）收悉。经审查，下列材料需要补正："},
		Items: []string{
			"经营场所和设备布局图：没有标出洗手池的位置，请在烹饪区入口处标出。",
			"操作流程图：照片反光，第 3 至 5 步看不清，请重新拍摄。拍摄时请把手机放平，避开灯光，让图纸占满画面，四个角都要拍到。",
		},
		After:  []string{"请于 2026年10月22日前补正。以上为需要补正的全部内容。可在手机上直接上传，也可到综合窗口办理。", "特此告知。"},
		Issuer: "云川市行政审批服务局", Date: "2026年10月15日", Seal: Seal{Name: "云川市行政审批服务局", Foot: "行政审批专用章"},
		QR: "https://onedoor.example/verify/YC26-1015-0427", QRNote: "扫码核对本告知书\n查询办理进度",
		Sign: []string{"签收人", "签收日期"}, Footer: "云川市云溪大道 88 号　咨询电话 12345", Created: made,
	}
}

func longLicence() Certificate {
	c := licence()
	c.Landscape = false
	c.Title, c.Subtitle = "危险化学品建设项目安全设施设计审查意见书", "（副本）"
	c.Rows[1].Value = "云川市临溪区䶮𬭎𬬻精细化工新材料（集团）股份有限公司第二分公司"
	c.Rows[3].Value = "欧阳𬭎·买买提江"
	for range 4 {
		c.Rows[6].Value += "；预包装食品销售（含冷藏冷冻食品），散装食品销售（含熟食），特殊食品销售（保健食品、婴幼儿配方乳粉）"
	}
	c.Rows = append(c.Rows, Row{"危险化学品登记品种和主要危险特性说明", "苯、甲苯、二甲苯（易燃液体，类别2）"})
	c.Issuer = "云川市临溪区市场监督管理局（云川市临溪区知识产权局）"
	c.Seal.Name = "云川市临溪区市场监督管理局行政审批服务科"
	return c
}

// rare has characters in title and seal that the bold font lacks, two of them beyond the first 65,536.
func rare() Certificate {
	c := licence()
	c.Title = "䶮𬭎堂营业执照（𬬻）"
	c.Seal.Name = "云川市㛃𬭎镇人民政府"
	return c
}

func overflowing() Certificate {
	c := licence()
	for i := range 30 {
		c.Rows = append(c.Rows, Row{"附加事项", strings.Repeat("检验检测能力附表（含参数、方法、限制范围）", i%5+1)})
	}
	return c
}

func longNotice() Sheet {
	s := notice()
	s.Title = "云川市行政审批服务局\n行政许可听证会延期举行暨相关事项通知书"
	for range 6 {
		s.Paragraphs = append(s.Paragraphs, "根据《中华人民共和国行政许可法》第四十六条、第四十七条的规定，行政机关认为需要听证的其他涉及公共利益的重大行政许可事项，应当向社会公告，并举行听证。申请人、利害关系人在被告知听证权利之日起五日内提出听证申请的，行政机关应当在二十日内组织听证。")
	}
	s.Table = [][]string{{"序号", "材料名称", "份数", "问题与补正要求"}}
	for i := range 24 {
		s.Table = append(s.Table, []string{string(rune('A' + i)), "营业执照复印件", "1", strings.Repeat("请加盖公章并注明“与原件一致”。", i%3+1)})
	}
	s.Watermark = "样张"
	return s
}

// papers are all templates with the texts that must be found again in the file.
func papers() map[string]struct {
	write func(*bytes.Buffer) error
	texts []string
} {
	type paper = struct {
		write func(*bytes.Buffer) error
		texts []string
	}
	all := map[string]paper{}
	for name, c := range map[string]Certificate{"licence": licence(), "long-licence": longLicence(), "rare": rare(), "lacking": lacking(), "overflowing": overflowing()} {
		texts := []string{c.Title, c.Subtitle, c.Number, c.QRNote, c.Issuer, c.Date, c.Note, c.Seal.Name, c.Seal.Foot, c.Seal.Mark}
		for _, r := range c.Rows {
			texts = append(texts, r.Label, r.Value)
		}
		for _, r := range fonts.Missing(strings.Join(texts, "")) {
			texts = append(texts, fmt.Sprintf("%U", r)) // it is told at the foot
		}
		all[name] = paper{func(b *bytes.Buffer) error { return fonts.Certificate(b, c) }, texts}
	}
	for name, s := range map[string]Sheet{"notice": notice(), "long-notice": longNotice()} {
		texts := slices.Concat([]string{s.Title, s.Number, s.Addressee, s.Issuer, s.Date, s.QRNote, s.Footer, s.Seal.Name, s.Seal.Foot, s.Watermark}, s.Paragraphs, s.Items, s.After, s.Sign)
		for _, row := range s.Table {
			texts = append(texts, row...)
		}
		all[name] = paper{func(b *bytes.Buffer) error { return fonts.Sheet(b, s) }, texts}
	}
	b := book()
	texts := slices.Concat([]string{b.Title, b.Subtitle, b.QRNote, b.Contents, b.Footer}, b.Lines)
	for _, c := range b.Chapters {
		texts = append(texts, c.Title, c.Title, c.Note, c.QRNote)
		for _, s := range c.Sections {
			texts = append(texts, s.Heading)
			texts = slices.Concat(texts, s.Paragraphs, s.Items)
			for _, row := range s.Table {
				texts = append(texts, row...)
			}
		}
	}
	all["book"] = paper{func(w *bytes.Buffer) error { _, err := fonts.Book(w, b); return err }, texts}
	o := poster()
	texts = slices.Concat([]string{o.Head, o.Title, o.Lead, o.QRNote}, o.Foot)
	for _, part := range o.Parts {
		texts = append(append(texts, part.Label), part.Lines...)
	}
	all["poster"] = paper{func(w *bytes.Buffer) error { return fonts.Poster(w, o) }, texts}
	for name, a3 := range map[string]bool{"wall": false, "wall-a3": true} {
		w := wall(a3)
		texts := []string{w.Title, w.Note, w.Footer}
		for _, c := range w.Cards {
			texts = append(texts, c.Title, c.Note)
		}
		all[name] = paper{func(b *bytes.Buffer) error { return fonts.Wall(b, w) }, texts}
	}
	return all
}

// lacking has characters that the fonts do not have: a name is never the reason that somebody gets no paper.
func lacking() Certificate {
	c := licence()
	c.Rows[3].Value = "周\U0002FA1D桐\U0001F600"
	return c
}

// book has more chapters than one leaf of contents holds, and a chapter of several leaves.
func book() Book {
	b := Book{
		Title: "准营准办一本通", Subtitle: "𬭎䶮饭馆怎么开", Lines: []string{"云川市行政审批服务局", "2026年10月"}, QR: "https://onedoor.example/booklets", QRNote: "扫码看最新的一版",
		Contents: "目录", Footer: "以网上公布的为准", Created: made,
	}
	for i := range 40 {
		c := Chapter{Title: strings.Repeat("食品经营许可（新办）", i%3+1), Note: "5 个工作日　跑 0 趟", QR: "https://onedoor.example/items/food-operation-new", QRNote: "扫码看详情", Sections: []Section{
			{Heading: "说白了", Paragraphs: []string{"开饭馆、奶茶店先办它。"}},
			{Heading: "条件", Items: []string{"已取得营业执照等合法主体资格", "具有与经营品种、数量相适应的处理、贮存场所并与有毒有害场所保持规定距离"}},
		}}
		if i == 3 {
			rows := [][]string{{"材料", "要点"}}
			for range 30 {
				rows = append(rows, []string{"经营场所和设备布局、操作流程示意图", "标明功能分区、面积、设备位置和人流物流方向；生进熟出不交叉"})
			}
			c.Sections = append(c.Sections, Section{Heading: "材料", Table: rows})
		}
		b.Chapters = append(b.Chapters, c)
	}
	return b
}

func poster() Poster {
	return Poster{
		Head: "云川市政务服务中心", Title: "食品经营许可（新办）", Lead: "开饭馆、奶茶店、食堂、卖散装食品之前，先办这个证。",
		Parts: []PosterPart{{"谁能办", []string{"企业、个体工商户"}}, {"带什么", []string{"食品经营许可申请书", "营业执照", "布局示意图", "规章制度清单"}}},
		QR:    "https://onedoor.example/items/food-operation-new", QRNote: "扫码看指南、在线申请", Foot: []string{"在哪里办", "A区 企业与投资", "几点", "周一至周五 9:00–17:00", "电话", "12345"}, Created: made,
	}
}

func wall(a3 bool) Wall {
	w := Wall{Title: "A区 企业与投资", Note: "扫码看要带什么、在线申请", A3: a3, Footer: "云川市政务服务中心", Created: made}
	for range 30 {
		w.Cards = append(w.Cards, Card{"公众聚集场所投入使用、营业前消防安全检查", "5 个工作日", "https://onedoor.example/items/public-gathering-fire"})
	}
	return w
}

// TestABookHasItsWayIn: as many bookmarks as chapters, contents that lead to each, and page numbers that are right.
func TestABookHasItsWayIn(t *testing.T) {
	t.Parallel()
	var pdf bytes.Buffer
	b := book()
	leaves, err := fonts.Book(&pdf, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(pdf.Bytes(), []byte("/Type /Page\n")); got != leaves || leaves < 44 {
		t.Errorf("%d leaves in the file, %d said", got, leaves)
	}
	if got := bytes.Count(pdf.Bytes(), []byte("/Parent ")); got < len(b.Chapters)+leaves {
		t.Errorf("%d parents: bookmarks are missing", got)
	}
	if got := bytes.Count(pdf.Bytes(), []byte("/Subtype /Link")); got < len(b.Chapters) {
		t.Errorf("%d links in the contents", got)
	}
}

func TestEveryCharacterCanBeExtracted(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("ONEDOOR_CI") == "1" {
			t.Fatal("pdftotext (poppler-utils) is needed")
		}
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	for name, paper := range papers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pdf bytes.Buffer
			if err := paper.write(&pdf); err != nil {
				t.Fatal(err)
			}
			if *keep != "" {
				if err := os.WriteFile(filepath.Join(*keep, name+".pdf"), pdf.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if pages := bytes.Count(pdf.Bytes(), []byte("/Type /Page\n")); pdf.Len() > 150_000*pages {
				t.Errorf("%d bytes for %d pages, want less than 150,000 each", pdf.Len(), pages)
			}
			file := filepath.Join(t.TempDir(), "a.pdf")
			if err := os.WriteFile(file, pdf.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			got := count(string(out))
			for r, want := range count(strings.Join(paper.texts, "")) {
				if got[r] < want {
					t.Errorf("%q found %d times, want at least %d", r, got[r], want)
				}
			}
		})
	}
}

func count(text string) map[rune]int {
	n := map[rune]int{}
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n[r]++
		}
	}
	return n
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, paper := range papers() {
		var first, second bytes.Buffer
		if err := errors.Join(paper.write(&first), paper.write(&second)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two files of the same input differ", name)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []rune
	}{
		{"䶮𬭎𬬻㛃〇·—…“”№℃㎡①②々　Ünïcødé", nil},
		{"一行\r\n两\t行\u200b\ufeff", nil},
		{"\U0002FA1D😀和😀", []rune{'\U0001F600', '\U0002FA1D'}},
	} {
		if got := fonts.Missing(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("Missing(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestCodeThatHoldsTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	c := licence()
	c.QR = strings.Repeat("长", 2000)
	if err := fonts.Certificate(&bytes.Buffer{}, c); err == nil {
		t.Error("want an error")
	}
	if _, err := QRSVG(c.QR, ""); err == nil {
		t.Error("want an error from QRSVG")
	}
}

func TestPagesOverflow(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"licence": 1, "long-licence": 1, "rare": 1, "overflowing": 7, "notice": 1, "long-notice": 4, "poster": 1, "wall": 3, "wall-a3": 2} {
		var pdf bytes.Buffer
		if err := papers()[name].write(&pdf); err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(pdf.Bytes(), []byte("/Type /Page\n")); got != want {
			t.Errorf("%s has %d leaves, want %d", name, got, want)
		}
	}
}

func TestEmptyPapersAreBlankNotBroken(t *testing.T) {
	t.Parallel()
	if err := errors.Join(fonts.Certificate(&bytes.Buffer{}, Certificate{}), fonts.Sheet(&bytes.Buffer{}, Sheet{})); err != nil {
		t.Error(err)
	}
}

func TestElementsCarryNoStyleAttribute(t *testing.T) {
	t.Parallel()
	code, err := QRSVG("https://onedoor.example/v/1", `查验"码"`)
	if err != nil {
		t.Fatal(err)
	}
	for _, element := range []string{code, SealSVG(stamp), SealSVG(Seal{Name: "<b>&"})} {
		if strings.Contains(element, "style=") || strings.Contains(element, "<b>") || strings.Contains(element, `"码"`) {
			t.Errorf("unsafe element: %s", element)
		}
	}
	if got := SealSVG(Seal{}); got != "" {
		t.Errorf("SealSVG of nothing = %q, want nothing", got)
	}
}

func BenchmarkCertificate(b *testing.B) {
	c := licence()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := fonts.Certificate(&out, c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes/file")
}
