package paper

// strip is a piece of a paper that is not parted: a line of text, a row of a table, the signature.
type strip struct {
	height float64
	draw   func(y float64)
	keep   bool   // stays on the same leaf as the next strip
	last   bool   // ends a row of a certificate
	head   *strip // drawn again above it when it comes first on a leaf: the heading of a table
}

func total(strips []strip) (height float64) {
	for _, s := range strips {
		height += s.height
	}
	return height
}

// paginate deals the strips onto leaves with the given room; the first leaf may have less. A chain of strips that
// should stay together but fills more than a leaf is parted all the same, and a strip higher than a leaf gets one of
// its own. There is always at least one leaf.
func paginate(strips []strip, first, others float64) [][]strip {
	var leaves [][]strip
	room := first
	for len(strips) > 0 {
		n, used := 0, 0.0
		if strips[0].head != nil {
			used = strips[0].head.height
		}
		for n < len(strips) && (n == 0 || used+strips[n].height <= room+1e-6) {
			used += strips[n].height
			n++
		}
		if n < len(strips) {
			cut := n
			for cut > 0 && strips[cut-1].keep {
				cut--
			}
			if cut > 0 {
				n = cut
			}
		}
		leaf := strips[:n:n]
		if strips[0].head != nil {
			leaf = append([]strip{*strips[0].head}, leaf...)
		}
		leaves = append(leaves, leaf)
		strips, room = strips[n:], others
	}
	if leaves == nil {
		leaves = [][]strip{nil}
	}
	return leaves
}
