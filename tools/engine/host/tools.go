//go:build tools

// Package tools pins the Python language host that serves `pulumi` in the engine tests.
package tools

import (
	_ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
)
