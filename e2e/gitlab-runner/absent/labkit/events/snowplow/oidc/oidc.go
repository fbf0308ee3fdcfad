// Package oidc is absent: how billing events are signed.
package oidc

// A Source gives no token.
type Source struct{}

// Option changes nothing.
type Option func()

// WithSkipIfUnsupportedCloud changes nothing.
func WithSkipIfUnsupportedCloud(bool) Option { return nil }

// NewSource makes a Source.
func NewSource(...Option) *Source { return nil }
