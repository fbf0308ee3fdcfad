// What plays the other side of a CI for the suites: a module of its own, so that the product's go.mod and tests stay the product's.
module github.com/gatewright/gatewright/e2e

go 1.26

require go.yaml.in/yaml/v3 v3.0.6
