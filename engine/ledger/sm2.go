package ledger

import (
	"crypto/ecdsa"
	"crypto/rand"
	"errors"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/mod/sumdb/note"
)

// sm2Mark stands where notes name the algorithm: 0xff is for those without a
// number, and is followed by a name.
const (
	sm2Mark  = "\xffSM2"
	sm2Bytes = 32
)

type sm2Signer struct {
	name string
	hash uint32
	key  *sm2.PrivateKey
}

func (s *sm2Signer) Name() string    { return s.name }
func (s *sm2Signer) KeyHash() uint32 { return s.hash }
func (s *sm2Signer) Sign(msg []byte) ([]byte, error) {
	return s.key.Sign(rand.Reader, msg, sm2.DefaultSM2SignerOpts)
}

type sm2Verifier struct {
	name string
	hash uint32
	key  *ecdsa.PublicKey
}

func (v *sm2Verifier) Name() string    { return v.name }
func (v *sm2Verifier) KeyHash() uint32 { return v.hash }
func (v *sm2Verifier) Verify(msg, sig []byte) bool {
	return sm2.VerifyASN1WithSM2(v.key, nil, msg, sig)
}

// public is a public key as notes carry it: the algorithm, then the point.
func public(key *ecdsa.PublicKey) []byte {
	point, err := sm2.PublicKeyToECDH(key)
	if err != nil {
		return nil // no point of the curve: nothing is signed or checked with it
	}
	return append([]byte(sm2Mark), point.Bytes()...)
}

func generateSM2(name string) (string, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	raw := key.D.FillBytes(make([]byte, sm2Bytes))
	return encodeKey("PRIVATE+KEY+"+name, keyHash(name, public(&key.PublicKey)), append([]byte(sm2Mark), raw...)), nil
}

func newSM2Key(name string, hash uint32, d []byte) (*Key, error) {
	private, err := sm2.NewPrivateKey(d)
	if err != nil || keyHash(name, public(&private.PublicKey)) != hash {
		return nil, errors.New("ledger: the signing key cannot be read")
	}
	return &Key{&sm2Signer{name, hash, private}, encodeKey(name, hash, public(&private.PublicKey))}, nil
}

func newSM2Verifier(name string, hash uint32, raw []byte) (note.Verifier, error) {
	key, err := sm2.NewPublicKey(raw[len(sm2Mark):])
	if err != nil || keyHash(name, raw) != hash {
		return nil, errors.New("ledger: the public key cannot be read")
	}
	return &sm2Verifier{name, hash, key}, nil
}
