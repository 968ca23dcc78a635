package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Figures is what a benchmark measured.
type Figures struct {
	Engine    string             `json:"engine"`
	Clients   int                `json:"clients"`
	Seconds   float64            `json:"seconds"`
	Cases     int64              `json:"cases"` // taken from draft to delivery
	Requests  int64              `json:"requests"`
	PerSecond float64            `json:"cases_per_second"`
	Pages     map[string]Latency `json:"pages,omitempty"`
}

// Latency is how long requests took, in milliseconds.
type Latency struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

// benchItem is taken through its whole life: questions, form, materials, review,
// decision, certificate, hand-over.
const benchItem = "social-card-apply"

// the hands of the sample city through which a case of benchItem passes.
var benchHands = []string{"yc1005", "yc1033", "yc1034"}

// BenchLifecycle takes cases through their whole life over HTTP on this machine
// with so many clients at once, for so long, and counts those that came to the
// end. The database must be empty: it is filled with the sample city.
func (a *App) BenchLifecycle(ctx context.Context, clients int, long time.Duration) (Figures, error) {
	if err := a.loadCity(ctx); err != nil {
		return Figures{}, err
	}
	base, stop, err := a.loopback(ctx)
	if err != nil {
		return Figures{}, err
	}
	defer stop()
	b := &bench{a: a, base: base}
	if err := b.prepare(ctx, clients); err != nil {
		return Figures{}, err
	}
	run, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	failed := make(chan error, clients)
	began := a.DB.Now()
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			for run.Err() == nil {
				if err := b.life(run, b.applicants[n]); err != nil {
					if run.Err() == nil {
						failed <- err
					}
					return
				}
			}
		})
	}
	wg.Wait()
	took := a.DB.Now().Sub(began).Seconds()
	select {
	case err := <-failed:
		return Figures{}, err
	default:
	}
	return Figures{
		Engine: a.engine(), Clients: clients, Seconds: took, Cases: b.done.Load(), Requests: b.requests.Load(),
		PerSecond: float64(b.done.Load()) / took,
	}, nil
}

// BenchPages asks for pages one after the other, n times each, as the people
// who open them would, and tells how long the answers took. The database must be
// filled with the sample city.
func (a *App) BenchPages(ctx context.Context, n int) (Figures, error) {
	base, stop, err := a.loopback(ctx)
	if err != nil {
		return Figures{}, err
	}
	defer stop()
	b := &bench{a: a, base: base}
	reviewer, err := b.signIn(ctx, "yc1021")
	if err != nil {
		return Figures{}, err
	}
	inbox, err := b.get(ctx, reviewer, "/work")
	if err != nil {
		return Figures{}, err
	}
	link := workLink.FindString(inbox)
	if link == "" {
		return Figures{}, fmt.Errorf("app: the inbox of yc1021 is empty")
	}
	out := Figures{Engine: a.engine(), Clients: 1, Pages: map[string]Latency{}}
	for name, page := range map[string]struct {
		who  *http.Client
		path string
	}{
		"home":  {&http.Client{}, "/"},
		"guide": {&http.Client{}, "/items/food-operation-new"},
		"inbox": {reviewer, "/work"},
		"case":  {reviewer, link},
	} {
		times := make([]float64, 0, n)
		for range n {
			began := a.DB.Now()
			if _, err := b.get(ctx, page.who, page.path); err != nil {
				return Figures{}, err
			}
			times = append(times, float64(a.DB.Now().Sub(began).Microseconds())/1000)
		}
		slices.Sort(times)
		out.Pages[name] = Latency{N: n, P50: times[n/2], P99: times[min(n-1, n*99/100)]}
	}
	return out, nil
}

var (
	workLink = regexp.MustCompile(`/work/[0-9]+`)
	caseID   = regexp.MustCompile(`/my/cases/([0-9]+)`)
	draftID  = regexp.MustCompile(`/apply/draft/([0-9]+)`)
	taskID   = regexp.MustCompile(`name="task" value="([0-9]+)"`)
)

func (a *App) engine() string {
	if db.IsPostgres(a.Config.DB) {
		return "postgres"
	}
	return "sqlite"
}

