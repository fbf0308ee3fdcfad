package sandbox

// systems is the table of stand-ins. Its order is the order of the ports.
func systems() []system {
	return []system{}
}
