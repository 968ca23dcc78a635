// Package paper makes the papers a counter hands out: certificates and letters on A4, as PDF files with Chinese text.
//
// It knows shapes, not meanings: a certificate is a framed title with rows, a code and a seal; a sheet is a letter
// whose text flows over as many pages as it needs; a book has a cover, contents and chapters; a poster and a wall of
// codes are hung up. Which words stand on them is the caller's affair.
//
// What always holds:
//   - The same input gives the same bytes, so that a file can be hashed, signed and made again.
//   - No character is ever lost: the text of a file can be searched and copied whole, rare name characters included.
//     One that no embedded font can draw shows as 〓, and the foot of the last leaf names its code point.
//   - Only the glyphs that a paper uses are embedded in it, so that a file stays below 150 kB a leaf.
//   - Nothing is read from disk, environment or network; the fonts travel in the binary (font/OFL.txt is their licence).
//
// Lengths are millimetres from the top left corner, letters are measured in points.
package paper
