package ui

import "net/http"

// Frame builds what every full page needs from a request: language, person,
// menu. The application fills it; a capability only asks.
type Frame func(r *http.Request, title string) Page
