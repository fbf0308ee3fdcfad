// Package metrics is absent: counters of billing events.
package metrics

// CollectorOption changes nothing.
type CollectorOption func()

// WithCollectorNamespace and WithCollectorBatchDeliveryDurationBuckets change nothing.
func WithCollectorNamespace(string) CollectorOption { return nil }

func WithCollectorBatchDeliveryDurationBuckets([]float64) CollectorOption { return nil }
