#include "app/options.hpp"

#include <ostream>

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

namespace signalbox {

namespace po = boost::program_options;

command_options::command_options(std::string command, std::string places,
                                 std::string summary)
    : command_{std::move(command)}, places_{std::move(places)},
      summary_{std::move(summary)} {
  add()("help,h", "show this text");
}

void command_options::allow(const std::string& name) {
  hidden_.add_options()(name.c_str(), po::value<std::string>());
  positions_.add(name.c_str(), 1);
}

void command_options::need(const std::string& name) {
  allow(name);
  needed_.push_back(name);
}

void command_options::allow_many(const std::string& name) {
  hidden_.add_options()(name.c_str(), po::value<std::vector<std::string>>());
  positions_.add(name.c_str(), -1);
}

void command_options::need_many(const std::string& name) {
  allow_many(name);
  needed_.push_back(name);
}

void command_options::describe(command_shape& out) const {
  using namespace po::command_line_style;
  for (auto& x : shown_.options()) {
    const auto shortest = x->canonical_display_name(allow_dash_for_short);
    out.options.push_back(
        {x->long_name(),
         shortest.size() == 2 ? shortest.substr(1) : std::string{},
         x->description(), x->semantic()->max_tokens() > 0});
  }
}

void command_options::print_help(std::ostream& out) const {
  out << summary_ << "\n\nUsage: signalbox " << command_
      << (places_.empty() ? "" : " ") << places_ << " [options]\n\n"
      << shown_;
}

std::optional<exit_code> command_options::parse(const invocation& x) {
  if (x.shape != nullptr) {
    describe(*x.shape);
    return exit_code::ok;
  }
  po::options_description all;
  all.add(shown_).add(hidden_);
  try {
    // No guessing: an abbreviation that works today may be another option
    // tomorrow.
    using namespace po::command_line_style;
    po::store(po::command_line_parser{x.arguments}
                  .options(all)
                  .positional(positions_)
                  .style(unix_style & ~allow_guessing)
                  .run(),
              values_);
    if (has("help")) {
      print_help(x.out);
      return exit_code::ok;
    }
    po::notify(values_);
  } catch (const po::error& e) {
    return wrong(x, e.what());
  }
  for (auto& name : needed_)
    if (!has(name))
      return wrong(x, "the argument " + name +
                          " is missing; usage: signalbox " + command_ + ' ' +
                          places_);
  return std::nullopt;
}

} // namespace signalbox
