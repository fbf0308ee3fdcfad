package codedig

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// items is a list that comes bare, or under one of the keys.
func items(body []byte, keys ...string) ([]service.Object, bool) {
	if list, ok := listed(body); ok {
		return list, true
	}
	o := service.ParseObject(body)
	for _, k := range keys {
		if list, ok := listed(o[k]); ok {
			return list, true
		}
	}
	return nil, false
}

// listed reads an array of objects. With one that is null or has nothing in it,
// it is none that CodeDig wrote.
func listed(body []byte) ([]service.Object, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if begin, err := d.Token(); err != nil || begin != json.Delim('[') {
		return nil, false
	}
	list := []service.Object{}
	for d.More() {
		var o service.Object
		if err := d.Decode(&o); err != nil || len(o) == 0 {
			return nil, false
		}
		list = append(list, o)
	}
	_, err := d.Token()
	return list, err == nil
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
