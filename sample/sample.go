// Package sample holds the content of the sample city 云川市: a package in the
// project's own format (docs/package.md), fictional throughout.
package sample

import "embed"

// Yunchuan is the package folder "yunchuan".
//
//go:embed yunchuan
var Yunchuan embed.FS
