#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Reads the members of a descriptor strictly. The first problem is kept and
/// everything after it is skipped, so that readers are straight lines; ask
/// error() at the end.
class json_reader {
 public:
  explicit json_reader(const json::value& root);

  /// Reads a member that is an object, or an object in a list.
  json_reader(json_reader& parent, const json::value& x, std::string pointer);

  /// Refuses members that are not named here.
  void only(std::initializer_list<std::string_view> keys);

  std::string text(std::string_view key);
  std::uint64_t number(std::string_view key);
  std::vector<std::string> texts(std::string_view key);

  /// nullptr if it is missing; required members are refused then.
  const json::value* object(std::string_view key);
  const json::array* list(std::string_view key);
  std::optional<std::string> optional_text(std::string_view key);

  bool has(std::string_view key) const;

  /// Of any kind; nullptr if it is missing, which is refused.
  const json::value* value(std::string_view key) { return member(key); }

  std::string at(std::string_view key) const;
  void refuse(std::string_view key, std::string message);

  const std::optional<failure>& error() const { return *error_; }

 private:
  const json::value* member(std::string_view key);

  const json::object* object_ = nullptr;
  std::string pointer_;
  std::optional<failure> own_error_;
  std::optional<failure>* error_;
};

} // namespace signalbox
