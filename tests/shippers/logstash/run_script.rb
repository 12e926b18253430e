# Stands in for Logstash around its script: events with references to fields, an input that follows files, an output of JSON lines. Runs until it is ended.
require "json"
require "time"

$stdout.sync = true

module LogStash
  # Takes ISO 8601, as Logstash's own.
  class Timestamp
    def initialize(text)
      @time = Time.iso8601(text)
    end

    def to_json(*)
      @time.utc.iso8601(9).to_json
    end
  end

  class Event
    attr_reader :fields

    def initialize(fields)
      @fields = fields
    end

    def get(reference)
      *path, name = parts(reference)
      path.reduce(@fields) { |at, part| at.is_a?(Hash) ? at[part] : nil }&.fetch(name, nil)
    end

    # Values are copied, as into Java.
    def set(reference, value)
      *path, name = parts(reference)
      value = Marshal.load(Marshal.dump(value)) unless value.is_a?(Timestamp)
      path.reduce(@fields) { |at, part| at[part] ||= {} }[name] = value
    end

    def remove(reference)
      *path, name = parts(reference)
      path.reduce(@fields) { |at, part| at.is_a?(Hash) ? at[part] : nil }&.delete(name)
    end

    private

    def parts(reference)
      return [reference] unless reference.start_with?("[")
      raise "#{reference} is no reference" unless reference.match?(/\A(\[[^\[\],]+\])+\z/)
      reference.scan(/\[([^\[\]]+)\]/).flatten
    end
  end
end

# A followed file: read to its end, then anew when another file has its name.
class Follower
  def initialize(path)
    @path = path
    @rest = +""
    open_file
  end

  def lines
    read = drain
    begin
      if File.stat(@path).ino != @inode
        read += drain
        open_file
        read += drain
      end
    rescue Errno::ENOENT
      read
    end
    read
  end

  private

  def open_file
    @file&.close
    @file = File.open(@path, "rb")
    @inode = @file.stat.ino
  end

  def drain
    @rest << @file.read
    *whole, @rest = @rest.split("\n", -1)
    @rest = @rest.to_s.b
    whole.map { |line| line.dup.force_encoding("UTF-8") }
  end
end

script, containers, pattern, output = ARGV
context = Object.new
context.instance_eval(File.read(script, encoding: "UTF-8"), script)
context.register("containers" => containers)
followers = {}
puts "ready"
File.open(output, "a") do |out|
  out.sync = true
  loop do
    Dir.glob(pattern).sort.each { |path| followers[path] ||= Follower.new(path) }
    followers.each do |path, follower|
      follower.lines.each do |line|
        fields = { "message" => line, "event" => { "original" => line }, "log" => { "file" => { "path" => path } } }
        context.filter(LogStash::Event.new(fields)).each { |event| out.write("#{JSON.generate(event.fields)}\n") }
      end
    end
    sleep 0.05
  end
end
