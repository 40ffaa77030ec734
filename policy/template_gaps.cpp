#include "policy/template_gaps.hpp"

#include <algorithm>
#include <span>

#include "policy/template_parameter.hpp"

namespace signalbox {

namespace {

constexpr std::string_view whole_key = "$param";
constexpr std::string_view opening = "${param:";

/// {"$param": name}: the name, or nullptr if the value is something else.
const json::string* whole_gap(const json::value& x) {
  auto* object = x.if_object();
  if (!object || object->size() != 1)
    return nullptr;
  auto* name = object->if_contains(whole_key);
  return name ? name->if_string() : nullptr;
}

/// The text before the first gap of a string, and the gap's name.
struct text_cut {
  std::string_view before, name;
};

/// Cuts off the first gap and what is before it; nullopt if there is none. A
/// gap that never closes has no name.
std::optional<text_cut> cut(std::string_view& text) {
  const auto open = text.find(opening);
  if (open == std::string_view::npos)
    return std::nullopt;
  text_cut out{text.substr(0, open), {}};
  text.remove_prefix(open + opening.size());
  const auto close = std::min(text.find('}'), text.size());
  if (close < text.size())
    out.name = text.substr(0, close);
  text.remove_prefix(std::min(close + 1, text.size()));
  return out;
}

std::string pointer_of(const std::vector<std::string>& path) {
  std::string out;
  for (auto& token : path)
    out = append_pointer(out, token);
  return out;
}

class finder {
 public:
  std::vector<template_gap> gaps;
  std::optional<failure> wrong;

  void walk(const json::value& x) {
    if (auto* name = whole_gap(x))
      note(*name, true);
    else if (auto* text = x.if_string())
      walk_text(*text);
    else if (auto* list = x.if_array())
      for (std::size_t i = 0; i < list->size(); ++i)
        walk_into((*list)[i], std::to_string(i));
    else if (auto* object = x.if_object())
      for (auto& [key, value] : *object) {
        check_key(key);
        walk_into(value, key);
      }
  }

 private:
  void walk_into(const json::value& x, std::string token) {
    path_.push_back(std::move(token));
    walk(x);
    path_.pop_back();
  }

  void walk_text(std::string_view text) {
    while (auto gap = cut(text))
      note(gap->name, false);
  }

  void check_key(std::string_view key) {
    if (key == whole_key)
      refuse("must have $param alone, and a text as its name");
    if (key.find(opening) != std::string_view::npos)
      refuse("has a ${param:...} in a key: only values have gaps");
  }

  void note(std::string_view name, bool whole) {
    if (!is_parameter_name(name))
      refuse("has a gap whose name is none: a letter, then up to 62 letters, "
             "digits and underscores");
    gaps.push_back({std::string{name}, path_, whole});
  }

  void refuse(std::string what) {
    if (!wrong)
      wrong = failure{errc::bad_request, std::move(what), pointer_of(path_)};
  }

  std::vector<std::string> path_;
};

class filler {
 public:
  filler(const json::object& values, std::size_t limit)
      : values_{values}, left_{limit} {}

  bool overflowed = false;

  json::value fill(const json::value& x) {
    if (auto* name = whole_gap(x))
      return spend(values_.at(*name));
    if (auto* text = x.if_string())
      return fill_text(*text);
    if (auto* list = x.if_array()) {
      json::array out;
      for (auto& y : *list)
        out.push_back(fill(y));
      return out;
    }
    if (auto* object = x.if_object()) {
      json::object out;
      for (auto& [key, value] : *object)
        out.emplace(key, fill(value));
      return out;
    }
    return x;
  }

 private:
  json::value fill_text(std::string_view text) {
    json::string out;
    while (auto gap = cut(text)) {
      out.append(gap->before);
      const auto value = spend(values_.at(gap->name));
      if (auto* inner = value.if_string())
        out.append(*inner);
      else if (!overflowed)
        out.append(to_canonical(value));
    }
    out.append(text);
    return out;
  }

  /// The value, while there is room for it.
  json::value spend(const json::value& x) {
    std::size_t size = 8;
    if (auto* text = x.if_string())
      size = text->size();
    else if (auto* list = x.if_array())
      for (auto& y : *list)
        size += y.get_string().size() + 3;
    overflowed = overflowed || size > left_;
    if (overflowed)
      return nullptr;
    left_ -= size;
    return x;
  }

  const json::object& values_;
  std::size_t left_;
};

using tokens = std::span<const std::string>;

const json::value& value_at(const json::value& x, tokens path) {
  if (path.empty())
    return x;
  auto* list = x.if_array();
  return value_at(list ? list->at(std::stoull(path[0])) : x.at(path[0]),
                  path.subspan(1));
}

bool holds(const json::value& x, tokens path, const json::value& wanted) {
  if (path.empty())
    return x == wanted;
  if (auto* list = x.if_array())
    return std::any_of(list->begin(), list->end(), [&](auto& y) {
      return holds(y, path.subspan(1), wanted);
    });
  auto* object = x.if_object();
  auto* inner = object ? object->if_contains(path[0]) : nullptr;
  return inner && holds(*inner, path.subspan(1), wanted);
}

} // namespace

std::string template_gap::pointer() const {
  return pointer_of(path);
}

result<std::vector<template_gap>> find_gaps(const json::value& payload) {
  finder x;
  x.walk(payload);
  if (x.wrong)
    return std::move(*x.wrong);
  return std::move(x.gaps);
}

std::optional<json::value> fill_gaps(const json::value& payload,
                                     const json::object& values,
                                     std::size_t limit) {
  filler x{values, limit};
  auto out = x.fill(payload);
  if (x.overflowed)
    return std::nullopt;
  return out;
}

bool keeps_gap(const json::value& payload, const json::value& filled,
               const template_gap& gap) {
  return holds(payload, gap.path, value_at(filled, gap.path));
}

} // namespace signalbox
