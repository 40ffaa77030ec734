#include "app/audit_export.hpp"

#include <algorithm>
#include <fstream>

namespace signalbox {

namespace {

constexpr const char* page_size = "1000";

/// A file that is removed again unless it was finished.
class new_file {
 public:
  explicit new_file(std::filesystem::path path) : path_{std::move(path)} {
    out_.open(path_, std::ios::out | std::ios::binary | std::ios::trunc);
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;
  ~new_file() {
    std::error_code ignored;
    if (!finished_)
      std::filesystem::remove(path_, ignored);
  }

  bool write(const std::string& text) {
    out_ << text;
    return static_cast<bool>(out_);
  }

  bool finish() {
    out_.close();
    finished_ = static_cast<bool>(out_);
    return finished_;
  }

 private:
  std::filesystem::path path_;
  std::ofstream out_;
  bool finished_ = false;
};

} // namespace

std::string cursor_of(const api_answer& page) {
  constexpr std::string_view name = "cursor=";
  const auto at = page.location.rfind(name);
  return at == std::string::npos ? "" : page.location.substr(at + name.size());
}

result<std::uint64_t>
export_audit(const api_client& server, api_client::parameters filter,
             const std::filesystem::path& file,
             const std::function<void(std::uint64_t)>& progress) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return failure{errc::conflict, file.string() + " exists already"};
  const failure unwritten{errc::io, file.string() + " cannot be written"};
  filter.insert(
      filter.end(),
      {{"order", "oldest"}, {"format", "jsonl"}, {"limit", page_size}});
  new_file to{file};
  std::uint64_t count = 0;
  std::string cursor;
  do {
    auto query = filter;
    if (!cursor.empty())
      query.emplace_back("cursor", cursor);
    auto page = server.get("audit", query);
    if (!page)
      return page.error();
    if (!to.write(page->body))
      return unwritten;
    count += static_cast<std::uint64_t>(
        std::count(page->body.begin(), page->body.end(), '\n'));
    progress(count);
    cursor = cursor_of(*page);
  } while (!cursor.empty());
  if (!to.finish())
    return unwritten;
  return count;
}

} // namespace signalbox
