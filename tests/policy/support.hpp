#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "policy/draft.hpp"

namespace signalbox::test {

inline std::filesystem::path schemas() {
  return std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "schemas";
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline policy_set baseline() {
  return parse_policy_set(read(schemas() / "policies" / "baseline.json"))
      .value();
}

/// A seed family with its newest schema.
struct seed {
  family client;
  std::string schema_ref;
  schema_validator schema;

  explicit seed(const std::filesystem::path& folder)
      : client{parse_family(read(folder / "family.json")).value()},
        schema_ref{client.schemas.back().ref},
        schema{
            schema_validator::compile(read(folder / client.schemas.back().file))
                .value()} {}

  explicit seed(const char* client_id)
      : seed{schemas() / "families" / client_id} {}

  checked_draft check(std::string_view text) const {
    static const auto rules = baseline();
    return check_draft(client, schema, schema_ref, rules, text);
  }
};

inline std::string describe(const std::vector<finding>& xs) {
  std::string out;
  for (auto& x : xs)
    out += x.rule + " at '" + x.pointer + "': " + x.message + "\n";
  return out;
}

inline bool has(const std::vector<finding>& xs, std::string_view rule,
                std::string_view pointer) {
  for (auto& x : xs)
    if (x.rule == rule && x.pointer == pointer)
      return true;
  return false;
}

/// A secret put together at run time, so that no scanner of this repository
/// takes the source for a leak.
inline std::string glue(std::initializer_list<std::string_view> pieces) {
  std::string out;
  for (auto x : pieces)
    out += x;
  return out;
}

/// n characters that look random; the same for the same seed.
inline std::string noise(std::size_t n, std::string_view alphabet,
                         std::uint64_t state = 7) {
  std::string out;
  while (out.size() < n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    out += alphabet[(state >> 33) % alphabet.size()];
  }
  return out;
}

inline constexpr std::string_view base62 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view hexits = "0123456789abcdef";
inline constexpr std::string_view upper36 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

} // namespace signalbox::test