// loopback serves the site on a free port of this machine.
func (a *App) loopback(ctx context.Context) (base string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	serve, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = a.Serve(serve, l) })
	return "http://" + l.Addr().String(), func() { cancel(); wg.Wait() }, nil
}

// bench is the people of a benchmark with their sessions.
type bench struct {
	a          *App
	base       string
	applicants []applicant
	staff      map[string]*http.Client // by login
	posts      map[string]*http.Client // who holds a post
	answers    url.Values
	fields     []catalog.Field
	materials  []catalog.Material
	file       []byte
	done       atomic.Int64
	requests   atomic.Int64
}

type applicant struct {
	client       *http.Client
	name, number string
}

// prepare signs the staff in and registers an applicant for each client.
func (b *bench) prepare(ctx context.Context, clients int) error {
	d := b.a.director(b.a.DB.Now())
	cast, err := d.castOf(ctx)
	if err != nil {
		return err
	}
	var it *catalog.Item
	logins := map[string]string{} // slot to staff number
	if err := b.a.DB.Read(ctx, func(tx *db.Tx) error {
		if it, err = b.a.services.catalog.Current(tx, benchItem); err != nil {
			return err
		}
		for _, s := range it.Steps {
			if list := cast.holders[s.Post]; len(list) > 0 {
				p, err := b.a.services.office.Staff(tx, list[0].Staff)
				if err != nil {
					return err
				}
				logins[s.Slot] = p.No
			}
		}
		return nil
	}); err != nil {
		return err
	}
	need := it.Resolve(cast.routes[it.Code])
	b.answers, b.fields, b.materials = url.Values{}, need.Fields, need.Materials
	for q, v := range cast.routes[it.Code] {
		b.answers.Set("answer."+q, v)
	}
	files, err := sampleFiles()
	if err != nil {
		return err
	}
	b.file = files[2]
	b.staff, b.posts = map[string]*http.Client{}, map[string]*http.Client{}
	for _, login := range benchHands {
		if b.staff[login], err = b.signIn(ctx, login); err != nil {
			return err
		}
	}
	for slot, login := range logins {
		if b.posts[slot], err = b.signIn(ctx, login); err != nil {
			return err
		}
	}
	for n := range clients {
		who, err := b.register(ctx, n)
		if err != nil {
			return err
		}
		b.applicants = append(b.applicants, who)
	}
	return nil
}

// register opens an account of an invented person.
func (b *bench) register(ctx context.Context, n int) (applicant, error) {
	who := applicant{name: "测试", number: inventedNumber(n)}
	account, err := b.a.services.party.Register(ctx, auth.Actor{}, party.Registration{
		Name: who.name, Number: who.number, Mobile: fmt.Sprintf("1549%07d", n), Password: DemoPassword,
	})
	if err != nil {
		return who, err
	}
	who.client, err = b.session(ctx, account)
	return who, err
}

// inventedNumber is an identity number of a place that does not exist.
func inventedNumber(n int) string {
	for _, check := range "0123456789X" {
		no := fmt.Sprintf("37990019800101%03d%c", n, check)
		if _, err := party.ParseIDNumber(no); err == nil {
			return no
		}
	}
	return ""
}

func (b *bench) signIn(ctx context.Context, login string) (*http.Client, error) {
	account, err := b.a.services.portal.Accounts.Check(ctx, login, DemoPassword)
	if err != nil {
		return nil, err
	}
	return b.session(ctx, account.ID)
}

// session is a browser in which an account has signed in. It goes round the
// sign-in page, which lets one address in only so often.
func (b *bench) session(ctx context.Context, account int64) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	in, err := b.a.sessions.Load(ctx, "")
	if err != nil {
		return nil, err
	}
	if err := b.a.signIn(in, auth.Account{ID: account}); err != nil {
		return nil, err
	}
	token, _, err := b.a.sessions.Commit(in)
	if err != nil {
		return nil, err
	}
	site, err := url.Parse(b.base)
	if err != nil {
		return nil, err
	}
	jar.SetCookies(site, []*http.Cookie{{Name: sessionName, Value: token, Path: "/"}})
	return &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, nil
}

