// Package snowplow is absent: billing events, which a runner of one's own does not send.
package snowplow

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"gitlab.com/gitlab-org/labkit/v2/events/snowplow/metrics"
	"gitlab.com/gitlab-org/labkit/v2/events/snowplow/oidc"
)

// SendResult is what became of one event.
type SendResult struct {
	EventCount, StatusCode int
	Err                    error
}

// SendCallback hears of results.
type SendCallback func(successes, failures []SendResult)

// An Emitter and a Tracker are never made.
type (
	Emitter       struct{ collector prometheus.Collector }
	Tracker       struct{}
	EmitterOption func()
)

// The options change nothing.
func WithCallback(SendCallback) EmitterOption { return nil }

func WithTokenSource(*oidc.Source) EmitterOption { return nil }

func WithMetricsCollectorOptions(...metrics.CollectorOption) EmitterOption { return nil }

// NewEmitter and NewTracker refuse.
func NewEmitter(string, ...EmitterOption) (*Emitter, error) { return nil, errors.ErrUnsupported }

func NewTracker(string, *Emitter) (*Tracker, error) { return nil, errors.ErrUnsupported }

// Collector has no Emitter to be called on.
func (e *Emitter) Collector() prometheus.Collector { return e.collector }

// BillingEventRequiredInput and BillingEventOptionalInput describe an event.
type BillingEventRequiredInput struct {
	Category, EventType, Realm, UnitOfMeasure string
	Quantity                                  float64
}

type BillingEventOptionalInput struct {
	Subject, DeploymentType, InstanceID, UniqueInstanceID   string
	Metadata                                                map[string]any
	ProjectID, NamespaceID, RootNamespaceID, OrganizationID int64
}

// TrackBillingEventWithOptionalInput refuses.
func (*Tracker) TrackBillingEventWithOptionalInput(BillingEventRequiredInput, BillingEventOptionalInput) error {
	return errors.ErrUnsupported
}

// Stop has no Tracker to be called on.
func (*Tracker) Stop() {}
