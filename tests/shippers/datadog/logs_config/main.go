// Reads logs configurations as the Datadog agent does, and applies their rules to the files that they name, with the libraries that it has: yaml.v2 and regexp.
//
// Usage: logs_config CONF.YAML...; prints a JSON object per event, {"tags": [...], "service": ..., "source": ..., "message": ...}. Ends with 1 where the agent
// would leave a file out. Follows comp/logs/agent/config and pkg/logs of the agent's source, written anew.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v2"
)

type rule struct {
	Type               string
	Name               string
	Pattern            string
	ReplacePlaceholder string `yaml:"replace_placeholder"`
	regex              *regexp.Regexp
}

type source struct {
	Type          string
	Path          string
	StartPosition string `yaml:"start_position"`
	Service       string
	Source        string
	Tags          []string
	Rules         []*rule `yaml:"log_processing_rules"`
}

type event struct {
	Tags    []string `json:"tags"`
	Service string   `json:"service"`
	Source  string   `json:"source"`
	Message string   `json:"message"`
}

// What the agent replaces in configurations, or asks the secrets backend for.
var variable = regexp.MustCompile(`%%.+?(_.+?)?%%`)

func main() {
	out := bufio.NewWriter(os.Stdout)
	for _, path := range os.Args[1:] {
		sources, err := read(path)
		for _, one := range sources {
			if err == nil {
				err = ship(one, json.NewEncoder(out))
			}
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
	out.Flush()
}

func read(path string) ([]*source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if variable.Match(text) {
		return nil, fmt.Errorf("template variable %q", variable.Find(text))
	}
	var file struct{ Logs []*source }
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		return nil, err
	}
	for _, one := range file.Logs {
		if err := check(one); err != nil {
			return nil, err
		}
	}
	return file.Logs, nil
}

func check(one *source) error {
	if one.Type != "file" || one.Path == "" || one.StartPosition != "beginning" {
		return fmt.Errorf("no file from its beginning: %+v", one)
	}
	for _, text := range append(one.Tags, one.Service, one.Source, one.Path) {
		trimmed := strings.Trim(text, " \t")
		if strings.HasPrefix(trimmed, "ENC[") && strings.HasSuffix(trimmed, "]") {
			return fmt.Errorf("secret %q", text)
		}
	}
	for _, r := range one.Rules {
		pattern := r.Pattern
		if r.Name == "" || pattern == "" {
			return fmt.Errorf("rule without name or pattern: %+v", r)
		}
		switch r.Type {
		case "multi_line":
			pattern = "^" + pattern
		case "exclude_at_match", "mask_sequences":
		default:
			return fmt.Errorf("rule of type %q", r.Type)
		}
		regex, err := regexp.Compile(pattern)
		if err != nil {
			return err
		}
		r.regex = regex
	}
	return nil
}

func ship(one *source, out *json.Encoder) error {
	paths := []string{one.Path}
	if strings.ContainsAny(one.Path, "*?[") {
		found, err := filepath.Glob(one.Path)
		if err != nil {
			return err
		}
		paths = found
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		for _, message := range joined(one, lines) {
			if processed, isShipped := process(one, message); isShipped {
				if err := out.Encode(event{one.Tags, one.Service, one.Source, processed}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Joins lines by a rule of type multi_line, with \n, two characters, between them.
func joined(one *source, lines []string) []string {
	for _, r := range one.Rules {
		if r.Type != "multi_line" {
			continue
		}
		var messages []string
		for _, line := range lines {
			if len(messages) == 0 || r.regex.MatchString(line) {
				messages = append(messages, line)
			} else {
				messages[len(messages)-1] += `\n` + line
			}
		}
		return messages
	}
	return lines
}

func process(one *source, message string) (string, bool) {
	for _, r := range one.Rules {
		switch r.Type {
		case "exclude_at_match":
			if r.regex.MatchString(message) {
				return "", false
			}
		case "mask_sequences":
			message = r.regex.ReplaceAllString(message, r.ReplacePlaceholder)
		}
	}
	return message, true
}
