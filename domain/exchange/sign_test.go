package exchange

import (
	"testing"
	"time"
)

// TestSign holds the signature to what other programs compute: printf '%s.%s' TIME BODY | openssl dgst -sha256 -hmac SECRET.
func TestSign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ secret, at, body, want string }{
		{"0123456789abcdef", "2026-03-02T02:00:00Z", `{"order":"1"}`, "b1b7bf2cc89d09c09de27b511588a2dfed4bc1eb37527f1c86d9a5db40039433"},
		{"0123456789abcdef", "2026-03-02T02:00:00Z", "", "415261802d2d64ba8e11abf3a9e4ba087a42d88af122a5d78546c0f622f07f9e"},
		{"another-secret-of-theirs", "2026-03-02T02:00:00Z", `{"a":"食品"}`, "da6642a943b068b0b5b69f3f3e6325b32259a23f0dce941306f8a19b91f41227"},
	} {
		if got := Sign([]byte(tt.secret), tt.at, []byte(tt.body)); got != tt.want {
			t.Errorf("%s %s: %s", tt.at, tt.body, got)
		}
	}
}

func FuzzSigned(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), []byte(`{"order":"1"}`), int64(0), byte(1))
	f.Add([]byte("k"), []byte(""), int64(3600), byte(255))
	now := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, secret, body []byte, late int64, flip byte) {
		at := now.Format(timeLayout)
		sign := Sign(secret, at, body)
		if !Signed(secret, at, sign, body, now, time.Minute) {
			t.Fatal("its own signature is refused")
		}
		if late = late % 1_000_000; late > 60 && Signed(secret, at, sign, body, now.Add(time.Duration(late)*time.Second), time.Minute) {
			t.Error("an old request is taken")
		}
		if flip == 0 || len(body) == 0 {
			return
		}
		other := append([]byte{}, body...)
		other[int(flip)%len(other)] ^= flip
		if Signed(secret, at, sign, other, now, time.Minute) {
			t.Error("a changed body is taken")
		}
		if Signed(secret, now.Add(time.Second).Format(timeLayout), sign, body, now, time.Minute) {
			t.Error("a changed moment is taken")
		}
	})
}
