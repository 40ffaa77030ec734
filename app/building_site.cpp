#include "app/building_site.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include <sys/stat.h>
#include <unistd.h>

#include "storage/atomic_file.hpp"
#include "storage/data_dir.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// What a node's directory consists of. The database goes first: renaming it
/// onto another one fails, so two builders at once cannot mix. The pins go
/// last: a directory that has them has everything.
constexpr const char* pieces[] = {
    "db", "keys", "head", "admin.token", "kafka.properties", "ledger.json"};

failure refused(const fs::path& path) {
  return {errc::io, path.string() + ": " + std::strerror(errno)};
}

} // namespace

building_site::~building_site() {
  std::error_code ignored;
  if (!path_.empty())
    fs::remove_all(path_, ignored);
  if (made_place_ && !done_)
    fs::remove(place_, ignored);
}

result<void> building_site::open() {
  std::error_code error;
  if (place_.has_parent_path())
    fs::create_directories(place_.parent_path(), error);
  made_place_ = ::mkdir(place_.c_str(), 0700) == 0;
  if (!made_place_ && errno != EEXIST)
    return refused(place_);
  for (auto* name : pieces)
    if (fs::exists(place_ / name, error))
      return failure{errc::conflict, place_.string() +
                                         " holds a ledger already, or what is "
                                         "left of one: '" +
                                         name + "'; choose another directory"};
  sweep();
  auto name = (place_ / ".making-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return refused(place_);
  path_ = name;
  return {};
}

result<void> building_site::finish() {
  for (auto* name : pieces)
    if (auto moved = move(name); !moved) {
      take_back(name);
      return moved;
    }
  done_ = true;
  if (auto synced = sync_directory(place_); !synced || !made_place_)
    return synced;
  return sync_directory(place_.parent_path());
}

result<void> building_site::move(std::string_view name) {
  std::error_code ignored;
  // Durable one after another: else a crash could leave the last alone.
  if (name == pieces[std::size(pieces) - 1])
    if (auto synced = sync_directory(place_); !synced)
      return synced;
  if (!fs::exists(path_ / name, ignored) ||
      ::rename((path_ / name).c_str(), (place_ / name).c_str()) == 0)
    return {};
  return refused(place_ / name);
}

void building_site::take_back(std::string_view failed) const {
  std::error_code ignored;
  for (auto* moved : pieces) {
    if (moved == failed)
      return;
    fs::remove_all(place_ / moved, ignored);
  }
}

/// One that is still built at holds its lock.
void building_site::sweep() const {
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{place_, ignored})
    if (x.path().filename().string().starts_with(".making-") &&
        data_dir::open(x.path()))
      fs::remove_all(x.path(), ignored);
}

} // namespace signalbox
