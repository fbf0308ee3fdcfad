package cli

import (
	"reflect"
	"strings"
)

// grammarOf returns the grammar that args are parsed by. Where they begin with
// a command it is that command alone: reading the tags of the other commands
// takes longer than most commands run. Everything else, a misspelt command or
// help on all of them, needs the whole; so do the commands that describe the
// others. --version needs none.
func grammarOf(args []string) any {
	whole := reflect.TypeFor[grammar]()
	if len(args) > 0 && (args[0] == "doctor" || args[0] == "self") {
		return reflect.New(whole).Interface()
	}
	if len(args) > 0 && args[0] == "--version" {
		return &struct {
			Common common `embed:""`
		}{}
	}
	return reflect.New(narrow(whole, args)).Interface()
}

// narrow returns group, a struct of commands, with only the one that args name.
func narrow(group reflect.Type, args []string) reflect.Type {
	if len(args) == 0 {
		return group
	}
	var fields []reflect.StructField
	found := false
	for i := range group.NumField() {
		f := group.Field(i)
		if _, isCommand := f.Tag.Lookup("cmd"); isCommand {
			if commandName(f) != args[0] {
				continue
			}
			found, f.Type = true, narrow(f.Type, args[1:])
		}
		fields = append(fields, f)
	}
	// Kong then says what is possible.
	if !found {
		return group
	}
	return reflect.StructOf(fields)
}

func commandName(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	return strings.ToLower(f.Name)
}

// commonOf returns the flags every command has, after parsing.
func commonOf(g any) common {
	return reflect.ValueOf(g).Elem().FieldByName("Common").Interface().(common)
}