// answer is a page that a request ended on.
type answer struct{ path, body string }

func (b *bench) do(c *http.Client, r *http.Request) (answer, error) {
	b.requests.Add(1)
	r.Header.Set("Accept", "text/html")
	resp, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	if err := cmp.Or(err, resp.Body.Close()); err != nil {
		return answer{}, err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return answer{}, fmt.Errorf("app: %s %s: %s", r.Method, r.URL.Path, resp.Status)
	}
	return answer{resp.Request.URL.Path, string(body)}, nil
}

func (b *bench) get(ctx context.Context, c *http.Client, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "text/html")
	page, err := b.do(c, r)
	return page.body, err
}

func (b *bench) post(ctx context.Context, c *http.Client, path string, form url.Values) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(c, r)
}

func (b *bench) upload(ctx context.Context, c *http.Client, path, name string) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name+".png")
	if err != nil {
		return err
	}
	if _, err := part.Write(b.file); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	_, err = b.do(c, r)
	return err
}

// life takes one case from the first question to the hand-over.
func (b *bench) life(ctx context.Context, who applicant) error {
	id, err := b.apply(ctx, who)
	if err != nil {
		return err
	}
	checks := url.Values{}
	for _, m := range b.materials {
		checks.Add("materials", m.ID)
		checks.Set("verdict."+m.ID, "pass")
	}
	if _, err := b.post(ctx, b.staff["yc1005"], "/desk/"+id+"/accept", checks); err != nil {
		return err
	}
	for _, step := range []struct {
		slot, path string
		form       url.Values
	}{
		{"review", "/opinion", url.Values{"conclusion": {"agree"}, "text": {"材料齐全，建议准予。"}}},
		{"decide", "/decide", url.Values{"conclusion": {"grant"}, "sure": {"yes"}}},
	} {
		c := b.posts[step.slot]
		page, err := b.get(ctx, c, "/work/"+id)
		if err != nil {
			return err
		}
		task := taskID.FindStringSubmatch(page)
		if task == nil {
			return fmt.Errorf("app: no task on the page of case %s at %s", id, step.slot)
		}
		step.form.Set("task", task[1])
		if _, err := b.post(ctx, c, "/work/"+id+step.path, step.form); err != nil {
			return err
		}
	}
	if _, err := b.post(ctx, b.staff["yc1033"], "/issue/"+id, url.Values{}); err != nil {
		return err
	}
	if _, err := b.post(ctx, b.staff["yc1034"], "/delivery/"+id+"/hand", url.Values{"name": {who.name}, "number": {who.number}}); err != nil {
		return err
	}
	b.done.Add(1)
	return nil
}

// apply fills an application in, step by step, and hands it in.
func (b *bench) apply(ctx context.Context, who applicant) (string, error) {
	page, err := b.post(ctx, who.client, "/apply/"+benchItem, url.Values{"new": {"yes"}})
	if err != nil {
		return "", err
	}
	m := draftID.FindStringSubmatch(page.path)
	if m == nil {
		return "", fmt.Errorf("app: the application begins at %s", page.path)
	}
	draft := "/apply/draft/" + m[1]
	if _, err := b.post(ctx, who.client, draft+"/questions", b.answers); err != nil {
		return "", err
	}
	form := url.Values{}
	for _, f := range b.fields {
		form.Set("form."+f.Key, f.Example())
	}
	if _, err := b.post(ctx, who.client, draft+"/form", form); err != nil {
		return "", err
	}
	for _, mat := range b.materials {
		if err := b.upload(ctx, who.client, draft+"/materials/"+mat.ID, mat.Name); err != nil {
			return "", err
		}
	}
	page, err = b.post(ctx, who.client, draft+"/review", url.Values{"delivery.way": {"window"}})
	if err != nil {
		return "", err
	}
	if m = caseID.FindStringSubmatch(page.path); m == nil {
		return "", fmt.Errorf("app: the application ends at %s", page.path)
	}
	return m[1], nil
}
