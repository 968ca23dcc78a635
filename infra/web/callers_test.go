package web

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"
)

func TestCallersKeepToTheirPace(t *testing.T) {
	t.Parallel()
	var c Callers
	p := Pace{Burst: 40, Every: 2 * time.Second}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i := range p.Burst {
		if !c.May("198.51.100.7", p, now) {
			t.Fatalf("refused at try %d", i+1)
		}
	}
	if c.May("198.51.100.7", p, now) {
		t.Error("the burst has no end")
	}
	if !c.May("198.51.100.8", p, now) {
		t.Error("one address stands for another")
	}
	if !c.May("198.51.100.7", p, now.Add(p.Every)) {
		t.Error("waiting does not help")
	}
	for i := range 3 * callersKept {
		c.May(fmt.Sprint("host ", i), p, now)
	}
	if len(c.all) > callersKept {
		t.Errorf("%d keys are remembered, want at most %d", len(c.all), callersKept)
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, forwarded, want string }{
		{"203.0.113.5:1", "", "203.0.113.5"},
		{"203.0.113.5:1", "198.51.100.7", "203.0.113.5"}, // nobody but our proxy is believed
		{"127.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:1", "6.6.6.6, 198.51.100.7", "198.51.100.7"}, // what the visitor made up comes first
		{"127.0.0.1:1", "nonsense", "127.0.0.1"},
		{"[::1]:1", "", "::1"},
		{"[::1]:1", "2001:db8:1:2:3::7", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:9::8]:1", "", "2001:db8:1:2::/64"}, // one network, one caller
		{"[::ffff:203.0.113.5]:1", "", "203.0.113.5"},
		{"@", "", "@"},
	} {
		r := httptest.NewRequest("POST", "/sign-in", nil)
		r.RemoteAddr = tt.from
		r.Header.Set("X-Forwarded-For", tt.forwarded)
		if got := Client(r); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}
