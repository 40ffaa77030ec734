#include "policy/sensitive_name.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "policy/references.hpp"

namespace signalbox {

namespace {

using std::string_view;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

template <std::size_t N>
bool one_of(const std::array<string_view, N>& words, string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Words of a name in lower case: camelCase, snake_case, kebab-case, APIKey.
std::vector<std::string> words_of(string_view name) {
  std::vector<std::string> out{{}};
  for (std::size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      out.emplace_back();
      continue;
    }
    bool after_lower = i > 0 && is_upper(c) && !is_upper(name[i - 1]);
    bool before_lower = i > 0 && is_upper(c) && is_upper(name[i - 1]) &&
                        i + 1 < name.size() && is_lower(name[i + 1]);
    if (after_lower || before_lower)
      out.emplace_back();
    out.back() += lower(c);
  }
  std::erase(out, "");
  return out;
}

constexpr std::array<string_view, 12> exact{
    "key",   "keys", "auth", "authn",      "authorization", "authentication",
    "creds", "cred", "pwd",  "passphrase", "bearer",        "pin"};

constexpr std::array<string_view, 8> within{"token",  "secret",     "password",
                                            "passwd", "credential", "cookie",
                                            "apikey", "passcode"};

constexpr std::array<string_view, 7> no_keys{
    "monkey", "turkey", "donkey", "hotkey", "hockey", "whiskey", "jockey"};

/// Last words of names that tell about a secret and do not hold it.
constexpr std::array<string_view, 28> about{
    "file", "path",      "dir",  "directory", "url",      "uri",   "endpoint",
    "host", "type",      "mode", "method",    "name",     "env",   "var",
    "vars", "header",    "ttl",  "timeout",   "helper",   "sock",  "socket",
    "port", "algorithm", "alg",  "issuer",    "audience", "scope", "scopes"};

bool is_sensitive_word(const std::string& word) {
  if (one_of(exact, word))
    return true;
  if (word.starts_with("tokeniz"))
    return false;
  for (auto part : within)
    if (word.find(part) != std::string::npos)
      return true;
  if (word.ends_with("key"))
    return !one_of(no_keys, word);
  return word.ends_with("auth");
}

constexpr std::array<string_view, 24> plain_values{
    "true",    "false",  "yes",  "no",     "on",     "off",
    "none",    "null",   "auto", "oauth",  "oauth2", "bearer",
    "basic",   "token",  "bot",  "digest", "apikey", "api-key",
    "api_key", "header", "iam",  "sigv4",  "env",    "keychain"};

bool is_number(string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || c == '.' || c == '-' || c == ',';
  });
}

bool is_password(string_view name) {
  auto words = words_of(name);
  return std::any_of(words.begin(), words.end(), [](auto& word) {
    return word.starts_with("pass") || word == "pwd" || word == "pin" ||
           word.find("secret") != std::string::npos;
  });
}

bool is_path(string_view text) {
  if (text.find(' ') != string_view::npos)
    return false;
  bool drive = text.size() > 2 && text[1] == ':' &&
               (is_upper(text[0]) || is_lower(text[0])) &&
               (text[2] == '\\' || text[2] == '/');
  bool below_input = text.size() > 1 && text[0] == reference_mark &&
                     (text[1] == '/' || text[1] == '\\');
  return drive || below_input || text.starts_with('/') ||
         text.starts_with("./") || text.starts_with("../") ||
         text.starts_with("~/") || text.starts_with("\\\\");
}

constexpr std::array<string_view, 14> file_endings{
    ".pem", ".key",  ".crt",  ".cer", ".der",  ".p12", ".pfx",
    ".pub", ".json", ".yaml", ".yml", ".toml", ".env", ".txt"};

bool is_file_name(string_view text) {
  return std::any_of(file_endings.begin(), file_endings.end(),
                     [&](auto ending) { return text.ends_with(ending); });
}

/// One piece of a value without blanks: after `name=` (a cookie) only what
/// follows the sign counts.
bool is_harmless_piece(string_view name, string_view piece) {
  if (auto sign = piece.rfind('='); sign != string_view::npos)
    piece = piece.substr(sign + 1);
  if (piece.find_first_not_of(reference_mark) == string_view::npos)
    return true;
  std::string small{piece};
  std::transform(small.begin(), small.end(), small.begin(), lower);
  if (one_of(plain_values, small) || is_path(piece) || is_file_name(piece))
    return true;
  if (piece.find("://") != string_view::npos)
    return true; // its user information and query are looked at elsewhere
  return is_number(piece) && !is_password(name);
}

} // namespace

bool is_sensitive_name(string_view name) {
  auto words = words_of(name);
  if (words.empty() || one_of(about, words.back()))
    return false;
  if (std::find(words.begin(), words.end(), "public") != words.end())
    return false;
  if (words.back() == "pass" || words.back() == "pat")
    return true;
  return std::any_of(words.begin(), words.end(), is_sensitive_word);
}

bool is_harmless_value(string_view name, string_view blanked) {
  constexpr string_view separators = " \t\r\n;,";
  while (!blanked.empty()) {
    auto end = std::min(blanked.find_first_of(separators), blanked.size());
    auto piece = blanked.substr(0, end);
    if (!piece.empty() && !is_harmless_piece(name, piece))
      return false;
    blanked.remove_prefix(std::min(end + 1, blanked.size()));
  }
  return true;
}

} // namespace signalbox
