package config_test

import (
	"strings"
	"testing"
	"time"

	"onedoor.app/infra/config"
)

type settings struct {
	Listen string        `env:"T_LISTEN" default:"127.0.0.1:8080" help:"address to serve on"`
	DB     string        `env:"T_DB" secret:"true" help:"where the data is"`
	Lines  int           `env:"T_LINES" default:"20" help:"lines on a page"`
	Demo   bool          `env:"T_DEMO" default:"false" help:"show the sample city"`
	Life   time.Duration `env:"T_LIFE" default:"12h" help:"of a session"`
}

func from(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  map[string]string
		want settings
	}{
		{"defaults", nil, settings{"127.0.0.1:8080", "", 20, false, 12 * time.Hour}},
		{"everything set", map[string]string{"T_LISTEN": "x", "T_DB": "y", "T_LINES": "-1", "T_DEMO": "1", "T_LIFE": "90s"},
			settings{"x", "y", -1, true, 90 * time.Second}},
		{"set to nothing", map[string]string{"T_LISTEN": ""}, settings{"", "", 20, false, 12 * time.Hour}},
	} {
		var got settings
		if err := config.Read(from(tt.env), &got); err != nil || got != tt.want {
			t.Errorf("%s: got %+v (%v), want %+v", tt.name, got, err, tt.want)
		}
	}
}

func TestReadNamesEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	err := config.Read(from(map[string]string{"T_LINES": "many", "T_DEMO": "perhaps", "T_LIFE": "long", "T_LISTEN": "fine"}), &settings{})
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, name := range []string{"T_LINES", "T_DEMO", "T_LIFE"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %q", name, err)
		}
	}
	if strings.Contains(err.Error(), "T_LISTEN") {
		t.Errorf("a good setting is blamed in %q", err)
	}
}

func TestReadRefusesAFieldOfNoKnownKind(t *testing.T) {
	t.Parallel()
	var bad struct {
		Share float64 `env:"T_SHARE" default:"0.5"`
	}
	if err := config.Read(from(nil), &bad); err == nil || !strings.Contains(err.Error(), "T_SHARE") {
		t.Errorf("got %v", err)
	}
}

func TestPrintMasksSecrets(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{"postgres://u:hunter2@h/d": "T_DB=(set, hidden)\n", "": "T_DB=\n"} {
		var out strings.Builder
		s := settings{Listen: "x", DB: secret, Life: time.Minute}
		if err := config.Print(&out, &s); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{want, "T_LISTEN=x\n", "T_LIFE=1m0s\n", "    lines on a page\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in %q", want, out.String())
			}
		}
		if strings.Contains(out.String(), "hunter2") {
			t.Error("the secret is shown")
		}
	}
}
