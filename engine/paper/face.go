package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
)

// The fonts are Noto Serif SC, cut by TestMakeFonts: regular with everything it can draw, bold with the characters of
// GB 2312, because bold is for titles and seals. A rarer character in bold is drawn from regular with a thicker outline.
var (
	//go:embed font/regular.ttf.gz
	regularType string
	//go:embed font/bold.ttf.gz
	boldType string
)

// face is one parsed TrueType font. Its tables are slices of the unpacked file and never written to.
type face struct {
	tables  map[string][]byte
	offsets []uint32 // of each glyph in glyf, and the end of the last
	ranges  []glyphRange
	metrics int     // how many entries of hmtx carry a width of their own
	units   float64 // per em
}

// glyphRange maps the characters first to last to consecutive glyphs from start.
type glyphRange struct{ first, last, start uint32 }

var errFont = errors.New("paper: not a TrueType font that can be cut")

// mustUnpack panics on damage because the fonts are part of the binary: no input can cause it.
func mustUnpack(packed string) *face {
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	f, err := parse(data)
	if err != nil {
		panic(err)
	}
	return f
}

// parse reads the directory, the glyph offsets and the character map of a TrueType font.
func parse(data []byte) (*face, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data) != 0x00010000 {
		return nil, errFont
	}
	f := &face{tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		entry := data[12+16*i:]
		at, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		if uint64(at)+uint64(size) > uint64(len(data)) {
			return nil, errFont
		}
		f.tables[string(entry[:4])] = data[at : at+size]
	}
	for _, name := range []string{"head", "hhea", "maxp", "OS/2", "post", "hmtx", "loca", "glyf", "cmap"} {
		if f.tables[name] == nil {
			return nil, fmt.Errorf("%w: no table %s", errFont, name)
		}
	}
	f.units = float64(binary.BigEndian.Uint16(f.tables["head"][18:]))
	f.metrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if binary.BigEndian.Uint16(f.tables["head"][50:]) != 1 {
		return nil, fmt.Errorf("%w: short offsets", errFont)
	}
	loca := f.tables["loca"]
	f.offsets = make([]uint32, len(loca)/4)
	for i := range f.offsets {
		f.offsets[i] = binary.BigEndian.Uint32(loca[4*i:])
	}
	return f, f.parseMap()
}

// parseMap reads the full Unicode character map (format 12).
func (f *face) parseMap() error {
	cmap := f.tables["cmap"]
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		sub := cmap[binary.BigEndian.Uint32(cmap[4+8*i+4:]):]
		if binary.BigEndian.Uint16(sub) != 12 {
			continue
		}
		for g := range int(binary.BigEndian.Uint32(sub[12:])) {
			at := sub[16+12*g:]
			f.ranges = append(f.ranges, glyphRange{binary.BigEndian.Uint32(at), binary.BigEndian.Uint32(at[4:]), binary.BigEndian.Uint32(at[8:])})
		}
		return nil
	}
	return fmt.Errorf("%w: no full character map", errFont)
}

// glyph returns the number of the character's glyph, 0 if the font has none.
func (f *face) glyph(r rune) int {
	c := uint32(r)
	i := sort.Search(len(f.ranges), func(i int) bool { return f.ranges[i].last >= c })
	if i == len(f.ranges) || f.ranges[i].first > c {
		return 0
	}
	return int(f.ranges[i].start + c - f.ranges[i].first)
}

// advance returns how far the character moves the pen, in ems. A character without a glyph counts as one em.
func (f *face) advance(r rune) float64 {
	g := f.glyph(r)
	if g == 0 {
		return 1
	}
	at := 4 * min(g, f.metrics-1)
	return float64(binary.BigEndian.Uint16(f.tables["hmtx"][at:])) / f.units
}

