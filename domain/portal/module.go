package portal

import (
	"embed"

	"onedoor.app/infra/web"
	"onedoor.app/module"
)

//go:embed text/*.json
var texts embed.FS

// Module is the portal's front door.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:  "portal",
		Texts: texts,
		Routes: []web.Route{
			{Pattern: "GET /{$}", Right: web.Public, Handle: s.home},
			{Pattern: "GET /sign-in", Right: web.Public, Handle: s.showSignIn},
			{Pattern: "POST /sign-in", Right: web.Public, Handle: s.signIn, Body: signInBody},
			{Pattern: "POST /sign-out", Right: web.Public, Handle: s.signOut},
			{Pattern: "GET /password", Right: web.Public, Handle: s.showPassword},
			{Pattern: "POST /password", Right: web.Public, Handle: s.postPassword, Body: signInBody},
			{Pattern: "GET /ui", Right: web.Public, Handle: s.living},
			{Pattern: "GET /accessibility", Right: web.Public, Handle: s.accessibility},
			{Pattern: "GET /privacy", Right: web.Public, Handle: s.privacy},
			{Pattern: "GET /decisions", Right: web.Public, Handle: s.decisions},
			{Pattern: "GET /sitemap", Right: web.Public, Handle: s.sitemap},
			{Pattern: "GET /problems/{code}", Right: web.Public, Handle: s.problem},
		},
	}
}
