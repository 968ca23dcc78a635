package exchange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// The headers of an order.
const (
	HeaderKey       = "Idempotency-Key"      // its id: two requests with one key are one order
	HeaderTime      = "X-OneDoor-Time"       // when this try began
	HeaderSignature = "X-OneDoor-Signature"  // see Sign
	timeLayout      = "2006-01-02T15:04:05Z" // of HeaderTime, in UTC
)

// Sign returns the signature of a body that is sent at a moment, which is written as in HeaderTime: the HMAC with SHA-256
// under the secret over the moment, a full stop and the body, in lower hexadecimal digits.
func Sign(secret []byte, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(at))
	mac.Write([]byte{'.'})
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Signed reports whether a request was signed under the secret within so long of now, as who receives it should ask.
func Signed(secret []byte, at, signature string, body []byte, now time.Time, within time.Duration) bool {
	moment, err := time.Parse(timeLayout, at)
	if err != nil || now.Sub(moment).Abs() > within {
		return false
	}
	return hmac.Equal([]byte(Sign(secret, at, body)), []byte(signature))
}
