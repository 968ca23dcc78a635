package paper

// table returns a ruled table row by row; the first row is its heading. Columns share the width by what they hold.
// A row too high for a leaf is parted between its lines.
func (p *page) table(rows [][]string) (strips []strip) {
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
	}
	if columns == 0 {
		return nil
	}
	widths := p.columns(rows, columns)
	head := p.tableRow(rows[0], widths, true)
	strips = append(strips, strip{height: 2.5, keep: true, draw: func(float64) {}})
	for i := range head {
		head[i].keep = true
	}
	strips = append(strips, head...)
	repeat := join(head)
	for _, row := range rows[1:] {
		for _, s := range p.tableRow(row, widths, false) {
			s.head = &repeat
			strips = append(strips, s)
		}
	}
	return append(strips, strip{height: 3.5, draw: func(float64) {}})
}

// join makes one strip of several.
func join(strips []strip) strip {
	return strip{height: total(strips), keep: true, draw: func(y float64) {
		for _, s := range strips {
			s.draw(y)
			y += s.height
		}
	}}
}

// columns shares the width of the sheet: each column gets what its widest cell asks for, within limits, and the
// rest is dealt out in the same proportion.
func (p *page) columns(rows [][]string, n int) []float64 {
	const least, most = 12.0, 90.0
	widths := make([]float64, n)
	var sum float64
	for i := range widths {
		widths[i] = least
		for _, row := range rows {
			if i < len(row) {
				for _, line := range p.wrap(clean(row[i]), tableText, 0, most) {
					widths[i] = max(widths[i], p.measure(line, tableText)+2*tablePad+0.5)
				}
			}
		}
		sum += widths[i]
	}
	for i := range widths {
		widths[i] *= (sheetRight - sheetLeft) / sum
	}
	return widths
}

const tablePad = 2.2

var tableText = style{11, false, black}

// tableRow returns one row as a strip, or as one strip for every 20 lines of its highest cell.
func (p *page) tableRow(row []string, widths []float64, head bool) (strips []strip) {
	const lead, piece = 6.2, 20
	st := tableText
	st.bold = head
	cells := make([][]string, len(widths))
	lines := 1
	for i, width := range widths {
		if i < len(row) {
			cells[i] = p.wrap(clean(row[i]), st, 0, width-2*tablePad)
		}
		lines = max(lines, len(cells[i]))
	}
	for from := 0; from < lines; from += piece {
		count := min(piece, lines-from)
		height := float64(count)*lead + 2.6
		strips = append(strips, strip{height: height, draw: func(y float64) {
			if head {
				p.box(sheetLeft, y, sheetRight-sheetLeft, height, ink{242, 242, 238})
			}
			x := sheetLeft
			for i, cell := range cells {
				p.frame(x, y, widths[i], height, 0.2, hairln)
				for j := from; j < min(from+count, len(cell)); j++ {
					base := y + 1.3 + float64(j-from)*lead + lead*0.70
					if head {
						p.centre(x+widths[i]/2, base, cell[j], st)
					} else {
						p.text(x+tablePad, base, cell[j], st, 0)
					}
				}
				x += widths[i]
			}
		}})
	}
	return strips
}
