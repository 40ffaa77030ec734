#include "policy/toml_writer.hpp"

#include "policy/sorted_members.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace signalbox {

namespace {

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void add_escape(std::string& out, char c) {
  static constexpr std::string_view plain = "\"\\\b\t\n\f\r";
  static constexpr std::string_view short_form = "\"\\btnfr";
  static constexpr std::string_view hex = "0123456789abcdef";
  auto at = plain.find(c);
  if (at != std::string_view::npos) {
    out += '\\';
    out += short_form[at];
    return;
  }
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[byte >> 4];
  out += hex[byte & 15];
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '"' || c == '\\')
      add_escape(out, c);
    else
      out += c;
  }
  return out + '"';
}

std::string key_of(std::string_view key) {
  return is_bare(key) ? std::string{key} : quoted(key);
}

class writer {
 public:
  void table(const json::object& x, const std::string& path,
             const std::string& pointer) {
    auto members = sorted_members(x);
    auto is_table = [](const json_member& m) { return m.second->is_object(); };
    bool named =
        x.empty() || !std::all_of(members.begin(), members.end(), is_table);
    if (named && !path.empty())
      header(path);
    for (auto& m : members) {
      if (is_table(m))
        continue;
      out_ += key_of(m.first) + " = ";
      value(*m.second, append_pointer(pointer, m.first));
      out_ += '\n';
    }
    for (auto& m : members)
      if (is_table(m))
        table(m.second->get_object(),
              path.empty() ? key_of(m.first) : path + '.' + key_of(m.first),
              append_pointer(pointer, m.first));
  }

  result<std::string> take() {
    if (error_)
      return *error_;
    return std::move(out_);
  }

 private:
  void header(const std::string& path) {
    if (!out_.empty())
      out_ += '\n';
    out_ += '[' + path + "]\n";
  }

  void value(const json::value& x, const std::string& pointer) {
    if (auto* text = x.if_string())
      out_ += quoted({text->data(), text->size()});
    else if (auto* elements = x.if_array())
      list(*elements, pointer);
    else if (auto* members = x.if_object())
      inline_table(*members, pointer);
    else if (x.is_null())
      refuse(pointer);
    else
      out_ += to_canonical(x);
  }

  void list(const json::array& x, const std::string& pointer) {
    out_ += '[';
    for (std::size_t i = 0; i < x.size(); ++i) {
      out_ += i ? ", " : "";
      value(x[i], append_pointer(pointer, std::to_string(i)));
    }
    out_ += ']';
  }

  void inline_table(const json::object& x, const std::string& pointer) {
    const char* separator = "{ ";
    for (auto& m : sorted_members(x)) {
      out_ += separator + key_of(m.first) + " = ";
      value(*m.second, append_pointer(pointer, m.first));
      separator = ", ";
    }
    out_ += x.empty() ? "{}" : " }";
  }

  void refuse(const std::string& pointer) {
    if (!error_)
      error_ = failure{errc::validation_failed,
                       "TOML has no null: leave the member out", pointer};
  }

  std::string out_;
  std::optional<failure> error_;
};

} // namespace

result<std::string> to_toml(const json::value& payload) {
  auto* root = payload.if_object();
  if (!root)
    return failure{errc::validation_failed, "a TOML document is an object"};
  writer out;
  out.table(*root, "", "");
  return out.take();
}

} // namespace signalbox
