package app

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"onedoor.app/infra/config"
)

// Config is every setting of the program. What an administrator changes daily
// is data, not configuration. Each default is safe on a laptop.
type Config struct {
	Data          string `env:"ONEDOOR_DATA" default:"./data" help:"folder of the database, the files and the key"`
	DB            string `env:"ONEDOOR_DB" help:"an SQLite file or postgres://…; empty: onedoor.db in the data folder" secret:"true"`
	Listen        string `env:"ONEDOOR_LISTEN" default:"127.0.0.1:8080" help:"address and port to serve on"`
	City          string `env:"ONEDOOR_CITY" default:"云川市" help:"the place that the centre serves, as pages show it"`
	Region        string `env:"ONEDOOR_REGION" default:"379900" help:"division code of that place, six digits; case numbers begin with it"`
	Hotline       string `env:"ONEDOOR_HOTLINE" default:"12345" help:"number for questions and complaints, as pages show it"`
	ReviewSite    string `env:"ONEDOOR_REVIEW_SITE" default:"全国行政复议服务平台 xzfy.moj.gov.cn" help:"online channel for administrative review, named in every refusal"`
	ReceivePost   string `env:"ONEDOOR_RECEIVE_POST" default:"SPJ-ZH.clerk" help:"post that receives the items of an imported list; empty: the item's own unit"`
	IssuePost     string `env:"ONEDOOR_ISSUE_POST" default:"SPJ-ZZ.issue" help:"post that issues the results of an imported list; empty: the item's own unit"`
	PublicURL     string `env:"ONEDOOR_PUBLIC_URL" help:"address that people reach the site at, for QR codes; empty: http:// and the listening address"`
	SecureCookies bool   `env:"ONEDOOR_SECURE_COOKIES" default:"false" help:"send cookies over HTTPS only; set it wherever the site is served by HTTPS"`
	Witness       string `env:"ONEDOOR_WITNESS" help:"file that keeps the newest checkpoint of the ledger, best on another machine's disk; empty: ledger.checkpoint in the data folder"`
	LedgerKey     string `env:"ONEDOOR_LEDGER_KEY" default:"ed25519" help:"how a new ledger.key signs: ed25519 or sm2; an existing one stays as it is"`
	MetricsToken  string `env:"ONEDOOR_METRICS_TOKEN" help:"bearer token that opens /metrics to other machines; empty: this machine only" secret:"true"`
	LogLevel      string `env:"ONEDOOR_LOG" default:"info" help:"debug, info, warn or error"`
	Demo          bool   `env:"ONEDOOR_DEMO" default:"false" help:"load the sample city into an empty database and show its accounts on the sign-in page"`
}

// ReadConfig takes the settings from lookup and reports every mistake at once.
func ReadConfig(lookup func(string) (string, bool)) (Config, error) {
	var c Config
	errs := []error{config.Read(lookup, &c)}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || port == "" {
		errs = append(errs, fmt.Errorf("ONEDOOR_LISTEN: %q is not HOST:PORT", c.Listen))
	}
	c.PublicURL = cmp.Or(c.PublicURL, "http://"+c.Listen)
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		errs = append(errs, fmt.Errorf("ONEDOOR_PUBLIC_URL: %q is not an http or https address", c.PublicURL))
	}
	if !digits(c.Region, 6) {
		errs = append(errs, fmt.Errorf("ONEDOOR_REGION: %q is not six digits", c.Region))
	}
	return c, errors.Join(errs...)
}

// Database is where the data are: an SQLite file or the address of a PostgreSQL.
func (c Config) Database() string { return cmp.Or(c.DB, c.file("onedoor.db")) }

// file is the path of a file or folder in the data folder.
func (c Config) file(name string) string { return filepath.Join(c.Data, name) }

func digits(text string, n int) bool {
	if len(text) != n {
		return false
	}
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
