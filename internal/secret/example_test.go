package secret_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/secret"
)

// A value prints as its kind and its end, whatever prints it, and what others
// print of it is redacted.
func ExampleRedactor() {
	token := secret.New("cdt_0123456789abcdef")
	fmt.Println(token)
	fmt.Printf("%+v\n", struct{ Token secret.Value }{token})
	var r secret.Redactor
	r.Add(token)
	fmt.Println(r.Clean("curl -H 'Authorization: Bearer cdt_0123456789abcdef'"))
	// Output:
	// cdt_••••cdef
	// {Token:cdt_••••cdef}
	// curl -H 'Authorization: Bearer ***'
}
