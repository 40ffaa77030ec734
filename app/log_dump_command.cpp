#include <ostream>

#include "app/log_commands.hpp"
#include "app/log_dump.hpp"
#include "app/log_options.hpp"
#include "app/terminal_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

exit_code run_log_dump(const invocation& x) {
  command_options options{
      "log dump", "",
      "Shows every entry of a log as a line of JSON, as `signalbox audit show` "
      "does one: who, what,\nwhen, what became of it, what it was checked "
      "under, and its place in the chain. Contents are\nnamed by their "
      "digests and not shown. Needs no server, and writes nothing."};
  add_source_options(options);
  options.add()("from", po::value<std::uint64_t>()->default_value(0),
                "first entry")("to", po::value<std::uint64_t>(),
                               "last entry; else all that there are")(
      "json", "changes nothing but how failures are told");
  if (auto done = options.parse(x))
    return *done;
  auto source = open_source(options, tell_progress(x, "read"));
  if (!source)
    return report(x, with_source_advice(source.error(), options));
  dump_range range;
  range.first = options.get<std::uint64_t>("from");
  if (options.has("to"))
    range.last = options.get<std::uint64_t>("to");
  auto& out = exact_output(x.out);
  auto done = dump_log(
      source->log(), source->pins() ? source->pins()->name : "main", range,
      [&](const std::string& line) { return static_cast<bool>(out << line); },
      tell_progress(x, "folded"));
  if (!done)
    return report(x, with_source_advice(done.error(), options));
  return exit_code::ok;
}

} // namespace signalbox
