package observe

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	log, err := Logger(&out, "warn")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	log.Warn("loud", "route", "GET /x")
	var line map[string]any
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil {
		t.Fatalf("not one JSON line: %q", out.String())
	}
	if line[slog.MessageKey] != "loud" || line["route"] != "GET /x" {
		t.Errorf("got %v", line)
	}
	if _, err := Logger(&out, "chatty"); err == nil {
		t.Error("an unknown level was taken")
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	m.Request(t.Context(), "GET /items/{code}", 200, 3*time.Millisecond)
	m.Request(t.Context(), "", 404, time.Millisecond)
	m.Gauge("onedoor_test_good", "test", func(context.Context) (float64, error) { return 7, nil })
	m.Gauge("onedoor_test_bad", "test", func(context.Context) (float64, error) { return 0, errors.New("away") })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`onedoor_requests_total{route="GET /items/{code}",status="200"} 1`,
		`onedoor_requests_total{route="none",status="404"} 1`,
		`onedoor_request_seconds_bucket{route="GET /items/{code}",le="0.005"} 1`,
		"onedoor_test_good 7", "onedoor_test_bad -1",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
}
