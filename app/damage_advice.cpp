#include "app/damage_advice.hpp"

#include <cerrno>
#include <cstring>

#include "app/ledger_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// Something is there, but not all of it.
std::string missing_part(const fs::path& data) {
  std::error_code ignored;
  const auto pins = ledger_file_path(data);
  const auto log = data / "db";
  if (fs::exists(log, ignored) && !fs::exists(pins, ignored))
    return pins.string() + " is missing, but " + log.string() + " is there";
  if (fs::exists(pins, ignored) && !fs::exists(log, ignored))
    return log.string() + ", the log, is missing";
  return {};
}

/// What an administrator of the machine mends, not of the ledger.
bool is_of_the_machine(const failure& x) {
  for (int code : {EACCES, EPERM, ENOSPC, EROFS, EMFILE})
    if (x.message.find(std::strerror(code)) != std::string::npos)
      return true;
  return false;
}

bool is_damage(const failure& x, const fs::path& data) {
  if (x.code == errc::log_corrupt)
    return true;
  return (x.code == errc::io || x.code == errc::bad_json) &&
         x.message.starts_with(data.string()) && !is_of_the_machine(x);
}

} // namespace

failure with_advice(failure why, const fs::path& data, damage_met_by command) {
  if (why.code == errc::not_found || is_damage(why, data))
    if (auto missing = missing_part(data); !missing.empty())
      why = {errc::log_corrupt, std::move(missing)};
  if (!is_damage(why, data))
    return why;
  // The storage's own advice is for a node that runs.
  if (const auto at = why.message.find(" Stop this node");
      at != std::string::npos)
    why.message.resize(at);
  const auto place = data.string();
  while (why.message.ends_with('.'))
    why.message.pop_back();
  why.message += ". Next: keep a copy of " + place + " as it is; ";
  if (command == damage_met_by::others)
    why.message += "see with `signalbox replay --data " + place +
                   "` how far the log is sound; ";
  why.message += "bring the whole directory back from a backup, or ask for "
                 "help with the copy";
  return why;
}

} // namespace signalbox