// cut makes a font of the given characters only. glyphs maps the codes of the new font to glyphs of this one. The new
// font has the full character map (format 12), which parse reads, or the small one (format 4), which the PDF writer
// reads and which ends at FFFF.
func (f *face) cut(glyphs map[rune]int, full bool) ([]byte, error) {
	codes := slices.Sorted(maps.Keys(glyphs))
	var body, loca, hmtx bytes.Buffer
	number := map[int]uint32{} // old glyph to new
	add := func(old int) error {
		if _, done := number[old]; done {
			return nil
		}
		number[old] = uint32(len(number))
		shape := f.tables["glyf"][f.offsets[old]:f.offsets[old+1]]
		if len(shape) > 1 && int16(binary.BigEndian.Uint16(shape)) < 0 {
			return fmt.Errorf("%w: composite glyph %d", errFont, old)
		}
		put32(&loca, uint32(body.Len()))
		body.Write(shape)
		body.Write(make([]byte, -len(shape)&3))
		at := 4 * min(old, f.metrics-1)
		hmtx.Write(f.tables["hmtx"][at : at+2])
		bearing := 4*old + 2
		if old >= f.metrics {
			bearing = 4*f.metrics + 2*(old-f.metrics)
		}
		hmtx.Write(f.tables["hmtx"][bearing : bearing+2])
		return nil
	}
	if err := add(0); err != nil {
		return nil, err
	}
	var ranges []glyphRange
	for _, code := range codes {
		if err := add(glyphs[code]); err != nil {
			return nil, err
		}
		c, g := uint32(code), number[glyphs[code]]
		if n := len(ranges); n > 0 && ranges[n-1].last+1 == c && ranges[n-1].start+c-ranges[n-1].first == g {
			ranges[n-1].last = c
			continue
		}
		ranges = append(ranges, glyphRange{c, c, g})
	}
	put32(&loca, uint32(body.Len()))
	count := uint16(len(number))
	return assemble(map[string][]byte{
		"head": patch(patch(f.tables["head"], 50, 1), 8, 0, 0),
		"hhea": patch(f.tables["hhea"], 34, count),
		"maxp": patch(f.tables["maxp"], 4, count),
		"OS/2": f.tables["OS/2"],
		"post": patch(f.tables["post"][:32], 0, 3, 0),
		"name": {0, 0, 0, 0, 0, 6}, // no names; the table must exist
		"hmtx": hmtx.Bytes(), "loca": loca.Bytes(), "glyf": body.Bytes(),
		"cmap": characterMap(ranges, full),
	}), nil
}

// patch returns a copy of a table with 16-bit numbers replaced from the offset on.
func patch(table []byte, at int, values ...uint16) []byte {
	table = slices.Clone(table)
	for i, v := range values {
		binary.BigEndian.PutUint16(table[at+2*i:], v)
	}
	return table
}

// characterMap writes the ranges, in ascending order, as a cmap table with one Unicode subtable.
func characterMap(ranges []glyphRange, full bool) []byte {
	var b bytes.Buffer
	if full {
		put16(&b, 0, 1, 3, 10, 0, 12, 12, 0)
		put32(&b, uint32(16+12*len(ranges)), 0, uint32(len(ranges)))
		for _, r := range ranges {
			put32(&b, r.first, r.last, r.start)
		}
		return b.Bytes()
	}
	ranges = append(slices.Clone(ranges), glyphRange{0xFFFF, 0xFFFF, 0}) // the format asks for this last segment
	n := uint16(len(ranges))
	search, exponent := uint16(2), uint16(0)
	for search <= n {
		search, exponent = search*2, exponent+1
	}
	put16(&b, 0, 1, 3, 1, 0, 12, 4, 16+8*n, 0, 2*n, search, exponent, 2*n-search)
	for _, r := range ranges {
		put16(&b, uint16(r.last))
	}
	put16(&b, 0)
	for _, r := range ranges {
		put16(&b, uint16(r.first))
	}
	for _, r := range ranges {
		put16(&b, uint16(r.start-r.first)) // modulo 65536, as the format has it
	}
	b.Write(make([]byte, 2*n))
	return b.Bytes()
}

// assemble joins tables into a font file, in the order of their names, with checksums.
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	n := uint16(len(names))
	search, exponent := uint16(16), uint16(0)
	for search*2 <= n*16 {
		search, exponent = search*2, exponent+1
	}
	var directory, body bytes.Buffer
	put32(&directory, 0x00010000)
	put16(&directory, n, search, exponent, n*16-search)
	for _, name := range names {
		table := slices.Concat(tables[name], make([]byte, -len(tables[name])&3))
		var sum uint32
		for i := 0; i < len(table); i += 4 {
			sum += binary.BigEndian.Uint32(table[i:])
		}
		directory.WriteString(name)
		put32(&directory, sum, uint32(12+16*len(names)+body.Len()), uint32(len(tables[name])))
		body.Write(table)
	}
	return append(directory.Bytes(), body.Bytes()...)
}

func put16(b *bytes.Buffer, values ...uint16) {
	for _, v := range values {
		_ = binary.Write(b, binary.BigEndian, v)
	}
}

func put32(b *bytes.Buffer, values ...uint32) {
	for _, v := range values {
		_ = binary.Write(b, binary.BigEndian, v)
	}
}
