package github

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/trace"
)

// minimized is what GraphQL says of a comment; REST says nothing of it.
type minimized struct {
	Is     *bool  `json:"isMinimized"`
	Reason string `json:"minimizedReason"`
}

// unfold shows a comment again that was hidden as outdated or resolved. Why
// somebody hid it otherwise, as off-topic say, a new text does not settle.
func (c *Client) unfold(ctx context.Context, op string, n forge.Note) error {
	if n.Node == "" {
		return nil
	}
	var found struct {
		Node minimized `json:"node"`
	}
	ask := func(query string, data any) error {
		return c.graphql(ctx, rest.Request{Op: op, JSON: map[string]any{"query": query, "variables": map[string]string{"id": n.Node}}}, data)
	}
	if err := ask("query($id: ID!) { node(id: $id) { ... on IssueComment { isMinimized minimizedReason } } }", &found); fault.Of(err) == fault.Auth {
		// A token that may write comments, and may not ask this: the comment is written.
		trace.Debugf(ctx, "a comment that was hidden stays so, as this token may not ask: %v", err)
		return nil
	} else if err != nil {
		return err
	}
	if found.Node.Is == nil {
		return fault.Errorf(fault.Service, "%s: whether the comment is hidden, GitHub does not say", op)
	}
	if !*found.Node.Is || !slices.Contains([]string{"outdated", "resolved"}, strings.ToLower(found.Node.Reason)) {
		return nil
	}
	var done struct {
		Comment struct {
			After minimized `json:"unminimizedComment"`
		} `json:"unminimizeComment"`
	}
	if err := ask("mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) { unminimizedComment { isMinimized } } }", &done); err != nil {
		return err
	}
	if after := done.Comment.After.Is; after == nil || *after {
		return fault.Errorf(fault.Service, "%s: the comment stays hidden as %s", op, found.Node.Reason)
	}
	return nil
}

// graphql sends r, whose body is the question, where an API has GraphQL. A
// refusal comes as 200 with errors, each with a type: FORBIDDEN of a permission,
// INSUFFICIENT_SCOPES of a classic token's scope. Any other, such as a field that
// an Enterprise Server does not have yet, is no word about the token.
func (c *Client) graphql(ctx context.Context, r rest.Request, data any) error {
	r.Method, r.Path = "POST", "graphql"
	if strings.HasSuffix(c.rest.BaseURL(), "/api/v3") { // an Enterprise Server has it beside
		r.Path = "../graphql"
	}
	answer := struct {
		Data   any `json:"data"`
		Errors []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"errors"`
	}{Data: data}
	if _, err := c.call(ctx, r, &answer); err != nil {
		return err
	}
	if len(answer.Errors) == 0 {
		return nil
	}
	kind, first := fault.Service, answer.Errors[0]
	if first.Type == "FORBIDDEN" || first.Type == "INSUFFICIENT_SCOPES" {
		kind = fault.Auth
	}
	return fault.Errorf(kind, "%s: it is written, and may stay hidden: %s", r.Op, first.Message)
}
