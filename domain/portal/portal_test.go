package portal

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/infra/auth"
)

func TestLanding(t *testing.T) {
	t.Parallel()
	s := Service{
		Opens: func(_ auth.Actor, path string) bool { return path != "/watch" },
		Entry: func(auth.Actor) string { return "/first" },
	}
	for _, tt := range []struct {
		roles []string
		want  string
	}{
		{[]string{"clerk"}, "/desk"},
		{[]string{"reviewer"}, "/work"},
		{[]string{"approver", "section_chief"}, "/work"},
		{[]string{"deliverer", "issuer", "section_chief"}, "/issue"},
		{[]string{"deliverer"}, "/delivery"},
		{[]string{"catalog_officer", "legal_supervisor"}, "/catalog"}, // the second as a deputy
		{[]string{"section_chief", "system_admin"}, "/admin/posts"},
		{[]string{"section_chief", "supervisor"}, "/work"},
		{[]string{"leader"}, "/first"}, // their own place is not there: the menu's first
		{nil, "/first"},
	} {
		if got := s.Landing(auth.Actor{Kind: auth.Staff, Roles: tt.roles}); got != tt.want {
			t.Errorf("%v land on %s, want %s", tt.roles, got, tt.want)
		}
	}
	if got := s.Landing(auth.Actor{Kind: auth.Applicant}); got != "/my" {
		t.Errorf("applicants land on %s", got)
	}
}

// TestCarryLosesNothing posts random forms through the sign-in page and back:
// what comes out is what went in, save for passwords.
func TestCarryLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"name", "名称", "carry.x", "carry_to", "a b&c=d", "_key", "password", "New_Password"})
		form := url.Values(rapid.MapOfN(names, rapid.SliceOfN(rapid.String(), 1, 3), 0, 6).Draw(t, "form"))
		upload := rapid.Bool().Draw(t, "upload")
		body, kind := form.Encode(), "application/x-www-form-urlencoded"
		if upload {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			for name, values := range form {
				for _, v := range values {
					_ = w.WriteField(name, v)
				}
			}
			_ = w.Close()
			body, kind = b.String(), w.FormDataContentType()
		}
		r := httptest.NewRequest("POST", "/cases/7/form?step=2", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		carried := carryFromPost(r)

		through := url.Values{}
		for _, h := range carried.hidden() {
			through.Add(h.Name, h.Value)
		}
		got := carryThrough(through)
		if got.To != "/cases/7/form?step=2" || got.Upload != upload || got.Lost {
			t.Fatalf("got %+v", got)
		}
		back := url.Values{}
		for _, h := range got.again() {
			back.Add(h.Name, h.Value)
		}
		for name := range form {
			if secretField(name) {
				delete(form, name)
			}
		}
		if back.Encode() != form.Encode() {
			t.Fatalf("got %q, want %q", back, form)
		}
	})
}

// TestCarryStaysHere makes sure that a made-up sign-in form cannot have people
// post to another site.
func TestCarryStaysHere(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"https://evil.example/", "//evil.example", "/\\evil", "javascript:x"} {
		c := carryThrough(url.Values{carryTo: {to}, carryFrom: {to}})
		if c.To != "/" || c.From != "/" {
			t.Errorf("%q leads to %q and %q", to, c.To, c.From)
		}
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 51: "51", 999: "999", 1186: "1,186", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
