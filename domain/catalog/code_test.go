package catalog_test

import (
	"testing"

	"onedoor.app/domain/catalog"
)

// TestGBT39554Codes builds the codes of 12, 31 and 33 characters of items that are in
// force, and refuses parts that cannot be.
func TestGBT39554Codes(t *testing.T) {
	base, err := catalog.BaseCodeOf("00", catalog.TypeLicence, 14107, 3)
	if err != nil || base != "000114107003" {
		t.Fatalf("base = %q, %v", base, err)
	}
	implement, err := catalog.ImplementCodeOf("11370828MB28602902", "4", base)
	if err != nil || implement != "11370828MB286029024000114107003" {
		t.Fatalf("implement = %q, %v", implement, err)
	}
	handle, err := catalog.HandleCodeOf(implement, 2)
	if err != nil || handle != "11370828MB28602902400011410700302" {
		t.Fatalf("handle = %q, %v", handle, err)
	}
	if _, err := catalog.BaseCodeOf("00", catalog.TypeLicence, 0, 0); err == nil {
		t.Error("a main item of number 0 got a code")
	}
	if _, err := catalog.ImplementCodeOf("11370828MB28602903", "4", base); err == nil {
		t.Error("a credit code with a wrong check character got a code")
	}
	if _, err := catalog.ImplementCodeOf("11370828MB28602902", "8", base); err == nil {
		t.Error("a level that is none got a code")
	}
	if _, err := catalog.HandleCodeOf(implement, 100); err == nil {
		t.Error("a serial of three digits got a code")
	}
}
