package portal

import (
	"time"

	"onedoor.app/infra/web"
)

// knockPace is that of sign-ins from one address: a whole hall may stand behind
// one, so the burst is that of a morning; guessing a password at this pace takes
// years, and each account rests after five wrong ones anyway.
var knockPace = web.Pace{Burst: 300, Every: time.Second / 2}
