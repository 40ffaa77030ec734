#include <ostream>

#include <boost/json/object.hpp>

#include "app/backup_file.hpp"
#include "app/log_commands.hpp"
#include "app/log_options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

exit_code run_log_backup(const invocation& x) {
  command_options options{
      "log backup", "",
      "Writes the whole log of a node into one file, while its server runs or "
      "not. The file is read\nback and folded, and has its name only once that "
      "gave the same hashes. Keys are not in it, and\nneither are reports and "
      "activity."};
  options.add()("data", po::value<std::string>()->required(),
                "directory of the node; of one on Kafka its copy is taken")(
      "out,o", po::value<std::string>()->required(),
      "the new file")("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto source = log_source::in_directory(options.text("data"));
  if (!source)
    return report(x, with_source_advice(source.error(), options));
  const std::filesystem::path file = options.text("out");
  auto done = write_backup(file, source->log(), *source->pins(),
                           tell_progress(x, "folded"));
  if (!done)
    return report(x, with_source_advice(done.error(), options));
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(file, ignored);
  if (options.has("json"))
    x.out << to_canonical(json::object{{"file", file.string()},
                                       {"bytes", bytes},
                                       {"ledger_id", done->ledger.hex()},
                                       {"incarnation", done->incarnation},
                                       {"entries", done->entries},
                                       {"chain", done->chain.hex()},
                                       {"state_hash", done->state.hex()}})
          << '\n';
  else
    x.out << "entries     " << done->entries << " in " << bytes
          << " bytes\nH           " << done->chain.hex() << "\nstate hash  "
          << done->state.hex() << '\n';
  return exit_code::ok;
}

} // namespace signalbox
