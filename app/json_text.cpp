#include "app/json_text.hpp"

#include "app/terminal_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace signalbox {

namespace {

std::string to_text(const json::value& x) {
  if (x.is_string())
    return std::string{x.get_string()};
  return x.is_null() ? std::string{} : to_canonical(x);
}

void pretty(std::string& out, const json::value& x, std::size_t depth);

/// Opens, lists and closes an array or an object.
template <class Items, class Print>
void pretty_list(std::string& out, const Items& items, char open, char close,
                 std::size_t depth, Print print) {
  out += open;
  bool first = true;
  for (auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(2 * (depth + 1), ' ');
    print(item);
  }
  if (!first)
    out.append("\n").append(2 * depth, ' ');
  out += close;
}

void pretty(std::string& out, const json::value& x, std::size_t depth) {
  if (auto* object = x.if_object())
    pretty_list(out, *object, '{', '}', depth, [&](auto& member) {
      out += to_canonical(json::value(json::string{member.key()})) + ": ";
      pretty(out, member.value(), depth + 1);
    });
  else if (auto* array = x.if_array())
    pretty_list(out, *array, '[', ']', depth,
                [&](auto& item) { pretty(out, item, depth + 1); });
  else
    out += to_canonical(x);
}

} // namespace

const json::value& at(const json::value& x, std::string_view name) {
  static const json::value nothing;
  auto* object = x.if_object();
  auto* out = object != nullptr ? object->if_contains(name) : nullptr;
  return out != nullptr ? *out : nothing;
}

std::string text_at(const json::value& x, std::string_view name) {
  return to_text(at(x, name));
}

std::string line_at(const json::value& x, std::string_view name) {
  return to_visible_line(text_at(x, name));
}

const json::array& elements(const json::value& x) {
  static const json::array none;
  auto* out = x.if_array();
  return out != nullptr ? *out : none;
}

std::string join(const json::value& x, std::string_view name,
                 std::string_view member) {
  std::string out;
  for (auto& item : elements(at(x, name))) {
    if (!out.empty())
      out += ", ";
    out += member.empty() ? to_text(item) : text_at(item, member);
  }
  return out;
}

std::string to_pretty(const json::value& x) {
  std::string out;
  pretty(out, x, 0);
  return out + '\n';
}

} // namespace signalbox
