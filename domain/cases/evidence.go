package cases

import "slices"

// Proof is a file as the ledger knows it: its content by digest, its name not at
// all, because names of files may be names of people.
type Proof struct {
	File     int64  `json:"file"`
	Material string `json:"material"`
	SHA256   string `json:"sha256"`
	Round    int    `json:"round"`
}

func proofs(files []File) (list []Proof) {
	for _, f := range files {
		list = append(list, Proof{f.ID, f.Material, f.Blob, f.Round})
	}
	return list
}

// Found is what the window found about a material when it acted on it.
type Found struct {
	Material string  `json:"material"`
	Verdict  Verdict `json:"verdict"`
	Reason   string  `json:"reason,omitempty"` // digest
	Source   string  `json:"source"`
	Judge    int64   `json:"judge,omitempty"`
	// Points are the acceptance points found good, in the catalogue's public words.
	Points []string `json:"points,omitempty"`
}

// equal reports whether two findings say the same.
func (f Found) equal(o Found) bool {
	return f.Material == o.Material && f.Verdict == o.Verdict && f.Reason == o.Reason && f.Source == o.Source && f.Judge == o.Judge &&
		slices.Equal(f.Points, o.Points)
}

func findings(list []Material) (found []Found) {
	for _, m := range list {
		f := Found{Material: m.Key, Verdict: m.Verdict, Source: m.Source, Judge: m.Judge, Points: m.Points}
		if m.Reason != "" {
			f.Reason = digestText(m.Reason)
		}
		found = append(found, f)
	}
	return found
}

// filesOf are the files in force of a list of materials, from a round on.
func filesOf(list []Material, round int) (files []File) {
	for _, m := range list {
		for _, f := range m.Files {
			if !f.Replaced && f.Round >= round {
				files = append(files, f)
			}
		}
	}
	return files
}

// judges are the members of staff who found something about a material: they took
// part in receiving the case.
func judges(list []Material) (staff []int64) {
	for _, m := range list {
		if m.Judge != 0 {
			staff = append(staff, m.Judge)
		}
	}
	return staff
}
