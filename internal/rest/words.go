package rest

import (
	"fmt"
	"net/http"
)

// The methods and statuses that providers speak of, so that they need not
// import net/http, whose clients know nothing of this package's rules.
const (
	MethodGet    = http.MethodGet
	MethodPost   = http.MethodPost
	MethodPut    = http.MethodPut
	MethodDelete = http.MethodDelete

	StatusOK                    = http.StatusOK
	StatusCreated               = http.StatusCreated
	StatusNoContent             = http.StatusNoContent
	StatusBadRequest            = http.StatusBadRequest
	StatusUnauthorized          = http.StatusUnauthorized
	StatusForbidden             = http.StatusForbidden
	StatusNotFound              = http.StatusNotFound
	StatusMethodNotAllowed      = http.StatusMethodNotAllowed
	StatusConflict              = http.StatusConflict
	StatusPaymentRequired       = http.StatusPaymentRequired
	StatusRequestEntityTooLarge = http.StatusRequestEntityTooLarge
	StatusUnprocessableEntity   = http.StatusUnprocessableEntity
	StatusTooManyRequests       = http.StatusTooManyRequests
	StatusNotImplemented        = http.StatusNotImplemented
	StatusServiceUnavailable    = http.StatusServiceUnavailable
	StatusGatewayTimeout        = http.StatusGatewayTimeout
)

// StatusText returns an answer's status in numbers and words.
func StatusText(status int) string { return fmt.Sprintf("%d %s", status, http.StatusText(status)) }
