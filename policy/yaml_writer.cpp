#include "policy/yaml_writer.hpp"

#include "policy/sorted_members.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace signalbox {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Words that YAML 1.1 or 1.2 takes for something else than text.
bool is_word_of_yaml(std::string_view key) {
  static constexpr std::array<std::string_view, 9> words{
      "y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  return std::any_of(words.begin(), words.end(), [&](auto word) {
    return std::equal(word.begin(), word.end(), key.begin(), key.end(),
                      [](char a, char b) { return a == lower(b); });
  });
}

/// Numbers, dates and times begin with a digit, a sign or a point.
bool is_bare(std::string_view key) {
  return !key.empty() && is_letter(key.front()) && !is_word_of_yaml(key) &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

void add_hex(std::string& out, unsigned code) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += digits[(code >> shift) & 15];
}

/// Bytes at the start of the text that make a character which YAML does not
/// print or takes for a line break, and the character; no bytes if another
/// stands there.
std::pair<std::size_t, unsigned> unprintable(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F)
    return {1, byte(0)};
  if (byte(0) == 0xC2 && byte(1) < 0xA0) // U+0080 to U+009F
    return {2, byte(1)};
  const auto code =
      ((byte(0) & 15U) << 12U) | ((byte(1) & 63U) << 6U) | (byte(2) & 63U);
  const bool three = (byte(0) & 0xF0U) == 0xE0;
  if (three && (code == 0x2028 || code == 0x2029 || code == 0xFEFF ||
                code == 0xFFFE || code == 0xFFFF))
    return {3, code};
  return {0, 0};
}

bool add_short_escape(std::string& out, char c) {
  static constexpr std::string_view plain = "\"\\\b\t\n\f\r";
  static constexpr std::string_view short_form = "\"\\btnfr";
  const auto at = plain.find(c);
  if (at == std::string_view::npos)
    return false;
  out += '\\';
  out += short_form[at];
  return true;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::size_t taken = 1;
    if (!add_short_escape(out, text.front())) {
      const auto [size, code] = unprintable(text);
      if (size == 0)
        out += text.front();
      else
        add_hex(out, code);
      taken = std::max<std::size_t>(size, 1);
    }
    text.remove_prefix(taken);
  }
  return out + '"';
}

std::string number(std::string text) {
  const auto exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos)
    text.insert(exponent, ".0");
  return text;
}

std::string scalar(const json::value& x) {
  if (auto* text = x.if_string())
    return quoted({text->data(), text->size()});
  return x.is_number() ? number(to_canonical(x)) : to_canonical(x);
}

bool is_block(const json::value& x) {
  return (x.is_object() && !x.get_object().empty()) ||
         (x.is_array() && !x.get_array().empty());
}

class writer {
 public:
  /// Writes an object or an array that has something in it.
  void block(const json::value& x, std::size_t depth,
             const std::string& pointer) {
    if (auto* members = x.if_object())
      for (auto& [key, value] : sorted_members(*members))
        member(key, *value, depth, append_pointer(pointer, key));
    else
      for (std::size_t i = 0; i < x.get_array().size(); ++i)
        element(x.get_array()[i], depth,
                append_pointer(pointer, std::to_string(i)));
  }

  result<std::string> take() {
    if (error_)
      return *error_;
    return std::move(out_);
  }

 private:
  void member(std::string_view key, const json::value& value, std::size_t depth,
              const std::string& pointer) {
    const auto name = is_bare(key) ? std::string{key} : quoted(key);
    if (name.size() > max_yaml_key && !error_)
      error_ = failure{errc::validation_failed,
                       "this key is too long for YAML: shorten it", pointer};
    out_.append(2 * depth, ' ');
    out_ += name + ':';
    if (is_block(value)) {
      out_ += '\n';
      return block(value, depth + 1, pointer);
    }
    out_ += ' ' + scalar(value) + '\n';
  }

  void element(const json::value& value, std::size_t depth,
               const std::string& pointer) {
    const auto dash = out_.size() + 2 * depth;
    if (is_block(value)) {
      block(value, depth + 1, pointer);
    } else {
      out_.append(2 * (depth + 1), ' ');
      out_ += scalar(value) + '\n';
    }
    out_[dash] = '-'; // in place of the first of two more spaces
  }

  std::string out_;
  std::optional<failure> error_;
};

} // namespace

result<std::string> to_yaml(const json::value& payload) {
  if (!payload.is_object())
    return failure{errc::validation_failed, "a YAML document is an object"};
  if (payload.get_object().empty())
    return std::string{"{}\n"};
  writer out;
  out.block(payload, 0, "");
  return out.take();
}

} // namespace signalbox
