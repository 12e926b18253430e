// Reads a file of Alloy from standard input with Alloy's own parser, and writes its statements to standard output, as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/token"
)

type statement struct {
	Name  string      `json:"name"`
	Label string      `json:"label"`
	Body  []statement `json:"body,omitempty"`
	Value any         `json:"value,omitempty"`
}

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	file, err := parser.ParseFile("standard input", text)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(statements(file.Body)); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func statements(body ast.Body) []statement {
	list := []statement{}
	for _, one := range body {
		switch one := one.(type) {
		case *ast.AttributeStmt:
			list = append(list, statement{Name: one.Name.Name, Value: value(one.Value)})
		case *ast.BlockStmt:
			list = append(list, statement{Name: strings.Join(one.Name, "."), Label: one.Label, Body: statements(one.Body)})
		}
	}
	return list
}

// value gives JSON of literals; references become text.
func value(expression ast.Expr) any {
	switch one := expression.(type) {
	case *ast.LiteralExpr:
		return literal(one)
	case *ast.ArrayExpr:
		list := []any{}
		for _, element := range one.Elements {
			list = append(list, value(element))
		}
		return list
	case *ast.ObjectExpr:
		object := map[string]any{}
		for _, field := range one.Fields {
			object[field.Name.Name] = value(field.Value)
		}
		return object
	case *ast.IdentifierExpr:
		return one.Ident.Name
	case *ast.AccessExpr:
		return fmt.Sprintf("%v.%s", value(one.Value), one.Name.Name)
	default:
		fail(fmt.Errorf("an expression of the kind %T", one))
		return nil
	}
}

func literal(one *ast.LiteralExpr) any {
	switch one.Kind {
	case token.STRING:
		text, err := strconv.Unquote(one.Value)
		if err != nil {
			fail(err)
		}
		return text
	case token.NUMBER, token.FLOAT:
		number, err := strconv.ParseFloat(one.Value, 64)
		if err != nil {
			fail(err)
		}
		return number
	case token.BOOL:
		return one.Value == "true"
	default:
		return nil
	}
}
