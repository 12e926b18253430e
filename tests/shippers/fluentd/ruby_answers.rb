# Answers questions about what Ruby makes of text, for tests of agents whose shippers use Ruby, or its libraries Onigmo and libyaml.
#
# Usage: ruby3.1 ruby_answers.rb QUESTIONS.json, a list of objects; prints the list of answers as JSON. Lines are in base64: they may be no UTF-8.

require "json"
require "yaml"

def bytes(text)
  text.unpack1("m")
end

def base64(bytes)
  [bytes.to_s].pack("m0")
end

# Calls what is between ${ and } with a record, with no method of its own, as record_transformer does with enable_ruby and auto_typecast.
class Cleanroom
  (Object.instance_methods - [:instance_eval, :object_id, :__send__, :__id__]).each { |name| undef_method name }

  def run(code, record)
    instance_eval(code)
  end
end

# In the order of the lines with one room, since code may keep something from one to the next.
def run_placeholder(placeholder, lines)
  raise "not one placeholder: #{placeholder}" unless placeholder.scan("${").size == 1 && placeholder =~ /\A\$\{.*\}\z/m
  room = Cleanroom.new
  lines.map { |line| room.run(placeholder[2..-2], { "log" => bytes(line) }) }
end

def answer(question)
  case question["kind"]
  when "match"
    pattern = Regexp.new(question["pattern"])
    question["lines"].map { |line| pattern.match?(bytes(line).force_encoding("UTF-8")) }
  when "capture"
    pattern = Regexp.new(question["pattern"])
    question["lines"].map { |line| pattern.match(bytes(line))&.named_captures&.transform_values { |value| base64(value) } }
  when "text"
    run_placeholder(question["placeholder"], question["lines"]).map { |value| base64(value) }
  when "value"
    run_placeholder(question["placeholder"], question["lines"])
  when "json"
    JSON.parse(question["text"])
  when "yaml"
    YAML.safe_load(question["text"])
  end
end

print JSON.generate(JSON.parse(File.read(ARGV.fetch(0), encoding: "UTF-8")).map { |question| answer(question) })
