package job

import "time"

// RenewEvery lets tests wait less.
func (r *Runner) RenewEvery(d time.Duration) { r.renew = d }
