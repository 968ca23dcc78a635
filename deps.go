//go:build deps

package onedoor

import (
	_ "cel.dev/cel-go/cel"
	_ "cel.dev/cel-go/common/types"
	_ "cel.dev/cel-go/ext"
	_ "codeberg.org/go-pdf/fpdf"
	_ "github.com/a-h/templ"
	_ "github.com/alexedwards/scs/v2"
	_ "github.com/cedar-policy/cedar-go"
	_ "github.com/chromedp/chromedp"
	_ "github.com/danielgtaylor/huma/v2"
	_ "github.com/danielgtaylor/huma/v2/adapters/humago"
	_ "github.com/emmansun/gmsm/sm2"
	_ "github.com/emmansun/gmsm/sm3"
	_ "github.com/emmansun/gmsm/sm4"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/xuri/excelize/v2"
	_ "go.yaml.in/yaml/v3"
	_ "golang.org/x/crypto/argon2"
	_ "golang.org/x/mod/sumdb/tlog"
	_ "golang.org/x/text/unicode/norm"
	_ "golang.org/x/time/rate"
	_ "pgregory.net/rapid"
	_ "rsc.io/qr"
)
